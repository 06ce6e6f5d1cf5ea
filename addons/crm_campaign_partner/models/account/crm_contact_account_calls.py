import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...services.send import errors
from ...services.send.provider import CALL_STATES

# How far back the list of calls is read: reports that were lost in between.
OVERLAP = timedelta(hours=6)
MAX_PAGES = 20


class CrmContactAccountCalls(models.Model):
    """Lists of calls that close the gaps of lost reports; reporting set up."""

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
            account._fetch_recent_calls()
            if not commit(1):
                return

    def _fetch_recent_calls(self):
        now = fields.Datetime.now()
        since = (self.calls_read_until or now) - OVERLAP
        seconds = int(time.time()) - int((now - since).total_seconds())
        page = 1
        for _number in range(MAX_PAGES):
            found = self._attempt("_fetch_calls", seconds, int(time.time()), page)
            if isinstance(found, errors.ApiError):
                if isinstance(found, errors.AccountFault | errors.TokenExpired):
                    self._note_failure(found)
                return
            calls, page = found
            for call in calls:
                self._take_listed_call(call)
            if not page:
                break
        self.calls_read_until = now

    def _take_listed_call(self, call):
        """A call of the list is over; where its report came, nothing changes."""
        touch = self.env["crm.contact.touch"]._find_reported(
            self, call.reference, call.external_id
        )
        self._get_handler()._take_call(self, touch, call, CALL_STATES[-1])
