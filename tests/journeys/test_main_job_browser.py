"""The main job in a real Chromium, in Vietnamese, as three people do it.

Marketer: account > campaign > ad, lead-form export, "Chuyển NVKD". Salesperson: lead
board, the one button, quotation, order. Manager: the customer's tier and its proof.
"""

import pytest
from browser import chromium, screen_of
from client import ROOT

EXPORT = ROOT / "addons" / "crm_ads_data" / "tests" / "samples" / "leads"
PEOPLE = {
    "maket": ("Đỗ Ngọc Mai", "crm_ads_data.group_marketer"),
    "kinhdoanh": ("Nguyễn Thị Lan", "sales_team.group_sale_salesman"),
    "quanly": ("Phạm Anh Quân", "sales_team.group_sale_manager"),
}
STORY = {}
ADS, DATA = "crm_ads_data.menu_section_ads", "crm_ads_data.menu_section_data"


@pytest.fixture(scope="module")
def browser():
    """One Chromium for the whole journey."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def cast(server, people):
    """The three people of the story, in Vietnamese, and a rule for the salesperson."""
    admin = people["admin"]
    admin.create("product.product", name="Serum phục hồi B5", list_price=459000)
    for login, (name, group) in PEOPLE.items():
        admin.create(
            "res.users",
            name=name,
            login=login,
            password=login,
            lang="vi_VN",
            tz="Asia/Ho_Chi_Minh",
            group_ids=[[4, admin.ref(group)]],
        )
    seller = server.login("kinhdoanh")
    people["journey_admin"].create(
        "crm.ads.distribution.rule",
        name="Serum",
        sequence=1,
        domain="[('account_id.name', '=', 'Lá Xanh Beauty')]",
        member_ids=[[0, 0, {"user_id": seller.uid}]],
    )
    return server


@pytest.fixture
def screen(request, browser, cast):
    """The screen of the person whose login the test names."""
    with screen_of(browser, cast.url, request.param) as opened:
        yield opened


def _make_and_switch_on(screen, menu, texts, links=None):
    """Make a record in the pop-up of a list and switch it on there.

    :param menu: XML id of the menu, title of its list, section it is folded into.
    :param texts: what is typed into fields; the first one names the record.
    :param links: what is typed into many2one fields, to pick what is found.
    """
    screen.open_list(*menu)
    screen.new_popup()
    for field, text in texts.items():
        screen.fill(field, text)
    for field, text in (links or {}).items():
        screen.pick(field, text)
    screen.save_popup()
    screen.switch_on(next(iter(texts.values())))


@pytest.mark.parametrize("screen", ["maket"], indirect=True)
def test_marketer_from_account_to_transferred_data(screen):
    screen.open_app("crm_ads_data.menu_root")
    _make_and_switch_on(
        screen,
        ("crm_ads_data.menu_accounts", "Tài khoản quảng cáo", ADS),
        {"name": "Lá Xanh Beauty", "external_ref": "100088"},
    )
    _make_and_switch_on(
        screen,
        ("crm_ads_data.menu_campaigns", "Chiến dịch quảng cáo", ADS),
        {"title": "Mes serum B5 tháng 10"},
        {"account_id": "Lá Xanh"},
    )
    _make_and_switch_on(
        screen,
        ("crm_ads_data.menu_ads", "Quảng cáo", ADS),
        {"name": "Video feedback serum"},
        {"campaign_id": "Mes serum B5", "product_id": "Serum phục hồi"},
    )
    screen.picture("1-quang-cao")

    screen.open_list("crm_ads_data.menu_imports", "Nhập file", DATA)
    screen.new()
    screen.upload("file", EXPORT / "meta_leads.xlsx")
    screen.pick("ad_id", "Video feedback")
    screen.press("action_preview")
    screen.see(".o_field_widget[name=shown_line_ids] .o_data_row")
    screen.picture("2-nhap-file")
    screen.press("action_start")
    screen.see("button[name=action_download_errors]")
    screen.press("action_transfer")
    screen.see(".o_notification", "Nguyễn Thị Lan")
    screen.open_list("crm_ads_data.menu_data", "Danh sách data", DATA)
    screen.see(".o_data_row", "Nguyễn Thị Lan")
    screen.picture("3-danh-sach-data")


@pytest.mark.parametrize("screen", ["kinhdoanh"], indirect=True)
def test_salesperson_from_lead_board_to_order(screen):
    screen.open_app("crm_funnel_loyalty.menu_root")
    card = screen.see(".o_kanban_group:has-text('Quan tâm') .o_kanban_record")
    name = card.locator("[name=name], .fs-5, .fw-bold").first.inner_text().strip()
    screen.drag(name, "Tư vấn")
    screen.picture("4-bang-tiem-nang")
    screen.click(".o_kanban_record span", name)
    screen.see(".o_arrow_button_current", "Tư vấn")
    screen.press("action_convert_to_opportunity")
    screen.see("button[name=action_sale_quotations_new]:visible")
    screen.picture("5-co-hoi")
    screen.press("action_sale_quotations_new")
    screen.click(".o_field_x2many_list_row_add a, .o_field_x2many_list_row_add button")
    line = screen.see(".o_selected_row .o_field_widget[name=product_template_id] input")
    line.fill("Serum")
    screen.click(
        ".o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option)",
        "Serum phục hồi B5",
    )
    screen.see(".o_field_x2many .o_data_row", "459.000")
    customer = screen.page.locator(".o_field_widget[name=partner_id] input").first
    STORY["customer"] = customer.input_value().splitlines()[0].strip()
    screen.press("action_confirm")
    screen.see(".o_arrow_button_current[data-value=sale]")
    screen.picture("6-don-hang")


@pytest.mark.parametrize("screen", ["quanly"], indirect=True)
def test_manager_sees_the_tier_and_its_proof(screen):
    screen.open_app("crm_funnel_loyalty.menu_root")
    screen.open_menu(
        "crm_funnel_loyalty.menu_customers_by_tier", "crm_funnel_loyalty.menu_customers"
    )
    column = ".o_kanban_group:has(.o_column_title:has-text('Hợp đồng'))"
    screen.see(f"{column} .o_kanban_record", STORY["customer"])
    screen.picture("7-khach-hang-theo-tang")
    screen.click(f"{column} .o_kanban_record span", STORY["customer"])
    screen.press_smart("action_view_funnel_moves")
    screen.see(".o_data_row", "Hợp đồng")
    screen.see(".o_data_row", "S0")
    screen.picture("8-chuyen-tang")
