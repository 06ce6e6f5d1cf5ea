"""The main job against core doing the same, in one run on one database.

Run by setup/bench in ``odoo shell`` on a clone of the core database with crm_ads_data
installed; nothing is kept. Each side is measured alternately, ``ROUNDS`` times, and the
best round of each side is compared, so that a busy machine disturbs both alike.

Three comparisons (issue "Ground", part 4):

- the whole job, file > data > lead with salesperson and planned call, against
  ``crm.lead.load()`` of the same rows followed by ``crm.team._action_assign_leads``;
- deciding and recording who gets each data, against ``_action_assign_leads``;
- the whole transfer with lead and activity, against ``_action_assign_leads``.
"""

import base64
import csv
import io
import sys
import time

from odoo.fields import Command

ROWS = 5000
SELLERS = 10
ROUNDS = 2


def make_sellers(env):
    group = env.ref("sales_team.group_sale_salesman")
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": f"Seller {number}",
                    "login": f"bench_seller_{number}",
                    "group_ids": [Command.link(group.id)],
                }
                for number in range(SELLERS)
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
                "assignment_max": ROWS * 30,
            }
            for seller in sellers
        ]
    )
    return team


def phone(number):
    return f"09{number % 100_000_000:08d}"


def make_rows(start):
    return [
        (
            f"Khách hàng {start + index}",
            phone(start + index),
            f"k{start + index}@laxanh.example",
        )
        for index in range(ROWS)
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

    def measure(self, name, work):
        env.flush_all()
        env.invalidate_all()
        begin = time.perf_counter()
        result = work()
        env.flush_all()
        taken = (time.perf_counter() - begin) * 1000 / ROWS
        self.best[name] = min(taken, self.best.get(name, taken))
        return result


def core_load(rows):
    fields = ["name", "contact_name", "phone", "email_from", "type"]
    data = [[name, name, number, email, "Lead"] for name, number, email in rows]
    result = env["crm.lead"].load(fields, data)
    if not result["ids"]:
        raise SystemExit(result["messages"][:3])
    return env["crm.lead"].browse(result["ids"])


def core_round(clock, team, start):
    leads = clock.measure("core load", lambda: core_load(make_rows(start)))
    leads.write({"user_id": False, "team_id": False})
    clock.measure("core assign", lambda: team._action_assign_leads(force_quota=True))
    if leads.filtered(lambda lead: not lead.user_id):
        raise SystemExit("core has left leads without a salesperson")


def make_tree(team, sellers):
    account = env["crm.ads.account"].create({"name": "Bench", "is_running": True})
    env["crm.ads.distribution.rule"].create(
        {
            "name": "Bench",
            "team_id": team.id,
            "member_ids": [Command.create({"user_id": s.id}) for s in sellers],
        }
    )
    return account


def take_in(account, rows):
    record = env["crm.ads.import"].create(
        {"file": make_file(rows), "filename": "bench.csv", "account_id": account.id}
    )
    record.action_preview()
    record.action_start()
    while record.state == "running":
        record._process_batch()
    return record.line_ids.data_id


def suite_round(clock, account, start):
    data = clock.measure("file to data", lambda: take_in(account, make_rows(start)))
    clock.measure("transfer", data.action_transfer)
    if data.filtered(
        lambda one: not (one.lead_id.user_id and one.lead_id.activity_ids)
    ):
        raise SystemExit("a transferred data has no salesperson or no call planned")
    rule = env["crm.ads.distribution.rule"].search([], limit=1)
    more = env["crm.ads.data"].browse(
        outcome[1].id
        for outcome in env["crm.ads.data"]._ingest(
            [
                {"ad_id": data[0].ad_id.id, "name": name, "phone": number}
                for name, number, _email in make_rows(start + ROWS)
            ],
            "file",
        )
    )
    clock.measure("decide", lambda: rule._decide(more))


def report(best):
    core = best["core load"] + best["core assign"]
    suite = best["file to data"] + best["transfer"]
    lines = (
        ("file > data > lead with owner and call", suite, "load() + assign", core, 8),
        (
            "decide and record who gets it",
            best["decide"],
            "assign",
            best["core assign"],
            30,
        ),
        (
            "transfer: lead, owner, call",
            best["transfer"],
            "assign",
            best["core assign"],
            5,
        ),
    )
    failed = 0
    for title, ours, peer, theirs, wanted in lines:
        factor = theirs / ours
        failed += factor < wanted
        verdict = "ok" if factor >= wanted else "TOO SLOW"
        sys.stdout.write(
            f"{title:42} {ours:8.3f} ms a row   core {peer:16} {theirs:8.3f} ms   "
            f"{factor:6.1f} x (wanted {wanted} x) {verdict}\n"
        )
    return failed


env = globals()["env"](su=True)
sellers = make_sellers(env)
team = make_team(env, sellers)
account = make_tree(team, sellers)
clock = Clock()
for number in range(ROUNDS):
    suite_round(clock, account, 10_000_000 + number * 100_000)
    core_round(clock, team, 50_000_000 + number * 100_000)
env.cr.rollback()
failed = report(clock.best)
sys.stdout.write(f"BENCH {'FAILED' if failed else 'OK'}\n")
