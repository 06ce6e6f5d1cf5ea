from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import AdsDataCommon

PHONE = "+84905111222"


@tagged("post_install", "-at_install")
class TestCrmAdsKnown(AdsDataCommon):
    """People who are known already: data, lead, customer; the company's policy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.account.company_id
        cls.env["crm.ads.distribution.rule"].search([]).write(
            {"previous_owner_first": False}
        )

    def _create_customer(self, **values):
        return self.env["res.partner"].create(
            {"name": "Hoa", "phone": PHONE, "user_id": self.hung.id, **values}
        )

    def _create_order(self, partner, **values):
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": self.hung.id,
                "order_line": [
                    (0, 0, {"product_id": self.product.id, "product_uom_qty": 3})
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    def _create_lead(self, **values):
        return self.env["crm.lead"].create(
            {
                "name": "Hoa",
                "type": "lead",
                "phone": PHONE,
                "user_id": self.minh.id,
                **values,
            }
        )

    def _create(self, **values):
        return self._create_data(phone="0905 111 222", **values)

    def test_somebody_new(self):
        data = self._create()
        self.assertEqual(data.state, "new")
        self.assertFalse(data.known_text)
        self.assertFalse(data.bought_before)

    def test_bought_before_stays_worth_selling_to(self):
        order = self._create_order(self._create_customer())
        data = self._create()
        self.assertEqual(data.state, "new")
        self.assertTrue(data.bought_before)
        self.assertEqual(data.last_order_id, order)
        self.assertIn(order.name, data.known_text)
        self.assertIn(self.hung.name, data.known_text)

    def test_open_lead_makes_a_duplicate(self):
        lead = self._create_lead()
        data = self._create()
        self.assertEqual(data.state, "duplicate")
        self.assertEqual(data.known_lead_id, lead)
        self.assertIn("open lead", data.known_text)

    def test_lost_and_archived_leads_are_found(self):
        lead = self._create_lead()
        lead.action_set_lost()
        data = self._create()
        self.assertEqual((data.state, data.known_lead_id), ("new", lead))
        self.assertIn("closed", data.known_text)

    def test_lead_of_another_company_is_nobodys_business(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self._create_lead(company_id=company.id, user_id=False, team_id=False)
        self.assertFalse(self._create().known_text)

    def test_found_by_email_without_phone(self):
        self._create_lead(phone=False, email_from="Hoa <hoa@khach.example>")
        data = self._create_data(phone=False, email="HOA@khach.example")
        self.assertEqual(data.state, "duplicate")

    def test_the_form_warns_while_typing(self):
        order = self._create_order(self._create_customer())
        form = Form(self.env["crm.ads.data"].with_user(self.mai))
        form.ad_id = self.ad
        form.phone = "090 511 1222"
        self.assertIn(order.name, form.known_text)
        form.phone = "090 511 1223"
        self.assertFalse(form.known_text)
        form.phone = "no number"
        self.assertFalse(form.known_text)

    def test_marketer_learns_no_more_than_the_text(self):
        self._create_order(self._create_customer())
        self._create_lead()
        data = self._create().with_user(self.mai)
        self.assertIn(self.minh.name, data.known_text)
        for name in ("partner_id", "known_lead_id", "last_order_id"):
            with self.assertRaises(AccessError):
                data.read([name])
            with self.assertRaises(AccessError):
                data.search([(name, "ilike", "Hoa")])
            data.with_user(self.thu).read([name])

    def test_a_corrected_number_is_somebody_else(self):
        self._create_order(self._create_customer())
        self._create_lead()
        data = self._create()
        self.assertTrue(data.partner_id and data.known_lead_id and data.last_order_id)
        data.with_user(self.mai).phone = "0905111223"
        self.assertEqual(data.state, "new")
        self.assertFalse(data.partner_id or data.known_lead_id or data.last_order_id)
        self.assertFalse(data.bought_before)

    def test_numbers_that_core_did_not_normalise(self):
        """Without a country core keeps a phone as typed; old prefixes it refuses."""
        self.company.country_id = False
        data = self.env["crm.ads.data"]
        for phone, text in (
            ("+84901234567", "0901 234.567"),
            ("+84336348056", "(0163) 634-8056"),
            ("+842437712026", "84 24 3771 2026"),
        ):
            partner = self.env["res.partner"].create({"name": "P", "phone": text})
            self.assertNotEqual(partner.phone_sanitized, phone)
            known = data._find_known(self.company, [phone])
            self.assertEqual(known[phone]["partner_id"], partner.id)

    def test_order_of_a_leads_customer_and_of_the_lead(self):
        """The phone may stand on the lead only."""
        partner = self.env["res.partner"].create({"name": "No phone"})
        lead = self._create_lead()
        order = self._create_order(partner, opportunity_id=lead.id)

        def last_order():
            known = self.env["crm.ads.data"]._find_known(self.company, [PHONE])
            return known[PHONE]["order_id"]

        self.assertEqual(last_order(), order.id)
        order.opportunity_id = False
        self.assertFalse(last_order())
        lead.partner_id = partner
        lead.phone = PHONE
        self.assertEqual(last_order(), order.id)

    def test_client_cannot_set_what_is_known(self):
        for name in ("partner_id", "known_lead_id", "last_order_id"):
            with self.assertRaises(AccessError):
                self._create().with_user(self.mai).write({name: 1})

    def test_policy_reject(self):
        self.company.ads_duplicate_policy = "reject"
        self._create_lead()
        with self.assertRaisesRegex(UserError, "already there"):
            self._create()
        rows = [
            {"ad_id": self.ad.id, "phone": phone}
            for phone in ("0905111222", "0905111333", "0905 111 333")
        ]
        data_model = self.env["crm.ads.data"]
        outcomes = data_model._ingest(rows, "file")
        self.assertEqual(
            [(status, bool(data), reason) for status, data, reason in outcomes],
            [
                ("duplicate", False, "duplicate"),
                ("new", True, None),
                ("duplicate", False, "duplicate"),
            ],
        )
        [(status, data, _reason)] = data_model._ingest(rows[:1], "webhook")
        self.assertEqual((status, data.state), ("duplicate", "duplicate"))

    def test_policy_reopen_of_a_lost_lead(self):
        self.company.ads_duplicate_policy = "reopen"
        first = self._create()
        first.action_transfer()
        owner = first.user_id
        first.lead_id.action_set_lost()
        again = self._create(name="Hoa again")
        self.assertEqual(again.state, "transferred")
        self.assertEqual((again.user_id, again.lead_id), (owner, first.lead_id))
        self.assertEqual(again.duplicate_of_id, first)
        self.assertTrue(first.lead_id.active)
        self.assertEqual(first.lead_id.won_status, "pending")
        self.assertEqual(len(first.lead_id.activity_ids), 1)
        self.assertIn("Came back", first.lead_id.message_ids[0].body)
        log = self.env["crm.ads.distribution.log"].search([("data_id", "=", again.id)])
        self.assertEqual(log.reason, "reopen")

    def test_policy_reopen_leaves_what_has_no_salesperson(self):
        self.company.ads_duplicate_policy = "reopen"
        self._create()
        again = self._create(name="Again")
        self.assertEqual(again.state, "duplicate")

    def test_known_costs_the_same_for_many(self):
        def cost(start, count):
            rows = [
                {"ad_id": self.ad.id, "phone": f"0936{start + index:06d}"}
                for index in range(count)
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(999):
                before = self.env.cr.sql_log_count
                self.env["crm.ads.data"]._ingest(rows, "file")
                self.env.flush_all()
                return self.env.cr.sql_log_count - before

        cost(0, 2)
        self.assertLessEqual(cost(100, 60), cost(300, 10))
