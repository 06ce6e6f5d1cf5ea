import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .common import SAMPLES, AdsDataCommon

PASTE = """Lan\t0905 000 001\thỏi giá
Hoa\t0905000002
Tú\t0905000003
Mai\t84905000004
Bình\t905000005
Vy\t+84905000006
Hà\t0905.000.007
Thảo\t0905111222
Sai\t0905 123"""


@tagged("post_install", "-at_install")
class TestCrmAdsDataEntry(AdsDataCommon):
    """The three cases of the seed on one screen, and pasting (002.14, 002.20)."""

    def _open(self, user=None, **values):
        form = Form(self.env["crm.ads.data.entry"].with_user(user or self.mai))
        for name, value in values.items():
            form[name] = value
        return form

    def _data(self, domain=()):
        domain = [("account_id.user_id", "=", self.mai.id), *domain]
        return self.env["crm.ads.data"].search(domain, order="id")

    def test_case_1_all_new(self):
        form = self._open(
            account_name="Facebook of Mai",
            account_ref="100044",
            campaign_name="October",
            ad_name="Video",
            product_id=self.product,
            text="Lan 0905000001",
        )
        form.save().action_save()
        [data] = self._data()
        self.assertEqual(data.phone, "+84905000001")
        self.assertEqual(data.product_id, self.product)
        self.assertRecordValues(
            data.account_id,
            [
                {
                    "name": "Facebook of Mai",
                    "external_ref": "100044",
                    "channel": "facebook",
                    "user_id": self.mai.id,
                    "is_running": True,
                }
            ],
        )
        self.assertTrue(data.campaign_id.is_running and data.ad_id.is_open)
        self.assertEqual(data.source, "manual")

    def test_case_2_campaign_exists(self):
        form = self._open(campaign_id=self.campaign, ad_name="Second ad")
        form.text = "0905000001"
        form.save().action_save()
        [data] = self._data()
        self.assertEqual(data.ad_id.name, "Second ad")
        self.assertEqual(data.campaign_id, self.campaign)

    def test_case_3_ad_exists(self):
        form = self._open(ad_id=self.ad)
        self.assertEqual(form.account_id, self.account)
        self.assertEqual(form.product_id, self.product)
        with form.line_ids.new() as line:
            line.name = "Lan"
            line.phone = "0905000001"
        form.save().action_save()
        self.assertEqual(self._data().ad_id, self.ad)

    def test_nine_lines_from_messenger(self):
        partner = self.env["res.partner"].create(
            {"name": "Thảo", "phone": "+84905111222"}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": self.hung.id,
                "order_line": [(0, 0, {"product_id": self.product.id})],
            }
        )
        order.action_confirm()
        self.env["crm.lead"].create(
            {"name": "Thảo", "phone": "+84905111222", "user_id": self.hung.id}
        )
        form = self._open(ad_id=self.ad, text=PASTE)
        self.assertFalse(form.text, "the box is free for the next paste")
        self.assertEqual(
            (form.valid_count, form.duplicate_count, form.invalid_count), (7, 1, 1)
        )
        entry = form.save()
        known, wrong = entry.line_ids[7], entry.line_ids[8]
        self.assertIn(order.name, known.info)
        self.assertIn(self.hung.name, known.info)
        self.assertIn("too short", wrong.info)
        action = entry.action_save()
        self.assertEqual(action["res_id"], entry.id)
        self.assertEqual(entry.line_ids, wrong, "what is wrong stays on the screen")
        self.assertEqual(len(self._data()), 8)
        self.assertEqual(self._data([("state", "=", "duplicate")]).name, "Thảo")
        with Form(entry) as again, again.line_ids.edit(0) as line:
            line.phone = "0905000009"
        action = entry.action_save()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(len(self._data()), 9)

    def test_samples(self):
        expected = json.loads((SAMPLES / "expected.json").read_text("utf-8"))["pastes"]
        for name, wanted in expected.items():
            text = (SAMPLES / name).read_text("utf-8")
            form = self._open(ad_id=self.ad, text=text)
            with self.subTest(name):
                self.assertEqual(len(form.save().line_ids), wanted["total"])
                self.assertEqual(form.valid_count, wanted["valid"])
                self.assertEqual(form.duplicate_count, wanted["duplicates"])
                self.assertEqual(form.invalid_count, wanted["invalid"])

    def test_save_and_transfer(self):
        form = self._open(ad_id=self.ad, text="0905000001\n0905000002")
        action = form.save().action_save_and_transfer()
        self.assertIn(self.lan.name, action["params"]["message"])
        self.assertEqual(set(self._data().mapped("state")), {"transferred"})

    def test_levels_must_be_chosen_or_named(self):
        form = self._open(text="0905000001")
        with self.assertRaisesRegex(UserError, "account.*|ad"):
            form.save().action_save()
        self.assertFalse(self._data())

    def test_nobody_to_take_in(self):
        form = self._open(ad_id=self.ad, text="khách hẹn mai cho số")
        with self.assertRaisesRegex(UserError, "nobody"):
            form.save().action_save()

    def test_what_is_off_is_named_and_switched_on(self):
        self.campaign.is_running = False
        form = self._open(ad_id=self.ad, text="0905000001")
        self.assertIn(self.campaign.title, form.closed_text)
        form.switch_on = False
        entry = form.save()
        with self.assertRaisesRegex(UserError, self.campaign.title):
            entry.action_save()
        entry.switch_on = True
        entry.action_save()
        self.assertTrue(self.campaign.is_running)
        self.assertEqual(len(self._data()), 1)

    def test_same_person_twice_in_a_paste(self):
        form = self._open(ad_id=self.ad, text="Lan 0905000001\nChị Lan 0905 000 001")
        entry = form.save()
        self.assertEqual(entry.line_ids.mapped("state"), ["valid", "duplicate"])
        self.assertIn("line 1", entry.line_ids[1].info)

    def test_policy_reject_leaves_the_line_with_its_reason(self):
        self.account.company_id.ads_duplicate_policy = "reject"
        self._create_data(phone="0905000001")
        entry = self._open(ad_id=self.ad, text="0905000001\n0905000002").save()
        entry.action_save()
        self.assertEqual(entry.line_ids.mapped("phone"), ["+84905000001"])
        self.assertEqual(len(self._data()), 2)

    def test_foreign_ad_is_out_of_reach(self):
        with self.assertRaises(AccessError):
            self._open(self.bao, ad_id=self.ad, text="0905000001").save().action_save()
        with self.assertRaises(AccessError):
            self._open(self.lan)

    def test_queries_do_not_grow_with_lines(self):
        def cost(start, count):
            lines = "\n".join(f"0936{start + n:06d}" for n in range(count))
            entry = self._open(ad_id=self.ad, text=lines).save()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            entry.action_save()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost(0, 2)
        # a query or two more where the registry's caches were full in between
        self.assertLessEqual(cost(100, 40), cost(200, 8) + 2)


