"""Tiers of 200,000 customers with 600,000 orders, against the bare SQL of the same.

Run by setup/bench in ``odoo shell`` on a clone of the core database with the three
addons installed; nothing is kept. The rows are copies that PostgreSQL makes of a few
real ones: customers with none to six orders over three years, quotations and
opportunities, one in fifty was referred.

- The first run puts everybody on a tier. The peer is plain SQL, written down below,
  that computes the same tiers from the same documents and writes the same columns and
  moves; the engine may take twice as long. Both must leave the same tiers.
- A second run must write no row. Its time is told beside that of the plain SELECT,
  which looks neither at contacts nor at what is written down already.
- Confirming one order is measured with and without the engine, alternately: at most 4
  more queries and 4 milliseconds (the median of ``CONFIRMATIONS``).
- Scores and rhythm of everybody: one statement; its second run writes no row.
"""

import os
import statistics
import sys
import time
from unittest.mock import patch

from odoo.fields import Command
from odoo.tools import SQL

sys.path.append(os.path.join(os.environ["ROOT"], "tests", "bench"))
from measuring import clone, say

PARTNERS = 200_000
ORDERS = 600_000
ROUNDS = 2
CONFIRMATIONS = 60
WARM_UP = 5
FIRST = 10_000_000
WRITTEN = SQL(
    "funnel_tier_id, funnel_tier_peak_id, funnel_tier_since, last_order_date,"
    " has_open_quotation"
)


def make_many():
    """Copies of one customer, order and opportunity."""
    partner = env["res.partner"].create({"name": "Bench"})
    product = env["product.product"].create({"name": "Tea", "taxes_id": False})
    order = env["sale.order"].create(
        {
            "partner_id": partner.id,
            "order_line": [
                Command.create({"product_id": product.id, "price_unit": 5000000})
            ],
        }
    )
    order.action_confirm()
    lead = env["crm.lead"].create(
        {"name": "Need", "type": "opportunity", "partner_id": partner.id}
    )
    env.flush_all()
    clone(
        env,
        "res_partner",
        partner.id,
        f"""jsonb_build_object(
            'id', {FIRST} + n, 'commercial_partner_id', {FIRST} + n, 'name', 'B' || n,
            'funnel_tier_id', NULL, 'funnel_tier_peak_id', NULL,
            'last_order_date', NULL,
            'has_open_quotation', NULL, 'rfm_score', NULL,
            'referrer_id', CASE WHEN n %% 50 = 0 THEN {FIRST} + n / 2 END
        )""",
        f"generate_series(1, {PARTNERS})",
    )
    # squares spread the orders unevenly: some customers have many, some have none
    clone(
        env,
        "sale_order",
        order.id,
        f"""jsonb_build_object(
            'id', {FIRST} + n, 'name', 'B' || n,
            'partner_id', {FIRST} + 1 + (n * n + n / 7) %% {PARTNERS},
            'date_order', now() at time zone 'UTC' - n * 7 %% 1100 * interval '1 day',
            'state', CASE WHEN n %% 10 = 0 THEN 'sent' ELSE 'sale' END
        )""",
        f"generate_series(1::bigint, {ORDERS})",
    )
    clone(
        env,
        "crm_lead",
        lead.id,
        f"jsonb_build_object('id', {FIRST} + n, 'partner_id', {FIRST} + n * 2)",
        f"generate_series(1, {PARTNERS} / 2)",
    )
    env.cr.execute("ANALYZE res_partner; ANALYZE sale_order; ANALYZE crm_lead")
    env.invalidate_all()
    return product


