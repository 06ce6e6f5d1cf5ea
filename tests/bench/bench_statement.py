"""Statements of 50 people over 12 months with 100,000 order lines, against bare SQL.

Run by setup/bench in ``odoo shell`` on a clone of the core database with the three
addons installed; nothing is kept. Orders are copies of a real one.

- The peer is plain SQL that adds up the orders of each month, lets them climb the bands
  by a window function and inserts the same lines. The statements may take three times
  as long, and must come to the same commission for each person and month.
- A second computation must write no line.
- The number of queries of a month must be the same for 50 people and for one.
"""

import os
import sys
import time
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo.fields import Command
from odoo.tools import SQL

sys.path.append(os.path.join(os.environ["ROOT"], "tests", "bench"))
from measuring import say

PEOPLE = 50
MONTHS = 12
LINES = 100_000
LINES_PER_ORDER = 4
FIRST = 10_000_000
ROUNDS = 2
BOUND = 3


def make_many():
    """The people, their policy and their orders: as many of each in every month."""
    users = env["res.users"].create(
        [
            {"name": f"Seller {number}", "login": f"bench_seller_{number}"}
            for number in range(PEOPLE)
        ]
    )
    partner = env["res.partner"].create({"name": "Bench"})
    product = env["product.product"].create({"name": "Tea", "taxes_id": False})
    order = env["sale.order"].create(
        {
            "partner_id": partner.id,
            "order_line": [
                Command.create({"product_id": product.id, "price_unit": 1_000_000})
            ],
        }
    )
    order.action_confirm()
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            INSERT INTO sale_order SELECT copy.* FROM sale_order template,
                   generate_series(0, %(orders)s - 1) n,
                   LATERAL jsonb_populate_record(template, jsonb_build_object(
                       'id', %(first)s + n,
                       'user_id', (%(users)s::int[])[1 + n %% %(people)s],
                       'credit_user_id', (%(users)s::int[])[1 + n %% %(people)s],
                       'credit_team_id', NULL,
                       'date_order', timestamp '2026-01-01 12:00'
                           + n / %(people)s %% %(months)s * interval '1 month'
                           + n %% 27 * interval '1 day'
                   )) copy
             WHERE template.id = %(id)s
            """,
            orders=LINES // LINES_PER_ORDER,
            first=FIRST,
            users=users.ids,
            people=PEOPLE,
            months=MONTHS,
            id=order.id,
        )
    )
    env.cr.execute(
        SQL(
            """
            INSERT INTO sale_order_line SELECT copy.* FROM sale_order_line template,
                   generate_series(0, %(lines)s - 1) n,
                   LATERAL jsonb_populate_record(template, jsonb_build_object(
                       'id', %(first)s + n,
                       'order_id', %(first)s + n / %(each)s,
                       'price_subtotal', 100000 + n %% 977 * 12345
                   )) copy
             WHERE template.id = %(id)s
            """,
            lines=LINES,
            first=FIRST,
            each=LINES_PER_ORDER,
            id=order.order_line.id,
        )
    )
    env.cr.execute("DELETE FROM sale_order_line WHERE order_id = %s", [order.id])
    env.cr.execute("ANALYZE sale_order, sale_order_line")
    env.invalidate_all()
    policy = env["crm.sales.policy"].create(
        {
            "year": 2026,
            "date_from": "2026-01-01",
            "basis": "ordered",
            "band_ids": [
                Command.create({"lower": low, "upper": high, "rate": rate})
                for low, high, rate in (
                    (0, 50_000_000, 1),
                    (50_000_000, 150_000_000, 2),
                    (150_000_000, 0, 3),
                )
            ],
        }
    )
    policy.action_approve()
    return policy


def bare_run(policy):
    """The same lines of a year in plain SQL, into the same table."""
    for month in range(MONTHS):
        begin = date(2026, 1, 1) + relativedelta(months=month)
        env.cr.execute(
            SQL(
                """
                WITH document AS (
                    SELECT so.id, so.user_id, so.partner_id, so.date_order,
                           SUM(line.price_subtotal / so.currency_rate) AS base
                      FROM sale_order so
                      JOIN sale_order_line line ON line.order_id = so.id
                     WHERE so.state = 'sale' AND so.company_id = %(company)s
                       AND so.date_order >= (%(begin)s::timestamp
                           AT TIME ZONE %(tz)s) AT TIME ZONE 'UTC'
                       AND so.date_order < (%(end)s::timestamp
                           AT TIME ZONE %(tz)s) AT TIME ZONE 'UTC'
                     GROUP BY so.id
                ), climbing AS (
                    SELECT document.*,
                           SUM(base) OVER (PARTITION BY user_id
                                           ORDER BY date_order, id) AS total
                      FROM document
                ), earned AS (
                    SELECT climbing.*, SUM(
                               GREATEST(0, LEAST(total, COALESCE(NULLIF(upper, 0),
                                                                 'infinity')) - lower)
                               * rate / 100) AS gained
                      FROM climbing
                      JOIN crm_sales_policy_band band ON band.policy_id = %(policy)s
                     GROUP BY climbing.id, user_id, partner_id, date_order, base, total
                )
                INSERT INTO crm_sales_statement_line
                       (statement_id, company_id, key, sequence, kind, user_id,
                        res_model, res_id, partner_id, date, base, amount,
                        create_uid, write_uid, create_date, write_date)
                SELECT statement.id, %(company)s, 'sale:sale.order:' || earned.id, 0,
                       'sale', earned.user_id, 'sale.order', earned.id, partner_id,
                       date_order::date, base,
                       ROUND(gained) - ROUND(COALESCE(LAG(gained) OVER (
                           PARTITION BY earned.user_id
                           ORDER BY date_order, earned.id), 0)), 1, 1, now(), now()
                  FROM earned
                  JOIN crm_sales_statement statement
                    ON statement.user_id = earned.user_id
                   AND statement.date_from = %(begin)s
                """,
                company=policy.company_id.id,
                tz="Asia/Ho_Chi_Minh",
                begin=begin,
                end=begin + relativedelta(months=1),
                policy=policy.id,
            )
        )


def engine_run(policy):
    """What the screens do, month by month."""
    for month in range(MONTHS):
        env["crm.sales.statement"]._generate(
            policy.company_id, date(2026, 1, 1) + relativedelta(months=month)
        )
        env.flush_all()


def clear():
    """Forget the lines."""
    env.cr.execute("DELETE FROM crm_sales_statement_line")
    env.invalidate_all()


def timed(call, *args):
    begin = time.perf_counter()
    queries = env.cr.sql_log_count
    call(*args)
    return time.perf_counter() - begin, env.cr.sql_log_count - queries


def get_sums():
    env.cr.execute(
        """SELECT statement_id, COUNT(*), SUM(base), SUM(amount),
                  md5(string_agg(ctid::text, ',' ORDER BY id))
             FROM crm_sales_statement_line GROUP BY 1 ORDER BY 1"""
    )
    return env.cr.fetchall()


def count_queries(policy, people):
    """Queries of a month of that many people."""
    env.cr.execute(
        """UPDATE sale_order SET credit_user_id = user_id
            WHERE id >= %s AND date_order < '2026-02-01'""",
        [FIRST],
    )
    users = env["crm.sales.statement"].search([]).user_id[:people]
    env.cr.execute(
        """UPDATE sale_order SET credit_user_id = %s
            WHERE id >= %s AND date_order < '2026-02-01' AND NOT user_id = ANY(%s)""",
        [users[0].id, FIRST, users.ids],
    )
    env.invalidate_all()
    return timed(
        env["crm.sales.statement"]._generate, policy.company_id, date(2026, 1, 1)
    )[1]


def make_company():
    """A company in dong, whose days are Vietnam's."""
    dong = env.ref("base.VND")
    dong.active = True
    company = env["res.company"].create({"name": "Bench", "currency_id": dong.id})
    company.partner_id.tz = "Asia/Ho_Chi_Minh"
    env.user.company_ids |= company
    return company


env = globals()["env"](su=True)
env = env(context=dict(env.context, allowed_company_ids=make_company().ids))
policy = make_many()
engine_run(policy)
bare, ours = [], []
for _round in range(ROUNDS):
    clear()
    bare.append(timed(bare_run, policy)[0])
    expected = [row[:4] for row in get_sums()]
    clear()
    ours.append(timed(engine_run, policy)[0])
written = get_sums()
again = timed(engine_run, policy)[0]
is_still = written == get_sums()
is_same = expected == [row[:4] for row in written]
few, many = count_queries(policy, 1), count_queries(policy, PEOPLE)
ratio = min(ours) / min(bare)
say(f"{LINES} order lines of {PEOPLE} people in {MONTHS} months")
say(
    f"bare SQL {min(bare):.2f} s, statements {min(ours):.2f} s: {ratio:.2f} x"
    f" (at most {BOUND} x), the same sums: {is_same}"
)
say(f"again {again:.2f} s, which writes no line: {is_still}")
say(f"queries of a month: {few} for one person, {many} for {PEOPLE}")
failed = not is_same or not is_still or ratio > BOUND or many > few
env.cr.rollback()
say(f"BENCH {'FAILED' if failed else 'OK'}")
