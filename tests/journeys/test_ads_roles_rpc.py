"""Who sees what of the ads data, over RPC, by every way that RPC has.

Each person asks for the data that nobody has been given yet, the data of one
salesperson and the data in the pool; by search, search_read, read, group-by, export,
name_search and domain probing, and for whatever else holds the same phone numbers.
"""

import pytest
from client import RpcError

WAITING, SELLERS, POOLED = "0399100001", "0399100002", "0399100003"
EVERYTHING = {WAITING, SELLERS, POOLED}
# person: which of the three numbers he or she may see
MAY_SEE = {
    "journey_marketer": EVERYTHING,
    "journey_marketer_2": set(),
    "journey_admin": EVERYTHING,
    "journey_manager": EVERYTHING,
    "journey_seller_1": {SELLERS},
    "journey_seller_2": set(),
    "journey_employee": None,
    "journey_portal": None,
    "journey_stranger": set(),
}
# What salespeople and outsiders have no access to at all.
CLOSED_TO_SELLERS = (
    "crm.ads.account",
    "crm.ads.campaign",
    "crm.ads.ad",
    "crm.ads.insight",
    "crm.ads.import",
    "crm.ads.import.line",
    "crm.ads.data.key",
    "crm.ads.pool.view",
    "crm.ads.distribution.rule",
    "crm.ads.distribution.member",
    "crm.ads.report",
)


@pytest.fixture(scope="module")
def cast(server, people):
    """The people of conftest, with a portal user and somebody of another company."""
    admin = people["admin"]
    company = admin.create("res.company", name="Elsewhere")
    more = {
        "journey_portal": {"group_ids": [[6, 0, [admin.ref("base.group_portal")]]]},
        "journey_stranger": {
            "group_ids": [
                [4, admin.ref("crm_ads_data.group_distributor")],
                [4, admin.ref("sales_team.group_sale_manager")],
            ],
            "company_id": company,
            "company_ids": [[6, 0, [company]]],
        },
    }
    cast = dict(people)
    for login, values in more.items():
        admin.create("res.users", name=login, login=login, password=login, **values)
        cast[login] = server.login(login)
    return cast


@pytest.fixture(scope="module")
def numbers(cast, ad):
    """The three data: dict of number to id."""
    mai, thu = cast["journey_marketer"], cast["journey_admin"]
    ids = {
        number: mai.create("crm.ads.data", name="Somebody", phone=number, ad_id=ad)
        for number in sorted(EVERYTHING)
    }
    assign = thu.create(
        "crm.ads.data.assign",
        data_ids=[[6, 0, [ids[SELLERS], ids[POOLED]]]],
        user_id=cast["journey_seller_1"].uid,
    )
    thu.call("crm.ads.data.assign", "action_assign", [assign])
    thu.call("crm.ads.data", "action_to_pool", [ids[POOLED]])
    return ids


def _key(number):
    return f"+84{number[1:]}"


def _attempt(call):
    """The result of a call, or the name of the error that refused it."""
    try:
        return call()
    except RpcError as error:
        return error.name


def _ways(person, ids):
    """Every way to a list of phone numbers, by name."""
    keys = [_key(number) for number in sorted(EVERYTHING)]
    domain = [["phone_key", "in", keys]]
    data = "crm.ads.data"

    def read_one(data_id):
        rows = _attempt(lambda: person.read(data, [data_id], "phone_key"))
        return rows if isinstance(rows, list) else []

    return {
        "search_read": lambda: [
            row["phone_key"]
            for row in person.call(data, "search_read", domain, ["phone_key"])
        ],
        "web_search_read": lambda: [
            row["phone_key"]
            for row in person.call(data, "web_search_read", domain, {"phone_key": {}})[
                "records"
            ]
        ],
        "group": lambda: [
            group["phone_key"]
            for group in person.call(
                data, "formatted_read_group", domain, ["phone_key"], ["__count"]
            )
        ],
        "read": lambda: [
            row["phone_key"] for data_id in ids for row in read_one(data_id)
        ],
        "name_search": lambda: [
            key
            for key in keys
            if person.call(data, "name_search", key[1:], operator="ilike")
        ],
        "probe": lambda: [
            key
            for key in keys
            if person.call(data, "search_count", [["phone", "=", key]])
        ],
    }


@pytest.mark.parametrize("login", MAY_SEE)
def test_numbers_that_a_person_sees(cast, numbers, login):
    person, may_see = cast[login], MAY_SEE[login]
    for way, call in _ways(person, list(numbers.values())).items():
        found = _attempt(call)
        if may_see is None:
            assert found == "AccessError" or not found, (way, found)
        else:
            assert set(found) == {_key(number) for number in may_see}, (way, found)


