from odoo import fields, models


class CrmContactTouchHand(models.Model):
    """A contact that no account of ours makes: a person dials, or core sends."""

    _inherit = "crm.contact.touch"

    def _settle_by_hand(self):
        """These happen in this moment, by the hand of whoever contacts."""
        return self._settle_at_once(self.env._("Dialled by hand."))

    def _settle_at_once(self, reason=None):
        """These happen in this moment; the cron that sends never sees them waiting."""
        self.write({"state": "sending", "sending_date": fields.Datetime.now()})
        return self._settle("sent", reason=reason)
