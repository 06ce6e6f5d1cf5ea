from odoo.tests import tagged

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ..hooks import (
    PLACE,
    SWITCHED_ON,
    _fill_lead_stages,
    _fill_need_statuses,
    _fill_tiers,
    post_init_hook,
    uninstall_hook,
)
from .common import FunnelCommon


@tagged("post_install", "-at_install")
class TestFunnelHooks(FunnelCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_group = cls.env.ref("base.group_user")
        cls.lead_group = cls.env.ref("crm.group_use_lead")
        cls.parameters = cls.env["ir.config_parameter"]

    def test_uninstall_puts_the_setting_back(self):
        self.parameters.search([("key", "=", SWITCHED_ON)]).unlink()
        self.user_group._remove_group(self.lead_group)
        self.team.use_leads = False
        eager = self.env["crm.team"].create({"name": "Eager", "use_leads": True})
        post_init_hook(self.env)
        self.assertIn(self.lead_group, self.user_group.all_implied_ids)
        self.assertTrue(self.team.use_leads)
        uninstall_hook(self.env)
        self.assertNotIn(self.lead_group, self.user_group.all_implied_ids)
        self.assertFalse(self.team.use_leads)
        self.assertTrue(eager.use_leads, "used leads before us")
        self.assertFalse(self.parameters.get_param(SWITCHED_ON))

    def test_uninstall_leaves_a_setting_that_was_on(self):
        self.parameters.search([("key", "=", SWITCHED_ON)]).unlink()
        self.user_group._apply_group(self.lead_group)
        post_init_hook(self.env)
        self.assertFalse(self.parameters.get_param(SWITCHED_ON))
        uninstall_hook(self.env)
        self.assertIn(self.lead_group, self.user_group.all_implied_ids)

    def test_uninstall_lets_go_of_stages_and_tiers(self):
        lead = self.make_lead()
        self.make_order(self.customer)
        uninstall_hook(self.env)
        self.assertFalse(lead.lead_stage_id)
        self.assertFalse(
            self.customer.funnel_tier_id | self.customer.funnel_tier_peak_id
        )
        self.assertFalse(self.env["crm.funnel.tier.move"].search_count([]))
        self.env["crm.lead.stage"].search([]).unlink()
        leaving = self.customer.with_context(**{MODULE_UNINSTALL_FLAG: True})
        leaving._recompute_funnel_tier()
        self.assertFalse(self.customer.funnel_tier_id, "nothing comes back")

    def test_uninstall_lets_go_of_done_activities(self):
        kind = self.env.ref("crm_funnel_loyalty.mail_activity_type_unhappy")
        ticket = self.env["helpdesk.ticket"].create({"name": "T", "description": "T"})
        ticket.activity_schedule(
            "crm_funnel_loyalty.mail_activity_type_unhappy", user_id=self.env.uid
        ).action_done()
        uninstall_hook(self.env)
        kind.unlink()
        self.assertFalse(kind.exists())

    def test_old_leads_get_the_first_stage(self):
        lead = self.make_lead()
        lost = self.make_lead()
        lost.action_set_lost()
        (lead | lost).write({"lead_stage_id": False, "lead_stage_date": False})
        _fill_lead_stages(self.env)
        self.assertEqual(
            lead.lead_stage_id, self.env.ref("crm_funnel_loyalty.lead_stage_interested")
        )
        self.assertEqual(lead.lead_stage_date, lead.create_date)
        self.assertFalse(lost.lead_stage_id)

    def test_old_needs_get_a_status(self):
        need, won, lost = (self.make_opportunity(self.customer) for __ in range(3))
        won.action_set_won()
        lost.action_set_lost()
        (need | won | lost).write({"need_status_id": False})
        _fill_need_statuses(self.env)
        received = self.env.ref("crm_funnel_loyalty.need_status_received")
        self.assertEqual(need.need_status_id, received)
        self.assertTrue(won.need_status_id.is_traded)
        self.assertFalse(lost.need_status_id)
        won.need_status_id = received
        _fill_need_statuses(self.env)
        self.assertEqual(won.need_status_id, received, "an answer is kept")

    def test_uninstall_takes_the_note_of_the_cron(self):
        self.parameters.set_param(PLACE, 7)
        uninstall_hook(self.env)
        self.assertFalse(self.parameters.search([("key", "=", PLACE)]))

    def test_old_customers_get_a_tier_dated_by_the_proof(self):
        order = self.make_order(self.customer, date_order="2026-03-05 03:00:00")
        plain = self.env["res.partner"].create({"name": "Plain"})
        self.moves(self.customer).sudo().unlink()
        (self.customer | plain).sudo().write(
            {
                "funnel_tier_id": False,
                "funnel_tier_peak_id": False,
                "funnel_tier_since": False,
            }
        )
        _fill_tiers(self.env)
        self.assertTier(self.customer, "contract")
        self.assertEqual(self.customer.funnel_tier_since, order.date_order.date())
        move = self.moves(self.customer)
        self.assertFalse(move.from_tier_id)
        self.assertEqual(move.date, order.date_order)
        self.assertTier(plain, "target")
        self.assertFalse(self.moves(plain))

    def test_tickets_speak_vietnamese_until_uninstalled(self):
        """Words of the addons for tickets come and go; what was changed stays."""
        self.env["res.lang"]._activate_lang("vi_VN")
        self.env["ir.module.module"].search(
            [("name", "=", "crm_funnel_loyalty")]
        )._update_translations("vi_VN")
        stages = self.env["helpdesk.ticket.stage"].with_context(lang="vi_VN")
        done, new, view = (
            self.env.ref(f"helpdesk_mgmt.{name}").with_context(lang="vi_VN")
            for name in (
                "helpdesk_ticket_stage_done",
                "helpdesk_ticket_stage_new",
                "ticket_view_form",
            )
        )
        tickets = self.env["helpdesk.ticket"].with_context(lang="vi_VN")
        self.assertEqual(done.name, "Đã xong")
        self.assertIn("Giao cho tôi", view.arch)
        self.assertEqual(tickets.fields_get(["name"])["name"]["string"], "Tiêu đề")
        new.name = "Vừa nhận"
        uninstall_hook(self.env)
        self.assertEqual(done.name, "Done")
        self.assertEqual(new.name, "Vừa nhận")
        self.assertIn("Assign to me", view.arch)
        self.assertEqual(len(stages.search([("name", "=", "Done")])), 1)
