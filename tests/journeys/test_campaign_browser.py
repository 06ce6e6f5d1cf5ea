"""A partner campaign in a real Chromium, in Vietnamese, as two people do it.

Manager: campaign, "Chọn khách hàng", "Phân công", start. Salesperson: sets up the own
mailbox, finds "Giao dịch của tôi", sends e-mail, SMS and Zalo by a real SMTP server
and fake gateways, records results by keyboard. Manager: reads how it is going.
"""

import time

import pytest
from browser import chromium, screen_of
from fake_gateways import PASSWORD, FakeGateway, MailServer

PEOPLE = {
    "chiendich": ("Bùi Thảo My", "sales_team.group_sale_manager"),
    "goidien": ("Nguyễn Thị Lan", "sales_team.group_sale_salesman"),
}
PARTNERS = ("Đại lý Hoa Sen", "Đại lý Minh Châu", "Đại lý Phú Quý")
TITLE = "Tri ân đại lý 2027"
PATIENCE = 60


@pytest.fixture(scope="module")
def gateway():
    """All gateways, on one port."""
    with FakeGateway() as running:
        yield running


@pytest.fixture(scope="module")
def mail_server():
    """A real SMTP server."""
    with MailServer() as running:
        yield running


@pytest.fixture(scope="module")
def cast(server, people, gateway):
    """The people, their partners, the company's SMS and Zalo accounts; any hour of the
    day is allowed, because the test runs at any hour."""
    admin = people["admin"]
    admin.call(
        "ir.config_parameter",
        "set_param",
        "crm_campaign_partner.allow_private_hosts",
        "1",
    )
    company = admin.ref("base.main_company")
    hours = {"from": 0.0, "to": 24.0}
    admin.call(
        "res.company",
        "write",
        [company],
        {
            f"contact_{channel}_{end}": hour
            for channel in ("sms", "zalo", "email", "call", "care")
            for end, hour in hours.items()
        },
    )
    for login, (name, group) in PEOPLE.items():
        admin.create(
            "res.users",
            name=name,
            login=login,
            email=f"{login}@laxanh.example",
            password=login,
            lang="vi_VN",
            tz="Asia/Ho_Chi_Minh",
            group_ids=[[4, admin.ref(group)]],
        )
    for number, name in enumerate(PARTNERS):
        admin.create(
            "res.partner",
            name=name,
            is_company=True,
            phone=f"090123460{number}",
            email=f"dai.ly.{number}@example.com",
            country_id=admin.ref("base.vn"),
            category_id=[[4, _get_tag(admin)]],
        )
    _add_accounts(admin, gateway)
    return server


def _get_tag(admin):
    tags = "res.partner.category"
    known = admin.search(tags, [["name", "=", "Đại lý vàng"]])
    return known[0] if known else admin.create(tags, name="Đại lý vàng")


def _add_accounts(admin, gateway):
    hosts = gateway.hosts("api", "zns", "auth")
    admin.create(
        "crm.contact.account",
        provider="esms",
        user_id=False,
        brand_name="LAXANH",
        api_key=gateway.esms.login["ApiKey"],
        api_secret=gateway.esms.login["SecretKey"],
        host_overrides=hosts,
    )
    account = admin.create(
        "crm.contact.account",
        provider="zalo",
        user_id=False,
        app_key=gateway.zalo.app_id,
        app_secret=gateway.zalo.app_secret,
        access_token=gateway.zalo.access_token,
        refresh_token=gateway.zalo.refresh_token,
        host_overrides=hosts,
    )
    admin.create(
        "crm.contact.zalo.template",
        name="Thư mời đại lý",
        template_ref="7895417",
        account_id=account,
        kind="marketing",
        param_ids=[[0, 0, {"name": "ten", "field_path": "partner_id.name"}]],
    )


@pytest.fixture(scope="module")
def browser():
    """One Chromium for the whole journey."""
    with chromium() as running:
        yield running


@pytest.fixture
def screen(request, browser, cast):
    """The screen of the person whose login the test names."""
    with screen_of(browser, cast.url, request.param) as opened:
        yield opened


def _wait_for(found, number):
    """Wait until that many things are there; they are."""
    end = time.monotonic() + PATIENCE
    while len(found()) < number and time.monotonic() < end:
        time.sleep(0.2)
    assert len(found()) == number


@pytest.mark.parametrize("screen", ["chiendich"], indirect=True)
def test_manager_plans_picks_and_assigns(screen):
    screen.open_app("crm_campaign_partner.menu_root")
    screen.new()
    screen.fill("title", TITLE)
    screen.save()
    screen.press("action_pick_partners")
    screen.pick("category_ids", "Đại lý vàng")
    screen.see(".modal [name=partner_count]", "3")
    screen.see(".modal [name=preview_ids] .o_data_row", PARTNERS[0])
    screen.picture("18-chon-khach-hang")
    screen.press("action_add")
    screen.gone(".modal")
    screen.press("action_assign")
    add = ".modal .o_field_x2many_list_row_add"
    screen.click(f"{add} a, {add} button")
    person = screen.see(".modal .o_selected_row .o_field_widget[name=user_id] input")
    person.fill("Nguyễn Thị Lan")
    screen.click(".o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option)", "Lan")
    screen.see(".modal .o_data_row [name=share_count]", "3")
    screen.picture("19-phan-cong")
    screen.click(".modal button[name=action_assign]")
    screen.gone(".modal")
    screen.press("action_start")
    screen.see(".o_arrow_button_current[data-value=running]")


