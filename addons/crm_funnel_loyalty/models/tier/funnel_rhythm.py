"""RFM score and buying rhythm of all customers, with one statement."""

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

from .funnel_facts import FunnelFacts
from .funnel_statement import FunnelStatement

ONE_TIME_DAYS = 180
LEAST_SILENCE_DAYS = 60
CYCLES_OF_SILENCE = 2
RFM_MONTHS = 24
FIGURES = (
    "rfm_recency",
    "rfm_frequency",
    "rfm_monetary",
    "rfm_score",
    "buying_cycle_days",
    "next_order_date",
    "lapse_date",
)


def get_next_order_sql(day, cycle):
    """The day after ``day`` on which a customer with this cycle buys again."""
    return SQL("%s + %s", day, cycle)


def get_lapse_sql(day, cycle):
    """The day from which a customer who has been silent since ``day`` is lost: after
    two cycles, at least 60 days; after 180 days when there is no cycle yet."""
    return SQL(
        "%s + COALESCE(GREATEST(%s * %s, %s), %s)",
        day,
        CYCLES_OF_SILENCE,
        cycle,
        LEAST_SILENCE_DAYS,
        ONE_TIME_DAYS,
    )


class FunnelRhythm:
    """Recomputes the figures that compare all customers with each other.

    * Recency: the day of the last order. Frequency and monetary: number and untaxed
      amount of the orders of the last 24 months.
    * A score from 1 to 5 is the fifth in which the customer lies among all who bought;
      equal figures get equal scores (the middle of their ranks).
    * Buying cycle: the median number of days between two order days; it needs two.

    COST: one statement for all customers, and three settings of the planner. A second
    run writes no row.
    """

    def __init__(self, env):
        self.env = env
        self.facts = FunnelFacts(env)

    def run(self):
        """Write what has changed; return the number of customers written."""
        self.env["sale.order"].flush_model()
        self.env["res.partner"].flush_model()
        rows = FunnelStatement(self.env).run(self._get_statement(), True)
        if rows:
            self.env["res.partner"].invalidate_model(FIGURES)
        return len(rows)

    def _get_statement(self):
        names = SQL(", ").join(map(SQL.identifier, FIGURES))
        there = SQL(", ").join(SQL.identifier("p", name) for name in FIGURES)
        wanted = SQL(", ").join(SQL.identifier("figures", name) for name in FIGURES)
        return SQL(
            """
            WITH customer AS (
                SELECT DISTINCT customer.commercial_partner_id AS id
                  FROM sale_order so
                  JOIN res_partner customer ON customer.id = so.partner_id
                 WHERE so.state = 'sale'
            ),
            family AS (%(family)s),
            doc AS (%(doc)s),
            sums AS (%(sums)s),
            gaps AS (%(gaps)s),
            scored AS (%(scored)s),
            figures AS (
                SELECT id, r AS rfm_recency, f AS rfm_frequency, m AS rfm_monetary,
                       r::text || f || m AS rfm_score,
                       cycle AS buying_cycle_days,
                       %(next)s AS next_order_date, %(lapse)s AS lapse_date
                  FROM scored LEFT JOIN gaps ON gaps.partner_id = scored.id
            )
            UPDATE res_partner p SET (%(names)s) = ROW(%(wanted)s)
              FROM res_partner old LEFT JOIN figures ON figures.id = old.id
             WHERE old.id = p.id
               AND (figures.id IS NOT NULL OR p.rfm_score IS NOT NULL)
               AND (%(there)s) IS DISTINCT FROM (%(wanted)s)
         RETURNING p.id
            """,
            family=self.facts.get_family_sql(),
            doc=self.facts.get_documents_sql(),
            sums=self._get_sums_sql(),
            gaps=self._get_gaps_sql(),
            scored=self._get_scored_sql(),
            next=get_next_order_sql(SQL("last_day"), SQL("cycle")),
            lapse=get_lapse_sql(SQL("last_day"), SQL("cycle")),
            names=names,
            there=there,
            wanted=wanted,
        )

    def _get_sums_sql(self):
        start = self.facts.today - relativedelta(months=RFM_MONTHS)
        return SQL(
            """
            SELECT partner_id AS id, max(day) AS last_day,
                   count(*) FILTER (WHERE day >= %(start)s) AS orders,
                   COALESCE(sum(amount) FILTER (WHERE day >= %(start)s), 0) AS amount
              FROM doc WHERE is_order GROUP BY partner_id
            """,
            start=start,
        )

    def _get_gaps_sql(self):
        """Per customer the median of the days between two order days."""
        return SQL(
            """
            SELECT partner_id,
                   round(percentile_cont(0.5) WITHIN GROUP (ORDER BY gap))::int AS cycle
              FROM (
                    SELECT partner_id,
                           day - lag(day) OVER (PARTITION BY partner_id ORDER BY day)
                               AS gap
                      FROM (SELECT DISTINCT partner_id, day FROM doc WHERE is_order) d
                   ) days
             WHERE gap IS NOT NULL
          GROUP BY partner_id
            """
        )

    def _get_scored_sql(self):
        return SQL(
            "SELECT sums.*, %s, %s, %s FROM sums",
            self._get_fifth_sql("last_day", "r"),
            self._get_fifth_sql("orders", "f"),
            self._get_fifth_sql("amount", "m"),
        )

    def _get_fifth_sql(self, column, name):
        """From the middle of the ranks that equal figures share."""
        return SQL(
            "LEAST(5, 1 + floor(5 * (rank() OVER %(window)s - 1"
            " + cume_dist() OVER %(window)s * count(*) OVER ())"
            " / (2 * count(*) OVER ())))::int AS %(name)s",
            window=SQL("(ORDER BY %s)", SQL.identifier(column)),
            name=SQL.identifier(name),
        )
