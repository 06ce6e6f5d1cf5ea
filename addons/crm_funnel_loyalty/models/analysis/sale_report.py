from odoo import api, fields, models
from odoo.tools import SQL

from ...groups import SALES
from ...tools import company_tz, day_sql

# where an age band begins, in years
AGES = (18, 25, 35, 45, 55)
AVERAGE_ORDER = "funnel_average_order:avg"


class SaleReport(models.Model):
    """Sales analysis by value of the order and by who buys (003.13, 003.51).

    SPECIFICATIONS: VALUE BAND
    * The order's total with taxes in the currency of the report, between the limits of
      the company that looks: amounts and bands always speak of the same money.

    SPECIFICATIONS: WHO BUYS
    * Age (full years on the company's day of the order), gender and province are those
      of the person named on the order. No birthday, or one after the order: no band.
    * The tier is the customer's of today.

    SPECIFICATIONS: COUNTS
    * Customers and members are counted once, by their commercial partner; a member
      holds a card of the company that sold.
    * The average order is the untaxed total divided by the number of orders of the
      same rows; of products, what they bring in each order they are in.

    COST: no further join; one index look-up per order for the members, and nothing
    where the fields are not asked for.
    """

    _inherit = "sale.report"

    funnel_value_band = fields.Selection(
        selection="_get_value_bands", string="Order Value", readonly=True
    )
    funnel_age_band = fields.Selection(
        [
            ("0", "Under 18"),
            ("1", "18 to 24"),
            ("2", "25 to 34"),
            ("3", "35 to 44"),
            ("4", "45 to 54"),
            ("5", "55 and over"),
        ],
        string="Age",
        readonly=True,
        groups=SALES,
    )
    funnel_gender = fields.Selection(
        selection="_get_genders", string="Gender", readonly=True, groups=SALES
    )
    funnel_tier_id = fields.Many2one("crm.funnel.tier", string="Tier", readonly=True)
    funnel_customer_id = fields.Many2one(
        "res.partner", string="Customers", readonly=True, aggregator="count_distinct"
    )
    funnel_member_id = fields.Many2one(
        "res.partner", string="Members", readonly=True, aggregator="count_distinct"
    )
    funnel_average_order = fields.Monetary(
        string="Average Order", readonly=True, aggregator="avg"
    )

    @api.model
    def _get_value_bands(self):
        return self.env.company._get_order_value_bands()

    @api.model
    def _get_genders(self):
        return (
            self.env["res.partner"]._fields["gender"]._description_selection(self.env)
        )

    def _select_additional_fields(self):
        return {
            **super()._select_additional_fields(),
            "funnel_value_band": self._get_value_band_sql(),
            "funnel_age_band": self._get_age_band_sql(),
            "funnel_gender": "partner.gender",
            "funnel_tier_id": "partner.funnel_tier_id",
            "funnel_customer_id": "partner.commercial_partner_id",
            "funnel_member_id": self._get_member_sql(),
            "funnel_average_order": self._get_order_amount_sql("s.amount_untaxed"),
        }

    def _group_by_sale(self):
        return f"{super()._group_by_sale()}, partner.id"

    def _read_group_select(self, aggregate_spec, query):
        """The average order is a ratio of sums, not the average of lines."""
        if aggregate_spec != AVERAGE_ORDER:
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "SUM(%(total)s) / NULLIF(COUNT(DISTINCT %(order)s), 0)",
            total=self._field_to_sql(self._table, "price_subtotal", query),
            order=self._field_to_sql(self._table, "order_reference", query),
        )

    @api.model
    def _get_order_amount_sql(self, amount):
        """:return: an amount of the order in the currency of the report"""
        sales_rate = self._case_value_or_one("s.currency_rate")
        rate = self._case_value_or_one("account_currency_table.rate")
        return f"({amount} / {sales_rate} * {rate})"

    @api.model
    def _get_value_band_sql(self):
        return self._get_band_sql(
            self._get_order_amount_sql("s.amount_total"),
            self.env.company._get_order_value_limits(),
        )

    @api.model
    def _get_age_band_sql(self):
        zone = company_tz(self.env.company).zone
        day = self._get_sql_text(day_sql(SQL("s.date_order"), zone))
        years = (
            f"date_part('year', age({day}::timestamp, partner.birthdate::timestamp))"
        )
        return f"""
            CASE WHEN partner.birthdate <= {day}
                 THEN {self._get_band_sql(years, AGES)} END
        """

    @api.model
    def _get_member_sql(self):
        return """
            CASE WHEN EXISTS (
                     SELECT 1
                       FROM loyalty_card card
                      WHERE card.partner_id = partner.commercial_partner_id
                        AND card.member_since IS NOT NULL
                        AND card.active
                        AND COALESCE(card.company_id, s.company_id) = s.company_id
                 ) THEN partner.commercial_partner_id END
        """

    @api.model
    def _get_band_sql(self, figure, limits):
        """:return: how many of the rising limits the figure has reached, as a key"""
        limits = self._get_sql_text(SQL("%s::numeric[]", list(limits)))
        return f"width_bucket(({figure})::numeric, {limits})::text"

    @api.model
    def _get_sql_text(self, sql):
        """The text of SQL with its values in it: core's query is a text."""
        cr = self.env.cr
        return cr.mogrify(sql).decode(cr.connection.encoding)
