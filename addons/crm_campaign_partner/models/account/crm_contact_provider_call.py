from datetime import timedelta

from odoo import models

from ...services.send import errors
from ...services.send.provider import CALL_STATES

# What a call that is over means for its touch: somebody spoke, it rang, it did not.
OUTCOMES = {"answered": "delivered", "busy": "sent", "missed": "sent"}


class CrmContactProviderCall(models.AbstractModel):
    """What telephone systems share: one call per touch, and its record.

    A touch stays ``sending`` until the system reports the end of the call. Reports may
    come in any order and several times; calls that somebody received are logged, too.
    """

    _name = "crm.contact.provider.call"
    _inherit = "crm.contact.provider"
    _description = "Calls by a Telephone System"

    _can_wait = False

    def _get_channel(self):
        return "call"

    def _prepare_credentials(self, account):
        return {**super()._prepare_credentials(account), "hotline": account.hotline}

    def _test(self, account):
        super()._test(account)
        return self.env._("The telephone system accepts this account.")

    def _send(self, account, touch):
        extension = account._get_extension(touch.user_id)
        if not extension:
            raise errors.Permanent(
                self.env._(
                    "%s has no extension at the telephone system yet: enter it in the "
                    "preferences.",
                    touch.user_id.name,
                )
            )
        return self._call_out(account, extension, touch)

    def _call_out(self, account, extension, touch):
        """Ask the system to connect a person and a customer; ``Sent``."""
        raise NotImplementedError

    # ------------------------------------------------------------------
    # Reports
    # ------------------------------------------------------------------

    def _process_event(self, account, event):
        call = event.call
        if not call or event.state not in CALL_STATES:
            return None
        touch = self.env["crm.contact.touch"]._find_reported(
            account, event.tracking_id, event.provider_id
        )
        if not touch and call.direction == "outbound":
            if self._is_being_dialled(account, call):
                return False
            if event.state != CALL_STATES[-1]:
                # dialled by hand: its end tells everything
                return None
        self._take_call(account, touch, call, event.state)
        return True

    def _is_being_dialled(self, account, call):
        """Whether the system has been asked for such a call, and its number for it is
        not known yet: then a report may be about that one."""
        return bool(
            self.env["crm.contact.touch"].search_count(
                [
                    ("account_id", "=", account.id),
                    ("state", "=", "sending"),
                    ("address", "=", call.phone),
                    ("provider_ref", "=", False),
                ],
                limit=1,
            )
        )

    def _take_call(self, account, touch, call, state):
        """Write a call into ledger and call log.

        :param touch: the touch that began it, or none
        """
        is_over = state == CALL_STATES[-1]
        if touch and is_over and call.disposition:
            touch._settle(OUTCOMES.get(call.disposition, "failed"))
        self.env["crm.phonecall"]._log_reported(account, touch, call, is_over)

    def _fetch_calls(self, account, since, until, page):
        """One page of the system's own list of calls, where it has one.

        :return: ``(list of Call, next page or None)``
        """
        return self._get_api(account).fetch_calls(since, until, page)

    def _has_call_list(self):
        """Whether the system can be asked for its calls."""
        return False

    def _get_list_window(self):
        """:return: timedelta, the longest period of one list"""
        return timedelta(days=7)
