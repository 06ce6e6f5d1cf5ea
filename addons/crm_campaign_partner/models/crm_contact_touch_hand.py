from odoo import fields, models


class CrmContactTouchHand(models.Model):
    """A contact that a person makes himself: he dials, no account does."""

    _inherit = "crm.contact.touch"

    def _settle_by_hand(self):
        """These happen in this moment, by the hand of whoever contacts; the cron that
        sends never sees them waiting."""
        self.write({"state": "sending", "sending_date": fields.Datetime.now()})
        return self._settle("sent", reason=self.env._("Dialled by hand."))
