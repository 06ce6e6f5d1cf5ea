"""What each metric counts, as SQL.

Every query gives: user_id, team_id, home (the day), partner_id (of the customer's
company), product_id, categ_path, medium_id, bought (a moment), res_model, res_id,
value.
"""

from odoo.tools import SQL

from ...tools import day_sql, moment_sql
from ..statement.statement_basis import get_lines, is_first_order

# Metrics whose figure depends on when revenue counts.
BASIS_METRICS = ("revenue", "quantity")
# Metrics without products.
ACTIVITY_METRICS = ("calls", "conversion")

_AGGREGATES = {
    "revenue": SQL("SUM(value)"),
    "quantity": SQL("SUM(value)"),
    "orders": SQL("COUNT(DISTINCT res_id)"),
    "new_customers": SQL("COUNT(DISTINCT partner_id)"),
    "calls": SQL("COUNT(*)"),
    "conversion": SQL("100.0 * SUM(value) / COUNT(*)"),
}


def get_aggregate(metric):
    """:return: SQL of a metric's figure over ``hit``"""
    return _AGGREGATES[metric]


def get_source(metric, basis, company_id, tz, begin, end):
    """:return: SQL of what a metric counts from day ``begin`` to before ``end``"""
    if metric == "calls":
        return _get_calls(company_id, tz, begin, end)
    if metric == "conversion":
        return _get_closed(company_id, tz, begin, end)
    lines = get_lines(
        basis if metric in BASIS_METRICS else "ordered", company_id, tz, begin, end
    )
    return SQL(
        """
        SELECT sold.user_id, sold.team_id, sold.home, sold.partner_id,
               sold.product_id, sold.categ_path, sold.medium_id,
               sold.bought, sold.res_model, sold.res_id, %s AS value
          FROM (%s) sold
         WHERE %s
        """,
        SQL("sold.quantity") if metric == "quantity" else SQL("sold.amount"),
        lines,
        is_first_order(
            company_id,
            SQL("sold.partner_id"),
            SQL("sold.bought"),
            SQL("sold.order_id"),
        )
        if metric == "new_customers"
        else SQL("TRUE"),
    )


def _get_calls(company_id, tz, begin, end):
    """Calls that were held; one of no company is of its caller's."""
    return SQL(
        """
        SELECT call.user_id, call.team_id, %(day)s AS home,
               customer.commercial_partner_id AS partner_id,
               NULL::int AS product_id, NULL::varchar AS categ_path, call.medium_id,
               call.date AS bought,
               'crm.phonecall' AS res_model, call.id AS res_id, 1 AS value
          FROM crm_phonecall call
     LEFT JOIN res_users caller ON caller.id = call.user_id
     LEFT JOIN res_partner customer ON customer.id = call.partner_id
         WHERE call.state = 'done' AND call.active
           AND COALESCE(call.company_id, caller.company_id) = %(company)s
           AND call.date >= %(begin)s AND call.date < %(end)s
        """,
        day=day_sql(SQL("call.date"), tz),
        company=company_id,
        begin=moment_sql(begin, tz),
        end=moment_sql(end, tz),
    )


def _get_closed(company_id, tz, begin, end):
    """Opportunities that were won or lost in the period; won ones are worth 1."""
    return SQL(
        """
        SELECT lead.user_id, lead.team_id, %(day)s AS home,
               customer.commercial_partner_id AS partner_id,
               NULL::int AS product_id, NULL::varchar AS categ_path, lead.medium_id,
               lead.date_closed AS bought,
               'crm.lead' AS res_model, lead.id AS res_id,
               CASE WHEN lead.won_status = 'won' THEN 1 ELSE 0 END AS value
          FROM crm_lead lead
     LEFT JOIN res_users owner ON owner.id = lead.user_id
     LEFT JOIN res_partner customer ON customer.id = lead.partner_id
         WHERE lead.type = 'opportunity' AND lead.won_status IN ('won', 'lost')
           AND COALESCE(lead.company_id, owner.company_id) = %(company)s
           AND lead.date_closed >= %(begin)s AND lead.date_closed < %(end)s
        """,
        day=day_sql(SQL("lead.date_closed"), tz),
        company=company_id,
        begin=moment_sql(begin, tz),
        end=moment_sql(end, tz),
    )
