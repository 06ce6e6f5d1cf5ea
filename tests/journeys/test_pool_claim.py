"""Several salespeople press "View number" on one number at the same moment."""

import pytest
from client import RpcError
from test_concurrent_transfer import at_once


@pytest.fixture
def pooled(people, ad):
    """One number in the pool: its id."""
    data = people["journey_marketer"].create(
        "crm.ads.data", name="Pool person", phone="0398 000 111", ad_id=ad
    )
    people["journey_admin"].call("crm.ads.data", "action_to_pool", [data])
    return data


def test_one_number_is_shown_to_exactly_one_person(people, pooled):
    sellers = [people[f"journey_seller_{number}"] for number in (1, 2, 3)]
    results = at_once(
        [
            lambda person=person: person.call(
                "crm.ads.pool", "action_view_number", [pooled]
            )
            for person in sellers
        ]
    )
    won = [one for one in results if not isinstance(one, RpcError)]
    assert len(won) == 1
    assert {one.name for one in results if isinstance(one, RpcError)} == {"UserError"}
    winner = next(
        person
        for person, result in zip(sellers, results, strict=True)
        if not isinstance(result, RpcError)
    )
    claim = winner.read("crm.ads.pool.claim", [won[0]["res_id"]], "phone")[0]
    assert claim["phone"] == "+84398000111"
    winner.call("crm.ads.pool.claim", "action_take", [won[0]["res_id"]])
    rows = people["journey_admin"].read("crm.ads.data", [pooled], "user_id", "state")
    assert rows[0]["state"] == "transferred"
    assert rows[0]["user_id"][0] == winner.uid
