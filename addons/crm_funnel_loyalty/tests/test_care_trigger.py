from datetime import date, datetime, timedelta

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

    def test_archived_and_other_company(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        scenario = self.make_scenario()
        self.manager.company_ids = [Command.link(elsewhere.id)]
        self.accounts.copy({"company_id": elsewhere.id, "user_id": False}).write(
            {"state": "ready"}
        )
        theirs = self.make_scenario(company_id=elsewhere.id)
        self.make_order(self.customer)
        self.assertEqual(len(self.run_of(scenario)), 1)
        self.assertFalse(self.run_of(theirs), "an order of another company")

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

    def test_silent(self):
        with self.at(MORNING):
            scenario = self.make_scenario("silent", silent_days=60)
            self.bought(59)
            late = self.customer.copy({"name": "Long silent"})
            self.bought(90, late)
            self.enrol()
            self.assertFalse(scenario.run_ids)
        with self.at(MORNING + timedelta(days=1)):
            self.enrol()
            self.assertEqual(scenario.run_ids.partner_id, self.customer)
            self.enrol()
        self.assertEqual(len(scenario.run_ids), 1)

    def test_silent_for_long_already(self):
        with self.at(MORNING):
            scenario = self.make_scenario(
                "silent", silent_days=60, include_existing=True
            )
            self.bought(400)
            self.enrol()
            self.assertEqual(scenario.run_ids.partner_id, self.customer)

    def test_silent_counts_days_of_the_company(self):
        # bought at 23:30 of 1 March in Vietnam, 16:30 UTC
        bought = datetime(2026, 3, 1, 16, 30)
        with self.at(bought):
            scenario = self.make_scenario("silent", silent_days=1)
            self.make_order(self.customer, date_order=bought)
        with self.at(datetime(2026, 3, 1, 16, 50)):
            self.enrol()
            self.assertFalse(scenario.run_ids, "the same day")
        with self.at(datetime(2026, 3, 1, 17, 10)):
            self.enrol()
            self.assertTrue(scenario.run_ids, "the next day has begun")

    def test_reorder(self):
        with self.at(MORNING):
            scenario = self.make_scenario("reorder", days_before=3)
            for days in (60, 40, 20):
                self.bought(days)
            self.env["res.partner"]._cron_recompute_rhythm()
            self.assertEqual(self.customer.next_order_date, date(2026, 3, 2))
        scenario.action_pause()
        with self.at(MORNING - timedelta(days=4)):
            scenario.action_start()
            self.enrol()
            self.assertFalse(scenario.run_ids)
        with self.at(MORNING - timedelta(days=3)):
            self.enrol()
            self.assertEqual(scenario.run_ids.partner_id, self.customer)

    def test_birthday(self):
        self.customer.birthdate = "1990-03-02"
        with self.at(MORNING - timedelta(days=30)):
            scenario = self.make_scenario(
                "birthday", steps=[self.sms(has_clock=True, clock=8)]
            )
            self.enrol()
            self.assertFalse(scenario.run_ids)
        # 12:00 in Vietnam, after the hour: it is still today's
        with self.at(MORNING + timedelta(hours=3)):
            self.enrol()
            run = scenario.run_ids
            self.assertEqual(run.next_date, datetime(2026, 3, 2, 1, 0))
            self.advance()
            self.assertEqual(self.touches(scenario).body, "Hello Nguyễn Thị Hoa")
        with self.at(MORNING + timedelta(days=1)):
            self.enrol()
        self.assertEqual(len(scenario.run_ids), 1)
        with self.at(datetime(2027, 3, 2, 2, 0)):
            self.enrol()
        self.assertEqual(len(scenario.run_ids), 2, "every year")

    def test_birthday_on_29_february(self):
        self.customer.birthdate = "1992-02-29"
        with self.at(datetime(2026, 2, 1)):
            scenario = self.make_scenario("birthday", cooldown_days=300)
        for moment, count in (
            (datetime(2026, 2, 27, 3, 0), 0),
            (datetime(2026, 2, 28, 3, 0), 1),
            (datetime(2026, 3, 1, 3, 0), 1),
            (datetime(2028, 2, 28, 3, 0), 1),
            (datetime(2028, 2, 29, 3, 0), 2),
        ):
            with self.at(moment):
                self.enrol()
                scenario.run_ids._finish("done")
            self.assertEqual(len(scenario.run_ids), count, moment)

    def test_birthday_when_the_server_stood_still(self):
        self.customer.birthdate = "1990-12-31"
        with self.at(datetime(2026, 12, 1)):
            scenario = self.make_scenario("birthday")
        with self.at(datetime(2027, 1, 2, 3, 0)):
            self.enrol()
        self.assertIn("birthday:2026", scenario.run_ids.trigger_key)

    def test_order_delivered(self):
        before = self.make_order(self.customer)
        before.order_line.qty_delivered = 1
        other = self.customer.copy({"name": "Next"})
        order = self.make_order(other)
        scenario = self.make_scenario("order_delivered")
        self.assertTrue(before.care_delivery_date)
        later = fields.Datetime.now() + timedelta(hours=1)
        with self.at(later):
            self.enrol()
            self.assertFalse(scenario.run_ids, "what was delivered before")
            order.order_line.qty_delivered = 1
            self.enrol()
            self.assertEqual(scenario.run_ids.partner_id, other)
            self.enrol()
        self.assertEqual(len(scenario.run_ids), 1)

    def test_instalments_each_for_itself(self):
        with self.at(MORNING):
            agreement = self.env["agreement"].browse(
                self.make_order(self.customer)
                .with_user(self.seller)
                .action_create_agreement()["res_id"]
            )
            self.env["agreement.instalment.plan"].with_user(self.seller).create(
                {"agreement_id": agreement.id, "count": 2}
            ).action_apply()
            parts = agreement.instalment_ids.sorted()
            parts.with_user(self.manager).write({"due_date": "2026-03-07"})
            scenario = self.make_scenario(
                "instalment",
                steps=[self.mail("<p>[[document]] [[amount]] [[date]]</p>")],
                days_before=5,
                exit_bought=False,
                cooldown_days=0,
            )
            self.enrol()
            self.assertFalse(scenario.run_ids, "the contract is not signed")
            agreement.with_user(self.seller).action_sign()
            self.enrol()
            self.assertEqual(set(scenario.run_ids.mapped("res_id")), set(parts.ids))
            self.env.cr.execute(
                "UPDATE agreement_instalment SET state = 'paid' WHERE id = %s",
                [parts[0].id],
            )
            self.env.invalidate_all()
            self.advance()
        runs = scenario.run_ids.sorted("res_id")
        self.assertEqual(runs.mapped("exit_reason"), ["paid", False])
        self.assertIn(agreement.code, self.touches(scenario).body)

    def test_ticket_closed(self):
        scenario = self.make_scenario("ticket_closed")
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "T", "description": "T", "partner_id": self.customer.id}
        )
        self.enrol()
        self.assertFalse(scenario.run_ids)
        ticket.stage_id = self.env["helpdesk.ticket.stage"].search(
            [("closed", "=", True)], limit=1
        )
        self.enrol()
        self.assertEqual(scenario.run_ids.partner_id, self.customer)
