"""The bonuses of one period: money apart from commission (003.09–003.11)."""

from collections import defaultdict

from odoo.fields import Domain
from odoo.tools import SQL

from ...services.commission import ZERO, split, to_decimal
from ...tools import day_begin
from .statement_basis import is_first_order
from .statement_pay import Line


class StatementBonus:
    """COST: one query, and one for each bonus of kind ``rule``."""

    def __init__(self, policy, begin, end):
        self.policy = policy
        self.env = policy.env
        self.begin = begin
        self.end = end
        self.step = to_decimal(policy.currency_id.rounding)

    def get_lines(self, sales):
        """:param sales: the ``Sale`` of the period
        :return: list of ``Line``"""
        self.revenue = defaultdict(lambda: ZERO)
        for sale in sales:
            self.revenue[sale.user_id] += sale.base
        kinds = set(self.policy.bonus_ids.mapped("kind"))
        self.orders = (
            self._read_orders() if kinds & {"first_order", "new_customer"} else []
        )
        return [
            line
            for bonus in self.policy.bonus_ids
            for line in getattr(self, f"_get_{bonus.kind}")(bonus)
        ]

    def _read_orders(self):
        """:return: list of ``(order id, user id, whether it is the customer's first)``,
        in the order in which they were confirmed"""
        company = self.policy.company_id
        return self.env.execute_query(
            SQL(
                """
                SELECT so.id, COALESCE(so.credit_user_id, so.user_id),
                       %(first)s
                  FROM sale_order so
                  JOIN res_partner customer ON customer.id = so.partner_id
                 WHERE so.company_id = %(company)s AND so.state = 'sale'
                   AND so.date_order >= %(begin)s AND so.date_order < %(end)s
                   AND COALESCE(so.credit_user_id, so.user_id) IS NOT NULL
                 ORDER BY so.date_order, so.id
                """,
                company=company.id,
                begin=day_begin(self.begin, company),
                end=day_begin(self.end, company),
                first=is_first_order(
                    company.id,
                    SQL("customer.commercial_partner_id"),
                    SQL("so.date_order"),
                    SQL("so.id"),
                ),
            )
        )

    def _get_line(self, bonus, user_id, amount, order_id=None):
        return Line(
            "bonus",
            amount,
            user_id=user_id,
            bonus_id=bonus.id,
            res_model="sale.order" if order_id else None,
            res_id=order_id,
        )

    def _get_first_order(self, bonus):
        return [
            self._get_line(bonus, user_id, to_decimal(bonus.amount), order_id)
            for order_id, user_id, _first in self.orders[:1]
        ]

    def _get_new_customer(self, bonus):
        return [
            self._get_line(bonus, user_id, to_decimal(bonus.amount), order_id)
            for order_id, user_id, first in self.orders
            if first
        ]

    def _get_top_revenue(self, bonus):
        top = max(self.revenue.values(), default=ZERO)
        if top <= ZERO or top < to_decimal(bonus.threshold):
            return []
        winners = sorted(user for user, base in self.revenue.items() if base == top)
        amounts = split(to_decimal(bonus.amount), [1] * len(winners), self.step)
        return [
            self._get_line(bonus, user_id, amount)
            for user_id, amount in zip(winners, amounts, strict=True)
        ]

    def _get_reach(self, bonus):
        return [
            self._get_line(bonus, user_id, to_decimal(bonus.amount))
            for user_id, base in sorted(self.revenue.items())
            if base >= to_decimal(bonus.threshold)
        ]

    def _get_rule(self, bonus):
        begin, end = (
            day_begin(day, self.policy.company_id) for day in (self.begin, self.end)
        )
        orders = self.env["sale.order"].search(
            bonus._get_domain()
            & Domain("company_id", "=", self.policy.company_id.id)
            & Domain("state", "=", "sale")
            & Domain("date_order", ">=", begin)
            & Domain("date_order", "<", end),
            order="date_order, id",
        )
        return [
            self._get_line(bonus, seller.id, to_decimal(bonus.amount), order.id)
            for order in orders
            if (seller := order.credit_user_id or order.user_id)
        ]
