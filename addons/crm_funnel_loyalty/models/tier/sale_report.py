from odoo import api, fields, models


class SaleReport(models.Model):
    """Sales analysis that tells first orders from repeated ones (004.29).

    SPECIFICATIONS
    * ``funnel_purchase``: the oldest confirmed order of a customer (of its commercial
      partner, in all companies) is its first, every later one a repeated one. What is
      not confirmed is neither.
    * ``funnel_profit``: untaxed total less what the goods cost today, in the currency
      of the report. For managers.

    COST: one index look-up per order; nothing where the fields are not asked for.
    """

    _inherit = "sale.report"

    funnel_purchase = fields.Selection(
        [("first", "First order"), ("repeat", "Repeated order")],
        string="First or Repeated",
        readonly=True,
    )
    funnel_profit = fields.Monetary(
        string="Profit",
        readonly=True,
        groups="crm_funnel_loyalty.group_manager",
        help="Untaxed total less the cost of the products as it is today.",
    )

    def _select_additional_fields(self):
        return {
            **super()._select_additional_fields(),
            "funnel_purchase": self._get_funnel_purchase_sql(),
            "funnel_profit": self._get_funnel_profit_sql(),
        }

    def _group_by_sale(self):
        return f"{super()._group_by_sale()}, p.id"

    @api.model
    def _get_funnel_purchase_sql(self):
        return """
            CASE WHEN s.state <> 'sale' THEN NULL
                 WHEN EXISTS (
                     SELECT 1
                       FROM res_partner member
                       JOIN sale_order older ON older.partner_id = member.id
                      WHERE member.commercial_partner_id = partner.commercial_partner_id
                        AND older.state = 'sale'
                        AND (older.date_order, older.id) < (s.date_order, s.id)
                 ) THEN 'repeat'
                 ELSE 'first' END
        """

    @api.model
    def _get_funnel_profit_sql(self):
        sales_rate = self._case_value_or_one("s.currency_rate")
        rate = self._case_value_or_one("account_currency_table.rate")
        return f"""
            CASE WHEN l.product_id IS NULL THEN 0 ELSE SUM(
                l.price_subtotal / {sales_rate} * {rate}
                - l.product_uom_qty * u.factor / u2.factor * {rate}
                * COALESCE((p.standard_price ->> s.company_id::text)::numeric, 0)
            ) END
        """
