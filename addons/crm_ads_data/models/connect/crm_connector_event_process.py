import random
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...services.connect import errors
from ...services.connect.scrub import scrub_text

CRON = "crm_ads_data.ir_cron_connector_inbox"
BATCH_SIZE = 50
MAX_ATTEMPTS = 8
# Who has claimed an event and is not heard of again gives it back after that.
LEASE_MINUTES = 10
MAX_ERROR_LENGTH = 1000
PAYLOAD_DAYS = "crm_ads_data.connector_payload_days"
DEFAULT_PAYLOAD_DAYS = 30
RETENTION_BATCH = 2000


class CrmConnectorEvent(models.Model):
    """Working the inbox off.

    SPECIFICATION
    - A batch is claimed by one statement that also counts the attempt, and committed:
      an event that takes the server down with it is counted too.
    - Each event is done in a transaction of its own, together with its new state. When
      the cron's time is over, the rest of the batch is given back: it waits for no
      lease to end.
    - ``Permanent`` and ``Ambiguous``: given up at once. Everything else: again after
      2, 4, 8 … minutes, more or less, given up after ``MAX_ATTEMPTS``.
    - ``Throttled`` and ``TokenExpired`` are the connector's trouble, not the event's:
      no attempt is counted, and its events wait until it may call again.
    - Payloads older than the parameter ``crm_ads_data.connector_payload_days`` (30) are
      blanked once the event is over; the key stays, so that nothing comes in twice.
    """

    _inherit = "crm.connector.event"

    def action_retry(self):
        """Give what was given up, or waits for its next try, another try at once.

        :raise AccessError: when the person only reads
        :raise UserError: when none of them has failed
        """
        groups = ("base.group_system", "crm_ads_data.group_distributor")
        if not any(map(self.env.user.has_group, groups)):
            raise AccessError(
                self.env._("Only administrators and sale admins try events again.")
            )
        self.check_access("read")
        failed = self.filtered(lambda event: event.state in ("failed", "dead"))
        if not failed:
            raise UserError(self.env._("None of these events has failed."))
        # sudo: events are the system's own; the right to retry was checked above
        failed.sudo().write(
            {
                "state": "pending",
                "attempts": 0,
                "next_try": fields.Datetime.now(),
            }
        )
        self._trigger_cron()
        return self.env["crm.connector"]._notify(
            "success",
            self.env._("%(count)s events are tried again.", count=len(failed)),
        )

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _trigger_cron(self):
        """Have the inbox worked off at once."""
        self.env["crm.connector"]._trigger_once(CRON)

    @api.model
    def _cron_process(self):
        """Work off what waits, event by event."""
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=self._count_due())
        renewed, blocked = set(), set()
        while events := self._claim():
            progress()  # the attempts are counted whatever happens next
            blocked |= self._renew_access(events)
            progress()  # what was renewed apart is visible from here on
            for number, event in enumerate(events, 1):
                connector = event.connector_id
                try:
                    if connector.id in blocked:
                        event._release()
                    else:
                        event._process()
                    time_left = progress(1)
                except Exception as error:  # noqa: BLE001 pylint: disable=broad-exception-caught
                    # whatever breaks one event must not stop the others
                    self.env.cr.rollback()
                    if event._recover(error, renewed):
                        blocked.add(connector.id)
                    time_left = progress(1)
                if not time_left:
                    events[number:]._give_back()
                    self._trigger_cron()
                    progress()
                    return
        progress(remaining=0)

    @api.model
    def _get_due_sql(self):
        """Which events are due, as a condition on ``event`` and ``connector``."""
        self.env.flush_all()
        return SQL(
            """
            event.state IN ('pending', 'failed')
            AND event.next_try <= %(now)s
            AND connector.active
            AND connector.state = 'running'
            AND connector.auth_state != 'reauth'
            AND (connector.wait_until IS NULL OR connector.wait_until <= %(now)s)
            """,
            now=fields.Datetime.now(),
        )

    @api.model
    def _count_due(self):
        query = SQL(
            """
            SELECT count(*)
              FROM crm_connector_event event
              JOIN crm_connector connector ON connector.id = event.connector_id
             WHERE %s
            """,
            self._get_due_sql(),
        )
        return self.env.execute_query(query)[0][0]

    @api.model
    def _claim(self):
        """The next events, with their attempt counted; nobody else gets them now."""
        lease = fields.Datetime.now() + timedelta(minutes=LEASE_MINUTES)
        query = SQL(
            """
            UPDATE crm_connector_event
               SET attempts = attempts + 1, next_try = %s
             WHERE id IN (
                   SELECT event.id
                     FROM crm_connector_event event
                     JOIN crm_connector connector ON connector.id = event.connector_id
                    WHERE %s
                    ORDER BY event.id
                    LIMIT %s
                      FOR UPDATE OF event SKIP LOCKED)
            RETURNING id
            """,
            lease,
            self._get_due_sql(),
            BATCH_SIZE,
        )
        self.env.cr.execute(query, log_exceptions=False)
        ids = sorted(event_id for [event_id] in self.env.cr.fetchall())
        self.invalidate_model(["attempts", "next_try"], flush=False)
        return self.browse(ids)

    @api.model
    def _renew_access(self, events):
        """Exchange what is about to end, for all connectors of the events.

        :return: ids of the connectors that have no access
        """
        blocked = set()
        for connector in events.connector_id:
            try:
                connector._with_fresh_token()
            except errors.ApiError as error:
                connector._log_error(error)
                blocked.add(connector.id)
        return blocked

    # ------------------------------------------------------------
    # ONE EVENT
    # ------------------------------------------------------------

    def _process(self):
        """Do what the event means and write down what came of it.

        :raise ApiError: what the provider answered
        """
        self.ensure_one()
        self.error = False
        connector = self.connector_id
        handler = connector._require_handler()
        record = handler._process_event(connector, self)
        if record is None:
            self.state = "ignored"
        else:
            self.write(
                {"state": "done", "res_model": record._name, "res_id": record[:1].id}
            )
        self.env.flush_all()

    def _recover(self, error, renewed):
        """Decide what becomes of an event that went wrong.

        :param renewed: ids of the connectors whose access was exchanged in this run
        :return: True when its connector can make no call now
        """
        connector = self.connector_id
        if isinstance(error, errors.TokenExpired):
            self._release()
            if connector.id not in renewed:
                renewed.add(connector.id)
                if connector._renew_refused():
                    return False
        is_blocked = isinstance(error, (errors.TokenExpired, errors.Throttled))
        if is_blocked:
            connector._apart("_note_error_once", error)
            self._release(connector.wait_until)
        else:
            self._fail(error)
        connector._log_error(error)
        if isinstance(error, errors.Throttled) and connector.wait_until:
            connector._trigger_at(CRON, connector.wait_until)
        return is_blocked

    def _release(self, moment=None):
        """Give the event back as if it had not been claimed."""
        self.write(
            {
                "attempts": max(self.attempts - 1, 0),
                "next_try": moment or fields.Datetime.now(),
            }
        )

    def _give_back(self):
        """Let others have, at once, what was claimed and not begun with."""
        query = SQL(
            """
            UPDATE crm_connector_event
               SET attempts = attempts - 1, next_try = %s
             WHERE id = ANY(%s)
            """,
            fields.Datetime.now(),
            self.ids,
        )
        self.env.cr.execute(query, log_exceptions=False)
        self.invalidate_recordset(["attempts", "next_try"], flush=False)

    def _fail(self, error):
        """Keep the reason, and when to try again."""
        is_final = isinstance(error, (errors.Permanent, errors.Ambiguous))
        is_dead = is_final or self.attempts >= MAX_ATTEMPTS
        delay = timedelta(minutes=2**self.attempts * random.uniform(0.8, 1.2))  # noqa: S311
        if isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            delay = timedelta(seconds=5 * self.attempts)
        self.write(
            {
                "state": "dead" if is_dead else "failed",
                "next_try": fields.Datetime.now() + delay,
                "error": self._get_reason(error),
            }
        )

    def _get_reason(self, error):
        """The error in words, without secrets."""
        if isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            return self.env._("Somebody else was working on the same record.")
        if isinstance(error, UserError):
            secrets = self.connector_id._get_secrets()
            return scrub_text(error, secrets)[:MAX_ERROR_LENGTH]
        return self.connector_id._describe_error(error)

    # ------------------------------------------------------------
    # RETENTION
    # ------------------------------------------------------------

    @api.model
    def _cron_retention(self):
        """Blank the payloads of events that are long over."""
        progress = self.env["ir.cron"]._commit_progress
        domain = self._get_retention_domain()
        progress(remaining=self.search_count(domain))
        while events := self.search(domain, limit=RETENTION_BATCH, order="id"):
            events.write({"payload": False, "account_ref": False})
            if not progress(len(events)):
                break

    @api.model
    def _get_retention_domain(self):
        # sudo: parameters are the administrator's, the system reads its own
        parameters = self.env["ir.config_parameter"].sudo()
        days = str(parameters.get_param(PAYLOAD_DAYS, ""))
        days = int(days) if days.isdigit() else DEFAULT_PAYLOAD_DAYS
        return [
            ("state", "in", ("done", "ignored", "dead")),
            ("received", "<", fields.Datetime.now() - timedelta(days=days)),
            ("payload", "!=", False),
        ]
