from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, LockError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.crm_campaign_partner.tests.common_rpc import RpcCase

from ..models.statement.statement_run import StatementRun
from .common_pay import JANUARY, MILLION, PayCase

MODELS = ("crm.sales.statement", "crm.sales.statement.line")


@tagged("post_install", "-at_install")
class TestCrmSalesAccess(PayCase, RpcCase):
    """Who reads and changes what, over RPC (issue 7: bad input and safety)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._make_policy(
            income_ids=[Command.create({"user_id": cls.an.id, "amount": 9 * MILLION})]
        )
        cls.draft_policy = cls._make_policy(approve=False, date_from="2026-07-01")
        cls._sell(cls.an, 10 * MILLION, "2026-01-05")
        cls.order = cls._sell(cls.binh, 20 * MILLION, "2026-01-06")
        cls._generate(JANUARY)
        cls.mine, cls.other = (cls._get(one, JANUARY) for one in (cls.an, cls.binh))

    def _refused(self, *call, **kwargs):
        self.assertRefused(*call, error="odoo.exceptions", **kwargs)

    def test_a_seller_reads_the_own_statement_only(self):
        for model in MODELS:
            rows = self.rpc_as(self.an, model, "search_read", [], ["display_name"])
            self.assertTrue(rows)
            wanted = self.mine if model == MODELS[0] else self.mine.line_ids
            self.assertEqual({row["id"] for row in rows}, set(wanted.ids))
        self._refused(self.an, MODELS[0], "read", self.other.ids, ["total"])
        self._refused(self.an, MODELS[1], "read", self.other.line_ids.ids, ["amount"])
        groups = self.rpc_as(
            self.an, MODELS[1], "formatted_read_group", [], [], ["amount:sum"]
        )
        self.assertEqual(groups[0]["amount:sum"], 200_000)

    def test_nobody_writes_a_statement(self):
        for user in (self.an, self.boss, self.accountant):
            self._refused(user, MODELS[0], "write", self.mine.ids, {"total": 1})
            self._refused(
                user, MODELS[1], "write", self.mine.line_ids.ids, {"amount": 1}
            )
            self._refused(
                user,
                MODELS[1],
                "create",
                {
                    "statement_id": self.mine.id,
                    "company_id": self.company.id,
                    "kind": "bonus",
                    "key": "mine",
                    "amount": 1,
                },
            )
        self._refused(self.an, MODELS[0], "unlink", self.mine.ids)
        for method in ("action_confirm", "action_pay"):
            self._refused(self.an, MODELS[0], method, self.mine.ids)
        self.assertEqual(self.mine.state, "draft")

    def test_a_seller_changes_no_credit(self):
        self._refused(
            self.an,
            "sale.order",
            "write",
            self.order.ids,
            {"credit_user_id": self.an.id},
        )
        self._refused(
            self.an,
            "sale.order",
            "create",
            {"partner_id": self.customers[0].id},
            context={"default_credit_user_id": self.an.id},
        )
        self.assertEqual(self.order.credit_user_id, self.binh)

    def test_a_seller_reads_approved_rules_without_incomes(self):
        rows = self.rpc_as(self.an, "crm.sales.policy", "search_read", [], ["name"])
        self.assertEqual([row["id"] for row in rows], self.policy.ids)
        bands = self.rpc_as(
            self.an, "crm.sales.policy.band", "search_read", [], ["rate"]
        )
        self.assertEqual({row["id"] for row in bands}, set(self.policy.band_ids.ids))
        self._refused(self.an, "crm.sales.policy.income", "search_read", [], ["amount"])
        self._refused(
            self.an, "crm.sales.policy", "write", self.policy.ids, {"note": 1}
        )
        self._refused(
            self.an, "crm.sales.policy", "action_approve", self.draft_policy.ids
        )

    def test_a_seller_tries_and_computes_nothing(self):
        for model, values in (
            ("crm.sales.policy.trial", {"policy_id": self.policy.id}),
            ("crm.sales.statement.run", {}),
        ):
            self._refused(self.an, model, "create", values)

    def test_a_seller_refreshes_the_own_draft(self):
        self._sell(self.an, 10 * MILLION, "2026-01-07")
        self.rpc_as(self.an, MODELS[0], "action_refresh", self.mine.ids)
        self.mine.invalidate_recordset()
        self.assertEqual(self.mine.total, 400_000)

    def test_the_leader_reads_the_team(self):
        self.draft_policy.write({"person_share": 50})
        self.policy.sudo().env.cr.execute(
            "UPDATE crm_sales_policy SET person_share = 50 WHERE id = %s",
            [self.policy.id],
        )
        self.env.invalidate_all()
        self._generate(JANUARY)
        team = self._get(self.team, JANUARY)
        rows = self.rpc_as(self.chi, MODELS[0], "search_read", [], ["total"])
        self.assertEqual([row["id"] for row in rows], team.ids)
        self.assertTrue(team.line_ids)

    def test_accountant_pays(self):
        with freeze_time("2026-02-03"):
            self.mine.with_user(self.accountant).action_confirm()
        with self.assertRaisesRegex(UserError, "is for those that are Draft"):
            self.mine.with_user(self.accountant).action_confirm()
        self.rpc_as(self.accountant, MODELS[0], "action_pay", self.mine.ids)
        self.mine.invalidate_recordset()
        self.assertEqual(self.mine.state, "paid")
        self._refused(self.boss, MODELS[0], "unlink", self.mine.ids)

    def test_not_before_the_period_is_over(self):
        with (
            freeze_time("2026-01-31 03:00"),
            self.assertRaisesRegex(UserError, "the period ends on"),
        ):
            self.mine.with_user(self.boss).action_confirm()

    def test_portal_and_other_company(self):
        portal = new_test_user(self.env, "pay_portal", "base.group_portal")
        main = self.env.ref("base.main_company")
        stranger = new_test_user(
            self.env,
            "pay_stranger",
            "sales_team.group_sale_manager",
            company_id=main.id,
            company_ids=[Command.set(main.ids)],
        )
        for model in (*MODELS, "crm.sales.policy", "crm.sales.policy.band"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(portal).search([])
            mine = (
                self.env[model]
                .with_user(stranger)
                .with_context(allowed_company_ids=main.ids)
            )
            self.assertFalse(mine.search([("company_id", "=", self.company.id)]))

    def test_own_wizards_only(self):
        other = new_test_user(
            self.env,
            "pay_boss2",
            "sales_team.group_sale_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        trial = (
            self.env["crm.sales.policy.trial"]
            .with_user(self.boss)
            .create({"policy_id": self.policy.id, "date": "2026-01-31"})
        )
        trial.action_run()
        with self.assertRaises(AccessError):
            trial.line_ids.with_user(other).read(["paid_now"])

    def test_slip(self):
        report = "crm_funnel_loyalty.report_statement_slip"
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            report, self.mine.ids
        )
        text = html.decode()
        self.assertIn(self.mine.line_ids.document, text)
        self.assertIn("10,000,000", text)

    def test_the_night_goes_on_past_what_is_being_computed(self):
        other = self.env["res.company"].create({"name": "B"})
        self._make_policy(company_id=other.id)
        with (
            freeze_time("2026-02-10 03:00"),
            patch.object(
                StatementRun, "_lock", autospec=True, side_effect=LockError("busy")
            ) as lock,
        ):
            self.env.ref(
                "crm_funnel_loyalty.ir_cron_refresh_statements"
            ).method_direct_trigger()
        tried = {call.args[0].company.id for call in lock.call_args_list}
        self.assertLessEqual({self.company.id, other.id}, tried)

    def test_the_night(self):
        """The cron makes drafts of the present month, company by company."""
        with freeze_time("2026-02-10 03:00"):
            self._sell(self.an, 10 * MILLION, "2026-02-02")
            self.env.ref(
                "crm_funnel_loyalty.ir_cron_refresh_statements"
            ).method_direct_trigger()
        february = self.statements.search(
            [("user_id", "=", self.an.id), ("date_from", "=", "2026-02-01")]
        )
        self.assertEqual(february.total, 200_000)
