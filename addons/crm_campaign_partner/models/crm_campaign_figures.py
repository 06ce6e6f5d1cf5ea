from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..services import rollup


class CrmCampaignFigures(models.Model):
    """What a campaign did and what came of it, its sub-campaigns included.

    MEMBERS: ``contacted_count`` are those that left "to do", ``positive_count`` those
    whose result is positive; ``response_rate`` is positive of contacted (0 to 1).

    MONEY: all in the currency of the campaign's company and without taxes.
    ``quotation_amount`` sums quotations and orders that are not cancelled, at the
    rate of their own date; ``revenue`` sums posted customer invoices less credit
    notes; both where the document carries the campaign's UTM and belongs to the
    campaign's company. ``roi`` is (revenue - actual cost) / actual cost.

    RIGHTS: whoever may see a campaign sees its sums, also of members, orders and
    invoices that he may not open one by one. They are computed with the rights of
    the campaign manager and of the accountant, as core does for the revenue of a
    UTM campaign.

    SPEED: the number of queries does not depend on how many campaigns are read.
    """

    _inherit = "crm.campaign"

    member_count = fields.Integer(
        string="Customers",
        compute="_compute_member_figures",
        compute_sudo=True,
    )
    contacted_count = fields.Integer(
        string="Contacted", compute="_compute_member_figures", compute_sudo=True
    )
    positive_count = fields.Integer(
        string="Positive Answers", compute="_compute_member_figures", compute_sudo=True
    )
    response_rate = fields.Float(
        compute="_compute_member_figures",
        compute_sudo=True,
        help="Positive answers of all who were contacted.",
    )
    my_member_count = fields.Integer(
        string="My Calls",
        compute="_compute_my_member_count",
        help="Whom you contact yourself, and have not finished with.",
    )
    budget_planned = fields.Monetary(
        string="Planned Budget",
        compute="_compute_budget",
        compute_sudo=True,
    )
    budget_actual = fields.Monetary(
        string="Actual Cost", compute="_compute_budget", compute_sudo=True
    )
    opportunity_count = fields.Integer(
        string="Opportunities", compute="_compute_sales_figures", compute_sudo=True
    )
    quotation_amount = fields.Monetary(
        string="Quotations",
        compute="_compute_sales_figures",
        compute_sudo=True,
        help="Quotations and orders without taxes, cancelled ones left out.",
    )
    revenue = fields.Monetary(
        compute="_compute_sales_figures",
        compute_sudo=True,
        help="Posted customer invoices less credit notes, without taxes.",
    )
    roi = fields.Float(
        string="ROI",
        compute="_compute_roi",
        compute_sudo=True,
        help="Revenue less actual cost, divided by actual cost.",
    )

    @api.depends("child_ids", "member_ids.state", "member_ids.result_id.is_positive")
    def _compute_member_figures(self):
        tree = self._get_tree()
        counts, contacted, positive = {}, {}, {}
        for campaign, state, result, count in self.env[
            "crm.campaign.member"
        ]._read_group(
            [("campaign_id", "in", tree.ids)],
            ["campaign_id", "state", "result_id"],
            ["__count"],
        ):
            key = campaign.id
            counts[key] = counts.get(key, 0) + count
            if state != "todo":
                contacted[key] = contacted.get(key, 0) + count
            if result.is_positive:
                positive[key] = positive.get(key, 0) + count
        counts, contacted, positive = (
            tree._roll_up(values) for values in (counts, contacted, positive)
        )
        for campaign in self:
            key = campaign._origin.id
            campaign.member_count = counts[key]
            campaign.contacted_count = contacted[key]
            campaign.positive_count = positive[key]
            campaign.response_rate = rollup.rate(positive[key], contacted[key])

    @api.depends_context("uid")
    @api.depends("child_ids", "member_ids.state", "member_ids.user_id")
    def _compute_my_member_count(self):
        # sudo: borrows nobody's right; sub-campaigns and members are narrowed to those
        # of the user himself.
        tree = self.sudo()._get_tree()
        groups = tree.env["crm.campaign.member"]._read_group(
            [
                ("campaign_id", "in", tree.ids),
                ("user_id", "=", self.env.uid),
                ("state", "!=", "done"),
            ],
            ["campaign_id"],
            ["__count"],
        )
        mine = tree._roll_up({campaign.id: count for campaign, count in groups})
        for campaign in self:
            campaign.my_member_count = mine[campaign._origin.id]

    @api.depends("child_ids", "budget_line_ids.planned", "budget_line_ids.actual")
    def _compute_budget(self):
        tree = self._get_tree()
        sums = self.env["crm.campaign.budget.line"]._read_group(
            [("campaign_id", "in", tree.ids)],
            ["campaign_id"],
            ["planned:sum", "actual:sum"],
        )
        planned = tree._roll_up({campaign.id: amount for campaign, amount, __ in sums})
        actual = tree._roll_up({campaign.id: amount for campaign, __, amount in sums})
        for campaign in self:
            campaign.budget_planned = planned[campaign._origin.id]
            campaign.budget_actual = actual[campaign._origin.id]

    @api.depends("child_ids", "utm_campaign_id")
    def _compute_sales_figures(self):
        tree = self._get_tree()
        opportunities = tree._roll_up(tree._count_opportunities())
        quotations = tree._roll_up(tree._sum_quotations())
        revenues = tree._roll_up(tree._sum_invoices())
        for campaign in self:
            key = campaign._origin.id
            campaign.opportunity_count = opportunities[key]
            campaign.quotation_amount = quotations[key]
            campaign.revenue = revenues[key]

    @api.depends("revenue", "budget_actual")
    def _compute_roi(self):
        for campaign in self:
            campaign.roi = rollup.return_on_investment(
                campaign.revenue, campaign.budget_actual
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_opportunities(self):
        """:return: the action that lists the opportunities, lost ones too"""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm.crm_lead_opportunities"
        )
        # sudo: sub-campaigns that only others may open count as well
        return dict(
            action,
            domain=list(self.sudo()._get_tree()._get_opportunity_domain()),
            context={"active_test": False, "create": False},
        )

    def action_view_quotations(self):
        """:return: the action that lists the quotations and orders"""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sale.action_quotations_with_onboarding"
        )
        # sudo: sub-campaigns that only others may open count as well
        utm_campaigns = self.sudo()._get_tree().utm_campaign_id
        return dict(
            action,
            domain=[("campaign_id", "in", utm_campaigns.ids)],
            context={"create": False},
        )

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def _get_tree(self):
        """:return: the campaigns and everything below them, archived ones too"""
        return self.with_context(active_test=False).search_fetch(
            [("id", "child_of", self._origin.ids)],
            ["parent_path", "utm_campaign_id", "company_id"],
        )

    def _roll_up(self, values):
        """Sum ``{campaign id: number}`` over the tree in ``self``."""
        paths = {campaign.id: campaign.parent_path for campaign in self}
        return rollup.roll_up(paths, values)

    def _get_opportunity_domain(self):
        return Domain("type", "=", "opportunity") & Domain(
            "campaign_id", "in", self.utm_campaign_id.ids
        )

    def _get_invoice_domain(self):
        return (
            Domain("state", "=", "posted")
            & Domain("move_type", "in", ("out_invoice", "out_refund", "out_receipt"))
            & Domain("campaign_id", "in", self.utm_campaign_id.ids)
            & Domain("company_id", "in", self.company_id.ids)
        )

    def _count_opportunities(self):
        """:return: {campaign id: number of its opportunities, lost ones too}"""
        by_utm = self.grouped("utm_campaign_id")
        groups = (
            self.env["crm.lead"]
            .with_context(active_test=False)
            ._read_group(self._get_opportunity_domain(), ["campaign_id"], ["__count"])
        )
        return {by_utm[utm].id: count for utm, count in groups}

    def _sum_invoices(self):
        """:return: {campaign id: invoiced less credited, untaxed, company currency}"""
        by_utm = self.grouped("utm_campaign_id")
        groups = self.env["account.move"]._read_group(
            self._get_invoice_domain(),
            ["campaign_id", "company_id"],
            ["amount_untaxed_signed:sum"],
        )
        return {
            by_utm[utm].id: amount
            for utm, company, amount in groups
            if by_utm[utm].company_id == company
        }

    def _sum_quotations(self):
        """:return: {campaign id: quoted and ordered, untaxed, company currency}"""
        if not self:
            return {}
        self.env["sale.order"].flush_model(
            ["amount_untaxed", "currency_rate", "campaign_id", "company_id", "state"]
        )
        self.flush_model(["utm_campaign_id", "company_id"])
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT campaign.id,
                           SUM(
                               so.amount_untaxed
                               / COALESCE(NULLIF(so.currency_rate, 0), 1)
                           )
                      FROM crm_campaign campaign
                      JOIN sale_order so
                        ON so.campaign_id = campaign.utm_campaign_id
                       AND so.company_id = campaign.company_id
                     WHERE campaign.id IN %s AND so.state != 'cancel'
                     GROUP BY campaign.id
                    """,
                    self._ids,
                )
            )
        )
