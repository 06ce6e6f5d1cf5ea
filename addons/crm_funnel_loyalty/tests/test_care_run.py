from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.crm_campaign_partner.services.send.provider import Sent

from .care_common import MORNING, CareCommon


@tagged("post_install", "-at_install")
class TestCareRun(CareCommon):
    def test_steps_in_order_each_at_its_time(self):
        tag = self.env["res.partner.category"].create({"name": "Thanked"})
        scenario = self.make_scenario(
            steps=[
                self.sms("[[company]]: thanks for [[document]]", wait_hours=2),
                self.mail("<p>Day 3</p>", wait_days=3, has_clock=True, clock=9),
                {"action": "tag", "partner_tag_ids": [Command.set(tag.ids)]},
                {"action": "call", "wait_days": 4, "activity_summary": "Day 7"},
            ]
        )
        with self.at(MORNING):
            run = self.start(scenario)
            self.advance()
            self.assertFalse(run.line_ids)
        with self.at(MORNING + timedelta(hours=2, minutes=3)):
            self.advance()
            order = self.env["sale.order"].browse(run.res_id)
            self.assertEqual(
                self.touches(scenario).body,
                f"{self.company.name}: thanks for {order.name}",
            )
            self.assertEqual(run.next_date, datetime(2026, 3, 5, 2, 0))
            self.advance()
            self.assertEqual(len(run.line_ids), 1)
        with self.at(datetime(2026, 3, 5, 2, 1)):
            self.advance()
            self.assertEqual(len(run.line_ids), 3, "the tag does not wait")
            self.assertIn(tag, self.customer.category_id)
        with self.at(datetime(2026, 3, 9, 2, 10)):
            self.advance()
        activity = self.customer.activity_ids.filtered(lambda a: a.summary == "Day 7")
        self.assertEqual(activity.user_id, self.seller, "her salesperson")
        self.assertEqual(run.state, "done")
        self.assertEqual(run.line_ids.mapped("state"), ["done"] * 4)

    def test_step_for_some_only(self):
        scenario = self.make_scenario(
            steps=[
                self.sms("Only Bình", domain="[('name', '=', 'Bình')]"),
                self.sms("All"),
            ]
        )
        run = self.start(scenario)
        self.advance()
        self.assertEqual(run.line_ids.sorted("id").mapped("state"), ["skipped", "done"])
        self.assertEqual(self.touches(scenario).mapped("body"), ["All"])

    def test_remarks_in_the_language_of_the_company(self):
        self.company.partner_id.lang = "vi_VN"
        scenario = self.make_scenario(
            steps=[self.sms(domain="[('name', '=', 'Bình')]"), self.sms()]
        )
        run = self.start(scenario)
        self.customer.phone = False
        self.advance()
        self.assertEqual(
            run.line_ids.sorted("id").mapped("note"),
            ["Điều kiện của bước không thỏa.", "Không có số điện thoại dùng được."],
        )

    def test_fault_in_the_language_of_the_company(self):
        self.company.partner_id.lang = "vi_VN"
        run = self.start(self.make_scenario())
        self.manager.active = False
        self.advance()
        self.assertIn("đã nghỉ", run.last_error)

    def test_guard_blocks_and_the_run_goes_on(self):
        self.customer.phone = False
        scenario = self.make_scenario(steps=[self.sms(), self.mail()])
        run = self.start(scenario)
        self.advance()
        lines = run.line_ids.sorted("id")
        self.assertEqual(lines.mapped("state"), ["blocked", "done"])
        self.assertIn("phone", lines[0].note)

    def test_night_waits_in_the_guard(self):
        scenario = self.make_scenario()
        with self.at(datetime(2026, 3, 2, 16, 0)):  # 23:00
            self.start(scenario)
            self.advance()
        touch = self.touches(scenario)
        self.assertEqual(touch.state, "queued")
        self.assertEqual(touch.planned_date, datetime(2026, 3, 3, 0, 0))
        self.assertEqual(touch.user_id, self.manager)

    def test_late_is_left_out(self):
        scenario = self.make_scenario(steps=[self.sms(), self.sms(wait_days=1)])
        with self.at(MORNING):
            run = self.start(scenario)
            scenario.action_pause()
        with self.at(MORNING + timedelta(days=1)):
            self.advance()
            self.assertFalse(run.line_ids, "paused")
        with self.at(MORNING + timedelta(days=30)):
            scenario.action_start()
            self.advance()
        self.assertEqual(run.line_ids.state, "skipped")
        self.assertEqual(run.state, "running")

    def test_fault_of_one_does_not_stop_the_others(self):
        scenario = self.make_scenario()
        other = self.customer.copy({"name": "Other", "phone": "0907654321"})
        first, second = self.start(scenario), self.start(scenario, other)
        prepare = type(self.env["crm.care.step"])._prepare_origin

        def fail(step, run):
            if run.partner_id == self.customer:
                raise ValueError("Broken")
            return prepare(step, run)

        moment = fields.Datetime.now() + timedelta(minutes=1)
        with patch.object(type(self.env["crm.care.step"]), "_prepare_origin", fail):
            for attempt in range(1, 6):
                with self.at(moment):
                    self.advance()
                self.assertEqual(first.attempts, attempt)
                self.assertEqual(first.last_error, "Broken")
                moment = (first.next_date or moment) + timedelta(seconds=1)
            self.assertEqual((first.state, first.exit_reason), ("failed", "fault"))
        self.assertEqual(second.state, "done")
        self.assertEqual(self.touches(scenario).partner_id, other)
        first.with_user(self.manager).action_retry()
        with self.at(moment + timedelta(minutes=1)):
            self.advance()
        self.assertEqual(first.state, "done")

    def test_without_account_it_waits(self):
        scenario = self.make_scenario()
        run = self.start(scenario)
        self.accounts.write({"state": "error"})
        self.advance()
        self.assertEqual(run.state, "running")
        self.assertIn("no account", run.last_error)
        self.assertFalse(run.line_ids)

    def test_one_telephone_of_two_customers(self):
        scenario = self.make_scenario(
            steps=[self.sms(), {"action": "call", "activity_summary": "Call"}]
        )
        husband = self.customer.copy({"name": "Husband", "phone": "+84 901 234 567"})
        runs = self.start(scenario) | self.start(scenario, husband)
        with self.at(MORNING + timedelta(days=1)):
            runs.next_date = MORNING
            self.advance()
        self.assertEqual(runs.line_ids.mapped("state"), ["done"] * 4)
        self.assertEqual(
            set(self.touches(scenario).mapped("body")),
            {f"Hello {person.name}" for person in self.customer | husband},
        )
        for person in self.customer | husband:
            self.assertIn("Call", person.activity_ids.mapped("summary"))

    def test_changed_scenario(self):
        scenario = self.make_scenario(
            steps=[self.sms("1"), self.sms("2", wait_days=1), self.sms("3")]
        )
        with self.at(MORNING):
            run = self.start(scenario)
            self.advance()
        first, second, third = scenario.step_ids
        scenario.with_user(self.manager).write(
            {
                "step_ids": [
                    Command.delete(second.id),
                    Command.delete(first.id),
                    Command.create(self.sms("0", sequence=-1)),
                    Command.create(self.sms("4", sequence=9)),
                ]
            }
        )
        self.assertFalse(second.exists(), "nobody had it")
        self.assertTrue(first.exists(), "somebody had it")
        self.assertFalse(first.active)
        third.sequence = 5
        with self.at(MORNING + timedelta(days=2)):
            self.advance()
        self.assertEqual(run.state, "done")
        self.assertEqual(self.touches(scenario).mapped("body"), ["1", "3", "4"])

    def test_merged_customers(self):
        scenario = self.make_scenario(steps=[self.sms(wait_days=1)])
        double = self.customer.copy({"name": "Double"})
        mine, theirs = self.start(scenario), self.start(scenario, double)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.customer | double).ids, self.customer
        )
        self.env.invalidate_all()
        self.assertEqual(theirs.partner_id, self.customer)
        self.assertEqual((mine.state, theirs.state), ("running", "stopped"))
        self.assertEqual(theirs.exit_reason, "merged")
        self.assertEqual(theirs.slot, mine.slot)

    def test_merged_customer_takes_the_run_along(self):
        scenario = self.make_scenario(steps=[self.sms(wait_days=1)])
        double = self.customer.copy({"name": "Double"})
        run = self.start(scenario, double)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.customer | double).ids, self.customer
        )
        self.env.invalidate_all()
        self.assertEqual((run.partner_id, run.state), (self.customer, "running"))

    def test_deleted_customer(self):
        scenario = self.make_scenario("birthday", steps=[self.sms(wait_days=1)])
        guest = self.env["res.partner"].create(
            {"name": "Guest", "birthdate": "1990-03-02"}
        )
        with self.at(MORNING):
            scenario.started_date = MORNING
            self.enrol()
            self.assertEqual(scenario.run_ids.partner_id, guest)
            guest.unlink()
            self.advance()
        self.assertFalse(scenario.run_ids)

    def test_salesperson_who_left_gets_no_activity(self):
        scenario = self.make_scenario(
            steps=[{"action": "call", "activity_summary": "Call"}]
        )
        self.start(scenario)
        self.seller.active = False
        self.advance()
        calls = self.customer.activity_ids.filtered(lambda a: a.summary == "Call")
        self.assertEqual(calls.user_id, self.manager)

    def test_sender_who_left(self):
        scenario = self.make_scenario(
            steps=[self.sms(), {"action": "call", "activity_summary": "Call"}]
        )
        run = self.start(scenario)
        (self.manager | self.seller).active = False
        self.advance()
        self.assertIn("has left", run.last_error)
        self.assertFalse(run.line_ids)
        scenario.step_ids[0].active = False
        with self.at(fields.Datetime.now() + timedelta(hours=1)):
            self.advance()
        self.assertIn("nobody who works here", run.last_error)
        scenario.sender_id = self.other
        with self.at(fields.Datetime.now() + timedelta(hours=3)):
            self.advance()
        self.assertEqual(run.state, "done")
        calls = self.customer.activity_ids.filtered(lambda a: a.summary == "Call")
        self.assertEqual(calls.user_id, self.other)

    def test_day_of_the_company_in_texts(self):
        scenario = self.make_scenario(steps=[self.sms("[[date]]", wait_hours=2)])
        with self.at(datetime(2026, 3, 1, 20, 0)):  # 03:00 on 2 March in Vietnam
            run = self.start(scenario)
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "T", "description": "T", "partner_id": self.customer.id}
        )
        ticket.closed_date = datetime(2026, 3, 1, 20, 0)
        step = scenario.step_ids.with_context(tz="UTC", lang="en_US")
        self.assertEqual(step._describe_ticket(ticket)["[[date]]"], "03/02/2026")
        with self.at(MORNING):
            run.with_context(tz="UTC")._advance()
        self.assertEqual(self.touches(scenario).body, "03/02/2026")

    def test_languages(self):
        scenario = self.make_scenario(steps=[self.sms("Hello")])
        scenario.step_ids.with_context(lang="vi_VN").sms_body = "Xin chào"
        friend = self.customer.copy(
            {"name": "Friend", "phone": "0907654321", "lang": "en_US"}
        )
        self.customer.lang = "vi_VN"
        self.start(scenario)
        self.start(scenario, friend)
        self.advance()
        self.assertEqual(
            {t.partner_id: t.body for t in self.touches(scenario)},
            {self.customer: "Xin chào", friend: "Hello"},
        )

    def test_advertising_carries_label_and_end(self):
        scenario = self.make_scenario(steps=[self.mail()], kind="marketing")
        self.start(scenario)
        self.advance()
        touch = self.touches(scenario)
        self.assertTrue(touch.subject.startswith(self.company.contact_ad_label))
        self.assertIn("/contact/stop/", touch.body)

    def test_from_the_birthday_to_the_telephone(self):
        """The three crons as Odoo runs them: start, step, sending."""
        self.customer.birthdate = "1990-03-02"
        handler = type(self.env["crm.contact.provider.esms"])
        sent = []

        def send(_self, _account, touch):
            sent.append((touch.address, touch.body))
            return Sent("F1")

        self.patch(handler, "_send", send)
        with self.at(MORNING), self.enter_registry_test_mode():
            scenario = self.make_scenario("birthday")
            for name in (
                "crm_funnel_loyalty.ir_cron_care_enrol",
                "crm_funnel_loyalty.ir_cron_care_advance",
                "crm_campaign_partner.ir_cron_contact_release",
                "crm_funnel_loyalty.ir_cron_care_advance",
                "crm_campaign_partner.ir_cron_contact_release",
            ):
                self.env.flush_all()
                self.env.ref(name).method_direct_trigger()
                self.env.invalidate_all()
        self.assertEqual(sent, [("+84901234567", "Hello Nguyễn Thị Hoa")])
        self.assertEqual(scenario.run_ids.line_ids.touch_state, "sent")
        self.assertEqual(scenario.step_ids.sent_count, 1)
        self.assertEqual(self.touches(scenario).account_id, self.accounts[0])

    def test_figures(self):
        scenario = self.make_scenario(steps=[self.sms(), self.sms(wait_days=1)])
        with self.at(MORNING):
            self.start(scenario)
            self.advance()
        first, second = scenario.step_ids
        self.assertEqual((first.entered_count, first.sent_count), (1, 0), "queued")
        self.assertEqual((first.waiting_count, second.waiting_count), (0, 1))
        touch = self.touches(scenario)
        touch.write({"state": "sending"})
        touch._settle("sent")
        scenario.step_ids.invalidate_recordset()
        self.assertEqual(first.sent_count, 1)
        self.assertEqual((scenario.run_count, scenario.running_count), (1, 1))
