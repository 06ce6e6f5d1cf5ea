from odoo import models
from odoo.exceptions import AccessError, UserError


class CrmContactTouchAgain(models.Model):
    """A message that did not reach anybody is opened once more, by whoever sent it.

    The old touch stays as it is, with its reason; the new one is asked about by the
    guard like any other. What may have gone out (``unknown``) is not sent again before
    a person has found out that it did not.
    """

    _inherit = "crm.contact.touch"

    def action_send_again(self):
        """Open these once more, and say what became of them.

        :raises UserError: for those that did go out, may have, or still wait
        :raises AccessError: for those of others, but for campaign managers
        """
        self.check_access("read")
        self._check_can_send_again()
        again = self.browse()
        for (company, channel, kind, user), touches in self.grouped(
            lambda t: (t.company_id, t.channel, t.kind, t.user_id)
        ).items():
            self.env["crm.contact.account"]._require_for(user, company, channel)
            # one person may be among them several times: each is asked for by itself
            for group in touches._split_by_person():
                # sudo: borrows the system's right to read what the sender needs
                recipients = [touch._prepare_again() for touch in group.sudo()]
                again += self._open(company, channel, kind, recipients, user=user)
        return again._get_opened_notification()

    def _check_can_send_again(self):
        manager = self.env.user.has_group("crm_campaign_partner.group_campaign_manager")
        if not manager and any(touch.user_id != self.env.user for touch in self):
            raise AccessError(self.env._("Only whoever sent it sends it again."))
        if any(touch.state not in ("failed", "blocked") for touch in self):
            raise UserError(
                self.env._(
                    "Only what failed or was blocked is sent again. Where the outcome "
                    "is unknown, find out first whether it went out."
                )
            )

    def _prepare_again(self):
        """:return: the recipient of a new touch, as ``_open`` takes it"""
        self.ensure_one()
        return {
            **self._prepare_recipient(),
            "member_id": self.member_id.id,
            "campaign_id": self.campaign_id.id,
            "res_model": self.res_model,
            "res_id": self.res_id,
            "subject": self.subject,
            "body": self.body,
            "payload": self.payload,
        }

    def _get_opened_notification(self):
        """:return: the action that says how many go out now, later, or not at all"""
        waiting = self.filtered(lambda t: t.state == "queued" and t.reason)
        blocked = self.filtered(lambda t: t.state == "blocked")
        parts = [
            self.env._("%s go out now", len(self - waiting - blocked)),
            waiting and self.env._("%s wait for their hour", len(waiting)),
            blocked and self.env._("%s are not allowed", len(blocked)),
        ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if blocked else "success",
                "message": ", ".join(filter(None, parts)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
