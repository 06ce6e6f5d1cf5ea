import time
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..services.connect import errors
from .common_facebook import ACCOUNT, AD, CAMPAIGN, FORM, PAGE, FacebookCommon

NOW = int(time.time())


@tagged("post_install", "-at_install")
class TestConnectorFacebook(FacebookCommon):
    """Leads of instant forms, by webhook and by looking through the forms."""

    def _lead(self, number=1, **values):
        usual = {
            "name": f"Khách {number}",
            "phone": f"090{2000000 + number}",
            "created": NOW - 600 + number,
            "ad": AD,
        }
        return self.shop.add(**usual | values)

    def test_lead_becomes_data_in_its_ad_with_the_tree_made(self):
        lead = self._lead(answers={"bạn_ở_đâu?": "hà_nội", "sở thích": "trà"})
        data = self._bring(lead)
        self.assertEqual(data.name, "Khách 1")
        self.assertEqual(data.phone_key, "+84902000001")
        self.assertEqual((data.source, data.state), ("webhook", "new"))
        self.assertEqual(data.external_ref, lead["id"])
        self.assertEqual(data.note, "bạn ở đâu?: hà nội\nsở thích: trà")
        self.assertEqual(data.form_id.external_ref, FORM)
        ad = data.ad_id
        self.assertEqual(ad.external_ref, AD)
        self.assertEqual(ad.name, "Ảnh feedback – giảm 30%")
        self.assertTrue(ad.adset_ref and ad.adset_name and ad.is_open)
        self.assertEqual(ad.campaign_id.external_ref, CAMPAIGN)
        self.assertEqual(ad.account_id.external_ref, ACCOUNT)
        self.assertEqual(ad.account_id.tz, "Asia/Ho_Chi_Minh")
        self.assertFalse(ad.is_unplaced)
        self.assertEqual(
            data.date,
            fields.Datetime.to_datetime("1970-01-01") + timedelta(seconds=NOW - 599),
        )

    def test_tree_made_by_hand_is_used_and_keeps_its_names(self):
        self.account.external_ref = f"act_{ACCOUNT}"
        self.ad.external_ref = AD
        data = self._bring(self._lead())
        self.assertEqual(data.ad_id, self.ad)
        self.assertEqual(self.ad.name, "Test Ad")
        self.assertEqual(data.product_id, self.product)
        self.assertEqual(self.server.calls("facebook", path=AD), [])

    def test_batch_and_overlap_make_each_lead_once(self):
        leads = [self._lead(number) for number in range(5)]
        self.assertEqual(len(self._bring(*leads)), 5)
        events = self._take(self.shop.webhook([leads[1], self._lead(9)]))
        self.assertEqual(len(events), 1, "the one that came before adds nothing")
        self.assertEqual(len(self._process(events)), 1)

    def test_webhook_backfill_and_file_make_one_data(self):
        first, second, third = (self._lead(number) for number in range(3))
        by_hook = self._bring(first)
        by_file = self.env["crm.ads.data"]._ingest(
            [
                {
                    "ad_id": self.ad.id,
                    "phone": "0902000001",
                    "external_ref": second["id"],
                }
            ],
            "file",
        )[0][1]
        self._poll()
        refs = [lead["id"] for lead in (first, second, third)]
        found = self.env["crm.ads.data"].search([("external_ref", "in", refs)])
        self.assertEqual(len(found), 3)
        self.assertEqual(
            {data.external_ref: data.source for data in found},
            dict(zip(refs, ("webhook", "file", "api"), strict=True)),
        )
        self.assertLess(by_hook | by_file, found)
        self.assertEqual(found.form_id.external_ref, FORM)
        calls = len(self.server.calls("facebook"))
        self.assertEqual(
            self._bring(third),
            found.filtered(lambda data: data.external_ref == third["id"]),
        )
        self.assertEqual(len(self.server.calls("facebook")), calls, "no fetch again")

    def test_organic_lead_goes_to_the_organic_ad(self):
        self.connector.account_id = self.account
        data = self._bring(self._lead(ad=None))
        self.assertEqual(data.account_id, self.account)
        self.assertTrue(data.ad_id.is_organic)
        data.form_id.ad_id = self.ad
        self.assertEqual(self._bring(self._lead(2, ad=None)).ad_id, self.ad)

    def test_webhook_says_the_ad_that_the_lead_does_not(self):
        self.ad.external_ref = "777"
        lead = self._lead(ad="777")
        webhook = self.shop.webhook(lead)
        del self.shop.orders[lead["id"]]["ad_id"]
        [data] = self._process(self._take(webhook))
        self.assertEqual(data.ad_id, self.ad)

    def test_ad_that_nobody_knows_is_placed_later(self):
        self.connector.account_id = self.account
        lead = self._lead(ad=AD)
        ad = self.shop.ads.ads.pop(AD)
        for name in ("ad_name", "campaign_id", "campaign_name", "adset_id"):
            self.shop.orders[lead["id"]].pop(name)
        data = self._bring(lead)
        self.assertEqual(data.account_id, self.account)
        self.assertTrue(data.ad_id.is_unplaced)
        self.assertEqual(data.ad_id.name, AD)
        self.shop.ads.ads[AD] = ad
        self._poll()
        self.assertEqual(data.ad_id.name, "Ảnh feedback – giảm 30%")
        self.assertEqual(data.account_id.external_ref, ACCOUNT)
        self.assertEqual(data.campaign_id.external_ref, CAMPAIGN)
        self.assertEqual(
            self.env["crm.ads.ad"].search_count([("external_ref", "=", AD)]), 1
        )

    def test_test_lead_is_listed_and_not_stored(self):
        dummy = "<test lead: dummy data for {}>"
        lead = self.shop.add(
            name=dummy.format("full_name"),
            phone=dummy.format("phone_number"),
            created=NOW,
            ad=None,
        )
        [event] = self._take(self.shop.webhook(lead))
        self.assertEqual(self._process(event), [None])
        self.assertIn("test lead", event.error)
        self.assertFalse(
            self.env["crm.ads.data"].search([("external_ref", "=", lead["id"])])
        )

    def test_lead_without_phone_is_kept_to_be_mended(self):
        data = self._bring(self._lead(phone="chưa có"))
        self.assertEqual((data.state, data.phone), ("invalid", "chưa có"))
        data = self._bring(self._lead(2, phone="", email="lan@khach.example"))
        self.assertEqual((data.state, data.email), ("new", "lan@khach.example"))

    def test_unknown_page_is_passed_over(self):
        self.shop.add_page("55", "Other")
        [event] = self._take(self.shop.webhook(self._lead(page="55")))
        self.assertEqual(self._process(event), [None])
        self.assertIn("55", event.error)

    def test_page_of_another_connector_of_the_app(self):
        other = self.connector.copy({"name": "Second"})
        other.write(self.server.settings("facebook"))
        self.page.connector_id = other
        self.assertEqual(self._bring(self._lead()).form_id.connector_id, other)
        other.app_secret = "another-secret-0000"
        self.assertFalse(self._bring(self._lead(2)))

    def test_lead_that_is_not_there_yet_is_tried_again(self):
        lead = self._lead()
        self.shop.hidden.add(lead["id"])
        [event] = self._take(self.shop.webhook(lead))
        with self.assertRaises(errors.Transient):
            self._process(event)
        self.shop.hidden.clear()
        [data] = self._process(event)
        self.assertEqual(data.external_ref, lead["id"])

    def test_errors_are_what_the_frame_expects(self):
        [event] = self._take(self.shop.webhook(self._lead()))
        cases = (("expired", errors.TokenExpired), ("throttle", errors.Throttled))
        for kind, expected in (*cases, ("500", errors.Transient)):
            self.server.fail("facebook", kind)
            with self.assertRaises(expected) as caught:
                self._process(event)
            self.assertNotIn("EAAFAKE", str(caught.exception))
        self.assertTrue(self._process(event)[0])

    def test_throttled_says_how_long(self):
        [event] = self._take(self.shop.webhook(self._lead()))
        self.server.fail("facebook", "throttle")
        with self.assertRaises(errors.Throttled) as caught:
            self._process(event)
        self.assertEqual(caught.exception.retry_after, 420)
        self.connector.busy_until = fields.Datetime.now() + timedelta(minutes=5)
        calls = len(self.server.calls("facebook"))
        with self.assertRaises(errors.Throttled) as caught:
            self._process(event)
        self.assertAlmostEqual(caught.exception.retry_after, 300, delta=5)
        self.assertEqual(len(self.server.calls("facebook")), calls)

    def test_ad_that_a_person_switched_off_keeps_its_leads_waiting(self):
        self.account.external_ref = ACCOUNT
        self.ad.write({"external_ref": AD, "is_running": False})
        lead = self._lead()
        [event] = self._take(self.shop.webhook(lead))
        with self.assertRaises(errors.Permanent):
            self._process(event)
        other = self._lead(2)
        self._poll()
        self.assertIn(other["id"], self.connector.event_ids.mapped("external_id"))
        self.ad.is_running = True
        events = self.connector.event_ids
        self.assertEqual(
            {data.external_ref for data in self._process(events)},
            {lead["id"], other["id"]},
        )

    def test_ad_that_facebook_paused_takes_late_leads(self):
        self._poll()
        ad = self.env["crm.ads.ad"].search([("external_ref", "=", AD)])
        self.assertEqual((ad.is_running, ad.channel_state), (False, "paused"))
        self.assertEqual(self._bring(self._lead()).ad_id, ad)

    def test_form_choices_decide(self):
        self.connector.account_id = self.account
        answers = {"tên_bé": "Bi", "liên_hệ": "0903 000 001", "mật_khẩu": "x"}
        self.shop.add_form("12", PAGE, "Mẹ và bé", tuple(answers))
        self._poll()
        form = self.page.form_ids.filtered(lambda form: form.external_ref == "12")
        self.assertEqual(form.name, "Mẹ và bé")
        chosen = dict(zip(form.question_ids, ("name", "phone", "ignore"), strict=True))
        for question, field_name in chosen.items():
            self.assertNotEqual(question.guess, "phone")
            question.field_name = field_name
        form.product_id = self.product
        lead = self.shop.add(ad=None, form="12", created=NOW, answers=answers)
        action = form.action_preview()
        preview = self.env["crm.connector.form.preview"].browse(action["res_id"])
        self.assertEqual((preview.name, preview.phone), ("Bi", "+84903000001"))
        data = self._bring(lead)
        self.assertEqual((data.name, data.phone), ("Bi", "+84903000001"))
        self.assertNotIn("mật khẩu", data.note)
        self.assertIn("phone number: ", data.note, "another number is not lost")
        self.assertEqual(data.product_id, self.product)

    def test_new_form_is_read_back_and_then_from_the_cursor(self):
        old = self._lead(1, created=NOW - 6 * 24 * 3600)
        older = self._lead(2, created=NOW - 8 * 24 * 3600)
        self._poll(since=NOW - 600)
        refs = self.env["crm.ads.data"].search([]).mapped("external_ref")
        self.assertIn(old["id"], refs)
        self.assertNotIn(older["id"], refs)
        late = self._lead(3, created=NOW - 5 * 24 * 3600)
        self._poll(since=NOW - 600)
        self.assertFalse(
            self.env["crm.ads.data"].search([("external_ref", "=", late["id"])])
        )

    def test_one_refused_form_does_not_hold_up_the_others(self):
        self.shop.add_form("12", PAGE, "Second")
        self._poll()
        lead = self._lead(form="12")
        self.server.fail("facebook", "redirect", path=f"/{FORM}/leads")
        self._poll()
        forms = {form.external_ref: form for form in self.page.form_ids}
        self.assertTrue(forms[FORM].last_error)
        self.assertFalse(forms["12"].last_error)
        self.assertTrue(
            self.env["crm.ads.data"].search([("external_ref", "=", lead["id"])])
        )
        self._poll()
        self.assertFalse(forms[FORM].last_error)

    def test_pages_are_subscribed(self):
        self.page.action_subscribe()
        self.assertTrue(self.page.is_subscribed)
        self.assertEqual(self.shop.subscribed, {PAGE})

    def test_many_leads_cost_no_more_queries_than_few(self):
        self._poll()

        def count(start, number):
            for index in range(start, start + number):
                self._lead(index, ad=AD if index % 2 else None)
            form = self.page.form_ids
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            calls = len(self.server.calls("facebook"))
            found = self.handler._read_leads(form, NOW - 600 + start - 1, None)
            self.env.flush_all()
            self.assertEqual(found, (number, None))
            self.assertEqual(len(self.server.calls("facebook")), calls + 1)
            return self.env.cr.sql_log_count - before

        count(1000, 5)  # whatever is made once
        few, many = count(2000, 10), count(3000, 100)
        self.assertLessEqual(many, few + 3)
