"""What was sold: the documents of some periods with whom they count for."""

from typing import NamedTuple

from odoo.tools import SQL

from ...services.commission import round_money, to_decimal
from ...tools import company_tz
from .statement_basis import get_lines, is_first_order


class Sale(NamedTuple):
    """What one document sells at one rate in one period (a payment may be used over
    several): ``rate_id`` None means by the bands."""

    user_id: int
    team_id: int | None
    res_model: str
    res_id: int
    date: object
    home: object
    partner_id: int | None
    rate_id: int | None
    base: object

    @property
    def key(self):
        """Which part of whose documents it is."""
        return self[:4] + (self.partner_id, self.rate_id)


class StatementFacts:
    """The sales of one company by the rules of one policy.

    COST: one query, whatever the number of people and documents.
    """

    def __init__(self, policy):
        self.policy = policy
        self.env = policy.env
        self.company = policy.company_id

    def read_sales(self, begin, end):
        """:return: list of ``Sale``, in the order in which they climb the bands"""
        self.env.flush_all()
        tz = company_tz(self.company).zone
        lines = get_lines(self.policy.basis, self.company.id, tz, begin, end)
        rows = self.env.execute_query(
            SQL(
                """
                WITH line AS (%(lines)s)
                SELECT line.user_id, line.team_id, line.res_model, line.res_id,
                       MIN(line.date) AS date, MIN(line.home) AS home, line.partner_id,
                       rate.id AS rate_id, SUM(line.amount) AS base
                  FROM line
                  %(rate)s
                 WHERE line.user_id IS NOT NULL
                 GROUP BY line.user_id, line.team_id, line.res_model, line.res_id,
                          line.partner_id, rate.id,
                          date_trunc(%(period)s, line.home::timestamp)
                 ORDER BY MIN(line.date), line.res_model, line.res_id,
                          line.partner_id, rate.id NULLS FIRST
                """,
                lines=lines,
                rate=self._get_rate_join(),
                period=self.policy.period,
            )
        )
        step = to_decimal(self.policy.currency_id.rounding)
        sales = (
            Sale(*row[:-1], round_money(to_decimal(row[-1]), step)) for row in rows
        )
        return [sale for sale in sales if sale.base]

    def _get_rate_join(self):
        """The first rate of the policy that fits a line; none is by the bands."""
        if not self.policy.rate_ids:
            return SQL("CROSS JOIN (SELECT NULL::integer AS id) rate")
        return SQL(
            """
            LEFT JOIN LATERAL (
                SELECT rate.id
                  FROM crm_sales_policy_rate rate
                  LEFT JOIN product_category wanted ON wanted.id = rate.categ_id
                 WHERE rate.policy_id = %(policy)s
                   AND (rate.product_id IS NULL OR rate.product_id = line.product_id)
                   AND (wanted.id IS NULL
                        OR line.categ_path LIKE wanted.parent_path || '%%')
                   AND (rate.first_purchase IS NOT TRUE OR %(first)s)
                   AND (rate.tier_id IS NULL OR rate.tier_id = %(tier)s)
                 ORDER BY rate.sequence, rate.id
                 LIMIT 1
            ) rate ON TRUE
            """,
            policy=self.policy.id,
            first=self._get_first_condition(),
            tier=self._get_tier(),
        )

    def _get_first_condition(self):
        """Whether the customer has bought nothing before."""
        return SQL(
            """
            %(order)s AND (line.order_id IS NOT NULL OR NOT EXISTS (
                SELECT FROM account_move earlier
                 WHERE earlier.commercial_partner_id = line.partner_id
                   AND earlier.company_id = %(company)s AND earlier.state = 'posted'
                   AND earlier.move_type = 'out_invoice'
                   AND earlier.id <> line.res_id
                   AND earlier.invoice_date < line.bought
            ))
            """,
            company=self.company.id,
            order=is_first_order(
                self.company.id,
                SQL("line.partner_id"),
                SQL("line.bought"),
                SQL("COALESCE(line.order_id, 0)"),
            ),
        )

    def _get_tier(self):
        """The tier that the customer had when buying."""
        return SQL(
            """(
                SELECT move.to_tier_id FROM crm_funnel_tier_move move
                 WHERE move.partner_id = line.partner_id AND move.date <= line.bought
                 ORDER BY move.date DESC, move.id DESC LIMIT 1
            )"""
        )