@pytest.mark.parametrize("screen", ["goidien"], indirect=True)
def test_salesperson_sets_up_a_mailbox(screen, mail_server):
    screen.open_app("crm_campaign_partner.menu_root")
    screen.open_menu(
        "crm_campaign_partner.menu_configuration_my_accounts",
        "crm_campaign_partner.menu_configuration",
    )
    screen.new()
    preset = screen.see(".o_field_widget[name=smtp_preset] input")
    preset.click()
    screen.click(".o_select_menu_item", "Khác")
    screen.fill("smtp_host", "127.0.0.1")
    screen.fill("smtp_port", str(mail_server.port))
    screen.see(".o_field_widget[name=smtp_encryption] input").click()
    screen.click(".o_select_menu_item", "Không")
    screen.fill("password", "sai mat khau")
    screen.save()
    screen.see(".alert-danger", "không chấp nhận")
    screen.fill("password", PASSWORD)
    screen.save()
    screen.see(".o_arrow_button_current[data-value=ready]")
    screen.picture("20-tai-khoan-email")


def _write(screen, channel):
    """Select everybody in the list and open the composer of a channel."""
    screen.click(".o_list_view thead .o_list_record_selector input")
    screen.click(f".o_control_panel button[name=action_send_{channel}]")


@pytest.mark.parametrize("screen", ["goidien"], indirect=True)
def test_salesperson_writes_and_records(screen, gateway, mail_server):
    screen.open_app("crm_campaign_partner.menu_root")
    screen.open_menu("crm_campaign_partner.menu_my_calls")
    for name in PARTNERS:
        screen.see(".o_data_row", name)
    _write(screen, "email")
    screen.fill("subject", "Thư mời hội nghị")
    body = screen.see(".modal .o_field_widget[name=body] [contenteditable=true]")
    body.click()
    screen.page.keyboard.press("Control+Home")
    screen.page.keyboard.type("Kính mời quý đại lý dự hội nghị.")
    screen.page.keyboard.press("Enter")
    screen.click(".modal .o_field_widget[name=subject] input")
    screen.see(".modal .o_crm_verdict_rows, .modal", "gửi đi ngay")
    screen.picture("21-gui-email")
    screen.click(".modal button[name=action_send]")
    screen.gone(".modal")
    _wait_for(lambda: mail_server.mails, 3)
    assert {to for to, __ in mail_server.mails} == {
        f"dai.ly.{number}@example.com" for number in range(3)
    }
    assert b"goidien@laxanh.example" in mail_server.mails[0][1]

    _write(screen, "sms")
    screen.see(".modal [name=sms_body] textarea").fill("Mời quý đại lý")
    screen.see(".modal .o_crm_bubble", "[QC] Mời quý đại lý")
    screen.picture("22-gui-sms")
    screen.click(".modal button[name=action_send]")
    screen.gone(".modal")
    _wait_for(lambda: gateway.esms.sent, 3)

    _write(screen, "zalo")
    screen.pick("zalo_template_id", "Thư mời đại lý")
    screen.click(".modal button[name=action_send]")
    screen.gone(".modal")
    _wait_for(lambda: gateway.zalo.sent, 3)
    assert gateway.zalo.sent[0]["template_data"]["ten"] in PARTNERS

    line = screen.see(".o_data_row", PARTNERS[0])
    line.locator("button[name=action_record_result]").click()
    for key in ("1", "2", "3"):
        screen.see(".modal .o_crm_result_key:focus")
        screen.page.keyboard.press(key)
        screen.see(".modal .o_crm_result_key.active")
        if key == "1":
            screen.picture("23-ghi-ket-qua")
        screen.page.keyboard.press("Enter")
        screen.page.wait_for_timeout(800)
    screen.gone(".modal")


@pytest.mark.parametrize("screen", ["chiendich"], indirect=True)
def test_manager_reads_how_it_is_going(screen):
    screen.open_app("crm_campaign_partner.menu_root")
    screen.click(".o_kanban_record, .o_data_row .o_data_cell", TITLE)
    step = screen.see(".o_crm_campaign_home .o_home_step:has(.o_step_contacted)")
    assert "3" in step.inner_text()
    screen.see(".o_crm_campaign_home .o_home_person", "Nguyễn Thị Lan")
    screen.see("button[name=action_view_touches]", "9")
    screen.picture("24-tinh-hinh-chien-dich")
    screen.click(".o_crm_campaign_home .o_home_step:has(.o_step_positive)")
    screen.see(".o_list_view .o_data_row", PARTNERS[0])
