import logging
import traceback
from collections import deque
from datetime import UTC, timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...services.connect import errors

_logger = logging.getLogger(__name__)

CRON = "crm_ads_data.ir_cron_connector_poll"
# Two transactions that met are soon apart.
CLASH_SECONDS = 10


class CrmConnector(models.Model):
    """Fetching what changed at the provider, page by page: the truth behind webhooks.

    SPECIFICATION
    - A period goes from ``cursor_date``, less the provider's overlap because changes
      arrive late, to now, cut into pieces of what the provider allows (``WINDOW``).
    - Each page is stored and committed together with where the next one begins
      (``page_cursor``); the last page of a piece moves ``cursor_date``. Whoever is
      killed goes on with the page that was not committed.
    - Connectors take turns, a page each: neither a broken nor a busy one stops another.
    - What an error changes is in ``crm_connector_status``; who is told to wait comes
      back by a trigger of the cron at that moment.

    COST per page: what the provider's handler costs, and one UPDATE.
    """

    _inherit = "crm.connector"

    is_fetching = fields.Boolean(compute="_compute_is_fetching")

    @api.depends("page_cursor")
    def _compute_is_fetching(self):
        for connector in self:
            connector.is_fetching = bool(connector.page_cursor)

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_poll(self):
        """Fetch what changed, for every connector that is due, in turns."""
        progress = self.env["ir.cron"]._commit_progress
        queue = deque(self.search(self._get_due_domain(), order="next_poll, id").ids)
        progress(remaining=len(queue))
        renewed = set()
        while queue:
            connector = self.browse(queue.popleft())
            try:
                connector._with_fresh_token()
                progress()  # what was renewed apart is visible from here on
                is_more = connector._poll_once()
                # a page is progress too: a long fetch is no cron that does nothing
                time_left = progress(1, remaining=len(queue) + is_more)
            except Exception as error:  # noqa: BLE001 pylint: disable=broad-exception-caught
                # whatever breaks one connector must not stop the others
                self.env.cr.rollback()
                is_more = connector._recover(error, renewed)
                time_left = progress(1, remaining=len(queue) + is_more)
            if is_more:
                queue.append(connector.id)
            if not time_left:
                break
        if queue:
            self._trigger_once(CRON)

    @api.model
    def _get_due_domain(self):
        now = fields.Datetime.now()
        return [
            ("state", "=", "running"),
            ("auth_state", "!=", "reauth"),
            "|",
            ("next_poll", "=", False),
            ("next_poll", "<=", now),
            "|",
            ("wait_until", "=", False),
            ("wait_until", "<=", now),
        ]

    # ------------------------------------------------------------
    # ONE PAGE
    # ------------------------------------------------------------

    def _poll_once(self):
        """Fetch and store the next page.

        :return: True when there is more to fetch at once
        :raise ApiError: what the provider answered
        """
        self.ensure_one()
        if self.state != "running" or self.auth_state == "reauth":
            return False
        place = self.page_cursor or self._get_next_period()
        count, following = self._require_handler()._poll_page(
            self, place["since"], place["until"], place["cursor"]
        )
        is_more = following is not None or place["until"] < place["target"]
        if following is not None:
            values = {"page_cursor": {**place, "cursor": following, "begun": True}}
        else:
            values = self._prepare_period_values(place, is_more)
        values["run_count"] = (self.run_count if place["begun"] else 0) + count
        self._lock_rows()
        self.write(values)
        self._note_success()
        return is_more

    def _get_next_period(self):
        """The first piece of what is to be fetched, from its first page on."""
        now = _to_unix(fields.Datetime.now())
        return self._cut_period(self.cursor_date, now, is_begun=False)

    def _cut_period(self, begin, target, is_begun=True):
        """The piece after ``begin``, as it stands in ``page_cursor``.

        :param target: unix seconds: up to when all pieces together go
        """
        api_class = self._require_handler()._api_class
        since = (_to_unix(begin) if begin else target) - api_class.OVERLAP
        until = min(since + api_class.WINDOW, target)
        return {
            "since": since,
            "until": until,
            "cursor": None,
            "target": target,
            "begun": is_begun,
        }

    def _prepare_period_values(self, place, is_more):
        """What the end of a piece changes."""
        moment = _from_unix(place["until"])
        values = {"cursor_date": moment}
        if is_more:
            values["page_cursor"] = self._cut_period(moment, place["target"])
        else:
            now = fields.Datetime.now()
            values |= {
                "page_cursor": False,
                "last_sync": now,
                "next_poll": now + timedelta(minutes=self.poll_minutes),
            }
        return values

    # ------------------------------------------------------------
    # ERRORS
    # ------------------------------------------------------------

    def _recover(self, error, renewed):
        """Note what went wrong; nothing of the page is kept.

        :param renewed: ids of the connectors whose access was exchanged in this run
        :return: True when the page is to be fetched once more at once
        """
        self.ensure_one()
        if isinstance(error, errors.TokenExpired) and self.id not in renewed:
            renewed.add(self.id)
            if self._renew_refused():
                return True
        self._log_error(error)
        self._apart("_note_poll_error", error)
        if isinstance(error, errors.Throttled) and self.wait_until:
            self._trigger_at(CRON, self.wait_until)
        return False

    def _log_error(self, error):
        """Foreseen errors are none of the server's; the others are."""
        text = self._describe_error(error)
        if isinstance(error, (errors.ApiError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY)):
            _logger.info("Connector %s: %s", self.id, text)
        else:
            trace = "".join(traceback.format_tb(error.__traceback__))
            _logger.error("Connector %s has failed: %s\n%s", self.id, text, trace)

    def _note_poll_error(self, error):
        """Note it, unless the access was found broken by somebody else already."""
        if isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            self.next_poll = fields.Datetime.now() + timedelta(seconds=CLASH_SECONDS)
            self._trigger_at(CRON, self.next_poll)
            return
        if isinstance(error, errors.Permanent) and self.page_cursor:
            # the provider may have forgotten its place: the period from its first page
            self.page_cursor = False
        self._note_error_once(error)

    def _note_error_once(self, error):
        if self.auth_state != "reauth" or self._get_error_kind(error) != "reauth":
            self._note_error(error)

    def _renew_refused(self):
        """Exchange the access that was just refused.

        :return: True when there is another one now
        """
        refused = self.access_token
        if not refused or not self._require_handler()._can_refresh(self):
            return False
        try:
            self._with_fresh_token(failed=refused)
        except errors.ApiError as failure:
            self._log_error(failure)
            return False
        return self.access_token != refused


def _to_unix(moment):
    return int(moment.replace(tzinfo=UTC).timestamp())


def _from_unix(seconds):
    return fields.Datetime.from_string("1970-01-01") + timedelta(seconds=seconds)
