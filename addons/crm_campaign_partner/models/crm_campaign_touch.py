from odoo import fields, models


class CrmCampaignTouch(models.Model):
    """How often people were contacted for a campaign, as far as one may see it."""

    _inherit = "crm.campaign"

    touch_count = fields.Integer(string="Contacts", compute="_compute_touch_count")

    def _compute_touch_count(self):
        """COST: one query for any number of campaigns."""
        counts = dict(
            self.env["crm.contact.touch"]._read_group(
                [("campaign_id", "in", self.ids), ("state", "!=", "blocked")],
                ["campaign_id"],
                ["__count"],
            )
        )
        for campaign in self:
            campaign.touch_count = counts.get(campaign._origin, 0)

    def action_view_touches(self):
        """:return: the action that lists the contacts of this campaign and its parts"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign_partner.crm_contact_touch_action"
        )
        return dict(action, domain=[("campaign_id", "child_of", self.id)], context={})
