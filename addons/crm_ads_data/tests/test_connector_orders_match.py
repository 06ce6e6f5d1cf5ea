from dataclasses import replace
from decimal import Decimal

from odoo.tests import tagged

from ..services.connect.orders import OrderLine
from .common_connector_orders import ConnectorOrderCommon


@tagged("post_install", "-at_install")
class TestConnectorOrdersMatch(ConnectorOrderCommon):
    """Whose an order is, what it sells and what its state means."""

    # ------------------------------------------------------------
    # People
    # ------------------------------------------------------------

    def test_history_of_all_platforms_in_one_customer(self):
        one = self._store(self._tell("1", province="Bình Dương", address="1 Lê Lợi"))
        partner = one.partner_id
        self.assertEqual(partner.country_id.code, "VN")
        self.assertEqual(partner.state_id, self._province("hồ chí minh"))
        self.assertEqual(partner.street, "1 Lê Lợi")
        other = self._store(
            self._tell("9", customer="Chị Hoa"), shop=self._connect("pancake")
        )
        self.assertEqual(other.partner_id, partner)
        self.assertEqual(partner.name, "Nguyễn Thị Hoa")
        batch = self._store(
            *(self._tell(str(n), phone="+84907654321") for n in range(20, 25))
        )
        self.assertEqual(len(batch.partner_id), 1)

    def _province(self, name):
        states = self.env["res.country.state"]
        return states.search([("name", "ilike", name), ("country_id.code", "=", "VN")])

    def test_found_by_email(self):
        partner = self.env["res.partner"].create(
            {"name": "Hoa", "email": "Hoa@Khach.example"}
        )
        record = self._store(self._tell(phone=None, email="hoa@khach.example"))
        self.assertEqual(record.partner_id, partner)

    def test_masked_buyer_matches_nobody(self):
        shop = self._connect("shopee")
        known = self.env["res.partner"].create(
            {"name": "N****", "email": "n@khach.example", "phone": "+84901234578"}
        )
        masked = self._tell(
            "A",
            state="new",
            raw_state="UNPAID",
            customer=None,
            phone=None,
            phone_masked=True,
            email="n@khach.example",
            buyer_ref="360795632",
            buyer_name="ngoh****",
        )
        one, two, other = self._store(
            masked,
            replace(masked, external_id="B"),
            replace(masked, external_id="C", buyer_ref="7"),
            shop=shop,
        )
        self.assertNotEqual(one.partner_id, known)
        self.assertEqual(one.partner_id.name, "Shopee buyer ngoh****")
        self.assertFalse(one.partner_id.phone or one.partner_id.email)
        self.assertEqual(two.partner_id, one.partner_id)
        self.assertNotEqual(other.partner_id, one.partner_id)
        # the platform says later who it is, and hides it again
        stand_in = one.partner_id
        named = self._tell(
            "A",
            1,
            raw_state="READY_TO_SHIP",
            phone="+84901234578",
            buyer_ref="360795632",
        )
        self._store(named, shop=shop)
        self.assertEqual((one.partner_id, one.order_id.partner_id), (known, known))
        self.assertEqual(one.order_id.amount_total, 389000)
        self.assertEqual(one.order_id.currency_id, self.dong)
        self._store(replace(masked, updated=named.updated.replace(hour=9)), shop=shop)
        self.assertEqual((one.partner_id, one.phone), (known, "+84901234578"))
        self.assertFalse(one.phone_masked)
        self.assertEqual(two.partner_id, stand_in)

    def test_lead_and_salesperson_of_the_data(self):
        data = self._create_data(phone="0901234567", ad_id=self.shop_ad.id)
        self._hand_to(data, self.lan)
        record = self._store(self._tell())
        sale = record.order_id
        self.assertEqual(sale.opportunity_id, data.lead_id)
        self.assertEqual(sale.user_id, self.lan)
        self.assertEqual(data.sales_status, "won")
        self.assertEqual((data.order_count, data.order_amount), (1, 389000))

    def _hand_to(self, data, user):
        lead = self.env["crm.lead"].create(
            {
                "name": data.name,
                "phone": data.phone,
                "user_id": user.id,
                "company_id": self.company.id,
            }
        )
        data.sudo().write(
            {"lead_id": lead.id, "user_id": user.id, "state": "transferred"}
        )

    # ------------------------------------------------------------
    # Articles
    # ------------------------------------------------------------

    def test_articles_by_reference_and_barcode(self):
        lines = (
            OrderLine("LX-SR30", "Serum", Decimal(1), Decimal(1)),
            OrderLine("LX-KCN50", "Kem", Decimal(1), Decimal(2)),
        )
        sale = self._store(self._tell(lines=lines)).order_id
        self.assertEqual(sale.order_line.product_id, self.serum | self.cream)
        self.assertFalse(self.shop.unmapped_count)

    def test_missing_article_is_mapped_later(self):
        line = OrderLine("X-1", "Máy ép", Decimal(2), Decimal(2190000), Decimal(50000))
        unnamed = OrderLine(None, "Quà tặng", Decimal(1), Decimal(0))
        records = self._store(
            self._tell("1", lines=(line, unnamed)),
            self._tell("2", lines=(line,), state="new", raw_state="54"),
            self._tell("3", lines=(line,), state="cancelled", raw_state="63"),
            self._tell("4", lines=(line,)),
        )
        records[3].order_id.action_lock()
        placeholder = self.company.connector_placeholder_id
        goods = records.order_id.order_line.filtered("connector_product_id")
        self.assertEqual(goods.product_id, placeholder)
        # what is cancelled needs nobody's attention
        self.assertEqual(records.mapped("needs_attention"), [True, True, False, True])
        articles = self.env["crm.connector.product"].search(
            [("connector_id", "=", self.shop.id)]
        )
        self.assertEqual(set(articles.mapped("sku")), {"X-1", "Quà tặng"})
        juicer = self.env["product.product"].create(
            {"name": "Juicer", "list_price": 7, "taxes_id": False}
        )
        article = articles.filtered(lambda one: one.sku == "X-1")
        article.with_user(self.thu).product_id = juicer
        now = [r.order_id.order_line[0].product_id for r in records]
        self.assertEqual(now, [juicer, juicer, placeholder, placeholder])
        line_one = records[0].order_id.order_line[0]
        self.assertEqual((line_one.name, line_one.price_unit), ("Máy ép", 2190000))
        self.assertEqual(records[0].order_id.amount_total, 2 * 2190000 - 50000)
        self.assertIn("not mapped", records[0].reason)
        self.assertFalse(records[1].needs_attention)
        again = self._store(self._tell("5", lines=(line,)))
        self.assertEqual(again.order_id.order_line[0].product_id, juicer)

    def test_article_that_gets_its_code_later(self):
        line = OrderLine("X-1", "Máy ép", Decimal(1), Decimal(5))
        first = self._store(self._tell("1", lines=(line,)))
        juicer = self.env["product.product"].create(
            {"name": "Juicer", "default_code": "X-1"}
        )
        self._store(self._tell("2", lines=(line,)))
        self.assertEqual(first.order_id.order_line.product_id, juicer)
        self.assertFalse(first.needs_attention)

    # ------------------------------------------------------------
    # States
    # ------------------------------------------------------------

    def test_unknown_state_is_kept_and_follows_later(self):
        records = self._store(
            self._tell("1", state="unknown", raw_state="99"),
            self._tell("2", state="unknown", raw_state="98"),
        )
        self.assertEqual(records.mapped("state"), ["unknown"] * 2)
        self.assertEqual(records.order_id.mapped("state"), ["draft"] * 2)
        self.assertTrue(all(records.mapped("needs_attention")))
        self.assertIn("99", records[0].reason)
        self.env["crm.connector.state"].with_user(self.thu).create(
            {"provider": "nhanh", "raw_state": " 99 ", "state": "shipping"}
        )
        self.assertEqual(records.mapped("state"), ["shipping", "unknown"])
        self.assertEqual(records.order_id.mapped("state"), ["sale", "draft"])
        self.assertFalse(records[0].needs_attention)
        # the word is known from now on, whatever the service says
        more = self._store(self._tell("3", state="unknown", raw_state="99"))
        self.assertEqual((more.state, more.order_id.state), ("shipping", "sale"))

    def test_states_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        states = self.env["crm.connector.state"].with_context(lang="vi_VN")
        labels = dict(states.fields_get(["state"])["state"]["selection"])
        self.assertEqual(labels["confirmed"], "Đã xác nhận")

    def test_states_are_what_people_set(self):
        table = self.env["crm.connector.state"]
        row = table.search([("provider", "=", "nhanh"), ("raw_state", "=", "56")])
        self.assertEqual((row.state, row.order_action), ("confirmed", "confirm"))
        row.write({"order_action": "draft"})
        table._add_missing()
        self.assertEqual(row.order_action, "draft")
        record = self._store(self._tell())
        self.assertEqual((record.state, record.order_id.state), ("confirmed", "draft"))
        row.unlink()
        table._add_missing()
        row = table.search([("provider", "=", "nhanh"), ("raw_state", "=", "56")])
        self.assertEqual(row.order_action, "confirm")
