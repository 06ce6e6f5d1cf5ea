from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged, users

from .common import FunnelCommon


@tagged("post_install", "-at_install")
class TestCrmLeadChecklist(FunnelCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stages = cls.env["crm.lead.stage"].search([])
        cls.interested, cls.consulting, cls.trial, cls.bought = cls.stages
        Item = cls.env["crm.lead.checklist.item"]
        cls.need = Item.create(
            {"name": "Need known?", "stage_id": cls.interested.id, "sequence": 1}
        )
        cls.budget = Item.create({"name": "Budget known?", "sequence": 2})
        cls.later = Item.create(
            {"name": "Sample liked?", "stage_id": cls.trial.id, "sequence": 3}
        )
        cls.wish = Item.create(
            {"name": "Birthday known?", "required": False, "sequence": 4}
        )

    def answer(self, lead, *items):
        for item in items:
            lead.action_answer_checklist(item.id, True)

    @users("funnel_seller")
    @freeze_time("2026-03-02 03:00:00")
    def test_who_passed_what_when(self):
        lead = self.make_lead().with_env(self.env)
        self.assertEqual((lead.checklist_done, lead.checklist_total), (0, 4))
        self.answer(lead, self.need)
        self.assertRecordValues(
            lead.checklist_answer_ids,
            [
                {
                    "item_id": self.need.id,
                    "is_passed": True,
                    "user_id": self.seller.id,
                    "date": fields.Datetime.now(),
                }
            ],
        )
        self.assertEqual((lead.checklist_done, lead.checklist_total), (1, 4))
        row = next(row for row in lead.checklist if row["id"] == self.need.id)
        self.assertTrue(row["passed"])
        self.assertEqual(row["user"], self.seller.name)
        lead.action_answer_checklist(self.need.id, False)
        self.assertEqual(lead.checklist_done, 0)
        self.assertEqual(len(lead.checklist_answer_ids), 1, "who took it back stays")

    def test_questions_of_the_team(self):
        other_team = self.env["crm.team"].create({"name": "Team B"})
        self.budget.team_ids = [Command.set(other_team.ids)]
        lead = self.make_lead()
        self.assertEqual(lead.checklist_total, 3)
        with self.assertRaisesRegex(UserError, "not asked"):
            lead.action_answer_checklist(self.budget.id, True)

    @users("funnel_seller")
    def test_qualified_stage_asks(self):
        lead = self.make_lead().with_env(self.env)
        lead.lead_stage_id = self.consulting
        with (
            self.assertRaisesRegex(ValidationError, "Need known") as caught,
            self.env.cr.savepoint(),
        ):
            lead.lead_stage_id = self.trial
        self.assertIn("Budget known", str(caught.exception))
        self.assertNotIn("Sample liked", str(caught.exception), "asked in that stage")
        self.assertNotIn("Birthday", str(caught.exception), "not required")
        lead.invalidate_recordset()
        self.answer(lead, self.need, self.budget)
        lead.lead_stage_id = self.trial
        with self.assertRaisesRegex(ValidationError, "Sample liked"):
            lead.lead_stage_id = self.bought

    def test_first_stage_asks_nothing(self):
        """A team that begins with a qualified stage still takes what comes in."""
        team = self.env["crm.team"].create({"name": "Team B", "use_leads": True})
        self.interested.team_ids = self.team
        first = self.env["crm.lead.stage"].create(
            {"name": "Known", "sequence": 1, "is_qualified": True}
        )
        self.budget.stage_id = False
        lead = self.make_lead(team_id=team.id)
        self.assertEqual(lead.lead_stage_id, first)
        with self.assertRaisesRegex(ValidationError, "Budget known"):
            lead.lead_stage_id = self.bought

    @users("funnel_seller")
    def test_conversion_asks(self):
        lead = self.make_lead(phone="0907654321").with_env(self.env)
        action = lead.action_convert_to_opportunity()
        self.assertEqual(lead.type, "lead")
        wizard = self.env[action["res_model"]].with_context(**action["context"])
        wizard = wizard.create({})
        self.assertTrue(wizard.has_open_questions)
        self.assertIn("Need known?", wizard.doubts)
        with self.assertRaisesRegex(UserError, "reason"):
            wizard.action_apply()
        wizard.checklist_reason = "Director of a big customer"
        wizard.action_apply()
        self.assertEqual(lead.type, "opportunity")
        history = " ".join(lead.message_ids.mapped("body"))
        self.assertIn("Director of a big customer", history)
        self.assertIn("Need known?", history)

    @users("funnel_seller")
    def test_conversion_at_once_when_answered(self):
        lead = self.make_lead(phone="0907654321").with_env(self.env)
        self.answer(lead, self.need, self.budget, self.later)
        lead.action_convert_to_opportunity()
        self.assertEqual(lead.type, "opportunity")

    @users("funnel_seller")
    def test_in_mass_they_are_left_to_decide(self):
        done, undone = self.make_lead(phone="0901000001"), self.make_lead()
        self.answer(done.with_env(self.env), self.need, self.budget, self.later)
        leads = (done | undone).with_env(self.env)
        report = leads.action_convert_to_opportunity()
        report = self.env[report["res_model"]].browse(report["res_id"])
        self.assertEqual(report.undecided_count, 1)
        self.assertEqual(leads.mapped("type"), ["opportunity", "lead"])
        mass = self.env["crm.lead2opportunity.partner.mass"].with_context(
            active_model="crm.lead", active_ids=undone.ids
        )
        with self.assertRaisesRegex(UserError, "not answered"):
            mass.create({}).action_mass_convert()

    def test_merging_keeps_the_answers(self):
        kept, gone = self.make_lead(), self.make_lead()
        self.answer(kept, self.need)
        kept.action_answer_checklist(self.budget.id, False)
        self.answer(gone, self.need, self.budget)
        left = (kept | gone).merge_opportunity()
        passed = left.checklist_answer_ids.filtered("is_passed")
        self.assertEqual(passed.item_id, self.need | self.budget)
        self.assertEqual(len(left.checklist_answer_ids), 2)

    def test_nobody_answers_for_another(self):
        lead = self.make_lead()
        self.answer(lead.with_user(self.seller), self.need)
        values = {"lead_id": lead.id, "item_id": self.budget.id, "is_passed": True}
        values |= {"user_id": self.other.id, "date": "2020-01-01"}
        for user in (self.seller, self.manager):
            answers = self.env["crm.lead.checklist.answer"].with_user(user)
            with self.assertRaises(AccessError):
                answers.create(values)
            with self.assertRaises(AccessError):
                lead.with_user(user).write(
                    {"checklist_answer_ids": [Command.create(values)]}
                )
            with self.assertRaises(AccessError):
                lead.checklist_answer_ids.with_user(user).write({"is_passed": False})
            with self.assertRaises(AccessError):
                lead.checklist_answer_ids.with_user(user).unlink()

    def test_foreign_leads(self):
        lead = self.make_lead()
        with self.assertRaises(AccessError):
            lead.with_user(self.other).action_answer_checklist(self.need.id, True)
        self.answer(lead.with_user(self.seller), self.need)
        answers = self.env["crm.lead.checklist.answer"]
        for user, count in ((self.seller, 1), (self.other, 0), (self.manager, 1)):
            found = answers.with_user(user).search_count([("lead_id", "=", lead.id)])
            self.assertEqual(found, count)

    @users("funnel_seller")
    def test_only_managers_write_questions(self):
        with self.assertRaises(AccessError):
            self.need.with_env(self.env).name = "Mine?"
        self.need.with_user(self.manager).name = "Need understood?"

    def test_queries_do_not_grow(self):
        def count(number):
            leads = self.env["crm.lead"].browse()
            for _number in range(number):
                leads |= self.make_lead()
            for lead in leads:
                self.answer(lead, self.need)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            leads.mapped("checklist_done")
            return self.env.cr.sql_log_count - before

        self.assertEqual(count(2), count(12))
