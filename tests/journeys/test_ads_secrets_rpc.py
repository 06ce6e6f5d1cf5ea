"""No salesperson learns a number that is not the own, however he asks over RPC.

Everything that a salesperson can read in the whole database is searched for the numbers
of the story, and every relation that leads to them is probed.
"""

import json

import pytest
from ads_world import LOADED, OTHERS, OWN, POOLED, WAITING, digits, make_secrets
from client import RpcError


@pytest.fixture(scope="module")
def seller(people, ad):
    """The first salesperson, after the numbers were put everywhere."""
    make_secrets(people, ad)
    return people["journey_seller_1"]


def test_nothing_a_salesperson_can_read_holds_a_foreign_number(seller, people):
    admin = people["admin"]
    models = [
        row["model"]
        for row in admin.call(
            "ir.model",
            "search_read",
            [["abstract", "=", False], ["transient", "=", False]],
            ["model"],
        )
    ]
    models = [name for name in models if not name.startswith("ir.")]
    asked, leaks = 0, []
    for model in [*models, "ir.attachment", "ir.filters"]:
        rows = _read_all(seller, model)
        if rows is None:
            continue
        asked += 1
        text = json.dumps(rows)
        leaks += [
            (model, number)
            for number in (WAITING, OTHERS, POOLED, LOADED)
            if digits(number) in text
        ]
    assert asked > 50
    assert leaks == []
    own = json.dumps(_read_all(seller, "crm.lead"))
    assert digits(OWN) in own, "the search would have found a number"


def _read_all(person, model):
    try:
        fields = person.call(model, "fields_get", [], ["type"])
        names = [name for name, field in fields.items() if field["type"] != "binary"]
        return person.call(model, "search_read", [], names, limit=300, order="id desc")
    except RpcError:
        return None


def test_no_relation_lets_a_salesperson_probe_a_number(seller, people):
    """Domains and groups through every field that leads to data, leads or keys."""
    domain = [
        ["relation", "in", ["crm.ads.data", "crm.ads.pool", "crm.lead"]],
        ["store", "=", True],
    ]
    fields = people["admin"].call(
        "ir.model.fields", "search_read", domain, ["model", "name", "ttype", "relation"]
    )
    probed = 0
    for field in fields:
        for target in (WAITING, OTHERS, POOLED, LOADED):
            path = f"{field['name']}.phone"
            for probe in ([path, "like", digits(target)], [path, "=", target]):
                try:
                    count = seller.call(field["model"], "search_count", [probe])
                except RpcError:
                    continue
                probed += 1
                assert count == 0, (field, probe)
        if field["ttype"] != "many2one":
            continue
        mail = {"crm.lead": "email_from"}.get(field["relation"], "email")
        for path in (f"{field['name']}.phone", f"{field['name']}.{mail}"):
            try:
                rows = seller.call(
                    field["model"], "formatted_read_group", [], [path], ["__count"]
                )
            except RpcError:
                continue
            text = json.dumps(rows)
            for target in (WAITING, OTHERS, POOLED, LOADED):
                assert digits(target) not in text, (field, path)
    assert probed > 5
