from odoo import api, models
from odoo.tools import SQL

from .crm_ads_report import NO_MONEY


class CrmAdsReport(models.Model):
    """Orders for which a shop platform names the ad (003: orders from the shops).

    SPECIFICATION
    - A confirmed sale order of a platform order with ``ad_id`` counts for that ad, on
      the company's day of the order, with the same measures as the orders of data.
    - Exactly once: where its lead's data of that same ad counts it already, it does not
      count here; where its lead's data is of another ad, it does not count there.
    - It adds orders and money, but no data: ratios per data stay what they were.

    COST: no further query; two more parts of the report's one.
    """

    _inherit = "crm.ads.report"
    _depends = {
        "crm.connector.order": ["ad_id", "company_id", "day", "order_id"],
        "sale.order": ["amount_untaxed", "currency_rate", "user_id"],
    }

    @property
    def _table_query(self):
        parts = (self._get_count_columns(), self._get_bill_columns())
        sources = (self._from_platform(), self._from_platform_lines())
        return SQL(" UNION ALL ").join(
            [
                super()._table_query,
                *(
                    SQL("%s %s", self._select_platform(columns), source)
                    for columns, source in zip(parts, sources, strict=True)
                ),
            ]
        )

    @api.model
    def _select_platform(self, columns):
        """The report's columns in their order; what is not named is nothing."""
        selected = [
            # the columns are written in this file, none comes from a reader
            # pylint: disable=sql-injection
            SQL("%s AS %s", SQL(columns.get(name, others[1])), SQL.identifier(name))
            for name, others in self._get_columns().items()
        ]
        return SQL("SELECT %s", SQL(", ").join(selected))

    @api.model
    def _get_nothing(self):
        """What the orders of platforms do not have, and where they stand."""
        spend = self._get_spend_columns()
        return {
            **{name: nothing for name, (nothing, *_others) in spend.items()},
            "profit": NO_MONEY,
            "date": "main.day",
            "campaign_id": "ad.campaign_id",
            "account_id": "ad.account_id",
            "product_id": "ad.product_id",
            "user_id": "sale.user_id",
        }

    @api.model
    def _get_count_columns(self):
        """The orders themselves."""
        return self._get_nothing() | {
            "id": "-main.id * 2",
            "order_count": "1",
            "revenue": "sale.amount_untaxed"
            " / COALESCE(NULLIF(sale.currency_rate, 0), 1)::numeric",
        }

    @api.model
    def _get_bill_columns(self):
        """What was billed, paid and delivered of them."""
        money = {name: column[2] for name, column in self._get_money_columns().items()}
        return self._get_nothing() | money | {"id": "-main.id * 2 - 1"}

    @api.model
    def _from_platform(self, joins=None):
        """Where the orders are read from.

        :param joins: ``SQL`` of what else is joined to each of them
        """
        return SQL(
            """
              FROM crm_connector_order main
              LEFT JOIN crm_ads_ad ad ON ad.id = main.ad_id
              LEFT JOIN crm_ads_account account ON account.id = ad.account_id
              LEFT JOIN res_company company ON company.id = main.company_id
              JOIN sale_order sale ON sale.id = main.order_id AND sale.state = 'sale'
              %s
             WHERE %s
            """,
            joins or SQL(),
            self._get_uncounted(),
        )

    @api.model
    def _from_platform_lines(self):
        return SQL(
            "%s GROUP BY main.id, sale.id, ad.id, account.id, company.id",
            self._from_platform(self._join_lines()),
        )

    @api.model
    def _get_uncounted(self):
        """Orders that name an ad and that no data of this ad counts."""
        return SQL(
            """
            main.ad_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM crm_ads_data counting
                 WHERE counting.lead_id = sale.opportunity_id
                   AND counting.ad_id = main.ad_id AND counting.is_won > 0
            )
            """
        )
