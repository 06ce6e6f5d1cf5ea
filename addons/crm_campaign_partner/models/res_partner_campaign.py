from odoo import api, fields, models


class ResPartnerCampaign(models.Model):
    """What people look at when they pick a partner for a campaign (000.10)."""

    _inherit = "res.partner"

    running_campaigns = fields.Char(
        compute="_compute_running_campaigns",
        groups="crm_campaign_partner.group_campaign_user",
        help="Running campaigns that this customer is in, and who contacts there.",
    )
    campaign_member_count = fields.Integer(
        string="Campaigns of the Customer",
        compute="_compute_campaign_member_count",
        groups="crm_campaign_partner.group_campaign_user",
    )
    last_sale_date = fields.Date(
        string="Last Bought On",
        compute="_compute_last_sale_date",
        groups="crm_campaign_partner.group_campaign_user",
    )

    def _compute_campaign_member_count(self):
        """COST: one query for any number of partners."""
        counts = dict(
            self.env["crm.campaign.member"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.campaign_member_count = counts.get(partner._origin, 0)

    def _compute_running_campaigns(self):
        """COST: one query for any number of partners."""
        running = self.env["crm.campaign.member"]._get_running_by_partner(self)
        for partner in self:
            partner.running_campaigns = ", ".join(
                text for __, text in running.get(partner._origin.id, ())
            )

    def action_view_scorecard(self):
        """:return: the action that shows what this customer answers and buys"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign_partner.crm_partner_scorecard_action"
        )
        return dict(action, domain=[("partner_id", "=", self.commercial_partner_id.id)])

    @api.depends_context("allowed_company_ids")
    def _compute_last_sale_date(self):
        """COST: one query for any number of partners."""
        # sudo: borrows the sales manager's right; of all orders only the day is shown
        groups = (
            self.env["sale.order"]
            .sudo()
            ._read_group(
                [
                    ("partner_id.commercial_partner_id", "in", self.ids),
                    ("state", "=", "sale"),
                    ("company_id", "in", self.env.companies.ids),
                ],
                ["partner_id"],
                ["date_order:max"],
            )
        )
        latest = {}
        for buyer, moment in groups:
            partner_id = buyer.commercial_partner_id.id
            latest[partner_id] = max(latest.get(partner_id, moment), moment)
        for partner in self:
            moment = latest.get(partner._origin.id)
            partner.last_sale_date = moment and fields.Datetime.context_timestamp(
                self, moment
            )
