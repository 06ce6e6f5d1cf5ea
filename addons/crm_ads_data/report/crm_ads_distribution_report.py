from odoo import api, fields, models
from odoo.tools import SQL


class CrmAdsDistributionReport(models.Model):
    """What each salesperson received, how good it was, and what came of it.

    SPECIFICATION (N3 "why did I get fewer, and worse?")
    - One row for each data that was transferred, with the salesperson who has it now.
    - ``expected`` is what the data was worth by its ad: the share of the ad's data that
      ever brought an order. A person's ``quality`` is the average of it, so that one
      who got few but good data can be told from one who got many bad ones.
    - Rates are ratios of sums in every grouping. Days are the company's.

    RIGHTS: sale admins and managers see all; a salesperson sees the own rows.
    """

    _name = "crm.ads.distribution.report"
    _description = "Distribution Fairness"
    _auto = False
    _rec_name = "user_id"
    _order = "date desc, id desc"
    _depends = {
        "crm.ads.data": [
            "ad_id",
            "campaign_id",
            "company_id",
            "contact_date",
            "is_won",
            "order_amount",
            "product_id",
            "state",
            "transfer_date",
            "user_id",
        ],
    }

    data_id = fields.Many2one("crm.ads.data", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    ad_id = fields.Many2one("crm.ads.ad", readonly=True)
    campaign_id = fields.Many2one("crm.ads.campaign", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Datetime(string="Transferred", readonly=True)
    received = fields.Integer(string="Data Received", readonly=True)
    contacted = fields.Integer(readonly=True)
    won = fields.Integer(string="With Order", readonly=True)
    revenue = fields.Monetary(readonly=True)
    expected = fields.Float(
        string="Expected Orders",
        readonly=True,
        help="Orders that such data brings on average, by their ads.",
    )
    quality = fields.Float(
        readonly=True, aggregator="avg", help="Expected orders for each data."
    )
    contact_rate = fields.Float(readonly=True, aggregator="avg")
    close_rate = fields.Float(readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    @api.model
    def _select(self):
        return SQL(
            """
            SELECT data.id,
                   data.id AS data_id,
                   data.user_id,
                   data.ad_id,
                   data.campaign_id,
                   data.product_id,
                   data.company_id,
                   data.transfer_date AS date,
                   1 AS received,
                   (data.contact_date IS NOT NULL)::int AS contacted,
                   data.is_won AS won,
                   data.order_amount AS revenue,
                   ad.rate AS expected,
                   ad.rate AS quality,
                   (data.contact_date IS NOT NULL)::int::float AS contact_rate,
                   data.is_won::float AS close_rate
            """
        )

    @api.model
    def _from(self):
        return SQL(
            """
              FROM crm_ads_data data
              JOIN (
                    SELECT ad_id, AVG(is_won)::float AS rate
                      FROM crm_ads_data
                     WHERE state = 'transferred'
                     GROUP BY ad_id
                   ) ad ON ad.ad_id = data.ad_id
            """
        )

    @api.model
    def _where(self):
        return SQL("WHERE data.state = 'transferred' AND data.user_id IS NOT NULL")

    @api.model
    def _get_ratios(self):
        """:return: {aggregate: (numerator, denominator)}"""
        return {
            "quality:avg": ("expected", "received"),
            "contact_rate:avg": ("contacted", "received"),
            "close_rate:avg": ("won", "received"),
        }

    def _read_group_select(self, aggregate_spec, query):
        """Rates of a group are ratios of its sums."""
        if aggregate_spec not in self._get_ratios():
            return super()._read_group_select(aggregate_spec, query)
        part, whole = self._get_ratios()[aggregate_spec]
        return SQL(
            "COALESCE(SUM(%s)::float / NULLIF(SUM(%s), 0), 0)",
            self._field_to_sql(self._table, part, query),
            self._field_to_sql(self._table, whole, query),
        )
