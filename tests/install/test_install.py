"""Each addon comes and goes cleanly: install, order, upgrade, uninstall, demo data."""

from itertools import permutations

import pytest
from install_lab import OURS, Outcome, needed
from install_snapshot import Snapshot, differences
from server_log import complaints_of

# Complaints of Odoo that say nothing about our addons: (text in the line, reason).
ALLOWED: list[tuple[str, str]] = []


def complaints(outcome):
    """What was logged as a warning or an error, apart from what is allowed."""
    return [
        line
        for line in outcome.complaints
        if not any(text in line for text, _reason in ALLOWED)
    ]


def wrong_states(outcome, addons):
    """Which of our addons are installed and should not be, or the other way round."""
    installed = {name for name, state in outcome.states.items() if state == "installed"}
    return [f"{name}: {outcome.states[name]}" for name in installed ^ set(addons)]


def expect_nothing(*findings):
    """Fail with all findings, not only with the first kind of them."""
    found = [line for lines in findings for line in lines]
    if found:
        pytest.fail("\n".join([f"{len(found)} findings:", *found]), pytrace=False)


def distinct_orders():
    """Every order in which our addons can come, dependencies being pulled in first."""
    orders = {
        tuple(dict.fromkeys(name for wanted in order for name in needed(wanted)))
        for order in permutations(OURS)
    }
    return sorted(orders)


def alone(lab, addon):
    """Install one addon on a database that has nothing but base."""
    outcome = Outcome()
    with lab.database("base") as name:
        lab.install(outcome, name, [addon])
        lab.look(outcome, name)
    return outcome


@pytest.mark.scenario(run=alone)
@pytest.mark.parametrize("addon", OURS)
def test_installs_alone(outcome, addon):
    expect_nothing(complaints(outcome), wrong_states(outcome, needed(addon)))


def back_and_forth(lab, addons):
    """Install on a database with data, then uninstall with what was pulled in."""
    outcome = Outcome()
    addons = {name for addon in addons for name in needed(addon)}
    with lab.database("work") as name:
        lab.look(outcome, name)
        lab.install(outcome, name, addons)
        lab.uninstall(outcome, name, addons)
        lab.look(outcome, name)
    return outcome


@pytest.mark.scenario(run=back_and_forth)
@pytest.mark.parametrize("addons", [*([addon] for addon in OURS), OURS], ids=" ".join)
def test_uninstall_leaves_no_trace(outcome, addons):
    before, after = outcome.snapshots
    for table in ("res_partner", "crm_lead", "sale_order", "utm_campaign"):
        assert len(before.rows[table]) >= 5, f"{table} has no data to be spoiled"
    expect_nothing(
        complaints(outcome),
        wrong_states(outcome, []),
        sorted(outcome.own_names),
        differences(before, after),
    )


def with_demo(lab, addons):
    """Install with demo data on a database that has Odoo's own."""
    outcome = Outcome()
    with lab.database("demo") as name:
        lab.look(outcome, name)
        lab.install(outcome, name, addons, "--with-demo")
        lab.look(outcome, name)
    return outcome


@pytest.mark.scenario(run=with_demo)
@pytest.mark.parametrize("addons", [*([addon] for addon in OURS), OURS], ids=" ".join)
def test_demo_data_loads(outcome, addons):
    wanted = {name for addon in addons for name in needed(addon)}
    expect_nothing(complaints(outcome), wrong_states(outcome, wanted))
    before, after = outcome.snapshots
    people = after.rows["res_users"].keys() - before.rows["res_users"].keys()
    assert people, "the people of the story have not come"


def in_order(lab, order):
    """Install the addons one after the other on a database that has what they need."""
    outcome = Outcome()
    with lab.database("core") as name:
        lab.install_one_by_one(outcome, name, order)
        lab.look(outcome, name)
    return outcome


@pytest.mark.scenario(run=in_order)
@pytest.mark.parametrize("order", distinct_orders(), ids=" ".join)
def test_installs_in_every_order(outcome, order):
    expect_nothing(complaints(outcome), wrong_states(outcome, OURS))


def upgrade_twice(lab):
    """Install all addons, then upgrade them twice."""
    outcome = Outcome()
    with lab.database("core") as name:
        lab.install(outcome, name, OURS)
        lab.upgrade(outcome, name, OURS)
        lab.look(outcome, name)
        lab.upgrade(outcome, name, OURS)
        lab.look(outcome, name)
    return outcome


@pytest.mark.scenario(run=upgrade_twice)
def test_second_upgrade_changes_nothing(outcome):
    expect_nothing(
        complaints(outcome),
        wrong_states(outcome, OURS),
        differences(*outcome.snapshots),
    )


def test_complaints_are_seen():
    """The reading of the log, which everything above rests on."""
    head = "2026-01-01 10:00:00,000 7"
    log = "\n".join(
        (
            f"{head} INFO db odoo.modules: Modules loaded",
            f"{head} WARNING db odoo.schema: Table 'x': unable to set NOT NULL",
            f"{head} ERROR ? odoo.sql_db: bad query",
            "Traceback (most recent call last):",
            f"{head} INFO db odoo.modules: done",
        )
    )
    warning, error = complaints_of(log)
    assert "NOT NULL" in warning
    assert error.endswith("Traceback (most recent call last):")


def test_traces_are_seen():
    """The comparison of snapshots, which the rest rests on."""
    before = Snapshot(
        {"column": {"crm_lead.name": "varchar"}}, {"crm_lead": {"1": "a", "2": "b"}}
    )
    after = Snapshot(
        {"column": {"crm_lead.name": "text", "crm_lead.tier": "int4"}},
        {"crm_lead": {"1": "a", "2": "c", "3": "d"}, "crm_tier": {}},
    )
    assert differences(before, before) == []
    assert differences(before, after) == [
        "column crm_lead.tier is left over",
        "column crm_lead.name: varchar became text",
        "table crm_lead: 1 rows left over: 3",
        "table crm_lead: 1 rows changed: 2",
    ]
