"""What the documents of customers say, as the parts of one SQL statement."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

from ...services.funnel import DOCUMENT_TIERS, OPPORTUNITY, QUOTATION
from ...tools import day_sql, local_day


class FunnelFacts:
    """Puts the rules of the tiers into SQL: documents in, rank of the tier out.

    ``doc`` holds orders and quotations of the customers, ``orders``, ``leads`` and
    ``referrals`` aggregate per customer, ``reached`` has one row per customer with the
    ``rank`` (1 to 7) of its tier and the figures of each period (``orders_<months>``,
    ``amount_<months>``).

    ``services.funnel.TierRule`` says the same in Python.

    SPECIFICATIONS: A PAST MOMENT
    With ``at``, documents count as they were at that moment: an order between its date
    and its cancellation, a quotation between its making and its confirmation or
    cancellation, an opportunity until it was lost. What is not written down in the
    documents is taken as it is now: who referred whom, amounts, deleted documents, and
    of several confirmations of one order all but the last.
    """

    def __init__(self, env, at=None):
        self.env = env
        self.settings = env["crm.funnel.tier"]._get_funnel_settings()
        self.rules = self.settings.rules
        self.at = at
        self.now = SQL("%s::timestamp", env.cr.now())
        self.today = local_day(at or env.cr.now(), self.settings.tz)

    @property
    def moment(self):
        return SQL("date_trunc('second', %s::timestamp)", self.at or self.now)

    def get_with(self, customers):
        """Return the WITH parts up to ``reached``.

        :param SQL customers: a query of the ids of commercial partners
        """
        return SQL(
            """
            customer AS (%(customers)s),
            family AS (%(family)s),
            doc AS (%(doc)s),
            orders AS (%(orders)s),
            leads AS (%(leads)s),
            referrals AS (%(referrals)s),
            facts AS (
                SELECT p.id, p.create_date,
                       p.funnel_tier_id AS old_tier_id,
                       p.funnel_tier_peak_id AS old_peak_id,
                       p.funnel_tier_since AS old_since,
                       p.last_order_date AS old_last_order,
                       p.has_open_quotation AS old_has_quotation,
                       p.funnel_tier_until,
                       orders.*, leads.lead_id, leads.lead_date, leads.lost_lead_id,
                       COALESCE(referrals.referral_count, 0) AS referral_count,
                       referrals.referral_id, referrals.referral_date
                  FROM customer
                  JOIN res_partner p ON p.id = customer.id
             LEFT JOIN orders ON orders.partner_id = p.id
             LEFT JOIN leads ON leads.partner_id = p.id
             LEFT JOIN referrals ON referrals.partner_id = p.id
            ),
            reached AS (SELECT facts.*, %(rank)s AS rank FROM facts)
            """,
            customers=customers,
            family=self.get_family_sql(),
            doc=self.get_documents_sql(),
            orders=self._get_orders_sql(),
            leads=self._get_leads_sql(),
            referrals=self._get_referrals_sql(),
            rank=self._get_rank_sql(),
        )

    def by_rank(self, values):
        """Return the SQL of one value per tier, lowest tier first."""
        whens = [
            SQL("WHEN %s THEN %s", rank, value)
            for rank, value in enumerate(values, start=1)
        ]
        return SQL("CASE reached.rank %s END", SQL(" ").join(whens))

    def get_local_day(self, moment):
        """Return the SQL of the company's day of a naive UTC moment."""
        return day_sql(moment, self.settings.tz)

    def get_window_names(self, months):
        """Return the columns with the number and the amount of a period's orders."""
        return SQL.identifier(f"orders_{months}"), SQL.identifier(f"amount_{months}")

    # ------------------------------------------------------------
    # DOCUMENTS
    # ------------------------------------------------------------

    def get_family_sql(self):
        """Customers and their contacts: whose documents count for whom."""
        return SQL(
            """
            SELECT member.id, member.commercial_partner_id AS customer_id
              FROM customer
              JOIN res_partner member ON member.commercial_partner_id = customer.id
            """
        )

    def get_documents_sql(self):
        """Orders and quotations, with the amount in the funnel's currency."""
        rate, rates = SQL("1"), SQL()
        if not self.settings.is_monocurrency:
            rate, rates = SQL("account_currency_table.rate"), self._get_rates_sql()
        return SQL(
            """
            SELECT *, %(day)s AS day
              FROM (
                    SELECT family.customer_id AS partner_id, so.id, so.state,
                           so.date_order, so.create_date, so.write_date,
                           so.amount_untaxed / COALESCE(NULLIF(so.currency_rate, 0), 1)
                           * %(rate)s AS amount,
                           %(is_order)s AS is_order,
                           %(is_quotation)s AS is_quotation
                      FROM family
                      JOIN sale_order so ON so.partner_id = family.id
                      %(rates)s
                   ) doc
             WHERE is_order OR is_quotation
                OR (state = 'cancel' AND write_date >= %(now)s)
            """,
            day=self.get_local_day(SQL("doc.date_order")),
            rate=rate,
            rates=rates,
            is_order=self.get_is_order_sql(),
            is_quotation=self._get_is_quotation_sql(),
            now=self.now,
        )

    def _get_rates_sql(self):
        # sudo: orders of every company count, also of those the user does not see
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        companies = companies.search([("currency_id", "!=", False)])
        currencies = self.env["res.currency"].with_company(self.settings.company_id)
        return SQL(
            "JOIN %s ON account_currency_table.company_id = so.company_id",
            currencies._get_simple_currency_table(companies),
        )

    def get_is_order_sql(self):
        """Whether ``so`` was a confirmed order at the moment."""
        if not self.at:
            return SQL("so.state = 'sale'")
        return SQL(
            "(so.date_order <= %(at)s AND (so.state = 'sale'"
            " OR (so.funnel_confirm_date IS NOT NULL"
            " AND COALESCE(so.funnel_cancel_date > %(at)s, FALSE))))",
            at=self.at,
        )

    def _get_is_quotation_sql(self):
        """Whether ``so`` was a quotation without an answer at the moment."""
        if not self.at:
            return SQL("so.state IN ('draft', 'sent')")
        return SQL(
            """
            (so.create_date <= %(at)s AND NOT %(is_order)s AND (
                so.state IN ('draft', 'sent')
                OR (so.state = 'sale' AND so.date_order > %(at)s)
                OR (so.state = 'cancel' AND so.funnel_cancel_date > %(at)s)
            ))
            """,
            at=self.at,
            is_order=self.get_is_order_sql(),
        )

    def _get_orders_sql(self):
        """Per customer: newest order and quotation, and the figures of each period.

        The newest order is the greatest pair of moment and id, put into one number.
        """
        columns = [
            SQL(
                """
                max(doc.date_order) FILTER (WHERE doc.is_order) AS last_order,
                (max((extract(epoch FROM doc.date_order)::bigint << 31) | doc.id)
                 FILTER (WHERE doc.is_order) & 2147483647)::int AS order_id,
                max(doc.id) FILTER (WHERE doc.is_quotation) AS quotation_id,
                max(doc.create_date) FILTER (WHERE doc.is_quotation) AS quotation_date,
                max(doc.id) FILTER (WHERE NOT doc.is_order AND NOT doc.is_quotation)
                    AS cancelled_id
                """
            )
        ]
        for months in sorted({rule.window_months for rule in self._buyer_rules}):
            orders, amount = self.get_window_names(months)
            columns.append(
                SQL(
                    "count(*) FILTER (WHERE %(window)s)::int AS %(orders)s,"
                    " COALESCE(sum(doc.amount) FILTER (WHERE %(window)s), 0)"
                    " AS %(amount)s",
                    window=self._get_window_sql(months, self.today),
                    orders=orders,
                    amount=amount,
                )
            )
        graced = [rule for rule in self._buyer_rules if self._has_grace(rule)]
        columns += [self._get_held_sql(rule) for rule in graced]
        source = SQL("doc")
        if graced:
            source = SQL("(SELECT doc.*%s FROM doc) doc", self._get_running_sql(graced))
        return SQL(
            "SELECT doc.partner_id, %s FROM %s GROUP BY doc.partner_id",
            SQL(", ").join(columns),
            source,
        )

    def _get_window_sql(self, months, day):
        """Condition on ``doc``: an order that counts on the day."""
        if not months:
            return SQL("doc.is_order")
        start = day - relativedelta(months=months)
        return SQL("doc.is_order AND doc.day >= %s", start)

    def _has_grace(self, rule):
        return rule.is_in_use and rule.window_months and rule.grace_days

    def _get_running_sql(self, rules):
        """Number and amount of the orders of the period that ended with each order."""
        return SQL().join(
            SQL(
                ", count(*) FILTER (WHERE doc.is_order) OVER %(window)s AS %(orders)s,"
                " sum(doc.amount) FILTER (WHERE doc.is_order) OVER %(window)s"
                " AS %(amount)s",
                window=SQL(
                    "(PARTITION BY doc.partner_id ORDER BY doc.day"
                    " RANGE BETWEEN make_interval(months => %s) PRECEDING"
                    " AND CURRENT ROW)",
                    rule.window_months,
                ),
                orders=SQL.identifier(f"run_orders_{rule.id}"),
                amount=SQL.identifier(f"run_amount_{rule.id}"),
            )
            for rule in rules
        )

    def _get_held_sql(self, rule):
        """Whether the rule was met on a day of the grace period: on the day of an order
        in it, or on its first day."""
        begin = self.today - timedelta(days=rule.grace_days)
        start = begin - relativedelta(months=rule.window_months)
        return SQL(
            """
            (COALESCE(bool_or(
                %(run_orders)s >= %(min_orders)s AND %(run_amount)s >= %(min_amount)s
             ) FILTER (WHERE doc.is_order AND doc.day >= %(begin)s), FALSE)
             OR (count(*) FILTER (WHERE %(first)s) >= %(min_orders)s
                 AND COALESCE(sum(doc.amount) FILTER (WHERE %(first)s), 0)
                     >= %(min_amount)s)
            ) AS %(held)s
            """,
            run_orders=SQL.identifier("doc", f"run_orders_{rule.id}"),
            run_amount=SQL.identifier("doc", f"run_amount_{rule.id}"),
            min_orders=rule.min_orders,
            min_amount=rule.min_amount,
            begin=begin,
            first=SQL("doc.is_order AND doc.day BETWEEN %s AND %s", start, begin),
            held=SQL.identifier(f"held_{rule.id}"),
        )

    # ------------------------------------------------------------
    # OPPORTUNITIES AND REFERRALS
    # ------------------------------------------------------------

    def _get_leads_sql(self):
        """Per customer: the newest opportunity that is not lost."""
        return SQL(
            """
            SELECT partner_id,
                   max(id) FILTER (WHERE is_open) AS lead_id,
                   max(moment) FILTER (WHERE is_open) AS lead_date,
                   max(id) FILTER (WHERE NOT is_open AND write_date >= %(now)s)
                       AS lost_lead_id
              FROM (
                    SELECT family.customer_id AS partner_id, lead.id, lead.write_date,
                           COALESCE(lead.date_conversion, lead.create_date) AS moment,
                           %(is_open)s AS is_open
                      FROM family
                      JOIN crm_lead lead ON lead.partner_id = family.id
                     WHERE lead.type = 'opportunity'
                   ) lead
          GROUP BY partner_id
            """,
            now=self.now,
            is_open=self._get_is_open_sql(),
        )

    def _get_is_open_sql(self):
        """Whether ``lead`` was open or won at the moment."""
        if not self.at:
            return SQL("lead.active")
        return SQL(
            "(COALESCE(lead.date_conversion, lead.create_date) <= %(at)s"
            " AND (lead.active OR COALESCE(lead.date_closed > %(at)s, FALSE)))",
            at=self.at,
        )

    def _get_referrals_sql(self):
        """Per referrer: how many of those brought have bought, and the newest."""
        return SQL(
            """
            SELECT partner_id,
                   count(*)::int AS referral_count,
                   (array_agg(id ORDER BY first_order DESC, id DESC))[1] AS referral_id,
                   max(first_order) AS referral_date
              FROM (
                    SELECT family.customer_id AS partner_id,
                           referred.commercial_partner_id AS id,
                           min(so.date_order) AS first_order
                      FROM family
                      JOIN res_partner referred ON referred.referrer_id = family.id
                      JOIN res_partner member
                        ON member.commercial_partner_id
                           = referred.commercial_partner_id
                      JOIN sale_order so ON so.partner_id = member.id
                     WHERE referred.commercial_partner_id <> family.customer_id
                       AND %(is_order)s
                  GROUP BY 1, 2
                   ) buyer
          GROUP BY partner_id
            """,
            is_order=self.get_is_order_sql(),
        )

    # ------------------------------------------------------------
    # RULES
    # ------------------------------------------------------------

    @property
    def _buyer_rules(self):
        return [rule for rule in self.rules if rule.code not in DOCUMENT_TIERS]

    def _get_rank_sql(self):
        """Return the SQL of the highest rank whose rule holds; the first does."""
        ranked = list(enumerate(self.rules, start=1))[1:]
        whens = [
            SQL("WHEN %s THEN %s", self._get_condition(rule), rank)
            for rank, rule in reversed(ranked)
            if rule.is_in_use
        ]
        return SQL("CASE %s ELSE 1 END", SQL(" ").join(whens)) if whens else SQL("1")

    def _get_condition(self, rule):
        documents = {
            OPPORTUNITY: SQL("facts.lead_id IS NOT NULL"),
            QUOTATION: SQL("facts.quotation_id IS NOT NULL"),
        }
        if rule.code in documents:
            return documents[rule.code]
        orders, amount = self.get_window_names(rule.window_months)
        bought = SQL(
            "COALESCE(facts.%s, 0) >= %s AND COALESCE(facts.%s, 0) >= %s",
            orders,
            rule.min_orders,
            amount,
            rule.min_amount,
        )
        if self._has_grace(rule):
            held = SQL.identifier("facts", f"held_{rule.id}")
            bought = SQL("(%s OR COALESCE(%s, FALSE))", bought, held)
        return SQL("%s AND facts.referral_count >= %s", bought, rule.min_referrals)
