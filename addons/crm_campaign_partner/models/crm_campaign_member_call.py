from odoo import models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import format_datetime

from ..services import guard


class CrmCampaignMemberCall(models.Model):
    """Calling a member (000.23).

    GUARD: it is asked first. Whom it blocks is not called, and the message says why and
    offers what helps: the correct number, or planning the call for the allowed hour. No
    call waits by itself: the person who calls has to be there.

    WAY: with an account of the channel, its telephone system dials at once, and what it
    says is told (``crm.contact.touch._call_now``). Without one the telephone or
    softphone of the device dials, and the touch is settled as dialled by hand. Either
    way it is in the call log.
    """

    _inherit = "crm.campaign.member"

    def action_call(self):
        """Call this member; several are gone through one by one.

        :return: the action that dials, or says that the telephone system does
        :raises UserError: with the reason when the guard does not allow it now, or the
            telephone system does not take the call
        """
        if len(self) != 1:
            return self.action_work_through()
        self.check_access("write")
        touches = self.env["crm.contact.touch"]
        company = self.company_id
        kind = self.campaign_id.kind
        recipients = touches._prepare_recipients(self)
        (verdict,) = touches._guard(company, "call", kind, recipients)
        if verdict.state != "sending":
            self._raise_no_call(verdict)
        account = self.env["crm.contact.account"]._get_for(
            self.env.user, company, "call"
        )
        if account and not account._get_extension(self.env.user):
            self._raise_no_extension()
        if account:
            dialled = touches._call_now(company, kind, *recipients)
            return self._get_dialled_action(dialled)
        touch = touches._open(company, "call", kind, recipients)
        self.env["crm.phonecall"]._log_touches(touch)
        touch._settle_by_hand()
        return self._get_dial_action(touch.address)

    def _get_dialled_action(self, dialled):
        """:param dialled: ``Dialled`` of ``_call_now``"""
        name = self.partner_id.name
        if dialled.state == "failed":
            raise UserError(
                self.env._(
                    "%(partner)s could not be called: %(reason)s",
                    partner=name,
                    reason=dialled.reason,
                )
            )
        is_unclear = dialled.state == "unknown"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if is_unclear else "info",
                "title": self.env._("Calling %s", name),
                "message": self.env._(
                    "The telephone system has not answered. If your telephone does "
                    "not ring, dial by hand."
                )
                if is_unclear
                else self.env._(
                    "Your telephone rings first; pick up and you are connected."
                ),
            },
        }

    def _get_dial_action(self, number):
        """The device's own telephone: Odoo's URL actions know no ``tel:``."""
        return {
            "type": "ir.actions.client",
            "tag": "crm_campaign_partner.dial",
            "params": {"url": f"tel:{number}"},
        }

    def _raise_no_extension(self):
        raise RedirectWarning(
            self.env._(
                "The telephone system does not know which telephone is yours. Enter "
                "your extension in your preferences first."
            ),
            dict(
                self.env["ir.actions.act_window"]._for_xml_id(
                    "base.action_res_users_my"
                ),
                res_id=self.env.uid,
            ),
            self.env._("My Preferences"),
        )

    def _raise_no_call(self, verdict):
        self.ensure_one()
        if verdict.state == "blocked" and verdict.address:
            raise UserError(
                self.env._(
                    "%(partner)s is not called: %(reason)s",
                    partner=self.partner_id.name,
                    reason=verdict.reason,
                )
            )
        if verdict.state == "blocked":
            raise RedirectWarning(
                self.env._(
                    "%(partner)s cannot be called: %(reason)s",
                    partner=self.partner_id.name,
                    reason=verdict.reason,
                ),
                self.action_update_partner(),
                self.env._("Correct Customer Data"),
            )
        policy = self.company_id._get_contact_policy("call", self.campaign_id.kind)
        raise RedirectWarning(
            self.env._(
                "%(partner)s cannot be called now: %(reason)s Call from %(moment)s.",
                partner=self.partner_id.name,
                reason=verdict.reason,
                moment=format_datetime(
                    self.env, verdict.moment, tz=policy.timezone, dt_format="short"
                ),
            ),
            self._action_record(
                self,
                self,
                default_next_date=str(guard.local_day(verdict.moment, policy.timezone)),
            ),
            self.env._("Plan the Call"),
        )
