"""The cast of the journeys: a server of its own and one person for each part."""

import os
import time
from pathlib import Path

import pytest
from client import RpcError, Server
from provoked import unexpected_complaints

ROOT = Path(__file__).parents[2]
GROUPS = {
    "journey_marketer": ["crm_ads_data.group_marketer"],
    "journey_marketer_2": ["crm_ads_data.group_marketer"],
    "journey_admin": ["crm_ads_data.group_distributor"],
    "journey_manager": [
        "sales_team.group_sale_manager",
        "product.group_product_manager",
    ],
    "journey_employee": ["base.group_user"],
    "journey_seller_1": ["sales_team.group_sale_salesman"],
    "journey_seller_2": ["sales_team.group_sale_salesman"],
    "journey_seller_3": ["sales_team.group_sale_salesman"],
}


@pytest.fixture(scope="session")
def server():
    """A server on the database that setup/test cloned for the journeys."""
    database = os.environ.get("SUITE_JOURNEY_DB")
    if not database:
        pytest.fail("SUITE_JOURNEY_DB is not set: run the journeys through setup/test")
    server = Server(database, ROOT / ".work" / "log" / f"journey-{database}.log")
    try:
        yield server.wait()
    finally:
        server.stop()
    assert unexpected_complaints(server.log.read_text()) == []


@pytest.fixture(scope="session")
def people(server):
    """Every person of the journeys, logged in; ``admin`` made them."""
    admin = server.login("admin")
    _move_to_viet_nam(admin)
    _keep_from_iap(admin)
    people = {"admin": admin}
    for login, groups in GROUPS.items():
        admin.create(
            "res.users",
            name=login.replace("_", " ").title(),
            login=login,
            password=login,
            group_ids=[[4, admin.ref(group)] for group in groups],
        )
        people[login] = server.login(login)
    return people


def _keep_from_iap(admin):
    """Core would ask its own paid service on the Internet about every lead's e-mail."""
    admin.call(
        "ir.config_parameter", "set_param", "crm.iap.lead.enrich.setting", "manual"
    )
    cron = admin.ref("crm_iap_enrich.ir_cron_lead_enrichment")
    for _attempt in range(20):
        try:
            admin.call("ir.cron", "write", [cron], {"active": False})
        except RpcError:
            # it is running just now
            time.sleep(0.5)
        else:
            return


def _move_to_viet_nam(admin):
    """The company of the story: in Viet Nam, with its money and its clock."""
    currency = admin.ref("base.VND")
    admin.call("res.currency", "write", [currency], {"active": True})
    company = admin.ref("base.main_company")
    values = {
        "name": "Công ty TNHH Lá Xanh",
        "country_id": admin.ref("base.vn"),
        "currency_id": currency,
    }
    admin.call("res.company", "write", [company], values)


@pytest.fixture(scope="session")
def rule(people):
    """One distribution rule over the three salespeople, and nothing beside it."""
    admin = people["journey_admin"]
    old = admin.search("crm.ads.distribution.rule")
    admin.call("crm.ads.distribution.rule", "write", old, {"active": False})
    return admin.create(
        "crm.ads.distribution.rule",
        name="Journey rule",
        member_ids=[
            [0, 0, {"user_id": people[f"journey_seller_{number}"].uid}]
            for number in (1, 2, 3)
        ],
    )


@pytest.fixture(scope="session")
def ad(people, rule):
    """The marketer's ad, made and switched on step by step (seed 002, case TH1)."""
    mai = people["journey_marketer"]
    account = mai.create("crm.ads.account", name="Journey account", external_ref="4711")
    mai.call("crm.ads.account", "write", [account], {"is_running": True})
    campaign = mai.create(
        "crm.ads.campaign", title="Journey campaign", account_id=account
    )
    mai.call("crm.ads.campaign", "write", [campaign], {"is_running": True})
    ad = mai.create("crm.ads.ad", name="Journey ad", campaign_id=campaign)
    mai.call("crm.ads.ad", "write", [ad], {"is_running": True})
    return ad
