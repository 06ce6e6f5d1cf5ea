from odoo import api, fields, models
from odoo.tools import SQL


class CrmCampaignReport(models.Model):
    """One row per campaign with its own figures, so that they can be added up.

    The figures mean the same as on the campaign (``crm_campaign_figures``), but each
    campaign counts only what is its own: sub-campaigns have their own rows, and
    ``main_campaign_id`` brings them together. Rates are ratios of sums.

    RIGHTS: the record rules show the rows of the campaigns that one may see, with the
    sums of all their members, orders and invoices, as on the campaign itself.
    """

    _name = "crm.campaign.report"
    _description = "Campaign Analysis"
    _auto = False
    _rec_name = "campaign_id"
    _order = "date_begin desc, id desc"
    _depends = {
        "account.move": [
            "amount_untaxed_signed",
            "campaign_id",
            "company_id",
            "move_type",
            "state",
        ],
        "crm.campaign": [
            "active",
            "audience",
            "company_id",
            "date_begin",
            "kind",
            "parent_path",
            "state",
            "user_id",
            "utm_campaign_id",
        ],
        "crm.campaign.budget.line": ["actual", "campaign_id", "planned"],
        "crm.campaign.member": ["campaign_id", "result_id", "state"],
        "crm.campaign.result": ["is_positive"],
        "crm.lead": ["campaign_id", "type"],
        "sale.order": [
            "amount_untaxed",
            "campaign_id",
            "company_id",
            "currency_rate",
            "state",
        ],
    }

    campaign_id = fields.Many2one("crm.campaign", readonly=True)
    main_campaign_id = fields.Many2one("crm.campaign", readonly=True)
    kind = fields.Selection(
        selection=lambda self: self._get_campaign_selection("kind"),
        readonly=True,
    )
    audience = fields.Selection(
        selection=lambda self: self._get_campaign_selection("audience"),
        readonly=True,
    )
    state = fields.Selection(
        selection=lambda self: self._get_campaign_selection("state"),
        string="Status",
        readonly=True,
    )
    user_id = fields.Many2one("res.users", string="Owner", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_begin = fields.Date(string="Start Date", readonly=True)
    member_count = fields.Integer(string="Customers", readonly=True)
    contacted_count = fields.Integer(string="Contacted", readonly=True)
    positive_count = fields.Integer(string="Positive Answers", readonly=True)
    response_rate = fields.Float(readonly=True, aggregator="avg")
    budget_planned = fields.Monetary(string="Planned Budget", readonly=True)
    budget_actual = fields.Monetary(string="Actual Cost", readonly=True)
    opportunity_count = fields.Integer(string="Opportunities", readonly=True)
    quotation_amount = fields.Monetary(string="Quotations", readonly=True)
    revenue = fields.Monetary(readonly=True)
    roi = fields.Float(string="ROI", readonly=True, aggregator="avg")

    @api.model
    def _get_campaign_selection(self, fname):
        """The choices of a campaign's field, in the reader's language."""
        return self.env["crm.campaign"]._fields[fname]._description_selection(self.env)

    @property
    def _table_query(self):
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    @api.model
    def _select(self):
        return SQL(
            """
            SELECT campaign.id,
                   campaign.id AS campaign_id,
                   split_part(campaign.parent_path, '/', 1)::int AS main_campaign_id,
                   campaign.kind,
                   campaign.audience,
                   campaign.state,
                   campaign.user_id,
                   campaign.company_id,
                   campaign.date_begin,
                   COALESCE(member.total, 0) AS member_count,
                   COALESCE(member.contacted, 0) AS contacted_count,
                   COALESCE(member.positive, 0) AS positive_count,
                   member.positive::float / NULLIF(member.contacted, 0)
                       AS response_rate,
                   COALESCE(budget.planned, 0) AS budget_planned,
                   COALESCE(budget.actual, 0) AS budget_actual,
                   COALESCE(lead.total, 0) AS opportunity_count,
                   COALESCE(quotation.amount, 0) AS quotation_amount,
                   COALESCE(invoice.amount, 0) AS revenue,
                   (COALESCE(invoice.amount, 0) - budget.actual)
                       / NULLIF(budget.actual, 0) AS roi
            """
        )

    @api.model
    def _from(self):
        return SQL(
            """
              FROM crm_campaign campaign
              LEFT JOIN (
                    SELECT m.campaign_id,
                           COUNT(*) AS total,
                           COUNT(*) FILTER (WHERE m.state != 'todo') AS contacted,
                           COUNT(*) FILTER (WHERE result.is_positive) AS positive
                      FROM crm_campaign_member m
                      LEFT JOIN crm_campaign_result result ON result.id = m.result_id
                     GROUP BY m.campaign_id
                   ) member ON member.campaign_id = campaign.id
              LEFT JOIN (
                    SELECT campaign_id, SUM(planned) AS planned, SUM(actual) AS actual
                      FROM crm_campaign_budget_line
                     GROUP BY campaign_id
                   ) budget ON budget.campaign_id = campaign.id
              LEFT JOIN (
                    SELECT campaign_id, COUNT(*) AS total
                      FROM crm_lead
                     WHERE type = 'opportunity'
                     GROUP BY campaign_id
                   ) lead ON lead.campaign_id = campaign.utm_campaign_id
              LEFT JOIN (
                    SELECT campaign_id,
                           company_id,
                           SUM(amount_untaxed / COALESCE(NULLIF(currency_rate, 0), 1))
                               AS amount
                      FROM sale_order
                     WHERE state != 'cancel'
                     GROUP BY campaign_id, company_id
                   ) quotation ON quotation.campaign_id = campaign.utm_campaign_id
                              AND quotation.company_id = campaign.company_id
              LEFT JOIN (
                    SELECT campaign_id,
                           company_id,
                           SUM(amount_untaxed_signed) AS amount
                      FROM account_move
                     WHERE state = 'posted'
                       AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                     GROUP BY campaign_id, company_id
                   ) invoice ON invoice.campaign_id = campaign.utm_campaign_id
                            AND invoice.company_id = campaign.company_id
            """
        )

    @api.model
    def _where(self):
        return SQL("WHERE campaign.active")

    @api.model
    def _get_ratios(self):
        """:return: {aggregate: (numerator, denominator, what is taken off)}"""
        return {
            "response_rate:avg": ("positive_count", "contacted_count", SQL("0")),
            "roi:avg": ("revenue", "budget_actual", SQL("1")),
        }

    def _read_group_select(self, aggregate_spec, query):
        """Rates of a group are ratios of its sums, not averages of rates."""
        if aggregate_spec not in self._get_ratios():
            return super()._read_group_select(aggregate_spec, query)
        part, whole, minus = self._get_ratios()[aggregate_spec]
        return SQL(
            "COALESCE(SUM(%(part)s)::float / NULLIF(SUM(%(whole)s), 0) - %(minus)s, 0)",
            part=self._field_to_sql(self._table, part, query),
            whole=self._field_to_sql(self._table, whole, query),
            minus=minus,
        )
