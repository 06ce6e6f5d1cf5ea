from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmCampaignMemberOther(models.Model):
    """One partner in several running campaigns (N9).

    Whoever may see a member also sees the title of the other running campaigns that the
    partner is in, and who contacts him there, so that people can talk to each other;
    nothing else of those campaigns.

    COST: one query for any number of members.
    """

    _inherit = "crm.campaign.member"

    other_campaigns = fields.Char(
        string="Also In",
        compute="_compute_other_campaigns",
        help="Other running campaigns of this customer, and who contacts there.",
    )
    is_in_other_campaign = fields.Boolean(
        string="In Several Campaigns",
        compute="_compute_other_campaigns",
        search="_search_is_in_other_campaign",
    )

    @api.depends("partner_id", "campaign_id.state")
    def _compute_other_campaigns(self):
        running = self.env["crm.campaign.member"]._get_running_by_partner(
            self.partner_id
        )
        for member in self:
            others = [
                text
                for campaign_id, text in running.get(member.partner_id.id, ())
                if campaign_id != member.campaign_id.id
            ]
            member.other_campaigns = ", ".join(others)
            member.is_in_other_campaign = bool(others)

    @api.model
    def _get_running_by_partner(self, partners):
        """:return: dict of partner id to list of ``(campaign id, "title (person)")`` of
        the running campaigns of the user's companies"""
        # sudo: borrows the campaign manager's right; title and person alone are shown
        members = self.sudo().search_fetch(
            [
                ("partner_id", "in", partners.ids),
                ("campaign_id.state", "=", "running"),
                ("company_id", "in", self.env.companies.ids),
            ],
            ["partner_id", "campaign_id", "user_id"],
        )
        found = {}
        for member in members:
            text = member.campaign_id.title
            if member.user_id:
                text = f"{text} ({member.user_id.name})"
            found.setdefault(member.partner_id.id, []).append(
                (member.campaign_id.id, text)
            )
        return found

    def _search_is_in_other_campaign(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.flush_model(["partner_id", "campaign_id"])
        self.env["crm.campaign"].flush_model(["state"])
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                """
                EXISTS (
                    SELECT 1
                      FROM crm_campaign_member other
                      JOIN crm_campaign campaign ON campaign.id = other.campaign_id
                     WHERE other.partner_id = %s
                       AND other.campaign_id != %s
                       AND campaign.state = 'running'
                )
                """,
                SQL.identifier(alias, "partner_id"),
                SQL.identifier(alias, "campaign_id"),
            )
        )
