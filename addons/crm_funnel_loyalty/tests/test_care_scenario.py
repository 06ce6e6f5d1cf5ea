import doctest

from odoo import fields
from odoo.exceptions import RedirectWarning, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..services import care
from .care_common import MORNING, CareCommon


@tagged("post_install", "-at_install")
class TestCareScenario(CareCommon):
    def test_doctests(self):
        result = doctest.testmod(care)
        self.assertGreater(result.attempted, 0)
        self.assertEqual(result.failed, 0)

    def test_ready_made_ones_can_all_be_used(self):
        ready = self.scenarios.search([("is_ready_made", "=", True)])
        self.assertGreaterEqual(len(ready), 10)
        self.assertEqual(set(ready.mapped("state")), {"draft"})
        triggers = dict(self.scenarios._fields["trigger"].selection)
        self.assertEqual(set(ready.mapped("trigger")), set(triggers))
        for template in ready:
            with self.subTest(template.name):
                action = template.with_user(self.manager).action_use()
                own = self.scenarios.browse(action["res_id"])
                self.assertEqual(own.company_id, self.company)
                self.assertEqual(own.sender_id, self.manager)
                self.assertEqual(own.name, template.name)
                self.assertEqual(len(own.step_ids), len(template.step_ids))
                own.step_ids.with_user(self.manager).write({"wait_days": 1})
                for step in own.step_ids:
                    step._check_complete()
                own.with_user(self.manager).action_start()
                self.assertEqual(own.state, "running")

    def test_ready_made_is_never_on(self):
        ready = self.env.ref("crm_funnel_loyalty.care_birthday")
        with self.assertRaisesRegex(UserError, "your own"):
            ready.action_start()

    def test_what_is_missing_is_said(self):
        empty = self.make_scenario(on=False)
        empty.step_ids.unlink()
        for scenario, words in (
            (empty, "at least one step"),
            (self.make_scenario("tier_reached", on=False), "which one"),
            (self.make_scenario(steps=[self.sms("")], on=False), "write the text"),
            (self.make_scenario(steps=[self.mail(subject="")], on=False), "subject"),
            (self.make_scenario(steps=[{"action": "zalo"}], on=False), "Zalo"),
            (self.make_scenario(steps=[{"action": "tag"}], on=False), "tags"),
            (self.make_scenario(sender_id=False, on=False), "who sends"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                scenario.action_start()

    def test_without_account_a_button_leads_to_it(self):
        self.accounts.write({"state": "draft"})
        with self.assertRaises(RedirectWarning):
            self.make_scenario()

    def test_bad_input(self):
        scenario = self.make_scenario(on=False)
        for vals, words in (
            ({"domain": "[('gone', '=', 1)]"}, "condition"),
            ({"domain": "rubbish("}, "condition"),
            ({"domain": "7"}, "condition"),
            ({"days_before": 1000}, "within a year"),
        ):
            with self.subTest(vals), self.assertRaisesRegex(ValidationError, words):
                scenario.write(vals)
        stranger = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaisesRegex(ValidationError, "does not work for"):
            scenario.company_id = stranger

    def test_condition_on_secrets_is_refused(self):
        scenario = self.make_scenario(on=False)
        domain = "[('user_ids.password', '=like', 'a%')]"
        with self.assertRaises(UserError):
            scenario.with_user(self.manager).domain = domain

    def test_used_scenario_is_archived_not_deleted(self):
        scenario = self.make_scenario()
        self.start(scenario)
        with self.assertRaisesRegex(UserError, "Archive"):
            scenario.unlink()
        scenario.active = False
        self.assertEqual(scenario.state, "paused")
        self.advance()
        self.assertFalse(self.touches(scenario))
        scenario.action_end_runs()
        self.assertEqual(scenario.run_ids.exit_reason, "closed")

    def test_copy_is_a_draft_with_the_steps(self):
        scenario = self.make_scenario(steps=[self.sms("Hello"), self.mail()])
        self.start(scenario)
        copied = scenario.copy()
        self.assertEqual(copied.state, "draft")
        self.assertFalse(copied.run_ids)
        self.assertEqual(copied.step_ids.mapped("action"), ["sms", "email"])
        self.assertIn("copy", copied.name)

    def test_preview(self):
        order = self.make_order(self.customer)
        scenario = self.make_scenario(
            steps=[
                self.sms("[[company]]: {{ object.name }}, [[document]]"),
                self.mail("<p>Day 3</p>", wait_days=3, has_clock=True, clock=23),
                self.sms("Others", domain="[('name', '=', 'Bình')]"),
                {"action": "call", "activity_summary": "Call her"},
            ],
            on=False,
        )
        wizard = (
            self.env["crm.care.preview"]
            .with_user(self.seller)
            .create(
                {
                    "scenario_id": scenario.id,
                    "partner_id": self.customer.id,
                    "start_date": MORNING,
                }
            )
        )
        html = wizard.preview_html
        text = f"{self.company.name}: {self.customer.name}, {order.name}"
        self.assertIn(text, html)
        self.assertIn("02/03/2026 09:00", html)
        # 23:00 is not allowed: the next morning
        self.assertIn("06/03/2026 07:00", html)
        self.assertIn("next allowed hour", html)
        self.assertIn("Left out", html)
        self.assertIn("Call her, for", html)
        self.assertFalse(self.touches(scenario))
        self.assertFalse(self.run_of(scenario))

    def test_preview_says_why_not(self):
        scenario = self.make_scenario(domain="[('name', '=', 'Bình')]")
        self.customer.phone = False
        wizard = self.env["crm.care.preview"].create(
            {"scenario_id": scenario.id, "partner_id": self.customer.id}
        )
        self.assertIn("conditions of the scenario do not hold", wizard.preview_html)
        self.assertIn("No usable phone number", wizard.preview_html)

    def test_preview_of_ready_made_ones(self):
        lead = self.make_lead(phone="0912345678", email_from="l@example.com")
        for ready in self.scenarios.search([("is_ready_made", "=", True)]):
            with self.subTest(ready.name):
                wizard = (
                    self.env["crm.care.preview"]
                    .with_user(self.manager)
                    .create(
                        {
                            "scenario_id": ready.id,
                            "partner_id": self.customer.id,
                            "lead_id": lead.id,
                        }
                    )
                )
                self.assertIn("o_care_preview_step", wizard.preview_html)
                self.assertNotIn("cannot be filled in", wizard.preview_html)

    def test_preview_of_a_ready_made_one_for_an_own_customer(self):
        self.customer.company_id = self.company
        wizard = (
            self.env["crm.care.preview"]
            .with_user(self.manager)
            .create(
                {
                    "scenario_id": self.env.ref("crm_funnel_loyalty.care_birthday").id,
                    "partner_id": self.customer.id,
                }
            )
        )
        self.assertNotIn("Belongs to", wizard.preview_html)

    def test_form(self):
        with Form(self.scenarios.with_user(self.manager)) as form:
            form.name = "By hand"
            form.trigger = "silent"
            form.silent_days = 45
        scenario = form.record
        self.assertEqual((scenario.state, scenario.company_id), ("draft", self.company))
        scenario.step_ids = [Command.create(self.sms())]
        scenario.with_user(self.manager).action_start()
        self.assertLessEqual(scenario.started_date, fields.Datetime.now())
