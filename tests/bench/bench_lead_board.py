"""The lead board with 200,000 leads, against core's pipeline kanban in the same run.

Run by setup/bench in ``odoo shell`` on a database with the three addons installed;
nothing is kept. The rows are copies that PostgreSQL makes of one lead and one
opportunity: 200,000 leads and as many opportunities, spread over their stages, over ten
salespeople, with a phone number each (every tenth twice), activities on some, a
qualification checklist of three questions that half of the leads have answered.

Opening the board is what its client asks for: the columns with their first cards and
the progress bar, by a manager who sees all and by a salesperson who sees the own tenth.
The peer is what the pipeline's client asks for as the same user; the board must not
take longer. The filters that look at every lead (duplicates, untouched for a week,
rotting) may take three times as long. Measured alternately, ``ROUNDS`` times: told is
the best round of each side, compared are the two sides of each round (the median). The
number of queries must be the same as with the few rows of the beginning.
"""

import os
import sys

from odoo.fields import Command

sys.path.append(os.path.join(os.environ["ROOT"], "tests", "bench"))
from measuring import Clock, clone, open_kanban

LEADS = 200_000
FEW = 400
PEOPLE = 10
ROUNDS = 9
FIRST = 10_000_000
MORE = 10_000_000
BOARD = "crm.view_crm_lead_kanban"
PIPELINE = "crm.crm_case_kanban_view_leads"
FILTERS = {
    "duplicates": [("has_twin", "=", True)],
    "untouched": [("untouched_days", ">=", 7)],
    "rotting": [("is_rotting", "=", True)],
}


def make_user(login, group):
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": login,
                "login": login,
                "group_ids": [Command.link(env.ref(group).id)],
            }
        )
    )


def make_world():
    """A team, its people, the questions, one lead and one opportunity of each kind."""
    manager = make_user("bench_manager", "sales_team.group_sale_manager")
    people = [
        make_user(f"bench_seller_{number}", "sales_team.group_sale_salesman")
        for number in range(PEOPLE)
    ]
    team = env["crm.team"].create(
        {
            "name": "Bench",
            "use_leads": True,
            "member_ids": [Command.link(user.id) for user in people],
        }
    )
    questions = env["crm.lead.checklist.item"].create(
        [{"name": f"Question {number}?", "required": False} for number in range(3)]
    )
    records = env["crm.lead"].create(
        [
            {
                "name": "Tea",
                "type": kind,
                "user_id": people[0].id,
                "team_id": team.id,
                "phone": "+84901000001",
                "contact_name": "Bench",
            }
            for kind in ("lead", "opportunity")
        ]
    )
    for question in questions:
        records[0].action_answer_checklist(question.id, True)
    for record in records:
        record.activity_schedule("mail.mail_activity_data_call", user_id=people[0].id)
    env.flush_all()
    return manager, people, records


def pick(values):
    """SQL that takes turns through ``values``."""
    return f"(ARRAY{values})[1 + n % {len(values)}]".replace("%", "%%")


def make_many(people, records, count, first):
    """``count`` copies of each record, in turns, from the id ``first`` on."""
    lead, opportunity = records
    users = pick([user.id for user in people])
    lead_stages = pick(env["crm.lead.stage"].search([("team_ids", "=", False)]).ids)
    stages = pick(env["crm.stage"].search([("team_ids", "=", False)]).ids)
    everything = f"generate_series(1, {count})"
    days = "now() at time zone 'UTC' - n %% 60 * interval '1 day'"
    number = "lpad((n - (n %% 10 = 0)::int)::text, 7, '0')"
    entered = f"'lead_stage_date', {days}"
    for record, offset, prefix, stage in (
        (lead, 0, "+8490", f"'lead_stage_id', {lead_stages}, {entered}"),
        (opportunity, 1, "+8491", f"'stage_id', {stages}"),
    ):
        phone = f"'{prefix}' || {number}"
        clone(
            env,
            "crm_lead",
            record.id,
            f"""jsonb_build_object('id', {first + offset} + n * 2, 'user_id', {users},
                'phone', {phone}, 'phone_sanitized', {phone},
                'create_date', {days}, 'date_last_stage_update', {days}, {stage})""",
            everything,
        )
        activity = record.activity_ids
        clone(
            env,
            "mail_activity",
            activity.id,
            f"jsonb_build_object('id', {first + offset} + n * 2,"
            f" 'res_id', {first + offset} + n * 8)",
            f"generate_series(1, {count // 4})",
        )
    for answer in lead.checklist_answer_ids:
        clone(
            env,
            "crm_lead_checklist_answer",
            answer.id,
            f"jsonb_build_object('id', {first + answer.id * LEADS} + n,"
            f" 'lead_id', {first} + n * 4)",
            f"generate_series(1, {count // 2})",
        )
    env.cr.execute("ANALYZE")
    env.invalidate_all()


def measure_all(clock, users):
    leads = [("type", "=", "lead")]
    opportunities = [("type", "=", "opportunity")]
    models = {
        name: env(user=user, su=False)["crm.lead"] for name, user in users.items()
    }
    for name, model in models.items():
        clock.measure(
            f"board {name}", open_kanban(model, BOARD, leads, "lead_stage_id")
        )
        clock.measure(
            f"pipeline {name}", open_kanban(model, PIPELINE, opportunities, "stage_id")
        )
    for name, domain in FILTERS.items():
        work = open_kanban(models["manager"], BOARD, leads + domain, "lead_stage_id")
        clock.measure(name, work)


def report_result(clock, few):
    failed = 0
    parts = [(f"board {name}", f"pipeline {name}", 1) for name in users]
    parts += [(name, "pipeline manager", 3) for name in FILTERS]
    for name, peer_name, wanted in parts:
        ours, peer = clock.best[name], clock.best[peer_name]
        factor = clock.compare(name, peer_name)
        is_slow = factor > wanted
        is_more = clock.queries[name] > few.queries[name]
        failed += is_slow + is_more
        verdict = "TOO SLOW" if is_slow else "ok"
        sys.stdout.write(
            f"{name:18} {ours:6.0f} ms   core pipeline kanban {peer:6.0f} ms"
            f"   {factor:4.2f} x (at most {wanted} x) {verdict};"
            f" queries {few.queries[name]} > {clock.queries[name]}"
            f" {'GROWING' if is_more else 'ok'}\n"
        )
    return failed


env = globals()["env"](su=True)
manager, people, records = make_world()
users = {"manager": manager, "salesperson": people[0]}
make_many(people, records, FEW, FIRST)
few = Clock(env)
for _round in range(2):
    measure_all(few, users)
make_many(people, records, LEADS, FIRST + MORE)
clock = Clock(env)
for _round in range(ROUNDS):
    measure_all(clock, users)
count = env["crm.lead"].search_count([("type", "=", "lead"), ("id", ">", FIRST + MORE)])
if count != LEADS:
    raise SystemExit(f"there are {count} leads")
env.cr.rollback()
failed = report_result(clock, few)
sys.stdout.write(f"BENCH {'FAILED' if failed else 'OK'}\n")
