from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.crm_campaign_partner.tests.common_rpc import RpcCase

from .common import FunnelCommon


@tagged("post_install", "-at_install")
class TestCrmLeadAccess(FunnelCommon, RpcCase):
    """Every public method of leads, for every role, over RPC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "funnel_portal", "base.group_portal")
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.foreigner = new_test_user(
            cls.env,
            "funnel_foreigner",
            "sales_team.group_sale_manager",
            company_id=cls.elsewhere.id,
            company_ids=[Command.set(cls.elsewhere.ids)],
        )
        cls.question = cls.env["crm.lead.checklist.item"].create(
            {"name": "Need known?", "required": False}
        )
        cls.lead = cls.make_lead(
            phone="0907654321", company_id=cls.env.company.id, name="Ours"
        )

    def test_strangers(self):
        ids = self.lead.ids
        calls = [
            ("crm.lead", "action_convert_to_opportunity", ids),
            ("crm.lead", "action_undo_conversion", ids),
            ("crm.lead", "action_answer_checklist", ids, self.question.id, True),
            ("crm.lead", "action_write_note", ids),
            ("crm.lead", "action_call", ids),
            ("crm.lead", "action_write_email", ids),
            ("crm.lead", "action_next_step", ids),
            ("crm.lead", "read", ids, ["known_text", "checklist", "has_twin"]),
        ]
        for user in (self.other, self.foreigner, self.portal):
            for model, method, *args in calls:
                self.assertRefused(user, model, method, *args)
        self.assertEqual(self.lead.type, "lead")
        self.assertFalse(self.lead.checklist_answer_ids)

    def test_owner(self):
        ids = self.lead.ids
        self.rpc_as(
            self.seller,
            "crm.lead",
            "action_answer_checklist",
            ids,
            self.question.id,
            True,
        )
        self.assertEqual(self.lead.checklist_answer_ids.user_id, self.seller)
        action = self.rpc_as(
            self.seller, "crm.lead", "action_convert_to_opportunity", ids
        )
        self.assertEqual(action["res_id"], self.lead.id)
        self.lead.invalidate_recordset()
        self.assertEqual(self.lead.type, "opportunity")
        self.assertRefused(self.other, "crm.lead", "action_undo_conversion", ids)
        self.assertRefused(self.foreigner, "crm.lead", "action_undo_conversion", ids)
        self.rpc_as(self.seller, "crm.lead", "action_undo_conversion", ids)
        self.lead.invalidate_recordset()
        self.assertEqual(self.lead.type, "lead")

    def test_private_methods_are_not_called(self):
        for method in ("_undo_conversion", "_convert_with_customer", "_win_by_order"):
            self.assertRefused(self.seller, "crm.lead", method, self.lead.ids)

    def test_closed_models(self):
        for user in (self.seller, self.manager):
            self.assertRefused(user, "crm.lead.conversion", "search_read", [])
        values = {"lead_id": self.lead.id, "item_id": self.question.id}
        self.assertRefused(
            self.manager, "crm.lead.checklist.answer", "create", [values]
        )
        for model in (
            "crm.lead.checklist.item",
            "crm.lead.checklist.answer",
            "crm.lead.note",
            "crm.lead.convert.report",
            "crm.lead.convert.report.line",
        ):
            self.assertRefused(self.portal, model, "search_read", [])

    def test_wizards_of_another_are_closed(self):
        report = (
            self.env["crm.lead.convert.report"]
            .with_user(self.seller)
            ._make({self.lead: ("undecided", "Two customers")})
        )
        for user in (self.other, self.manager):
            self.assertRefused(
                user, report._name, "read", report.ids, ["converted_count"]
            )
            self.assertRefused(user, report._name, "action_undo", report.ids)
            line = report.line_ids
            self.assertRefused(user, line._name, "action_decide", line.ids)

    def test_report_lines_do_not_convert_for_others(self):
        """Whoever writes a foreign lead into a line of his own gets nowhere."""
        report = self.env["crm.lead.convert.report"].with_user(self.other)
        report = report.create(
            {
                "line_ids": [
                    Command.create(
                        {"lead_id": self.lead.id, "outcome": "undecided", "reason": "x"}
                    )
                ]
            }
        )
        with self.assertRaises(AccessError):
            report.line_ids.action_decide()
        self.assertEqual(self.lead.type, "lead")

    def test_context_of_a_client_is_no_note(self):
        """The notes of a conversion are objects; JSON cannot pretend to be one."""
        lead = self.lead.with_user(self.seller).with_context(
            lead_conversion_note={"partner_ids": [self.customer.id]}
        )
        lead.action_convert_to_opportunity()
        self.assertNotIn(self.customer, lead._get_last_conversion().partner_ids)
