"""Several people press the arrow at the same moment, on a real server."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from client import RpcError

PEOPLE = 10
COUNT = 30


def _make_data(person, ad, start, count):
    rows = [
        {"name": f"Rush {index}", "phone": f"0356{start + index:06d}", "ad_id": ad}
        for index in range(count)
    ]
    return person.call("crm.ads.data", "create", rows)


def at_once(calls):
    """Run the calls at the same moment; the list of results or the errors."""
    barrier = Barrier(len(calls))

    def run(call):
        barrier.wait()
        try:
            return call()
        except RpcError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def _hands(person, data):
    rows = person.read("crm.ads.data", data, "user_id", "lead_id", "state")
    assert {row["state"] for row in rows} == {"transferred"}
    leads = person.search("crm.lead", [["ads_data_ids", "in", data]])
    assert len(leads) == len({row["lead_id"][0] for row in rows}) == len(data)
    users = [row["user_id"][0] for row in rows]
    return [users.count(user) for user in set(users)]


@pytest.fixture
def pressers(server, people, rule):
    """The same marketer in several browsers."""
    return [server.login("journey_marketer") for _number in range(PEOPLE)]


def test_same_data_ends_in_exactly_one_hand(people, pressers, ad):
    data = _make_data(pressers[0], ad, 0, COUNT)
    results = at_once(
        [
            lambda person=person: person.call("crm.ads.data", "action_transfer", data)
            for person in pressers
        ]
    )
    won = [result for result in results if not isinstance(result, RpcError)]
    assert won
    refused = {error.name for error in results if isinstance(error, RpcError)}
    assert refused <= {"UserError"}
    counts = _hands(people["journey_manager"], data)
    assert max(counts) - min(counts) <= 1
    logs = people["journey_manager"].search(
        "crm.ads.distribution.log", [["data_id", "in", data]]
    )
    assert len(logs) == COUNT


def test_different_data_are_dealt_evenly(people, pressers, ad):
    parts = [
        _make_data(pressers[0], ad, 1000 + 100 * number, 5) for number in range(PEOPLE)
    ]
    results = at_once(
        [
            lambda person=person, part=part: person.call(
                "crm.ads.data", "action_transfer", part
            )
            for person, part in zip(pressers, parts, strict=True)
        ]
    )
    assert not [result for result in results if isinstance(result, RpcError)]
    counts = _hands(people["journey_manager"], [one for part in parts for one in part])
    assert max(counts) - min(counts) <= 1


def test_same_number_typed_twice_at_once_is_one_person(people, pressers, ad):
    results = at_once(
        [
            lambda person=person: person.create(
                "crm.ads.data", name="Twice", phone="0399 999 123", ad_id=ad
            )
            for person in pressers
        ]
    )
    assert not [result for result in results if isinstance(result, RpcError)]
    rows = pressers[0].read("crm.ads.data", results, "state", "duplicate_of_id")
    states = [row["state"] for row in rows]
    assert states.count("new") == 1
    assert states.count("duplicate") == PEOPLE - 1
    first = next(row["id"] for row in rows if row["state"] == "new")
    assert {row["duplicate_of_id"][0] for row in rows if row["duplicate_of_id"]} == {
        first
    }
