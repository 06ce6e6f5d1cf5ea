from odoo import api, fields, models
from odoo.tools import float_compare

from ..services import rollup


class CrmCampaignCost(models.Model):
    """What a contact and a positive answer cost, and whether the budget holds.

    Costs are the actual ones, sub-campaigns included, in the currency of the campaign's
    company; where there is nothing to divide by, there is no cost. A campaign with a
    plan is over its budget when more was spent than planned; its owner is told by one
    activity.
    """

    _inherit = "crm.campaign"

    cost_per_contact = fields.Monetary(compute="_compute_costs", compute_sudo=True)
    cost_per_positive = fields.Monetary(
        string="Cost per Positive Answer", compute="_compute_costs", compute_sudo=True
    )
    is_over_budget = fields.Boolean(compute="_compute_costs", compute_sudo=True)

    @api.depends("budget_actual", "budget_planned", "contacted_count", "positive_count")
    def _compute_costs(self):
        for campaign in self:
            cost = campaign.budget_actual
            campaign.cost_per_contact = rollup.rate(cost, campaign.contacted_count)
            campaign.cost_per_positive = rollup.rate(cost, campaign.positive_count)
            planned = campaign.budget_planned
            rounding = campaign.currency_id.rounding or 1.0
            campaign.is_over_budget = bool(planned) and (
                float_compare(cost, planned, precision_rounding=rounding) > 0
            )

    @api.model
    def _get_budget_fields(self):
        """:return: names of the figures that change with an expense"""
        return [
            "budget_planned",
            "budget_actual",
            "cost_per_contact",
            "cost_per_positive",
            "is_over_budget",
            "roi",
        ]

    def _warn_over_budget(self):
        """Tell the owners of campaigns that are over their budget, once."""
        # sudo: borrows the campaign manager's right; the sums include what only others
        # may open
        above = self.sudo().browse(
            {
                int(number)
                for campaign in self.sudo()
                for number in campaign.parent_path.rstrip("/").split("/")
            }
        )
        # sums of the parts are not among the fields' dependencies
        above.invalidate_recordset(self._get_budget_fields(), flush=False)
        summary = self.env._("Over the budget")
        for campaign in above.filtered("is_over_budget"):
            known = campaign.activity_ids.filtered(
                lambda activity: activity.summary == summary
            )
            if not known:
                campaign.activity_schedule(
                    "mail.mail_activity_data_warning",
                    summary=summary,
                    note=self.env._(
                        "%(actual)s spent, %(planned)s planned.",
                        actual=campaign.currency_id.format(campaign.budget_actual),
                        planned=campaign.currency_id.format(campaign.budget_planned),
                    ),
                    user_id=campaign.user_id.id,
                )