def bare_select():
    """The tiers in plain SQL, with the thresholds as they are."""
    tier = {one.code: one for one in env["crm.funnel.tier"].search([])}
    loyal = tier["loyal"]
    return SQL(
        """
        WITH bought AS (
            SELECT p.commercial_partner_id AS id, so.state, so.date_order,
                   so.create_date,
                   so.amount_untaxed / COALESCE(NULLIF(so.currency_rate, 0), 1)
                   AS amount,
                   so.id AS order_id,
                   (so.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS day
              FROM sale_order so JOIN res_partner p ON p.id = so.partner_id
             WHERE so.state IN ('draft', 'sent', 'sale')
        ),
        running AS (
            SELECT *, count(*) FILTER (WHERE state = 'sale') OVER w AS run_orders,
                   sum(amount) FILTER (WHERE state = 'sale') OVER w AS run_amount
              FROM bought
            WINDOW w AS (PARTITION BY id ORDER BY day
                   RANGE BETWEEN %(window)s PRECEDING AND CURRENT ROW)
        ),
        sums AS (
            SELECT id,
                   count(*) FILTER (WHERE state = 'sale') AS orders,
                   sum(amount) FILTER (WHERE state = 'sale') AS amount,
                   max(date_order) FILTER (WHERE state = 'sale') AS last_order,
                   max(order_id) FILTER (WHERE state = 'sale') AS order_id,
                   max(create_date) FILTER (WHERE state <> 'sale') AS quoted,
                   count(*) FILTER (WHERE state = 'sale'
                       AND day >= %(today)s - %(window)s) AS recent,
                   sum(amount) FILTER (WHERE state = 'sale'
                       AND day >= %(today)s - %(window)s) AS recent_amount,
                   bool_or(run_orders >= %(orders)s AND run_amount >= %(amount)s)
                       FILTER (WHERE state = 'sale' AND day >= %(today)s - %(grace)s)
                       AS held,
                   count(*) FILTER (WHERE state = 'sale' AND day BETWEEN
                       %(today)s - %(grace)s - %(window)s AND %(today)s - %(grace)s)
                       AS before,
                   sum(amount) FILTER (WHERE state = 'sale' AND day BETWEEN
                       %(today)s - %(grace)s - %(window)s AND %(today)s - %(grace)s)
                       AS before_amount
              FROM running GROUP BY id
        ),
        needs AS (
            SELECT p.commercial_partner_id AS id, max(lead.id) AS lead_id,
                   max(COALESCE(lead.date_conversion, lead.create_date)) AS date
              FROM crm_lead lead JOIN res_partner p ON p.id = lead.partner_id
             WHERE lead.type = 'opportunity' AND lead.active GROUP BY 1
        ),
        brought AS (
            SELECT r.commercial_partner_id AS id,
                   count(DISTINCT f.commercial_partner_id)
                   AS referrals, max(so.date_order) AS date
              FROM res_partner f JOIN res_partner r ON r.id = f.referrer_id
              JOIN res_partner m ON m.commercial_partner_id = f.commercial_partner_id
              JOIN sale_order so ON so.partner_id = m.id AND so.state = 'sale'
             WHERE r.commercial_partner_id <> f.commercial_partner_id GROUP BY 1
        )
        SELECT p.id, p.funnel_tier_id AS old_tier, p.create_date, sums.last_order,
               sums.order_id, sums.quoted, sums.orders, sums.amount,
               needs.date AS needed,
               needs.lead_id, brought.date AS brought, brought.referrals,
               CASE
                   WHEN referrals >= %(referrals)s THEN %(fan)s
                   WHEN (recent >= %(orders)s AND recent_amount >= %(amount)s) OR held
                     OR (before >= %(orders)s AND before_amount >= %(amount)s)
                   THEN %(loyal)s
                   WHEN orders >= 2 THEN %(repeat)s
                   WHEN orders >= 1 THEN %(contract)s
                   WHEN quoted IS NOT NULL THEN %(quotation)s
                   WHEN needs.id IS NOT NULL THEN %(opportunity)s
                   ELSE %(target)s
               END AS tier
          FROM res_partner p
     LEFT JOIN sums ON sums.id = p.id
     LEFT JOIN needs ON needs.id = p.id
     LEFT JOIN brought ON brought.id = p.id
         WHERE p.commercial_partner_id = p.id
        """,
        tz=env["crm.funnel.tier"]._get_funnel_settings().tz,
        today=SQL("%s::date", env["res.partner"]._get_funnel_today()),
        window=SQL("make_interval(months => %s)", loyal.window_months),
        grace=SQL("make_interval(days => %s)", loyal.grace_days),
        orders=loyal.min_orders,
        amount=loyal.min_amount,
        referrals=tier["fan"].min_referrals,
        **{code: one.id for code, one in tier.items()},
    )


def bare_run():
    """Compute, write the customers, write the moves."""
    env.cr.execute(
        SQL(
            """
            WITH wanted AS MATERIALIZED (
                SELECT *, COALESCE(brought, last_order, quoted, needed, create_date)
                       AS moment
                  FROM (%(wanted)s) tiers
            ),
            moves AS (
                INSERT INTO crm_funnel_tier_move (create_uid, create_date, write_uid,
                    write_date, partner_id, to_tier_id, direction, date, document,
                    company_id, currency_id, order_count, order_amount, referral_count,
                    window_months)
                SELECT 1, now(), 1, now(), id, tier, 'up', moment,
                       COALESCE('sale.order,' || order_id, 'crm.lead,' || lead_id),
                       %(company)s, %(currency)s, COALESCE(orders, 0),
                       COALESCE(amount, 0), COALESCE(referrals, 0), 0
                  FROM wanted WHERE tier <> %(target)s AND old_tier IS NULL
            )
            UPDATE res_partner p
               SET funnel_tier_id = tier, funnel_tier_peak_id = tier,
                   funnel_tier_since = (moment AT TIME ZONE 'UTC')::date,
                   last_order_date = last_order,
                   has_open_quotation = quoted IS NOT NULL
              FROM wanted WHERE wanted.id = p.id AND old_tier IS NULL
            """,
            wanted=bare_select(),
            company=env.company.id,
            currency=env.company.currency_id.id,
            target=env.ref("crm_funnel_loyalty.tier_target").id,
        )
    )


