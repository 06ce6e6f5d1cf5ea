from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AdsDataCommon


@tagged("post_install", "-at_install")
class TestCrmAdsDataTransfer(AdsDataCommon):
    """The arrow: who gets what, the lead, the call, the log (002.22–002.29, N3)."""

    def _counts(self, data):
        return sorted(len(records) for records in data.grouped("user_id").values())

    def test_round_robin_goes_on_where_it_stopped(self):
        data = self._create_data(4)
        data.with_user(self.mai).action_transfer()
        self.assertEqual(
            data.sorted("id").user_id.mapped("login"),
            ["ads_lan", "ads_hung", "ads_minh"],
        )
        more = self._create_data(2, start=10)
        more.with_user(self.mai).action_transfer()
        self.assertEqual(more.sorted("id").mapped("user_id"), self.hung | self.minh)
        self.assertEqual(self._counts(data | more), [2, 2, 2])
        self.assertEqual(self.rule.last_user_id, self.minh)

    def test_lead_of_a_transferred_data(self):
        self.ad.medium_id = self.env.ref("utm.utm_medium_facebook")
        data = self._create_data(
            note="Call in the evening", phone="0901234567/0912345678"
        )
        data.with_user(self.mai).action_transfer()
        lead = data.lead_id
        self.assertEqual(data.state, "transferred")
        self.assertEqual(data.sales_status, "waiting")
        self.assertTrue(data.transfer_date)
        self.assertRecordValues(
            lead,
            [
                {
                    "user_id": self.lan.id,
                    "team_id": self.team.id,
                    "contact_name": "Customer 0",
                    "phone": "+84901234567",
                    "campaign_id": self.campaign.utm_campaign_id.id,
                    "medium_id": self.env.ref("utm.utm_medium_facebook").id,
                    "source_id": self.env.ref("utm.utm_source_facebook").id,
                    "partner_id": False,
                }
            ],
        )
        self.assertIn("Tea", lead.name)
        self.assertIn("Call in the evening", lead.description)
        self.assertIn("+84912345678", lead.description)
        self.assertTrue(lead.stage_id)

    def test_salesperson_gets_a_call_to_make_and_one_notification(self):
        data = self._create_data(6)
        data.with_user(self.mai).action_transfer()
        mine = data.lead_id.filtered(lambda lead: lead.user_id == self.lan)
        self.assertEqual(len(mine), 2)
        self.assertEqual(mine.activity_ids.user_id, self.lan)
        self.assertEqual(len(mine.activity_ids), 2)
        self.assertEqual(
            mine.activity_ids.activity_type_id,
            self.env.ref("crm_ads_data.mail_activity_type_first_call"),
        )
        self.assertEqual(
            set(mine.activity_ids.mapped("date_deadline")),
            {self.env.company._get_ads_today()},
        )
        self.assertIn(self.lan.partner_id, mine[0].message_partner_ids)
        notes = self.env["mail.notification"].search(
            [("res_partner_id", "=", self.lan.partner_id.id)], limit=10
        )
        self.assertEqual(len(notes), 1)
        self.assertIn("2", notes.mail_message_id.subject)

    def test_decision_is_logged_with_who_was_passed_over(self):
        self.lan.receive_ads_data = False
        self.hung.active = False
        data = self._create_data(2)
        data.with_user(self.mai).action_transfer()
        logs = self.env["crm.ads.distribution.log"].search(
            [("data_id", "in", data.ids)]
        )
        self.assertEqual(len(logs), 2)
        self.assertEqual(logs.user_id, self.minh)
        self.assertEqual(logs.rule_id, self.rule)
        self.assertEqual(logs.distributor_id, self.mai)
        self.assertIn("receiving switched off", logs[0].skipped_text)
        self.assertIn("account archived", logs[0].skipped_text)
        with self.assertRaises(UserError):
            logs[0].with_user(self.quan).write({"user_id": self.lan.id})
        with self.assertRaises(UserError):
            logs[0].with_user(self.quan).unlink()

    def test_weights(self):
        self.rule.method = "weighted"
        self.rule.member_ids[0].weight = 2
        data = self._create_data(8)
        data.with_user(self.thu).action_transfer()
        self.assertEqual(self._counts(data), [2, 2, 4])

    def test_daily_cap_passes_on_and_leaves_the_rest(self):
        self.rule.member_ids.daily_cap = 1
        data = self._create_data(5)
        action = data.with_user(self.thu).action_transfer()
        self.assertEqual(len(data.filtered("lead_id")), 3)
        self.assertEqual(
            set(data.filtered(lambda d: not d.lead_id).mapped("state")), {"new"}
        )
        self.assertEqual(action["params"]["type"], "warning")
        with self.assertRaisesRegex(UserError, "Nobody can receive"):
            data.filtered(lambda d: not d.lead_id).action_transfer()

    def test_first_rule_that_fits_takes_it(self):
        self._create_rule(
            self.minh, sequence=1, domain=f"[('ad_id', '=', {self.ad.id})]"
        )
        data = self._create_data(2)
        data.action_transfer()
        self.assertEqual(data.user_id, self.minh)

    def test_no_rule_leads_to_the_rules(self):
        self.rule.active = False
        with self.assertRaises(RedirectWarning):
            self._create_data().with_user(self.mai).action_transfer()

    def test_nothing_to_transfer(self):
        data = self._create_data()
        data.action_transfer()
        with self.assertRaises(UserError):
            data.action_transfer()
        duplicate = self._create_data()
        with self.assertRaises(UserError):
            duplicate.action_transfer()

    def test_bad_condition_is_refused(self):
        for domain in ("[('nope', '=', 1)]", "[(", "__import__('os')"):
            with self.assertRaises(UserError):
                self._create_rule(self.lan, domain=domain)

    def test_member_must_work_in_the_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(UserError):
            self.env["crm.ads.distribution.rule"].create(
                {
                    "name": "Elsewhere",
                    "company_id": company.id,
                    "member_ids": [Command.create({"user_id": self.lan.id})],
                }
            )

    def test_status_follows_the_sale(self):
        data = self._create_data()
        data.action_transfer()
        lead = data.lead_id.with_user(self.lan)
        lead.message_post(body="Spoke to her", message_type="comment")
        self.assertEqual(data.sales_status, "contacted")
        self.assertTrue(data.contact_date)
        partner = self.env["res.partner"].create({"name": "Customer 0"})
        data.lead_id.type = "lead"
        data.lead_id.convert_opportunity(partner)
        self.assertEqual(data.sales_status, "opportunity")
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "opportunity_id": data.lead_id.id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        self.assertEqual(data.sales_status, "quoted")
        order.action_confirm()
        self.assertEqual(data.sales_status, "won")
        self.assertEqual(data.order_count, 1)
        self.assertEqual(data.order_amount, order.amount_untaxed)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.ad.order_count, 1)
        self.assertEqual(self.ad.revenue, order.amount_untaxed)
        self.assertEqual(self.ad.close_rate, 1.0)

    def test_lost_lead(self):
        data = self._create_data()
        data.action_transfer()
        data.lead_id.action_set_lost()
        self.assertEqual(data.sales_status, "lost")

    def test_stage_change_counts_as_contact(self):
        data = self._create_data()
        data.action_transfer()
        stage = self.env["crm.stage"].search(
            [("id", "!=", data.lead_id.stage_id.id)], limit=1
        )
        data.lead_id.with_user(self.lan).stage_id = stage
        self.assertTrue(data.contact_date)

    def test_queries_do_not_grow_with_each_data(self):
        self._create_data(3).action_transfer()
        counts = []
        for start, number in ((100, 30), (1000, 90)):
            data = self._create_data(number, start=start)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            data.action_transfer()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(
            (counts[1] - counts[0]) / 60,
            1,
            f"less than one query per further data: {counts}",
        )
