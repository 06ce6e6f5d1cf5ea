from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...services.figures import AMOUNTS, COUNTS, RATIOS


class CrmAdsFigures(models.AbstractModel):
    """Figures of one level of the tree: account, campaign or ad (002.27–002.31, N5).

    SPECIFICATION
    - What each figure means stands in ``crm.ads.report``, which is where they come
      from; ``_level_field`` is the report's field that leads to the level.
    - They cover the period in the context keys ``ads_date_from`` and ``ads_date_to``
      (ISO dates, both included, days of the company), or all time without them. Money
      is in the company's currency: spend converted at the day's rate.
    - Lists, groups, pivots and graphs of a level can add the figures up and sort by
      them; ratios are ratios of sums there too, and 0 where there is nothing to divide.

    RIGHTS: the reader's own, by the record rules of ``crm.ads.report``.

    COST: one query for all records that are read, and none more for a group by.
    """

    _name = "crm.ads.figures"
    _inherit = ["crm.ads.level", "crm.ads.ratios"]
    _description = "Figures of Ads"

    company_id = fields.Many2one("res.company")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    spend = fields.Monetary(
        compute="_compute_figures", currency_field="company_currency_id"
    )
    impressions = fields.Integer(compute="_compute_figures")
    clicks = fields.Integer(compute="_compute_figures")
    messages = fields.Integer(string="Conversations", compute="_compute_figures")
    data_count = fields.Integer(string="Data", compute="_compute_figures")
    valid_count = fields.Integer(
        string="Valid",
        compute="_compute_figures",
        help="Data that is neither a duplicate nor invalid.",
    )
    duplicate_count = fields.Integer(string="Duplicates", compute="_compute_figures")
    transferred_count = fields.Integer(string="Transferred", compute="_compute_figures")
    contacted_count = fields.Integer(
        string="Contacted",
        compute="_compute_figures",
        help="Data that its salesperson has handled.",
    )
    won_count = fields.Integer(string="Data with Order", compute="_compute_figures")
    order_count = fields.Integer(string="Orders", compute="_compute_figures")
    revenue = fields.Monetary(
        compute="_compute_figures",
        currency_field="company_currency_id",
        help="Untaxed amount of the confirmed orders of the data.",
    )
    revenue_invoiced = fields.Monetary(
        string="Invoiced",
        compute="_compute_figures",
        currency_field="company_currency_id",
        help="Posted invoices less credit notes of the orders, untaxed.",
    )
    revenue_collected = fields.Monetary(
        string="Collected",
        compute="_compute_figures",
        currency_field="company_currency_id",
        help="Paid part of what is invoiced, less what goes back to customers.",
    )
    goods_cost = fields.Monetary(
        string="Cost of Goods",
        compute="_compute_figures",
        currency_field="company_currency_id",
        help="Quantity invoiced (or delivered, if more) at the cost of the product.",
    )
    profit = fields.Monetary(
        compute="_compute_figures",
        currency_field="company_currency_id",
        help="Collected less cost of goods less spend.",
    )
    cost_per_data = fields.Monetary(
        compute="_compute_figures",
        currency_field="company_currency_id",
        aggregator="avg",
        help="Spend divided by all data.",
    )
    cost_per_order = fields.Monetary(
        compute="_compute_figures",
        currency_field="company_currency_id",
        aggregator="avg",
        help="Spend divided by the orders.",
    )
    close_rate = fields.Float(
        compute="_compute_figures",
        aggregator="avg",
        help="Data with a confirmed order, as a share of the valid data.",
    )
    roas = fields.Float(
        string="ROAS",
        compute="_compute_figures",
        aggregator="avg",
        help="Return on ad spend: revenue divided by spend.",
    )

    @api.depends_context("ads_date_from", "ads_date_to", "uid", "allowed_company_ids")
    def _compute_figures(self):
        aggregates = self.env["crm.ads.report"]._get_figure_aggregates()
        figures = self._get_figures(list(aggregates.values()))
        nothing = [0] * len(aggregates)
        rows = [figures.get(record._origin.id, nothing) for record in self]
        currencies = [record.company_currency_id for record in self]
        columns = zip(*rows, strict=True) if rows else ()
        for fname, values in zip(aggregates, columns, strict=bool(rows)):
            self._set_figure(self._fields[fname], values, currencies)

    def _set_figure(self, field, values, currencies):
        """Give each record its value, money rounded by its currency.

        Straight into the cache, as core does for long lists: assigning some two
        thousand values one by one takes longer than to compute them.
        """
        for record, value, currency in zip(self, values, currencies, strict=True):
            if field.type == "monetary" and currency:
                value = currency.round(value)
            field._update_cache(record, value)

    def _get_figures(self, aggregates):
        """:return: dict of record id to its values of ``aggregates``, if any"""
        if not self.ids:
            return {}
        domain = self._get_figures_domain() & Domain(self._level_field, "in", self.ids)
        groups = self.env["crm.ads.report"]._read_group(
            domain, [self._level_field], aggregates
        )
        return {level.id: values for level, *values in groups}

    def _get_figures_domain(self):
        """The context's period, on the rows of the report."""
        domain = Domain.TRUE
        for key, operator in (("ads_date_from", ">="), ("ads_date_to", "<=")):
            date = fields.Date.to_date(self.env.context.get(key))
            if date:
                domain &= Domain("date", operator, date)
        return domain

    # ------------------------------------------------------------
    # Adding up and sorting in SQL
    # ------------------------------------------------------------

    def _field_to_sql(self, alias, field_expr, query=None):
        """Sums come from a join with the report; a ratio divides two of them."""
        if query is None or field_expr not in (*COUNTS, *AMOUNTS, *RATIOS):
            return super()._field_to_sql(alias, field_expr, query)
        figures = self._join_figures(alias, query)
        if field_expr in RATIOS:
            part, whole = RATIOS[field_expr]
            return SQL(
                "COALESCE(%s::float / NULLIF(%s, 0)::float, 0)",
                SQL.identifier(figures, part),
                SQL.identifier(figures, whole),
            )
        return SQL("COALESCE(%s, 0)", SQL.identifier(figures, field_expr))

    def _join_figures(self, alias, query):
        """Join the sums per record to ``query`` once; return the join's alias."""
        figures = query.make_alias(alias, "figures")
        if figures not in query._joins:
            query.add_join(
                "LEFT JOIN",
                figures,
                SQL("(%s)", self._get_figures_query()),
                SQL(
                    "%s = %s",
                    SQL.identifier(figures, "level_id"),
                    SQL.identifier(alias, "id"),
                ),
            )
        return figures

    def _get_figures_query(self):
        report = self.env["crm.ads.report"]
        query = report._search(self._get_figures_domain())
        level = report._field_to_sql(report._table, self._level_field, query)
        sums = [
            SQL(
                "SUM(%s) AS %s",
                report._field_to_sql(report._table, fname, query),
                SQL.identifier(fname),
            )
            for fname in COUNTS + AMOUNTS
        ]
        query.groupby = level
        query.order = None
        return query.select(SQL("%s AS level_id", level), *sums)

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_open_figures(self):
        """Open the report on what these records cost and earned."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_ads_data.action_crm_ads_report"
        )
        action["domain"] = [(self._level_field, "in", self.ids)]
        action["context"] = {"search_default_group_week": 1}
        return action
