from odoo import api, fields, models
from odoo.tools import SQL

from .target_facts import TRAITS, TargetFacts


class CrmSalesTargetAnalysis(models.Model):
    """Plan and result in pivot and graph: the targets with what is achieved (003.40).

    SPECIFICATIONS
    - LIVE: the figures are those of ``crm.sales.target`` at this moment.
    - RATE of a group is the sum achieved of the sum planned, no mean of rates.
    - Months, quarters and years stand side by side; filter for one of them.

    COST: that of the targets' own figures, for all targets that are not archived.
    """

    _name = "crm.sales.target.analysis"
    _description = "Plan and Result"
    _auto = False
    _order = "date_from desc, id"
    _rec_name = "target_id"

    target_id = fields.Many2one("crm.sales.target", string="Planned For", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", readonly=True)
    period = fields.Selection(
        selection=lambda self: self._get_options("period"), readonly=True
    )
    metric = fields.Selection(
        selection=lambda self: self._get_options("metric"), readonly=True
    )
    date_from = fields.Date(string="Period Begins", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one(
        "product.category", string="Product Category", readonly=True
    )
    medium_id = fields.Many2one("utm.medium", string="Channel", readonly=True)
    state_id = fields.Many2one("res.country.state", string="Region", readonly=True)
    tier_id = fields.Many2one("crm.funnel.tier", readonly=True)
    tag_id = fields.Many2one(
        "res.partner.category", string="Customer Tag", readonly=True
    )
    target = fields.Float(readonly=True, digits=(16, 2))
    achieved = fields.Float(readonly=True, digits=(16, 2))
    rate = fields.Float(string="Achieved (%)", readonly=True, aggregator="avg")

    @api.model
    def _get_options(self, name):
        field = self.env["crm.sales.target"]._fields[name]
        return field._description_selection(self.env)

    @property
    def _table_query(self):
        # sudo: the rows are kept from those who may not read them by the record rules
        targets = (
            self.env["crm.sales.target"]
            .sudo()
            .search([("company_id", "in", self.env.companies.ids)])
        )
        asks = targets._get_asks()
        figures = TargetFacts(self.env).read_figures(list(asks.values()))
        return SQL(
            """
            SELECT t.id, t.id AS target_id, t.company_id, t.user_id, t.team_id,
                   t.period, t.metric, t.date_from, %(traits)s, t.target,
                   figure.achieved, 100.0 * figure.achieved / t.target AS rate
              FROM crm_sales_target t
              JOIN unnest(%(ids)s::int[], %(figures)s::float[])
                   AS figure(id, achieved) ON figure.id = t.id
            """,
            traits=SQL(", ").join(SQL.identifier("t", name) for name in TRAITS),
            ids=[target.id for target in asks],
            figures=[figures[ask] for ask in asks.values()],
        )

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec != "rate:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "COALESCE(100.0 * SUM(%s) / NULLIF(SUM(%s), 0), 0)",
            self._field_to_sql(self._table, "achieved", query),
            self._field_to_sql(self._table, "target", query),
        )
