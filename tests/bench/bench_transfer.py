"""The main job against core doing the same, in one run on one database.

Run by setup/bench in ``odoo shell`` on a database of its own, because core commits on
its way. Two scales; at each, both sides are measured in turn, and the best round of
each side is compared, so that a busy machine disturbs both alike. Core gets
``PEER_ROWS`` rows at most: its cost a row does not fall with their number.

Three comparisons at each scale:

- the whole job, file > data > lead with salesperson, planned call and notification,
  against ``crm.lead.load()`` of such rows and ``crm.team._action_assign_leads``;
- deciding and recording who gets each data, against ``_action_assign_leads``;
- the whole transfer with lead and activity, against ``_action_assign_leads``.

The first scale also says how much memory the process has needed for the suite's side.
"""

import base64
import csv
import io
import os
import resource
import sys
import time
from typing import NamedTuple

from odoo.fields import Command

sys.path.append(os.path.join(os.environ["ROOT"], "tests", "bench"))
from measuring import say

PEER_ROWS = 5000
MEMORY_LIMIT = 400


class Scale(NamedTuple):
    """How many rows for how many people, and how much faster than core it must be."""

    rows: int
    sellers: int
    rounds: int
    whole: int
    decide: int
    transfer: int


SCALES = (
    Scale(rows=20000, sellers=25, rounds=1, whole=10, decide=50, transfer=6),
    Scale(rows=5000, sellers=10, rounds=2, whole=8, decide=30, transfer=5),
)


def make_sellers(env, count):
    group = env.ref("sales_team.group_sale_salesman")
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": f"Seller {number}",
                    "login": f"bench_seller_{count}_{number}",
                    "group_ids": [Command.link(group.id)],
                }
                for number in range(count)
            ]
        )
    )


def make_team(env, sellers):
    """A team whose members core may give any number of leads."""
    env["ir.config_parameter"].set_param("crm.lead.auto.assignment", True)
    # the other teams stand aside, so that core has one team to serve, as we have
    env["crm.team"].search([], limit=100).write({"assignment_domain": "[(0, '=', 1)]"})
    team = env["crm.team"].create({"name": "Bench", "use_leads": True})
    env["crm.team.member"].create(
        [
            {
                "crm_team_id": team.id,
                "user_id": seller.id,
                "assignment_max": PEER_ROWS * 30,
            }
            for seller in sellers
        ]
    )
    return team


def phone(number):
    return f"09{number % 100_000_000:08d}"


def make_rows(start, count):
    return [
        (
            f"Khách hàng {start + index}",
            phone(start + index),
            f"k{start + index}@laxanh.example",
        )
        for index in range(count)
    ]


def make_file(rows):
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(("full_name", "phone_number", "email"))
    writer.writerows(rows)
    return base64.b64encode(stream.getvalue().encode())


class Clock:
    """Best time of each measured part, in milliseconds per row."""

    def __init__(self):
        self.best = {}

    def measure(self, name, count, work):
        env.flush_all()
        env.invalidate_all()
        begin = time.perf_counter()
        result = work()
        env.flush_all()
        taken = (time.perf_counter() - begin) * 1000 / count
        self.best[name] = min(taken, self.best.get(name, taken))
        return result


def core_load(rows):
    fields = ["name", "contact_name", "phone", "email_from", "type"]
    data = [[name, name, number, email, "Lead"] for name, number, email in rows]
    result = env["crm.lead"].load(fields, data)
    if not result["ids"]:
        raise SystemExit(result["messages"][:3])
    return env["crm.lead"].browse(result["ids"])


def core_round(clock, team, start, count):
    rows = make_rows(start, count)
    leads = clock.measure("core load", count, lambda: core_load(rows))
    leads.write({"user_id": False, "team_id": False})
    clock.measure(
        "core assign", count, lambda: team._action_assign_leads(force_quota=True)
    )
    if leads.filtered(lambda lead: not lead.user_id):
        raise SystemExit("core has left leads without a salesperson")


def make_tree(team, sellers):
    """A running account, and the one rule that takes its data."""
    env["crm.ads.distribution.rule"].search([], limit=100).active = False
    account = env["crm.ads.account"].create({"name": "Bench", "is_running": True})
    rule = env["crm.ads.distribution.rule"].create(
        {
            "name": "Bench",
            "team_id": team.id,
            "member_ids": [Command.create({"user_id": s.id}) for s in sellers],
        }
    )
    return account, rule


def take_in(account, rows):
    record = env["crm.ads.import"].create(
        {"file": make_file(rows), "filename": "bench.csv", "account_id": account.id}
    )
    record.action_preview()
    record.action_start()
    while record.state == "running":
        record._process_batch()
    return record.line_ids.data_id


def suite_round(clock, account, rule, start, count):
    rows = make_rows(start, count)
    data = clock.measure("file to data", count, lambda: take_in(account, rows))
    clock.measure("transfer", count, data.action_transfer)
    if data.filtered(
        lambda one: not (one.lead_id.user_id and one.lead_id.activity_ids)
    ):
        raise SystemExit("a transferred data has no salesperson or no call planned")
    more = env["crm.ads.data"].browse(
        outcome[1].id
        for outcome in env["crm.ads.data"]._ingest(
            [
                {"ad_id": data[0].ad_id.id, "name": name, "phone": number}
                for name, number, _email in make_rows(start + count, count)
            ],
            "file",
        )
    )
    clock.measure("decide", count, lambda: rule._decide(more))


def report(scale, best):
    """Print the comparisons of one scale; how many of them miss their bound."""
    assign = best["core assign"]
    whole = best["file to data"] + best["transfer"]
    say(f"{scale.rows} rows, {scale.sellers} people")
    lines = (
        ("file > data > lead with owner and call", whole, "load + assign", scale.whole),
        ("decide and record who gets it", best["decide"], "assign", scale.decide),
        ("transfer: lead, owner, call", best["transfer"], "assign", scale.transfer),
    )
    failed = 0
    for title, ours, peer, wanted in lines:
        theirs = assign + best["core load"] * (peer != "assign")
        factor = theirs / ours
        failed += factor < wanted
        verdict = "ok" if factor >= wanted else "TOO SLOW"
        say(
            f"  {title:40} {ours:7.3f} ms a row   core {peer:13} {theirs:7.3f} ms"
            f"   {factor:6.1f} x (wanted {wanted} x) {verdict}"
        )
    return failed


def memory_report():
    """Print the most memory that this process has held; 1 when it is too much."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    verdict = "ok" if used < MEMORY_LIMIT else "TOO MUCH"
    say(f"  memory of the process: {used} MB (below {MEMORY_LIMIT} MB) {verdict}")
    return used >= MEMORY_LIMIT


def run(scale):
    """Measure both sides at one scale; how many bounds are missed."""
    sellers = make_sellers(env, scale.sellers)
    team = make_team(env, sellers)
    account, rule = make_tree(team, sellers)
    base = 10_000_000 * (1 + SCALES.index(scale))
    clock = Clock()
    failed = 0
    for number in range(scale.rounds):
        start = base + number * 100_000
        suite_round(clock, account, rule, start, scale.rows)
        if scale is SCALES[0]:
            failed += memory_report()
        peer_rows = min(scale.rows, PEER_ROWS)
        core_round(clock, team, 50_000_000 + start, peer_rows)
    return failed + report(scale, clock.best)


env = globals()["env"](su=True)
failed = sum(run(scale) for scale in SCALES)
say(f"BENCH {'FAILED' if failed else 'OK'}")
