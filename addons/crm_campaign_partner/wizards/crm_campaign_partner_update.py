from odoo import api, fields, models


class CrmCampaignPartnerUpdate(models.TransientModel):
    """Correct the data of one member's partner, see ``crm.campaign.partner.edit``."""

    _name = "crm.campaign.partner.update"
    _description = "Correct Customer Data"
    _inherit = ["crm.campaign.partner.edit"]

    member_id = fields.Many2one(
        "crm.campaign.member", string="Customer", required=True, ondelete="cascade"
    )

    @api.depends("member_id")
    def _compute_edit_member_id(self):
        for wizard in self:
            wizard.edit_member_id = wizard.member_id

    def action_update(self):
        """Write what changed, with the old values kept in the partner's chatter."""
        self.ensure_one()
        self._apply_partner_changes()
        return {"type": "ir.actions.act_window_close"}
