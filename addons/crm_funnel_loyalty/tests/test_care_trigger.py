from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .care_common import MORNING, CareCommon


@tagged("post_install", "-at_install")
class TestCareTrigger(CareCommon):
    def test_order_confirmed(self):
        scenario = self.make_scenario()
        quotation = self.make_quotation(self.customer)
        self.assertFalse(self.run_of(scenario))
        quotation.with_user(self.seller).action_confirm()
        run = self.run_of(scenario)
        self.assertEqual(run.state, "running")
        self.assertEqual((run.res_model, run.res_id), ("sale.order", quotation.id))
        self.assertEqual(run.step_id, scenario.step_ids)

    def test_paused_and_draft_start_nobody(self):
        draft = self.make_scenario(on=False)
        paused = self.make_scenario()
        paused.action_pause()
        self.make_order(self.customer)
        self.assertFalse(self.run_of(draft) | self.run_of(paused))

    def test_same_event_never_twice_and_cool_down(self):
        scenario = self.make_scenario(cooldown_days=10)
        with self.at(MORNING):
            order = self.make_order(self.customer)
            self.runs.search([])._finish("done")
            order.write({"state": "cancel"})
            order.write({"state": "draft"})
            order.write({"state": "sale"})
        self.assertEqual(len(self.run_of(scenario)), 1)
        with self.at(MORNING + timedelta(days=9)):
            self.make_order(self.customer)
        self.assertEqual(len(self.run_of(scenario)), 1, "too early")
        with self.at(MORNING + timedelta(days=11)):
            order.write({"state": "cancel"})
            order.write({"state": "sale"})
        self.assertEqual(len(self.run_of(scenario)), 1, "that order had its run")
        with self.at(MORNING + timedelta(days=11)):
            self.make_order(self.customer)
        self.assertEqual(len(self.run_of(scenario)), 2)

    def test_not_twice_at_the_same_time(self):
        scenario = self.make_scenario(cooldown_days=0)
        self.make_order(self.customer)
        self.make_order(self.customer)
        self.assertEqual(len(self.run_of(scenario)), 1)

    def test_conditions(self):
        scenario = self.make_scenario(domain="[('name', 'ilike', 'Hoa')]")
        other = self.customer.copy({"name": "Bình"})
        self.make_order(other)
        self.make_order(self.customer)
        self.assertEqual(scenario.run_ids.partner_id, self.customer)

    def test_order_that_is_cancelled(self):
        scenario = self.make_scenario()
        order = self.make_order(self.customer)
        order.with_user(self.seller).action_cancel()
        run = self.run_of(scenario)
        self.assertEqual((run.state, run.exit_reason), ("stopped", "cancelled"))
        self.assertFalse(self.touches(scenario))
        self.make_order(self.customer)
        self.advance()
        self.assertEqual(len(self.touches(scenario)), 1, "the one in its place")

    def _open_elsewhere(self):
        """A second company whose care can be sent."""
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.company_ids = [Command.link(elsewhere.id)]
        self.accounts.copy({"company_id": elsewhere.id, "user_id": False}).write(
            {"state": "ready"}
        )
        return elsewhere

    def test_archived_and_other_company(self):
        elsewhere = self._open_elsewhere()
        scenario = self.make_scenario()
        theirs = self.make_scenario(company_id=elsewhere.id)
        self.make_order(self.customer)
        self.assertEqual(len(self.run_of(scenario)), 1)
        self.assertFalse(self.run_of(theirs), "an order of another company")

    def test_tier_reached_at_another_company(self):
        elsewhere, tier = self._open_elsewhere(), self.tiers["repeat"]
        ours = self.make_scenario("tier_reached", tier_id=tier.id)
        theirs = self.make_scenario(
            "tier_reached", tier_id=tier.id, company_id=elsewhere.id
        )
        self.make_order(self.customer)
        self.make_order(self.customer)
        self.assertEqual(len(self.run_of(ours)), 1)
        self.assertFalse(self.run_of(theirs))

    def test_tier_that_no_company_proves(self):
        elsewhere, tier = self._open_elsewhere(), self.tiers["fan"]
        theirs = self.make_scenario(
            "tier_reached", tier_id=tier.id, company_id=elsewhere.id
        )
        # by referrals: the company is that of whoever wrote the last one down
        self.env["crm.funnel.tier.move"].create(
            {
                "partner_id": self.customer.id,
                "to_tier_id": tier.id,
                "direction": "up",
                "date": fields.Datetime.now(),
                "document": f"res.partner,{self.customer.id}",
                "company_id": self.company.id,
            }
        )
        self.scenarios._fire("tier_reached", self.customer)
        self.assertEqual(len(self.run_of(theirs)), 1)

    def test_fault_of_a_scenario_stops_no_order(self):
        scenario = self.make_scenario()
        self.env.cr.execute(
            "UPDATE crm_care_scenario SET domain = '[(''gone'', ''='', 1)]'"
            " WHERE id = %s",
            [scenario.id],
        )
        self.env.invalidate_all()
        order = self.make_order(self.customer)
        self.assertEqual(order.state, "sale")
        self.assertFalse(self.run_of(scenario))
        self.assertTrue(scenario.last_error)
        scenario.domain = "[]"
        self.make_order(self.customer)
        self.assertTrue(self.run_of(scenario))
        self.assertFalse(scenario.last_error)

    def test_tier_reached_and_left(self):
        up = self.make_scenario("tier_reached", tier_id=self.tiers["repeat"].id)
        down = self.make_scenario("tier_left", tier_id=self.tiers["repeat"].id)
        self.make_order(self.customer)
        self.assertFalse(self.run_of(up))
        order = self.make_order(self.customer)
        self.assertTier(self.customer, "repeat")
        self.assertEqual(self.run_of(up).res_model, "crm.funnel.tier.move")
        self.assertFalse(self.run_of(down))
        order.action_cancel()
        self.assertEqual(len(self.run_of(down)), 1)

    def test_lead_stage(self):
        stage = self.env.ref("crm_funnel_loyalty.lead_stage_consulting")
        scenario = self.make_scenario("lead_stage", lead_stage_id=stage.id)
        lead = self.make_lead(phone="0912345678")
        self.assertFalse(scenario.run_ids)
        lead.with_user(self.seller).lead_stage_id = stage
        self.assertEqual(scenario.run_ids.lead_id, lead)
        self.advance()
        touch = self.touches(scenario)
        self.assertEqual(touch.phone_key, "+84912345678")
        self.assertFalse(touch.partner_id)

    def test_lead_that_comes_with_its_team(self):
        vip = self.env["crm.lead.stage"].create(
            {"name": "VIP", "sequence": -1, "team_ids": [Command.set(self.team.ids)]}
        )
        team = self.env["crm.team"].create({"name": "Team B", "use_leads": True})
        lead = self.make_lead(phone="0912345678", team_id=team.id)
        scenario = self.make_scenario("lead_stage", lead_stage_id=vip.id)
        lead.lead_stage_id.team_ids = team
        lead.team_id = self.team
        self.assertEqual(lead.lead_stage_id, vip)
        self.assertEqual(scenario.run_ids.lead_id, lead)

    def test_lead_that_answers(self):
        stage = self.env.ref("crm_funnel_loyalty.lead_stage_consulting")
        scenario = self.make_scenario("lead_stage", lead_stage_id=stage.id)
        lead = self.make_lead(phone="0912345678", lead_stage_id=stage.id)
        lead.message_post(
            body="Yes",
            message_type="email",
            date=fields.Datetime.now() + timedelta(hours=1),
        )
        self.advance()
        self.assertEqual(scenario.run_ids.exit_reason, "answered")

    def test_lead_that_moves_on_leaves(self):
        stage = self.env.ref("crm_funnel_loyalty.lead_stage_consulting")
        scenario = self.make_scenario("lead_stage", lead_stage_id=stage.id)
        lead = self.make_lead(phone="0912345678", lead_stage_id=stage.id)
        run = scenario.run_ids
        self.assertEqual(run.lead_id, lead, "also when it is made there")
        lead.lead_stage_id = self.env.ref("crm_funnel_loyalty.lead_stage_trial")
        self.advance()
        self.assertEqual((run.state, run.exit_reason), ("exited", "moved_on"))
        self.assertFalse(self.touches(scenario))
