from datetime import date, datetime, timedelta

from odoo import fields
from odoo.tests import tagged

from .care_common import MORNING, CareCommon


@tagged("post_install", "-at_install")
class TestCareTriggerTime(CareCommon):
    """What time brings, and what no single place tells of."""

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

    def test_left_out_deliveries_do_not_come_back(self):
        scenario = self.make_scenario("order_delivered", cooldown_days=30)
        now = fields.Datetime.now()
        for hours in (1, 2):
            with self.at(now + timedelta(hours=hours)):
                self.make_order(self.customer).order_line.qty_delivered = 1
                self.enrol()
                self.advance()
        self.assertEqual(len(scenario.run_ids), 1, "the second is too soon")
        with self.at(now + timedelta(days=31)):
            self.enrol()
        self.assertEqual(len(scenario.run_ids), 1, "and weeks later too late")

    def test_left_out_tickets_do_not_come_back(self):
        scenario = self.make_scenario("ticket_closed", cooldown_days=30)
        for _time in range(2):
            self._close(self._make_ticket())
            self.enrol()
            self.advance()
        self.assertEqual(len(scenario.run_ids), 1, "the second is too soon")
        with self.at(fields.Datetime.now() + timedelta(days=31)):
            self.enrol()
        self.assertEqual(len(scenario.run_ids), 1, "and weeks later too late")

    def _plan_contract(self, count=1):
        """A contract whose instalments are due on 7 March, not signed yet."""
        agreement = self.env["agreement"].browse(
            self.make_order(self.customer)
            .with_user(self.seller)
            .action_create_agreement()["res_id"]
        )
        self.env["agreement.instalment.plan"].with_user(self.seller).create(
            {"agreement_id": agreement.id, "count": count}
        ).action_apply()
        parts = agreement.instalment_ids
        parts.with_user(self.manager).write({"due_date": "2026-03-07"})
        return agreement

    def _make_instalment_scenario(self, **values):
        return self.make_scenario(
            "instalment",
            steps=[self.mail("<p>[[document]] [[amount]] [[date]]</p>")],
            days_before=5,
            exit_bought=False,
            **values,
        )

    def test_instalments_each_for_itself(self):
        with self.at(MORNING):
            agreement = self._plan_contract(count=2)
            parts = agreement.instalment_ids.sorted()
            scenario = self._make_instalment_scenario(cooldown_days=0)
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

    def test_instalment_of_a_contract_that_is_no_more(self):
        for change in (
            lambda a: a.action_cancel(),
            lambda a: a.action_draft(),
            lambda a: a.write({"active": False}),
        ):
            with self.at(MORNING):
                scenario = self._make_instalment_scenario()
                agreement = self._plan_contract()
                agreement.with_user(self.seller).action_sign()
                self.enrol()
                run = scenario.run_ids
                self.assertEqual(run.state, "running")
                change(agreement.with_user(self.manager))
                self.advance()
            self.assertEqual((run.state, run.exit_reason), ("stopped", "cancelled"))
            self.assertFalse(self.touches(scenario))
            scenario.action_pause()

    def test_instalment_that_is_due_later(self):
        with self.at(MORNING):
            scenario = self._make_instalment_scenario()
            agreement = self._plan_contract()
            agreement.with_user(self.seller).action_sign()
            self.enrol()
            agreement.instalment_ids.with_user(self.manager).due_date = "2026-03-14"
            self.advance()
            self.assertEqual(scenario.run_ids.exit_reason, "cancelled")
        with self.at(MORNING + timedelta(days=7)):
            self.enrol()
            self.advance()
        self.assertEqual(len(scenario.run_ids), 2, "the new day starts its own")
        self.assertIn("03/14/2026", self.touches(scenario).body)

    def _close(self, ticket, closed=True):
        ticket.stage_id = self.env["helpdesk.ticket.stage"].search(
            [("closed", "=", closed)], limit=1
        )

    def _make_ticket(self):
        return self.env["helpdesk.ticket"].create(
            {"name": "T", "description": "T", "partner_id": self.customer.id}
        )

    def test_ticket_that_is_open_again(self):
        scenario = self.make_scenario("ticket_closed")
        early, late = self._make_ticket(), self._make_ticket()
        self._close(early)
        self._close(early, closed=False)
        self.enrol()
        self.assertFalse(scenario.run_ids, "open again before anybody looked")
        self._close(late)
        self.enrol()
        self._close(late, closed=False)
        self.advance()
        self.assertEqual(scenario.run_ids.exit_reason, "cancelled")
        self.assertFalse(self.touches(scenario))

    def test_ticket_closed(self):
        scenario = self.make_scenario("ticket_closed")
        ticket = self._make_ticket()
        self.enrol()
        self.assertFalse(scenario.run_ids)
        self._close(ticket)
        self.enrol()
        self.assertEqual(scenario.run_ids.partner_id, self.customer)
