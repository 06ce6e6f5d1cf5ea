"""Several people make and plan a contract at the same moment, on a real server."""

import pytest
from client import RpcError
from test_concurrent_transfer import at_once

PEOPLE = 6
VALUE = 10_000_000


@pytest.fixture
def pressers(server, people):
    """The same salesperson in several browsers."""
    return [server.login("journey_seller_1") for _number in range(PEOPLE)]


@pytest.fixture
def order(people):
    """A confirmed order of a service, without taxes."""
    manager = people["journey_manager"]
    product = manager.create(
        "product.product",
        name="Course",
        type="service",
        invoice_policy="order",
        list_price=VALUE,
        taxes_id=[[5]],
    )
    partner = manager.create("res.partner", name="Journey buyer")
    line = {"product_id": product, "product_uom_qty": 1, "price_unit": VALUE}
    order = manager.create(
        "sale.order",
        partner_id=partner,
        user_id=people["journey_seller_1"].uid,
        order_line=[[0, 0, line]],
    )
    manager.call("sale.order", "action_confirm", [order])
    return order


@pytest.fixture
def contract(order, pressers):
    """The contract of that order, signed by nobody yet."""
    return pressers[0].call("sale.order", "action_create_agreement", [order])["res_id"]


def _parts(person, contract):
    ids = person.search("agreement.instalment", [["agreement_id", "=", contract]])
    return person.read("agreement.instalment", ids, "amount", "state", "invoice_id")


def _wrong(results):
    return [result for result in results if isinstance(result, RpcError)]


def test_one_contract_for_an_order(pressers, order):
    results = at_once(
        [
            lambda person=person: person.call(
                "sale.order", "action_create_agreement", [order]
            )
            for person in pressers
        ]
    )
    assert not _wrong(results)
    assert len({result["res_id"] for result in results}) == 1


def test_two_plans_at_once_come_to_the_value(pressers, contract):
    """Also where there is no instalment yet that they could meet at."""
    first = [part["id"] for part in _parts(pressers[0], contract)]
    pressers[0].call("agreement.instalment", "unlink", first)
    model = "agreement.instalment.plan"
    plans = [
        person.create(model, agreement_id=contract, count=number)
        for number, person in enumerate(pressers, start=2)
    ]
    results = at_once(
        [
            lambda person=person, plan=plan: person.call(model, "action_apply", [plan])
            for person, plan in zip(pressers, plans, strict=True)
        ]
    )
    assert not _wrong(results)
    parts = _parts(pressers[0], contract)
    assert len(parts) in range(2, PEOPLE + 2)
    assert sum(part["amount"] for part in parts) == VALUE


def test_lines_typed_at_once_come_to_the_value(pressers, contract):
    first = [part["id"] for part in _parts(pressers[0], contract)]
    pressers[0].call("agreement.instalment", "unlink", first)
    at_once(
        [
            lambda person=person, number=number: person.create(
                "agreement.instalment",
                agreement_id=contract,
                name=f"Part {number}",
                due_date=f"2031-01-{number:02d}",
                amount=1_000_000,
            )
            for number, person in enumerate(pressers, start=1)
        ]
    )
    assert sum(part["amount"] for part in _parts(pressers[0], contract)) == VALUE


def test_an_instalment_is_invoiced_once(pressers, contract, people):
    plan = pressers[0].create(
        "agreement.instalment.plan", agreement_id=contract, count=3
    )
    pressers[0].call("agreement.instalment.plan", "action_apply", [plan])
    pressers[0].call("agreement", "action_sign", [contract])
    part = _parts(pressers[0], contract)[0]["id"]
    results = at_once(
        [
            lambda person=person: person.call(
                "agreement.instalment", "action_create_invoice", [part]
            )
            for person in pressers
        ]
    )
    assert {error.name for error in _wrong(results)} <= {"UserError"}
    assert len(results) - len(_wrong(results)) == 1
    order = people["admin"].read("agreement", [contract], "sale_order_id")[0]
    order_id = order["sale_order_id"][0]
    row = people["admin"].read("sale.order", [order_id], "invoice_ids")[0]
    assert len(row["invoice_ids"]) == 1