@tagged("post_install", "-at_install")
class TestCrmAdsDataEntryTour(HttpCase):
    """TH1, TH2 and TH3 in the real browser (002.20)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mai = new_test_user(
            cls.env, "entry_tour", "crm_ads_data.group_marketer", lang="en_US"
        )

    def _tree(self):
        account = self.env["crm.ads.account"].create(
            {"name": "Tour Account", "user_id": self.mai.id, "is_running": True}
        )
        return self.env["crm.ads.campaign"].create(
            {"title": "Tour Campaign", "account_id": account.id, "is_running": True}
        )

    def _data(self):
        return self.env["crm.ads.data"].search(
            [("account_id.user_id", "=", self.mai.id)], order="id"
        )

    def test_th1_all_new(self):
        self.start_tour("/odoo/ads-data", "crm_ads_data_entry_th1", login="entry_tour")
        self.assertEqual(self._data().mapped("name"), ["Lan", "Hoa"])
        self.assertEqual(self._data().account_id.name, "My Facebook")

    def test_th2_campaign_exists(self):
        campaign = self._tree()
        self.start_tour("/odoo/ads-data", "crm_ads_data_entry_th2", login="entry_tour")
        self.assertEqual(self._data().campaign_id, campaign)
        self.assertEqual(self._data().ad_id.name, "New Video")

    def test_th3_ad_exists(self):
        ad = self.env["crm.ads.ad"].create(
            {"name": "Tour Ad", "campaign_id": self._tree().id, "is_running": True}
        )
        self.start_tour("/odoo/ads-data", "crm_ads_data_entry_th3", login="entry_tour")
        self.assertEqual(self._data().ad_id, ad)
        self.assertEqual(self._data().phone, "+84905000009")
