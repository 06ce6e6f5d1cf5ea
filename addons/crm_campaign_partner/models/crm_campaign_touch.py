from odoo import api, fields, models


class CrmCampaignTouch(models.Model):
    """How often people were contacted for a campaign, as far as one may see it."""

    _inherit = "crm.campaign"

    touch_count = fields.Integer(string="Contacts", compute="_compute_touch_count")

    @api.depends("child_ids")
    def _compute_touch_count(self):
        """COST: two queries for any number of campaigns."""
        # sudo: borrows nobody's right; only the ids of the sub-campaigns are used, and
        # the contacts are those that the user sees.
        tree = self.sudo()._get_tree()
        groups = self.env["crm.contact.touch"]._read_group(
            [("campaign_id", "in", tree.ids), ("state", "!=", "blocked")],
            ["campaign_id"],
            ["__count"],
        )
        counts = tree._roll_up({campaign.id: count for campaign, count in groups})
        for campaign in self:
            campaign.touch_count = counts[campaign._origin.id]

    def action_view_touches(self):
        """:return: the action that lists the contacts of this campaign and its parts"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign_partner.crm_contact_touch_action"
        )
        return dict(action, domain=[("campaign_id", "child_of", self.id)], context={})
