from odoo import api, fields, models
from odoo.tools import SQL

from ..services.figures import AMOUNTS, COUNTS, RATIOS

# The parts of the union have the same types, so that PostgreSQL plans them as one.
NO_MONEY = "0::numeric"


class CrmAdsReport(models.Model):
    """What ads cost and earned: the one definition of every figure (002.27–31, N5).

    One row per data, one per insight and one per order of data, so that all of it adds
    up by any dimension.

    SPECIFICATION
    - ``date`` is a day of the company: the day on which the data came in, or the day
      of the insight. Orders, invoices and payments are booked on the day of the data
      that brought them (cohort), however much later they come.
    - ``revenue``: untaxed amount of confirmed orders. An order counts once, for the
      first data of its lead; one for which a shop platform names another ad counts for
      that ad (``crm_ads_report_platform``).
    - ``revenue_invoiced``: posted invoices less credit notes of those orders, untaxed,
      at the rate of each invoice.
    - ``revenue_collected``: the paid share of each invoice less the paid share of each
      credit note, untaxed, and per order never more than ``revenue_invoiced``: what
      has still to be paid back is not earned. A payment under way counts.
    - ``goods_cost``: per order line the quantity invoiced less credited, or delivered
      where that is more, times today's cost (``standard_price``) of the product in the
      order's company.
    - ``profit``: ``revenue_collected`` - ``goods_cost`` - ``spend``.
    - ``contacted_count``: data whose ``sales_status`` has left "waiting".
    - Ratios are ratios of sums in every grouping, 0 where there is nothing to divide.

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
            "day",
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
        return SQL(" UNION ALL ").join(
            SQL("%s %s", self._select(part), source())
            for part, source in enumerate(
                (self._from_data, self._from_insight, self._from_order)
            )
        )

    # ------------------------------------------------------------
    # Columns: the parts of the union name each in the same order
    # ------------------------------------------------------------

    @api.model
    def _select(self, part):
        columns = [
            # the columns are written in this file, none comes from a reader
            # pylint: disable=sql-injection
            SQL("%s AS %s", SQL(column[part]), SQL.identifier(name))
            for name, column in self._get_columns().items()
        ]
        return SQL("SELECT %s", SQL(", ").join(columns))

    @api.model
    def _get_columns(self):
        """:return: dict of each column to its SQL for data, insights and orders"""
        nothing = ("NULL::float",) * 3
        return {
            **self._get_dimension_columns(),
            **self._get_spend_columns(),
            **self._get_data_columns(),
            **self._get_money_columns(),
            **dict.fromkeys(RATIOS, nothing),
        }

    @api.model
    def _get_dimension_columns(self):
        of_data = {
            "product_id": ("main.product_id", "ad.product_id"),
            "user_id": ("main.user_id", "NULL::int"),
            "source": ("main.source", "NULL::varchar"),
            "state": ("main.state", "NULL::varchar"),
            "sales_status": ("main.sales_status", "NULL::varchar"),
            "date": ("main.day", "main.date"),
        }
        common = {
            "ad_id": "main.ad_id",
            "adset_name": "ad.adset_name",
            "campaign_id": "main.campaign_id",
            "account_id": "main.account_id",
            "channel": "account.channel",
            "marketer_id": "account.user_id",
            "company_id": "main.company_id",
            "currency_id": "company.currency_id",
        }
        return {
            "id": ("main.id * 3", "main.id * 3 + 1", "sale.id * 3 + 2"),
            **{name: (data, other, data) for name, (data, other) in of_data.items()},
            **{name: (column,) * 3 for name, column in common.items()},
        }

    @api.model
    def _get_spend_columns(self):
        return {
            "spend": (NO_MONEY, "COALESCE(main.spend_company, 0)", NO_MONEY),
            "impressions": ("0", "COALESCE(main.impressions, 0)", "0"),
            "clicks": ("0", "COALESCE(main.clicks, 0)", "0"),
            "messages": ("0", "COALESCE(main.messages, 0)", "0"),
        }

    @api.model
    def _get_data_columns(self):
        columns = {
            "data_count": "1",
            "valid_count": "(main.state NOT IN ('duplicate', 'invalid'))::int",
            "duplicate_count": "(main.state = 'duplicate')::int",
            "transferred_count": "(main.state = 'transferred')::int",
            "contacted_count": "COALESCE(main.sales_status != 'waiting', FALSE)::int",
            "won_count": "COALESCE(main.is_won, 0)",
            "order_count": "COALESCE(main.order_count, 0)",
        }
        return {
            **{name: (column, "0", "0") for name, column in columns.items()},
            "revenue": ("COALESCE(main.order_amount, 0)", NO_MONEY, NO_MONEY),
        }

    @api.model
    def _get_money_columns(self):
        invoiced, paid = "SUM(bill.invoiced)", "SUM(bill.paid)"
        collected = f"COALESCE(LEAST({paid}, {invoiced}), 0)::numeric"
        cost = f"COALESCE(SUM({self._get_goods_cost()}), 0)::numeric"
        return {
            "revenue_invoiced": (NO_MONEY, NO_MONEY, f"COALESCE({invoiced}, 0)"),
            "revenue_collected": (NO_MONEY, NO_MONEY, collected),
            "goods_cost": (NO_MONEY, NO_MONEY, cost),
            "profit": (
                NO_MONEY,
                "-COALESCE(main.spend_company, 0)",
                f"{collected} - {cost}",
            ),
        }

    @api.model
    def _get_goods_cost(self):
        """What the goods of an order line cost that have left and not come back."""
        delivered = "COALESCE(line.qty_delivered, 0) * line_uom.factor"
        quantity = f"GREATEST({delivered}, bill.quantity) / product_uom.factor"
        unit_cost = "(product.standard_price ->> sale.company_id::text)::numeric"
        return f"COALESCE({quantity} * {unit_cost}, 0)"

    # ------------------------------------------------------------
    # Tables; what no measure and no dimension asks for is not joined
    # ------------------------------------------------------------

    @api.model
    def _join_dimensions(self):
        return SQL(
            """
              LEFT JOIN crm_ads_ad ad ON ad.id = main.ad_id
              LEFT JOIN crm_ads_account account ON account.id = main.account_id
              LEFT JOIN res_company company ON company.id = main.company_id
            """
        )

    @api.model
    def _from_data(self):
        return SQL("FROM crm_ads_data main %s", self._join_dimensions())

    @api.model
    def _from_insight(self):
        return SQL("FROM crm_ads_insight main %s", self._join_dimensions())

    @api.model
    def _from_order(self):
        """The confirmed orders of data, with what was billed for each line of them."""
        return SQL(
            """
              FROM crm_ads_data main
              %(dimensions)s
              JOIN sale_order sale ON sale.opportunity_id = main.lead_id
                                  AND sale.state = 'sale'
              LEFT JOIN crm_connector_order told ON told.order_id = sale.id
              %(lines)s
             WHERE main.is_won > 0 AND (told.ad_id IS NULL OR told.ad_id = main.ad_id)
             GROUP BY main.id, sale.id, ad.id, account.id, company.id
            """,
            dimensions=self._join_dimensions(),
            lines=self._join_lines(),
        )

    @api.model
    def _join_lines(self):
        """The lines of the order ``sale``, with what was billed for each."""
        return SQL(
            """
              JOIN sale_order_line line ON line.order_id = sale.id
                                       AND line.display_type IS NULL
              LEFT JOIN product_product product ON product.id = line.product_id
              LEFT JOIN product_template template
                     ON template.id = product.product_tmpl_id
              LEFT JOIN uom_uom product_uom ON product_uom.id = template.uom_id
              LEFT JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
              LEFT JOIN LATERAL (%(bill)s) bill ON TRUE
            """,
            bill=self._get_bill_query(),
        )

    @api.model
    def _get_bill_query(self):
        """Posted invoices less credit notes of one order line.

        The amount of an invoice is its ``balance`` in company currency, negative for
        income; that of a credit note has the other sign by itself.
        """
        return SQL(
            """
            SELECT SUM(-item.balance) AS invoiced,
                   SUM(-item.balance * %(paid_share)s) AS paid,
                   SUM(
                       CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END
                       * item.quantity * uom.factor
                   ) AS quantity
              FROM sale_order_line_invoice_rel rel
              JOIN account_move_line item ON item.id = rel.invoice_line_id
              JOIN account_move move ON move.id = item.move_id
              LEFT JOIN uom_uom uom ON uom.id = item.product_uom_id
             WHERE rel.order_line_id = line.id
               AND move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund')
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
