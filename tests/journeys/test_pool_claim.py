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


def test_many_windows_do_not_pass_the_limit_of_the_hour(server, people, ad):
    admin, seller = people["admin"], people["journey_seller_2"]
    rows = [
        {"name": "Many", "phone": f"035900{index:04d}", "ad_id": ad}
        for index in range(6)
    ]
    data = people["journey_marketer"].call("crm.ads.data", "create", rows)
    people["journey_admin"].call("crm.ads.data", "action_to_pool", data)
    mine = [["user_id", "=", seller.uid]]
    before = people["journey_admin"].call("crm.ads.pool.view", "search_count", mine)
    company = admin.ref("base.main_company")
    [old] = admin.read("res.company", [company], "ads_claims_per_hour")
    limit = {"ads_claims_per_hour": before + 3}
    admin.call("res.company", "write", [company], limit)
    windows = [server.login("journey_seller_2") for _number in data]
    results = at_once(
        [
            lambda window=window, one=one: window.call(
                "crm.ads.pool", "action_view_number", [one]
            )
            for window, one in zip(windows, data, strict=True)
        ]
    )
    limit["ads_claims_per_hour"] = old["ads_claims_per_hour"]
    admin.call("res.company", "write", [company], limit)
    assert sum(not isinstance(one, RpcError) for one in results) == 3
    after = people["journey_admin"].call("crm.ads.pool.view", "search_count", mine)
    assert after == before + 3