def engine_run():
    """What the cron does, without its commits."""
    for batch in env["res.partner"]._iter_funnel_batches(100000):
        batch._recompute_funnel_tier()


def timed(work):
    env.flush_all()
    env.invalidate_all()
    begin = time.perf_counter()
    work()
    env.flush_all()
    return time.perf_counter() - begin


def written_rows():
    """Where every row lies: a row that is written lies elsewhere."""
    env.cr.execute(
        "SELECT md5(string_agg(ctid::text, '' ORDER BY id)) FROM res_partner"
    )
    places = env.cr.fetchone()[0]
    env.cr.execute("SELECT count(*) FROM crm_funnel_tier_move")
    return places, env.cr.fetchone()[0]


def tiers_of_all():
    env.cr.execute(
        "SELECT md5(string_agg(funnel_tier_id || ':' || COALESCE(last_order_date::text,"
        " ''), ',' ORDER BY id)) FROM res_partner WHERE id > %s",
        [FIRST],
    )
    return env.cr.fetchone()[0]


def first_runs(best):
    """Each side on the same rows, undone after; the engine's last one is kept."""
    results = set()
    for name, work in (("bare", bare_run), ("engine", engine_run)) * ROUNDS:
        with env.cr.savepoint() as savepoint:
            best[name] = min(best.get(name, 1e9), timed(work))
            results.add(tiers_of_all())
            savepoint.rollback()
        env.invalidate_all()
    if len(results) != 1:
        raise SystemExit("the two sides do not find the same tiers")
    engine_run()


def second_runs(best):
    before = written_rows()
    for __ in range(ROUNDS):
        best["again"] = min(best.get("again", 1e9), timed(engine_run))
        best["select"] = min(
            best.get("select", 1e9),
            timed(
                lambda: env.cr.execute(
                    SQL(
                        "CREATE TEMP TABLE IF NOT EXISTS bench_bare"
                        " ON COMMIT DROP AS %s",
                        bare_select(),
                    )
                )
            ),
        )
        env.cr.execute("DROP TABLE bench_bare")
    return before == written_rows()


def confirm(product, number):
    """Confirm an order of this customer; return its queries and seconds."""
    order = env["sale.order"].create(
        {
            "partner_id": FIRST + number,
            "order_line": [Command.create({"product_id": product.id})],
        }
    )
    env.flush_all()
    env.invalidate_all()
    queries, begin = env.cr.sql_log_count, time.perf_counter()
    order.action_confirm()
    env.flush_all()
    return env.cr.sql_log_count - queries, time.perf_counter() - begin


def confirmations(product):
    """Medians with and without the engine, taken in turn, so that what else the machine
    does weighs on both alike."""
    partner = type(env["res.partner"])
    sides = {"with": [], "without": []}
    for number in range(1, WARM_UP + CONFIRMATIONS + 1):
        sides["with"].append(confirm(product, number))
        with patch.object(partner, "_recompute_funnel_tier", lambda *_a, **_k: None):
            sides["without"].append(confirm(product, number))
    return {
        name: [
            statistics.median(column) for column in zip(*figures[WARM_UP:], strict=True)
        ]
        for name, figures in sides.items()
    }


def rhythm():
    run = env["res.partner"]._cron_recompute_rhythm
    taken = timed(run)
    before = written_rows()
    again = timed(run)
    return taken, again, before == written_rows()


def verdict(is_good, text):
    say(f"{text} {'ok' if is_good else 'MISSED'}")
    return not is_good


env = globals()["env"](su=True)
product = make_many()
best = {}
first_runs(best)
is_still = second_runs(best)
sides = confirmations(product)
rhythm_first, rhythm_again, is_rhythm_still = rhythm()
more_queries = sides["with"][0] - sides["without"][0]
more_ms = (sides["with"][1] - sides["without"][1]) * 1000
failed = sum(
    (
        verdict(
            best["engine"] <= 2 * best["bare"],
            f"first run of {PARTNERS} customers, {ORDERS} orders"
            f" {best['engine']:6.1f} s   bare SQL {best['bare']:6.1f} s"
            f"   {best['engine'] / best['bare']:4.2f} x (at most 2 x)",
        ),
        verdict(
            is_still,
            f"second run {best['again']:6.1f} s   bare SELECT {best['select']:6.1f} s;"
            " it writes no row:",
        ),
        verdict(
            more_queries <= 4 and more_ms <= 4,
            f"confirming one order: {sides['without'][0]:.0f} queries,"
            f" {sides['without'][1] * 1000:.1f} ms; the tier costs {more_queries:.0f}"
            f" queries, {more_ms:.1f} ms more (at most 4 and 4)",
        ),
        verdict(
            is_rhythm_still,
            f"scores and rhythm {rhythm_first:.1f} s, again {rhythm_again:.1f} s, which"
            " writes no row:",
        ),
    )
)
env.cr.rollback()
say(f"BENCH {'FAILED' if failed else 'OK'}")
