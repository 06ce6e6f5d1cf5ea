"""Partner campaigns at size, each job beside the bare SQL of the same rows.

Run by setup/bench in ``odoo shell``; nothing is committed. Both sides are measured in
turn, and the best round of each is compared.

- ``crm.campaign.pick`` adds 100,000 partners: at most 2 x the bare INSERT … SELECT;
- ``crm.campaign.assign`` deals 100,000 members out to 20 people: beside an UPDATE;
- the list of campaigns with all its figures: as many queries for 1,000 as for 10, with
  the 100,000 members in the 1,000 and a budget in each.
"""

import os
import sys
import time

from odoo.tools import SQL

sys.path.append(os.path.join(os.environ["ROOT"], "tests", "bench"))
from measuring import say

PARTNERS = 100_000
CAMPAIGNS = 1000
PEOPLE = 20
ROUNDS = 3
PICK_LIMIT = 2.0
ASSIGN_LIMIT = 4.0
FIGURES = [
    "title",
    "member_count",
    "contacted_count",
    "positive_count",
    "response_rate",
    "budget_planned",
    "budget_actual",
    "cost_per_contact",
    "opportunity_count",
    "quotation_amount",
    "revenue",
    "roi",
]


def make_partners(env):
    """100,000 companies, copied from one by one statement."""
    one = env["res.partner"].create(
        {"name": "Bench", "is_company": True, "ref": "bench"}
    )
    env.flush_all()
    env.cr.execute(
        """
        SELECT string_agg(quote_ident(column_name), ', ')
          FROM information_schema.columns
         WHERE table_name = 'res_partner' AND column_name != 'id'
           AND is_generated = 'NEVER'
        """
    )
    columns = SQL(env.cr.fetchone()[0])  # pylint: disable=sql-injection
    env.cr.execute(
        SQL(
            """
            INSERT INTO res_partner (%(columns)s)
            SELECT %(columns)s FROM res_partner, generate_series(2, %(number)s)
             WHERE id = %(one)s
            """,
            columns=columns,
            number=PARTNERS,
            one=one.id,
        )
    )
    env.cr.execute("ANALYZE res_partner")
    env.invalidate_all()


def measure(env, job):
    """Seconds of a job that is undone again."""
    env.flush_all()
    with env.cr.savepoint() as savepoint:
        start = time.perf_counter()
        job()
        env.flush_all()
        seconds = time.perf_counter() - start
        savepoint.rollback()
    env.invalidate_all()
    return seconds


def compare(env, name, limit, ours, peer):
    """Both jobs in turn; whether ours is within the limit."""
    best_ours = best_peer = float("inf")
    for _round in range(ROUNDS):
        best_peer = min(best_peer, measure(env, peer))
        best_ours = min(best_ours, measure(env, ours))
    factor = best_ours / best_peer
    verdict = "ok" if factor <= limit else f"MORE THAN {limit} x"
    say(
        f"  {name}: {best_ours:.2f} s, bare SQL {best_peer:.2f} s, "
        f"{factor:.2f} x {verdict}"
    )
    return factor <= limit


def bench_pick(env, campaign):
    """Pick all of them."""

    def ours():
        pick = env["crm.campaign.pick"].create(
            {"campaign_id": campaign.id, "criteria": "[('ref', '=', 'bench')]"}
        )
        added = pick._insert_members()
        if added != PARTNERS:
            raise SystemExit(f"{added} added instead of {PARTNERS}")

    def peer():
        env.cr.execute(
            """
            INSERT INTO crm_campaign_member
                        (campaign_id, partner_id, user_id, company_id, state,
                         create_uid, write_uid, create_date, write_date)
            SELECT %s, id, %s, %s, 'todo', 1, 1, NOW(), NOW()
              FROM res_partner WHERE ref = 'bench'
            """,
            [campaign.id, campaign.user_id.id, campaign.company_id.id],
        )

    return compare(env, f"pick {PARTNERS:,} partners", PICK_LIMIT, ours, peer)


def bench_assign(env, campaign):
    """Deal all of them out."""
    people = env["res.users"].create(
        [
            {"name": f"Bench {number}", "login": f"bench_reach_{number}"}
            for number in range(PEOPLE)
        ]
    )
    env["crm.campaign.pick"].create(
        {"campaign_id": campaign.id, "criteria": "[('ref', '=', 'bench')]"}
    )._insert_members()
    assign = env["crm.campaign.assign"].create(
        {
            "campaign_id": campaign.id,
            "scope": "open",
            "line_ids": [(0, 0, {"user_id": user.id}) for user in people],
        }
    )

    def ours():
        assign._write_users(assign._deal())

    def peer():
        env.cr.execute(
            """
            UPDATE crm_campaign_member SET user_id = (%s::int[])[1 + id %% %s]
             WHERE campaign_id = %s
            """,
            [people.ids, PEOPLE, campaign.id],
        )

    return compare(env, f"assign {PARTNERS:,} members", ASSIGN_LIMIT, ours, peer)


def make_campaigns(env, source):
    """1,000 campaigns with a budget each, in which the members of ``source`` are
    spread, a third of them answered."""
    campaigns = env["crm.campaign"].create(
        [
            {
                "title": f"Bench {number}",
                "budget_line_ids": [
                    (0, 0, {"name": "Gifts", "planned": 5, "actual": 4})
                ],
            }
            for number in range(CAMPAIGNS)
        ]
    )
    positive = env["crm.campaign.result"].search([("is_positive", "=", True)], limit=1)
    env.flush_all()
    env.cr.execute(
        """
        UPDATE crm_campaign_member
           SET campaign_id = (%s::int[])[1 + id %% %s],
               state = CASE WHEN id %% 3 = 0 THEN 'done' ELSE 'todo' END,
               result_id = CASE WHEN id %% 3 = 0 THEN %s END
         WHERE campaign_id = %s
        """,
        [campaigns.ids, CAMPAIGNS, positive.id, source.id],
    )
    env.cr.execute("ANALYZE crm_campaign_member")
    env.invalidate_all()
    return campaigns


def bench_list(env, campaign):
    """Open the list of campaigns with all its figures."""
    campaigns = make_campaigns(env, campaign).with_user(env.ref("base.user_admin"))
    counts, seconds = [], []
    for size in (10, 10, CAMPAIGNS):
        env.flush_all()
        env.invalidate_all()
        before, start = env.cr.sql_log_count, time.perf_counter()
        campaigns[:size].read(FIGURES)
        seconds.append(time.perf_counter() - start)
        counts.append(env.cr.sql_log_count - before)
    if sum(campaigns.mapped("member_count")) != PARTNERS:
        raise SystemExit("the figures of the campaigns do not add up")
    is_same = counts[1] == counts[2]
    verdict = "ok" if is_same else "MORE FOR MANY"
    say(
        f"  list of campaigns: {counts[1]} queries for 10, {counts[2]} for {CAMPAIGNS}"
        f" ({1000 * seconds[2]:.0f} ms) {verdict}"
    )
    return is_same


def main(env):
    """All three; nothing stays."""
    make_partners(env)
    campaign = env["crm.campaign"].create({"title": "Bench"})
    found = [
        bench_pick(env, campaign),
        bench_assign(env, campaign),
        bench_list(env, campaign),
    ]
    env.cr.rollback()
    say("BENCH OK" if all(found) else "BENCH FAILED")


main(env)  # noqa: F821 the shell gives it
