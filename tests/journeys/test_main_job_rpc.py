"""The main job over RPC, as three people do it: file > data > lead > order > tier."""

import base64
import csv
import io

import pytest
from client import ROOT, RpcError

SAMPLES = ROOT / "addons" / "crm_ads_data" / "tests" / "samples"
EXPORT = SAMPLES / "leads" / "meta_leads_utf16.csv"
TOTAL, VALID, DUPLICATES, INVALID = 60, 43, 9, 8


@pytest.fixture(scope="module")
def loaded(people, ad):
    """The marketer's import, taken in: its id."""
    mai = people["journey_marketer"]
    record = mai.create(
        "crm.ads.import",
        file=base64.b64encode(EXPORT.read_bytes()).decode(),
        filename=EXPORT.name,
        ad_id=ad,
    )
    mai.call("crm.ads.import", "action_preview", [record])
    mai.call("crm.ads.import", "action_start", [record])
    return record


@pytest.fixture(scope="module")
def data(people, loaded):
    """Ids of the data that the import brought, transferred to the salespeople."""
    mai = people["journey_marketer"]
    domain = [["source", "=", "file"], ["state", "=", "new"]]
    ids = mai.search("crm.ads.data", domain)
    action = mai.call("crm.ads.data", "action_transfer", ids)
    assert str(len(ids)) in action["params"]["title"]
    return ids


@pytest.fixture(scope="module")
def opportunity(people, data):
    """One lead of the first salesperson, converted: its id."""
    seller = people["journey_seller_1"]
    lead = seller.search("crm.lead", [["ads_data_ids", "in", data]], limit=1)[0]
    action = seller.call("crm.lead", "action_convert_to_opportunity", [lead])
    assert action["res_id"] == lead
    return lead


def test_import_counts_and_reasons(people, loaded):
    mai = people["journey_marketer"]
    counts = mai.read(
        "crm.ads.import",
        [loaded],
        "state",
        "total_count",
        "done_count",
        "duplicate_count",
        "error_count",
    )[0]
    assert counts["state"] == "done"
    assert counts["total_count"] == TOTAL
    assert counts["done_count"] == VALID + DUPLICATES
    assert counts["duplicate_count"] == DUPLICATES
    assert counts["error_count"] == INVALID


def test_bad_rows_can_be_downloaded(people, loaded):
    mai = people["journey_marketer"]
    action = mai.call("crm.ads.import", "action_download_errors", [loaded])
    text = mai.download(action["url"]).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 1 + INVALID
    assert all(row[-1] for row in rows[1:])


def test_every_data_is_in_one_hand_and_counts_are_even(people, data):
    mai = people["journey_marketer"]
    rows = mai.read("crm.ads.data", data, "user_id", "state", "sales_status", "lead_id")
    assert len(rows) == VALID
    assert {row["state"] for row in rows} == {"transferred"}
    assert {row["sales_status"] for row in rows} == {"waiting"}
    assert len({row["lead_id"][0] for row in rows}) == VALID
    users = [row["user_id"][0] for row in rows]
    counts = [users.count(user) for user in set(users)]
    assert len(counts) == 3
    assert max(counts) - min(counts) <= 1


def test_salesperson_sees_own_numbers_only(people, data):
    seller, mai = people["journey_seller_1"], people["journey_marketer"]
    mine = seller.search("crm.ads.data")
    dealt = mai.search("crm.ads.data", [["user_id", "=", seller.uid]])
    assert set(mine) & set(data) == set(dealt) & set(data)
    assert 0 < len(set(mine) & set(data)) < len(data)
    users = {row["user_id"][0] for row in seller.read("crm.ads.data", mine, "user_id")}
    assert users == {seller.uid}
    theirs = next(one for one in data if one not in mine)
    with pytest.raises(RpcError) as caught:
        seller.read("crm.ads.data", [theirs], "phone")
    assert caught.value.name == "AccessError"


def test_other_marketer_sees_nothing(people, data, ad):
    other = people["journey_marketer_2"]
    assert other.search("crm.ads.data") == []
    with pytest.raises(RpcError):
        other.read("crm.ads.ad", [ad], "spend")


def test_lead_stands_on_the_board_with_a_call_to_make(people, data):
    seller = people["journey_seller_2"]
    leads = seller.search("crm.lead", [["ads_data_ids", "in", data]])
    rows = seller.read(
        "crm.lead", leads, "lead_stage_id", "activity_ids", "campaign_id", "user_id"
    )
    assert all(row["lead_stage_id"] for row in rows)
    assert all(len(row["activity_ids"]) == 1 for row in rows)
    assert all(row["campaign_id"] for row in rows)


def test_drag_a_card_counts_as_contact(people, data):
    seller = people["journey_seller_2"]
    lead = seller.search("crm.lead", [["ads_data_ids", "in", data]], limit=1)
    stage = seller.search("crm.lead.stage", [], order="sequence desc", limit=1)[0]
    seller.call(
        "crm.lead", "web_save", lead, {"lead_stage_id": stage}, specification={}
    )
    status = people["journey_marketer"].call(
        "crm.ads.data",
        "search_read",
        [["lead_id", "in", lead]],
        ["sales_status"],
    )
    assert [row["sales_status"] for row in status] == ["contacted"]


def test_one_button_makes_customer_and_opportunity(people, opportunity):
    seller = people["journey_seller_1"]
    lead = seller.read("crm.lead", [opportunity], "type", "partner_id", "phone")[0]
    assert lead["type"] == "opportunity"
    assert lead["partner_id"]
    partner = seller.read(
        "res.partner", [lead["partner_id"][0]], "phone", "funnel_tier_id"
    )[0]
    assert partner["phone"]
    assert partner["funnel_tier_id"]


def test_order_climbs_the_tiers_and_names_its_proof(people, opportunity):
    seller, manager = people["journey_seller_1"], people["journey_manager"]
    lead = seller.read("crm.lead", [opportunity], "partner_id")[0]
    partner = lead["partner_id"][0]
    product = manager.create("product.product", name="Journey tea", list_price=189000)
    order = seller.create(
        "sale.order",
        partner_id=partner,
        opportunity_id=opportunity,
        order_line=[[0, 0, {"product_id": product, "product_uom_qty": 2}]],
    )
    assert _tier_code(manager, partner) == "quotation"
    seller.call("sale.order", "action_confirm", [order])
    assert _tier_code(manager, partner) == "contract"
    moves = manager.call(
        "crm.funnel.tier.move",
        "search_read",
        [["partner_id", "=", partner]],
        ["to_tier_id", "rule"],
        order="id",
    )
    assert len(moves) >= 2
    assert all(move["rule"] for move in moves)
    status = people["journey_marketer"].call(
        "crm.ads.data",
        "search_read",
        [["lead_id", "=", opportunity]],
        ["sales_status", "order_amount"],
    )[0]
    assert status["sales_status"] == "won"
    assert status["order_amount"] > 0


def _tier_code(person, partner):
    tier = person.read("res.partner", [partner], "funnel_tier_id")[0]["funnel_tier_id"]
    return person.read("crm.funnel.tier", [tier[0]], "code")[0]["code"]
