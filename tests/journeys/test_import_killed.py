"""A long import on a server that is killed in the middle: nothing lost, nothing twice.

The server of its own runs on a copy of the database that setup/test has made.
"""

import base64
import csv
import io
import os
import signal
import time

import pytest
from client import ROOT, Server
from database_copy import copied_database, wake_crons

ROWS = 20_000
BATCH = 500
BAD_EVERY = 33  # 3 % of the rows
# every tenth row has a lead id; some ids stand there twice
REPEATED_EVERY = 1000
SECONDS = 120


def _rows():
    """Rows of a lead form: name, phone, lead id."""
    for number in range(ROWS):
        phone = f"09{10_000_000 + number:08d}"
        if number % BAD_EVERY == 0:
            phone = f"12{number}"[:5]
        ref = ""
        if number % REPEATED_EVERY == REPEATED_EVERY - 1:
            ref = f"lead-{number - 10}"  # the id of ten rows above
        elif number % 10 == 9:
            ref = f"lead-{number}"
        yield f"Khách {number}", phone, ref


def _expected():
    bad = sum(number % BAD_EVERY == 0 for number in range(ROWS))
    seen, repeated = set(), 0
    for number, (_name, _phone, ref) in enumerate(_rows()):
        if ref and number % BAD_EVERY:
            repeated += ref in seen
            seen.add(ref)
    return {"bad": bad, "repeated": repeated, "new": ROWS - bad - repeated}


def _file():
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(("full_name", "phone_number", "id"))
    writer.writerows(_rows())
    return base64.b64encode(stream.getvalue().encode()).decode()


@pytest.fixture
def database():
    """A copy of the database that setup/test has built, gone afterwards."""
    with copied_database("killed") as name:
        yield name


def _start(database, number):
    return Server(
        database, ROOT / ".work" / "log" / f"killed-server-{number}.log"
    ).wait()


def _wait(person, record, is_enough):
    """The import as soon as it is far enough."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        found = person.read(
            "crm.ads.import", [record], "state", "done_count", "failure", "progress"
        )[0]
        assert found["state"] in ("running", "done"), found
        if is_enough(found):
            return found
        time.sleep(0.2)
    raise AssertionError(f"not far enough in {SECONDS} s: {found}")


def test_killed_in_the_middle_nothing_is_lost_or_doubled(database):
    server = _start(database, 1)
    try:
        admin = server.login("admin")
        account = admin.create(
            "crm.ads.account", name="Killed", external_ref="kill-1", is_running=True
        )
        record = admin.create(
            "crm.ads.import", file=_file(), filename="long.csv", account_id=account
        )
        admin.call("crm.ads.import", "action_preview", [record])
        admin.call("crm.ads.import", "action_start", [record])
        middle = _wait(admin, record, lambda found: found["done_count"] > 4 * BATCH)
        assert middle["state"] == "running"
        assert middle["progress"] < 90
    finally:
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()

    server = _start(database, 2)
    try:
        admin = server.login("admin")
        # nobody presses anything: the trigger of the cron has outlived the server,
        # which looks for it once a minute; the wait for that minute is spared here
        wake_crons(database)
        _wait(admin, record, lambda found: found["state"] == "done")
        _assert_complete(admin, record, account)
        log = server.log.read_text()
    finally:
        server.stop()
    assert " ERROR " not in log
    assert " WARNING " not in log


def _assert_complete(admin, record, account):
    expected = _expected()
    assert expected["repeated"] > 15
    found = admin.read(
        "crm.ads.import",
        [record],
        *("total_count", "done_count", "error_count", "duplicate_count", "progress"),
    )[0]
    assert found == {
        "id": record,
        "total_count": ROWS,
        "done_count": expected["new"],
        "error_count": expected["bad"],
        "duplicate_count": expected["repeated"],
        "progress": 100,
    }
    data = [["account_id", "=", account]]
    assert admin.call("crm.ads.data", "search_count", data) == expected["new"]
    rows = admin.call(
        "crm.ads.data", "search_read", data, ["phone_key", "external_ref"]
    )
    phones = [row["phone_key"] for row in rows]
    refs = [row["external_ref"] for row in rows if row["external_ref"]]
    assert len(set(phones)) == len(phones) == expected["new"]
    assert len(set(refs)) == len(refs) > ROWS / 12
    lines = [["import_id", "=", record], ["data_id", "!=", False]]
    groups = admin.call("crm.ads.import.line", "search_read", lines, ["data_id"])
    assert len({line["data_id"][0] for line in groups}) == len(groups) == len(rows)
