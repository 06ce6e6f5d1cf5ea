import logging
from datetime import UTC, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...services.send import errors
from ...services.send.provider import CALL_STATES

# How far back the list of calls is read: reports that were lost in between.
OVERLAP = timedelta(hours=6)
MAX_PAGES = 100

_logger = logging.getLogger(__name__)


class CrmContactAccountCalls(models.Model):
    """Lists of calls that close the gaps of lost reports; reporting set up.

    LIST: read up to a moment, which is kept once the whole period has been read, and
    again from some hours before it. Calls that are still going on are left for the next
    time; those that are known to the end cost nothing but two queries per page.
    """

    _inherit = "crm.contact.account"

    calls_read_until = fields.Datetime(readonly=True, copy=False)

    def action_register_webhook(self):
        """Have the telephone system report calls to this account's address.

        :raises UserError: with what the system says
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: the system's right to use the credentials, write access was checked
        found = self.sudo()._attempt("_register_webhook")
        if isinstance(found, errors.ApiError):
            raise UserError(str(found))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": found},
        }

    @api.model
    def _cron_fetch_calls(self):
        """Read the calls of the last hours from systems that keep a list."""
        commit = self.env["ir.cron"]._commit_progress
        accounts = self.search(
            [("channel", "=", "call"), ("state", "=", "ready")], order="id"
        ).filtered(lambda account: account._get_handler()._has_call_list())
        commit(remaining=len(accounts))
        for account in accounts:
            found = account._fetch_recent_calls()
            # access that was renewed meanwhile is newer than this transaction
            commit(0)
            account._note_calls_read(found)
            if not commit(1):
                return

    def _fetch_recent_calls(self):
        """Read the calls since the last time, as far as one list may reach.

        :return: the moment up to which they are known now, or the ApiError
        """
        self.ensure_one()
        now = fields.Datetime.now()
        since = (self.calls_read_until or now) - OVERLAP
        until = min(now, since + self._get_handler()._get_list_window())
        period = [int(m.replace(tzinfo=UTC).timestamp()) for m in (since, until)]
        page = 1
        for _number in range(MAX_PAGES):
            found = self._attempt("_fetch_calls", *period, page)
            if isinstance(found, errors.ApiError):
                return found
            calls, page = found
            self._take_listed_calls(calls)
            if not page:
                break
        return until

    def _note_calls_read(self, found):
        """:param found: what ``_fetch_recent_calls`` returns"""
        if isinstance(found, errors.AccountFault | errors.TokenExpired):
            self._note_failure(found)
        elif not isinstance(found, errors.ApiError):
            self.calls_read_until = found

    def _take_listed_calls(self, calls):
        """Calls of the list that are over; where their reports came, nothing changes.

        COST: two queries for calls that are known; about ten for each that is not.
        """
        known = self._get_known_calls([call.external_id for call in calls])
        handler = self._get_handler()
        for call in calls:
            if not call.disposition or call.external_id in known:
                continue
            try:
                with self.env.cr.savepoint():
                    touch = self.env["crm.contact.touch"]._find_reported(
                        self, call.reference, call.external_id
                    )
                    handler._take_call(self, touch, call, CALL_STATES[-1])
            except Exception:  # pylint: disable=broad-exception-caught
                # whatever breaks one call must not stop the others
                _logger.info("Call of account %s failed", self.id, exc_info=True)

    def _get_known_calls(self, refs):
        """:return: which of these are in the call log to the end, and no touch waits"""
        owned = [("account_id", "=", self.id)]
        logged = self.env["crm.phonecall"].search_fetch(
            [*owned, ("external_ref", "in", refs), ("disposition", "!=", False)],
            ["external_ref"],
        )
        waiting = self.env["crm.contact.touch"].search_fetch(
            [*owned, ("provider_ref", "in", refs), ("state", "=", "sending")],
            ["provider_ref"],
        )
        return {*logged.mapped("external_ref")} - {*waiting.mapped("provider_ref")}
