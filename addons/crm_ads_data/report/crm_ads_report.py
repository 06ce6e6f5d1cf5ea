from odoo import api, fields, models
from odoo.tools import SQL

from ..models.core.res_company import DEFAULT_TIMEZONE
from ..services.figures import AMOUNTS, COUNTS, RATIOS


class CrmAdsReport(models.Model):
    """What ads cost and earned: the one definition of every figure (002.27–002.31, N5).

    One row per data and one per insight, so that all of it adds up by any dimension.

    SPECIFICATION
    - ``date`` is a day of the company: the day on which the data came in, or the day of
      the insight. Orders, invoices and payments are booked on the day of the data that
      brought them (cohort), however much later they come.
    - ``revenue``: untaxed amount of confirmed orders. An order counts once, for the
      first data of its lead.
    - ``revenue_invoiced``: posted invoices less credit notes of those orders, untaxed,
      at the rate of each invoice.
    - ``revenue_collected``: the paid share of each invoice less the paid share of each
      credit note, untaxed, and per order never more than ``revenue_invoiced``: what has
      still to be paid back to the customer is not earned. A payment under way counts.
    - ``goods_cost``: per order line the quantity invoiced less credited, or delivered
      where that is more, times today's cost (``standard_price``) of the product in the
      order's company.
    - ``profit``: ``revenue_collected`` - ``goods_cost`` - ``spend``.
    - ``contacted_count``: data whose ``sales_status`` has left "waiting".
    - Ratios are ratios of sums in every grouping, 0 where there is nothing to divide
      by.

    RIGHTS: the record rules show a marketer the rows of the own accounts; the amounts
    in them come from all orders and invoices of these data, which a marketer may not
    open one by one.

    COST: one query, however many ads and data; what no measure asks for is not joined.
    """

    _name = "crm.ads.report"
    _inherit = ["crm.ads.ratios"]
    _description = "Ads Report"
    _auto = False
    _rec_name = "ad_id"
    _order = "date desc, id desc"
    _depends = {
        "account.move": ["amount_residual", "amount_total", "payment_state", "state"],
        "account.move.line": ["balance", "move_id", "product_uom_id", "quantity"],
        "crm.ads.account": ["channel", "user_id"],
        "crm.ads.ad": ["account_id", "adset_name", "campaign_id", "product_id"],
        "crm.ads.data": [
            "account_id",
            "ad_id",
            "campaign_id",
            "company_id",
            "date",
            "is_won",
            "lead_id",
            "order_amount",
            "order_count",
            "product_id",
            "sales_status",
            "source",
            "state",
            "user_id",
        ],
        "crm.ads.insight": [
            "account_id",
            "ad_id",
            "campaign_id",
            "clicks",
            "company_id",
            "date",
            "impressions",
            "messages",
            "spend_company",
        ],
        "product.product": ["standard_price"],
        "res.partner": ["tz"],
        "sale.order": ["opportunity_id", "state"],
        "sale.order.line": [
            "invoice_lines",
            "order_id",
            "product_id",
            "product_uom_id",
            "qty_delivered",
        ],
    }

    date = fields.Date(string="Day", readonly=True)
    ad_id = fields.Many2one("crm.ads.ad", readonly=True)
    adset_name = fields.Char(string="Ad Set", readonly=True)
    campaign_id = fields.Many2one(
        "crm.ads.campaign", string="Ad Campaign", readonly=True
    )
    account_id = fields.Many2one("crm.ads.account", string="Ad Account", readonly=True)
    channel = fields.Selection(
        selection=lambda self: self.env["crm.ads.account"]._fields["channel"].selection,
        readonly=True,
    )
    marketer_id = fields.Many2one("res.users", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    source = fields.Selection(
        selection=lambda self: self.env["crm.ads.data"]._fields["source"].selection,
        readonly=True,
    )
    state = fields.Selection(
        selection=lambda self: self.env["crm.ads.data"]._fields["state"].selection,
        readonly=True,
    )
    sales_status = fields.Selection(
        selection=lambda self: (
            self.env["crm.ads.data"]._fields["sales_status"].selection
        ),
        readonly=True,
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)

    spend = fields.Monetary(readonly=True)
    impressions = fields.Integer(readonly=True)
    clicks = fields.Integer(readonly=True)
    messages = fields.Integer(readonly=True)
    data_count = fields.Integer(string="Data", readonly=True)
    valid_count = fields.Integer(string="Valid", readonly=True)
    duplicate_count = fields.Integer(string="Duplicates", readonly=True)
    transferred_count = fields.Integer(string="Transferred", readonly=True)
    contacted_count = fields.Integer(string="Contacted", readonly=True)
    won_count = fields.Integer(string="Data with Order", readonly=True)
    order_count = fields.Integer(string="Orders", readonly=True)
    revenue = fields.Monetary(readonly=True)
    revenue_invoiced = fields.Monetary(string="Invoiced", readonly=True)
    revenue_collected = fields.Monetary(string="Collected", readonly=True)
    goods_cost = fields.Monetary(string="Cost of Goods", readonly=True)
    profit = fields.Monetary(readonly=True)
    cost_per_data = fields.Monetary(readonly=True, aggregator="avg")
    cost_per_order = fields.Monetary(readonly=True, aggregator="avg")
    close_rate = fields.Float(readonly=True, aggregator="avg")
    roas = fields.Float(string="ROAS", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            "%s %s UNION ALL %s %s",
            self._select_data(),
            self._from_data(),
            self._select_insight(),
            self._from_insight(),
        )

    # ------------------------------------------------------------
    # Columns: both halves of the union name each in the same order
    # ------------------------------------------------------------

    @api.model
    def _get_columns(self):
        """:return: dict of each column to what it is for data and for insights"""
        return {
            **self._get_dimension_columns(),
            **self._get_spend_columns(),
            **self._get_data_columns(),
            **self._get_money_columns(),
            **dict.fromkeys(RATIOS, ("NULL::float", "NULL::float")),
        }

    @api.model
    def _get_dimension_columns(self):
        common = {
            name: (column, column)
            for name, column in (
                ("ad_id", "main.ad_id"),
                ("adset_name", "ad.adset_name"),
                ("campaign_id", "main.campaign_id"),
                ("account_id", "main.account_id"),
                ("channel", "account.channel"),
                ("marketer_id", "account.user_id"),
                ("company_id", "main.company_id"),
                ("currency_id", "company.currency_id"),
            )
        }
        day = "(main.date AT TIME ZONE 'UTC' AT TIME ZONE zone.tz)::date"
        return common | {
            "id": ("main.id * 2", "main.id * 2 + 1"),
            "date": (day, "main.date"),
            "product_id": ("main.product_id", "ad.product_id"),
            "user_id": ("main.user_id", "NULL::int"),
            "source": ("main.source", "NULL"),
            "state": ("main.state", "NULL"),
            "sales_status": ("main.sales_status", "NULL"),
        }

    @api.model
    def _get_spend_columns(self):
        return {
            "spend": ("0::numeric", "COALESCE(main.spend_company, 0)"),
            "impressions": ("0", "COALESCE(main.impressions, 0)"),
            "clicks": ("0", "COALESCE(main.clicks, 0)"),
            "messages": ("0", "COALESCE(main.messages, 0)"),
        }

    @api.model
    def _get_data_columns(self):
        return {
            "data_count": ("1", "0"),
            "valid_count": ("(main.state NOT IN ('duplicate', 'invalid'))::int", "0"),
            "duplicate_count": ("(main.state = 'duplicate')::int", "0"),
            "transferred_count": ("(main.state = 'transferred')::int", "0"),
            "contacted_count": (
                "COALESCE(main.sales_status != 'waiting', FALSE)::int",
                "0",
            ),
            "won_count": ("COALESCE(main.is_won, 0)", "0"),
            "order_count": ("COALESCE(main.order_count, 0)", "0"),
            "revenue": ("COALESCE(main.order_amount, 0)", "0"),
        }

    @api.model
    def _get_money_columns(self):
        return {
            "revenue_invoiced": ("COALESCE(money.invoiced, 0)", "0"),
            "revenue_collected": ("COALESCE(money.collected, 0)", "0"),
            "goods_cost": ("COALESCE(money.goods_cost, 0)", "0"),
            "profit": (
                "COALESCE(money.collected, 0) - COALESCE(money.goods_cost, 0)",
                "-COALESCE(main.spend_company, 0)",
            ),
        }

    @api.model
    def _select_data(self):
        return self._select_half(0)

    @api.model
    def _select_insight(self):
        return self._select_half(1)

    @api.model
    def _select_half(self, half):
        columns = [
            SQL("%s AS %s", SQL(column[half]), SQL.identifier(name))  # pylint: disable=sql-injection
            for name, column in self._get_columns().items()
        ]
        return SQL("SELECT %s", SQL(", ").join(columns))

    # ------------------------------------------------------------
    # Tables
    # ------------------------------------------------------------

    @api.model
    def _from_data(self):
        return SQL(
            """
              FROM crm_ads_data main
              JOIN crm_ads_ad ad ON ad.id = main.ad_id
              JOIN crm_ads_account account ON account.id = main.account_id
              JOIN res_company company ON company.id = main.company_id
              JOIN (
                    SELECT c.id, COALESCE(NULLIF(p.tz, ''), %(timezone)s) AS tz
                      FROM res_company c
                      JOIN res_partner p ON p.id = c.partner_id
                   ) zone ON zone.id = main.company_id
              LEFT JOIN (%(money)s) money ON money.data_id = main.id
            """,
            timezone=DEFAULT_TIMEZONE,
            money=self._get_money_query(),
        )

    @api.model
    def _from_insight(self):
        return SQL(
            """
              FROM crm_ads_insight main
              JOIN crm_ads_ad ad ON ad.id = main.ad_id
              JOIN crm_ads_account account ON account.id = main.account_id
              JOIN res_company company ON company.id = main.company_id
            """
        )

    @api.model
    def _get_money_query(self):
        """Per data that carries orders: invoiced, collected and cost of goods."""
        return SQL(
            """
            SELECT o.data_id,
                   SUM(o.invoiced) AS invoiced,
                   SUM(LEAST(o.paid, o.invoiced)) AS collected,
                   SUM(o.goods_cost) AS goods_cost
              FROM (
                    SELECT l.data_id,
                           SUM(l.invoiced) AS invoiced,
                           SUM(l.paid) AS paid,
                           SUM(GREATEST(l.delivered, l.quantity) * l.unit_cost)
                               AS goods_cost
                      FROM (%(lines)s) l
                     GROUP BY l.data_id, l.order_id
                   ) o
             GROUP BY o.data_id
            """,
            lines=self._get_order_line_query(),
        )

    @api.model
    def _get_order_line_query(self):
        """Per order line of data: amounts, quantities in the product's unit, its cost.

        An invoice's amount is its ``balance`` in company currency, negative for income;
        a credit note's has the other sign by itself.
        """
        return SQL(
            """
            SELECT carrier.id AS data_id,
                   line.id,
                   line.order_id,
                   COALESCE(SUM(-item.balance), 0) AS invoiced,
                   COALESCE(SUM(-item.balance * %(paid_share)s), 0) AS paid,
                   COALESCE(line.qty_delivered, 0) * line_uom.factor
                       / product_uom.factor AS delivered,
                   COALESCE(SUM(
                       CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END
                       * item.quantity * item_uom.factor / product_uom.factor
                   ), 0) AS quantity,
                   COALESCE(
                       (product.standard_price ->> sale.company_id::text)::numeric, 0
                   )
                       AS unit_cost
              FROM crm_ads_data carrier
              JOIN sale_order sale ON sale.opportunity_id = carrier.lead_id
                                  AND sale.state = 'sale'
              JOIN sale_order_line line ON line.order_id = sale.id
                                       AND line.display_type IS NULL
              LEFT JOIN product_product product ON product.id = line.product_id
              LEFT JOIN product_template template
                     ON template.id = product.product_tmpl_id
              LEFT JOIN uom_uom product_uom ON product_uom.id = template.uom_id
              LEFT JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
              LEFT JOIN (
                    sale_order_line_invoice_rel rel
                    JOIN account_move_line item ON item.id = rel.invoice_line_id
                    JOIN account_move move ON move.id = item.move_id
                                          AND move.state = 'posted'
                                          AND move.move_type
                                              IN ('out_invoice', 'out_refund')
                    LEFT JOIN uom_uom item_uom ON item_uom.id = item.product_uom_id
                   ) ON rel.order_line_id = line.id
             WHERE carrier.is_won > 0
             GROUP BY carrier.id, line.id, line_uom.factor, product_uom.factor,
                      product.standard_price, sale.company_id
            """,
            paid_share=self._get_paid_share(),
        )

    @api.model
    def _get_paid_share(self):
        """The share of a move that is paid, set off or on its way (0 to 1)."""
        return SQL(
            """
            CASE WHEN move.payment_state IN ('paid', 'in_payment', 'reversed') THEN 1
                 ELSE 1 - COALESCE(
                     move.amount_residual / NULLIF(move.amount_total, 0), 0
                 )
             END
            """
        )

    @api.model
    def _get_figure_aggregates(self):
        """:return: dict of each figure to the aggregate that adds it up"""
        sums = {fname: f"{fname}:sum" for fname in COUNTS + AMOUNTS}
        return sums | {fname: f"{fname}:avg" for fname in RATIOS}