def test_export(cast, numbers):
    admin = cast["admin"]
    for login in ("journey_seller_1", "journey_marketer_2", "journey_admin"):
        person = cast[login]
        group = admin.ref("base.group_allow_export")
        admin.call("res.users", "write", [person.uid], {"group_ids": [[4, group]]})
        ids = person.search("crm.ads.data", [["id", "in", list(numbers.values())]])
        rows = person.call("crm.ads.data", "export_data", ids, ["phone"])["datas"]
        wanted = {_key(number) for number in MAY_SEE[login]}
        assert {row[0] for row in rows} == wanted
        hidden = [one for one in numbers.values() if one not in ids]
        for data_id in hidden:
            outcome = _attempt(
                lambda one=data_id, who=person: who.call(
                    "crm.ads.data", "export_data", [one], ["phone"]
                )
            )
            assert outcome == "AccessError"


@pytest.mark.parametrize("login", ["journey_seller_1", "journey_seller_2"])
def test_no_other_model_tells_a_salesperson_the_numbers(cast, numbers, login):
    person = cast[login]
    hidden = EVERYTHING - MAY_SEE[login]
    for model in CLOSED_TO_SELLERS:
        assert _attempt(lambda one=model: person.search(one)) == "AccessError", model
    for number in hidden:
        tail = _key(number)[3:]
        probes = (
            ("crm.lead", ["|", ["phone", "ilike", tail], ["name", "ilike", tail]]),
            ("crm.lead", [["active", "=", False], ["phone", "ilike", tail]]),
            ("crm.lead", [["ads_data_ids.phone", "ilike", tail]]),
            ("mail.message", [["body", "ilike", tail]]),
            ("res.partner", [["phone", "ilike", tail]]),
            ("mail.activity", [["summary", "ilike", tail]]),
            ("crm.ads.pool", [["masked_phone", "ilike", tail[:6]]]),
            ("crm.ads.distribution.log", [["data_id.phone", "ilike", tail]]),
            ("crm.ads.distribution.report", [["data_id.phone", "ilike", tail]]),
        )
        for model, domain in probes:
            found = _attempt(
                lambda one=model, what=domain: person.call(one, "search_count", what)
            )
            assert found in (0, "AccessError"), (model, domain, found)


def test_pool_shows_masks_to_salespeople_of_the_company_only(cast, numbers):
    domain = [["id", "=", numbers[POOLED]]]
    for login in ("journey_seller_1", "journey_seller_2", "journey_admin"):
        [row] = cast[login].call("crm.ads.pool", "search_read", domain)
        assert row["masked_phone"] == "039 *** 003"
        assert _key(POOLED)[3:] not in str(row)
        assert POOLED not in str(row)
    assert cast["journey_stranger"].search("crm.ads.pool", domain) == []
    for login in ("journey_employee", "journey_portal", "journey_marketer_2"):
        outcome = _attempt(lambda one=login: cast[one].search("crm.ads.pool", domain))
        assert outcome == "AccessError", login


@pytest.mark.parametrize(
    "login", ["journey_seller_1", "journey_marketer_2", "journey_stranger"]
)
def test_nobody_else_changes_or_moves_the_data(cast, numbers, login):
    person, waiting = cast[login], numbers[WAITING]
    calls = {
        "write": lambda: person.call("crm.ads.data", "write", [waiting], {"note": "x"}),
        "unlink": lambda: person.call("crm.ads.data", "unlink", [waiting]),
        "transfer": lambda: person.call("crm.ads.data", "action_transfer", [waiting]),
        "recall": lambda: person.call(
            "crm.ads.data", "action_recall", [numbers[SELLERS]]
        ),
        "pool": lambda: person.call("crm.ads.data", "action_to_pool", [waiting]),
    }
    for name, call in calls.items():
        outcome = _attempt(call)
        refused = ("AccessError", "UserError", "MissingError")
        assert outcome in refused, (name, outcome)


def test_marketer_sets_nothing_that_the_suite_decides(cast, numbers, ad):
    mai = cast["journey_marketer"]
    for values in (
        {"state": "transferred"},
        {"user_id": mai.uid},
        {"sales_status": "won"},
        {"order_amount": 1},
        {"claim_user_id": mai.uid},
    ):
        outcome = _attempt(
            lambda what=values: mai.call(
                "crm.ads.data", "write", [numbers[WAITING]], what
            )
        )
        assert outcome == "AccessError", values
        outcome = _attempt(
            lambda what=values: mai.create(
                "crm.ads.data", phone="0399100009", ad_id=ad, **what
            )
        )
        assert outcome == "AccessError", values


def test_decisions_and_looks_are_never_rewritten(cast, numbers):
    for login in ("journey_admin", "journey_manager"):
        person = cast[login]
        log = person.search(
            "crm.ads.distribution.log", [["data_id", "=", numbers[SELLERS]]]
        )
        assert log
        for method, arguments in (("write", [{"user_id": person.uid}]), ("unlink", [])):
            outcome = _attempt(
                lambda who=person, how=method, ids=log, what=arguments: who.call(
                    "crm.ads.distribution.log", how, ids, *what
                )
            )
            assert outcome in ("AccessError", "UserError")
