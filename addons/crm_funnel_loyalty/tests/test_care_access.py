from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.crm_campaign_partner.tests.common_rpc import RpcCase

from .care_common import CareCommon


@tagged("post_install", "-at_install")
class TestCareAccess(CareCommon, RpcCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "care_portal", "base.group_portal")
        cls.employee = new_test_user(cls.env, "care_employee", "base.group_user")
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.foreigner = new_test_user(
            cls.env,
            "care_foreigner",
            "sales_team.group_sale_manager",
            company_id=cls.elsewhere.id,
            company_ids=[Command.set(cls.elsewhere.ids)],
        )
        cls.scenario = cls.make_scenario(steps=[cls.sms(wait_days=1)])
        cls.make_order(cls.customer)
        cls.run_ = cls.scenario.run_ids

    def _call(self, user, records, method, *args):
        ids = [records.ids] if records else []
        return self.rpc_as(user, records._name, method, *ids, *args)

    def test_who_sees_runs(self):
        for user, seen in (
            (self.seller, True),
            (self.manager, True),
            (self.other, False),
            (self.foreigner, False),
        ):
            found = self.runs.with_user(user).search([])
            self.assertEqual(self.run_ in found, seen, user.login)
        for user in (self.portal, self.employee):
            with self.assertRaises(AccessError):
                self.runs.with_user(user).search([])

    def test_who_sees_and_changes_scenarios(self):
        self.assertEqual(self.scenario.with_user(self.seller).state, "running")
        for user in (self.seller, self.foreigner, self.employee, self.portal):
            mine = self.scenario.with_user(user)
            with self.assertRaises(AccessError, msg=user.login):
                mine.write({"name": "Mine"})
            for action in ("action_pause", "action_start", "action_end_runs"):
                with self.assertRaises(AccessError, msg=user.login):
                    getattr(mine, action)()
        self.scenario.with_user(self.manager).write({"name": "New"})
        ready = self.env.ref("crm_funnel_loyalty.care_birthday")
        with self.assertRaises(AccessError):
            ready.with_user(self.manager).write({"name": "Changed"})
        with self.assertRaises(AccessError):
            ready.step_ids.with_user(self.manager).write({"wait_days": 9})
        self.assertTrue(ready.with_user(self.foreigner).name)

    def test_nobody_writes_runs(self):
        for user in (self.seller, self.manager, self.env.ref("base.user_admin")):
            run = self.run_.with_user(user)
            with self.assertRaises(AccessError):
                run.write({"state": "done"})
            with self.assertRaises(AccessError):
                run.unlink()
            with self.assertRaises(AccessError):
                self.env["crm.care.run.line"].with_user(user).create(
                    {
                        "run_id": run.id,
                        "step_id": self.scenario.step_ids.id,
                        "state": "done",
                    }
                )

    def test_state_is_the_buttons_own(self):
        scenario = self.scenario.with_user(self.manager)
        with self.assertRaises(UserError):
            scenario.write({"state": "draft"})
        with self.assertRaises(UserError):
            self.scenarios.with_user(self.manager).with_context(
                default_state="running"
            ).create({"name": "Sly"})

    def test_dangerous_text_is_refused(self):
        self.env["ir.config_parameter"].set_param(
            "mail.restrict.template.rendering", True
        )
        self.env.ref("base.group_user")._remove_group(
            self.env.ref("mail.group_mail_template_editor")
        )
        step = self.scenario.step_ids.with_user(self.manager)
        step.sms_body = "Hello {{ object.name }}"
        with self.assertRaises(AccessError):
            step.sms_body = "{{ object.env['res.users'].sudo().search([]) }}"

    def test_stop_is_for_who_sees_it(self):
        with self.assertRaises(AccessError):
            self.run_.with_user(self.other).action_stop()
        self.run_.with_user(self.seller).action_stop()
        self.assertEqual(
            (self.run_.state, self.run_.exit_reason), ("stopped", "by_hand")
        )

    def test_over_rpc(self):
        for user, records, method, args in (
            (self.seller, self.scenario, "write", [{"name": "X"}]),
            (self.seller, self.scenario, "action_pause", []),
            (self.manager, self.scenario, "write", [{"state": "draft"}]),
            (self.manager, self.run_, "write", [{"state": "done"}]),
            (self.other, self.run_, "action_stop", []),
            (self.other, self.run_, "read", [["state"]]),
            (self.foreigner, self.scenario, "read", [["name"]]),
            (self.portal, self.run_, "action_stop", []),
            (self.manager, self.scenario, "_enrol", ["SELECT 1"]),
            (self.manager, self.run_, "_finish", ["done"]),
        ):
            with (
                self.subTest(f"{user.login} {method}"),
                mute_logger("odoo.http"),
                self.assertRaises(JsonRpcException),
            ):
                self._call(user, records, method, *args)
        self.assertEqual((self.scenario.state, self.run_.state), ("running", "running"))
        self._call(self.manager, self.scenario, "action_pause")
        self.env.invalidate_all()
        self.assertEqual(self.scenario.state, "paused")
        self._call(self.seller, self.run_, "action_stop")
        self.env.invalidate_all()
        self.assertEqual(self.run_.state, "stopped")

    def test_rating_page_is_public(self):
        scenario = self.make_scenario(
            steps=[
                {"action": "rating", "subject": "How?", "body_html": "<p>Tell us</p>"}
            ]
        )
        run = self.start(scenario)
        self.advance()
        token = run.rating_ids.access_token
        self.env.flush_all()
        self.authenticate(None, None)
        page = self.url_open(f"/rate/{token}/5")
        self.assertEqual(page.status_code, 200)
        self.assertFalse(run.answered_date, "opening it is no answer")
