from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.crm_campaign_partner.tests.common_rpc import RpcCase

from .common import FunnelCommon


@tagged("post_install", "-at_install")
class TestCrmSaleKitPlan(FunnelCommon, RpcCase):
    """Skill plans: who learns what until when, and who is late (003.65)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.items = cls.env["crm.sale.kit.item"].create(
            [
                {
                    "name": f"Lesson {number}",
                    "kind": "training",
                    "url": f"https://example.com/{number}",
                }
                for number in (1, 2)
            ]
        )
        cls.plans = cls.env["crm.sale.kit.plan"]
        cls.today = fields.Date.context_today(cls.plans)

    def _plan(self, days=10, **values):
        return self.plans.create(
            {
                "name": "First month",
                "date_deadline": self.today + timedelta(days=days),
                "user_ids": [Command.set((self.seller | self.other).ids)],
                "item_ids": [Command.set(self.items.ids)],
                **values,
            }
        )

    def _row(self, plan, user):
        rows = self.env["crm.sale.kit.progress"].search(
            [("plan_id", "=", plan.id), ("user_id", "=", user.id)]
        )
        rows.invalidate_recordset()
        return rows

    def _read(self, user, items):
        items.with_user(user).action_mark_read()

    def test_progress(self):
        plan = self._plan()
        self._read(self.seller, self.items)
        self._read(self.other, self.items[0])
        mine, others = (self._row(plan, user) for user in (self.seller, self.other))
        self.assertEqual((mine.read_count, mine.state), (2, "done"))
        self.assertEqual((others.progress, others.state), (50.0, "open"))
        plan.invalidate_recordset()
        self.assertEqual(
            (plan.person_count, plan.done_count, plan.behind_count, plan.progress),
            (2, 1, 0, 75.0),
        )

    def test_late_from_the_day_after(self):
        plan = self._plan(days=0)
        self.assertEqual(self._row(plan, self.seller).state, "open")
        plan.date_deadline -= timedelta(days=1)
        self.assertEqual(self._row(plan, self.seller).state, "behind")
        plan.invalidate_recordset()
        self.assertEqual(plan.behind_count, 2)

    def test_team_and_whoever_joins_it(self):
        team = self.env["crm.team"].create({"name": "Learners"})
        plan = self._plan(
            user_ids=[Command.set(self.seller.ids)], team_ids=[Command.set(team.ids)]
        )
        self.assertFalse(self._row(plan, self.other))
        self.env["crm.team.member"].create(
            [
                {"crm_team_id": team.id, "user_id": user.id}
                for user in self.other | self.seller
            ]
        )
        self.assertEqual(len(self._row(plan, self.other)), 1)
        self.assertEqual(len(self._row(plan, self.seller)), 1)
        self.other.active = False
        self.assertFalse(self._row(plan, self.other))

    def test_what_is_archived_is_not_asked_for(self):
        plan = self._plan()
        self.items[1].active = False
        self.assertEqual(self._row(plan, self.seller).item_count, 1)
        plan.active = False
        self.assertFalse(self._row(plan, self.seller))

    def test_reminder(self):
        plan, later = self._plan(days=3), self._plan(days=4)
        self._read(self.other, self.items)
        cron = self.env.ref("crm_funnel_loyalty.ir_cron_skill_plan")
        cron.method_direct_trigger()
        cron.method_direct_trigger()
        self.assertFalse(later.activity_ids)
        activity = plan.activity_ids
        self.assertEqual(activity.user_id, self.seller)
        self.assertEqual(activity.date_deadline, plan.date_deadline)
        self._read(self.seller, self.items[0])
        self.assertTrue(plan.activity_ids)
        self._read(self.seller, self.items[1])
        plan.invalidate_recordset()
        self.assertFalse(plan.activity_ids)

    def test_bad_input(self):
        sales = self.env["crm.sale.kit.item"].create(
            {"name": "Price list", "url": "https://example.com/p"}
        )
        for values, text in (
            ({"user_ids": False}, "for whom"),
            ({"item_ids": False}, "to be learnt"),
            ({"item_ids": [Command.set(sales.ids)]}, "has training only"),
        ):
            with self.assertRaisesRegex(ValidationError, text):
                self._plan(**values)

    def test_queries_do_not_depend_on_plans(self):
        plans = self._plan() | self._plan(days=2)
        self.env.flush_all()
        plans._compute_figures()
        for some in (plans[:1], plans):
            with self.assertQueryCount(1):
                some._compute_figures()

    def test_reminding_again_asks_twice_and_writes_nothing(self):
        for days in (1, 2, 3):
            self._plan(days=days)
        company = self.env.company
        self.plans._remind(company)
        self.env.flush_all()
        with self.assertQueryCount(2):
            self.plans._remind(company)

    def test_rights_of_a_salesperson(self):
        plan = self._plan()
        values = {"name": "Mine", "date_deadline": "2030-01-01"}
        for method, args in (
            ("create", [values]),
            ("write", [plan.ids, {"date_deadline": "2030-01-01"}]),
            ("unlink", [plan.ids]),
        ):
            self.assertRefused(self.seller, plan._name, method, *args)
        progress = "crm.sale.kit.progress"
        rows = self.rpc_as(self.seller, progress, "search_read", [], ["user_id"])
        self.assertEqual([row["user_id"][0] for row in rows], self.seller.ids)
        self.assertRefused(self.seller, progress, "create", {}, error="AccessError")
        action = self.rpc(progress, "action_open_items", [rows[0]["id"]])
        self.assertEqual(action["domain"], [["id", "in", self.items.ids]])

    def test_rights_of_a_manager(self):
        plan = self._plan()
        rows = self.rpc_as(
            self.manager,
            "crm.sale.kit.progress",
            "search_read",
            [("plan_id", "=", plan.id)],
            ["user_id", "state"],
        )
        self.assertEqual(len(rows), 2)
        self.rpc(plan._name, "write", plan.ids, {"name": "Second month"})
        self.assertEqual(plan.name, "Second month")

    def test_portal_and_other_company(self):
        plan = self._plan()
        portal = new_test_user(self.env, "plan_portal", "base.group_portal")
        with self.assertRaises(AccessError):
            self.plans.with_user(portal).search([])
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "plan_stranger",
            "sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertNotIn(plan, self.plans.with_user(stranger).search([]))
        progress = self.env["crm.sale.kit.progress"].with_user(stranger)
        self.assertFalse(progress.search([]))
        stranger.company_ids |= plan.company_id
        plan.user_ids |= stranger
        self.assertTrue(self._row(plan, stranger))
        stranger.company_ids -= plan.company_id
        self.assertFalse(self._row(plan, stranger), "does not work here any more")

    def test_tour(self):
        """A manager makes a plan and sees who is late; a salesperson learns."""
        self.env["res.lang"]._activate_lang("en_US")
        self.start_tour("/odoo/skill-plans", "crm_skill_plan", login="funnel_manager")
        plan = self.plans.search([("name", "=", "New in the team")])
        self.assertEqual((plan.user_ids, plan.item_ids), (self.seller, self.items[0]))
        self.start_tour(
            "/odoo/my-skill-plans", "crm_skill_plan_mine", login="funnel_seller"
        )
        self.assertEqual(self._row(plan, self.seller).state, "done")

    def test_who_is_where_at_once(self):
        self.assertEqual(len(self._plan().progress_ids), 2)

    def test_reminders_that_have_no_reason_any_more(self):
        cron = self.env.ref("crm_funnel_loyalty.ir_cron_skill_plan")
        plan, archived, left = (self._plan(days=3) for _number in range(3))
        cron.method_direct_trigger()
        self.assertEqual(len(plan.activity_ids), 2)
        archived.active = False
        left.user_ids -= self.other
        plan.date_deadline += timedelta(days=7)
        cron.method_direct_trigger()
        self.assertFalse(plan.activity_ids, "due later: reminded then")
        self.assertFalse(archived.activity_ids)
        self.assertEqual(left.activity_ids.user_id, self.seller)
        plan.date_deadline -= timedelta(days=8)
        cron.method_direct_trigger()
        self.assertEqual(
            set(plan.activity_ids.mapped("date_deadline")), {plan.date_deadline}
        )

    def test_what_nobody_can_finish(self):
        plan = self._plan()
        company = self.env["res.company"].create({"name": "Other"})
        clerk = new_test_user(self.env, "plan_clerk", "base.group_user")
        team = self.env["crm.team"].create({"name": "T", "company_id": company.id})
        item = self.items[0]
        for record, values, message in (
            (item, {"company_id": company.id}, "is of another company"),
            (item, {"kind": "sales"}, "has training only"),
            (plan, {"user_ids": [Command.link(clerk.id)]}, "rights of a salesperson"),
            (plan, {"team_ids": [Command.link(team.id)]}, "is of another company"),
        ):
            with self.assertRaises(ValidationError) as refusal:
                record.write(values)
            self.assertIn(message, str(refusal.exception))
