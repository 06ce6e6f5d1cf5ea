"""What the documents of customers say, read with one statement."""

from odoo.tools import SQL


class FunnelFacts:
    """Reads, per customer, what decides on the tier and what proves it.

    ``doc`` holds all orders of the customers; the other parts are aggregates per
    customer. The figures of each tier are columns of their own (``orders_<id>``,
    ``amount_<id>``), because each tier looks at its own period.
    """

    def __init__(self, tiers, at=None):
        self.env = tiers.env
        self.tiers = tiers
        self.at = at
        self.now = self.env.cr.now()
        self.moment = at or self.now

    def read_rows(self, ids):
        """Return one dict per commercial partner of ``ids``."""
        return self.env.execute_query_dict(
            SQL(
                """
                WITH doc AS (%(doc)s),
                orders AS (%(orders)s),
                leads AS (%(leads)s),
                referrals AS (%(referrals)s)
                SELECT p.id, p.funnel_tier_id, p.funnel_tier_peak_id,
                       p.last_order_date AS known_last_order, p.create_date, orders.*,
                       leads.lead_id, leads.lead_date, leads.lost_lead_id,
                       referrals.referral_count, referrals.referral_id,
                       referrals.referral_date
                  FROM res_partner p
             LEFT JOIN orders ON orders.partner_id = p.id
             LEFT JOIN leads ON leads.partner_id = p.id
             LEFT JOIN referrals ON referrals.partner_id = p.id
                 WHERE p.id = ANY(%(ids)s)
              ORDER BY p.id
                """,
                doc=self._get_documents_sql(ids),
                orders=self._get_orders_sql(),
                leads=self._get_leads_sql(ids),
                referrals=self._get_referrals_sql(ids),
                ids=ids,
            )
        )

    def _get_documents_sql(self, ids):
        """Orders and quotations with their amount in the current company's currency."""
        # sudo: orders of every company count, also of those the user does not see
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        rates = self.env["res.currency"]._get_simple_currency_table(
            companies.search([("currency_id", "!=", False)])
        )
        return SQL(
            """
            SELECT customer.commercial_partner_id AS partner_id, so.id, so.state,
                   so.date_order, so.create_date, so.write_date,
                   so.amount_untaxed / COALESCE(NULLIF(so.currency_rate, 0), 1)
                   * account_currency_table.rate AS amount
              FROM sale_order so
              JOIN res_partner customer ON customer.id = so.partner_id
              JOIN %(rates)s ON account_currency_table.company_id = so.company_id
             WHERE customer.commercial_partner_id = ANY(%(ids)s)
               AND so.state IN ('draft', 'sent', 'sale', 'cancel')
               AND %(until)s
            """,
            rates=rates,
            ids=ids,
            until=self._get_until_sql(
                SQL(
                    "CASE WHEN so.state = 'sale'"
                    " THEN so.date_order ELSE so.create_date END"
                )
            ),
        )

    def _get_orders_sql(self):
        """Per customer: newest order and quotation, and the figures of each tier."""
        windows = [
            SQL(
                "count(*) FILTER (WHERE %(window)s) AS %(orders)s,"
                " COALESCE(sum(doc.amount) FILTER (WHERE %(window)s), 0) AS %(amount)s",
                window=tier._get_window_sql(self.moment),
                orders=SQL.identifier(f"orders_{tier.id}"),
                amount=SQL.identifier(f"amount_{tier.id}"),
            )
            for tier in self.tiers
        ]
        return SQL(
            """
            SELECT doc.partner_id,
                   max(doc.date_order) FILTER (WHERE doc.state = 'sale') AS last_order,
                   (array_agg(doc.id ORDER BY doc.date_order DESC, doc.id DESC)
                    FILTER (WHERE doc.state = 'sale'))[1] AS order_id,
                   (array_agg(doc.id ORDER BY doc.id DESC)
                    FILTER (WHERE doc.state IN ('draft', 'sent')))[1] AS quotation_id,
                   max(doc.create_date)
                    FILTER (WHERE doc.state IN ('draft', 'sent')) AS quotation_date,
                   (array_agg(doc.id ORDER BY doc.id DESC)
                    FILTER (WHERE doc.state = 'cancel' AND doc.write_date >= %(now)s)
                   )[1] AS cancelled_id,
                   %(windows)s
              FROM doc
          GROUP BY doc.partner_id
            """,
            now=self.now,
            windows=SQL(", ").join(windows),
        )

    def _get_leads_sql(self, ids):
        """Per customer: the newest opportunity that is not lost."""
        return SQL(
            """
            SELECT customer.commercial_partner_id AS partner_id,
                   (array_agg(lead.id ORDER BY lead.id DESC)
                    FILTER (WHERE lead.active))[1] AS lead_id,
                   max(COALESCE(lead.date_conversion, lead.create_date))
                    FILTER (WHERE lead.active) AS lead_date,
                   (array_agg(lead.id ORDER BY lead.id DESC)
                    FILTER (WHERE NOT lead.active AND lead.write_date >= %(now)s)
                   )[1] AS lost_lead_id
              FROM crm_lead lead
              JOIN res_partner customer ON customer.id = lead.partner_id
             WHERE customer.commercial_partner_id = ANY(%(ids)s)
               AND lead.type = 'opportunity'
               AND %(until)s
          GROUP BY customer.commercial_partner_id
            """,
            now=self.now,
            ids=ids,
            until=self._get_until_sql(
                SQL("COALESCE(lead.date_conversion, lead.create_date)")
            ),
        )

    def _get_referrals_sql(self, ids):
        """Per referrer: how many of those brought have bought, and the newest."""
        return SQL(
            """
            SELECT buyer.referrer_id AS partner_id,
                   count(*) AS referral_count,
                   (array_agg(buyer.id ORDER BY buyer.first_order DESC, buyer.id DESC)
                   )[1] AS referral_id,
                   max(buyer.first_order) AS referral_date
              FROM (
                    SELECT referrer.commercial_partner_id AS referrer_id,
                           referred.commercial_partner_id AS id,
                           min(so.date_order) AS first_order
                      FROM res_partner referrer
                      JOIN res_partner referred ON referred.referrer_id = referrer.id
                      JOIN res_partner customer
                        ON customer.commercial_partner_id
                           = referred.commercial_partner_id
                      JOIN sale_order so ON so.partner_id = customer.id
                     WHERE referrer.commercial_partner_id = ANY(%(ids)s)
                       AND referrer.commercial_partner_id
                           <> referred.commercial_partner_id
                       AND so.state = 'sale'
                       AND %(until)s
                  GROUP BY 1, 2
                   ) buyer
          GROUP BY buyer.referrer_id
            """,
            ids=ids,
            until=self._get_until_sql(SQL("so.date_order")),
        )

    def _get_until_sql(self, date):
        return SQL("%s <= %s", date, self.at) if self.at else SQL("TRUE")
