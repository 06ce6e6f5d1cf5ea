from datetime import timedelta

from odoo.tests import tagged

from .care_common import MORNING, CareCommon


@tagged("post_install", "-at_install")
class TestCarePerformance(CareCommon):
    def _make_people(self, count, name):
        return self.env["res.partner"].create(
            [
                {
                    "name": f"{name} {number}",
                    "birthdate": "1990-03-02",
                    "phone": f"09{count:03d}{number:05d}",
                    "email": f"{name}{number}@example.com",
                    "country_id": self.vietnam.id,
                }
                for number in range(count)
            ]
        )

    def _count(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _spend(self, count):
        """Statements to start so many, and to do a step of each kind for them."""
        name = f"Guest{count}"
        people = self._make_people(count, name)
        scenario = self.make_scenario(
            "birthday",
            steps=[self.sms(), self.mail(), {"action": "call"}],
            domain=f"[('name', 'like', '{name} ')]",
        )
        scenario.started_date = MORNING
        enrolled = self._count(scenario._start_safely)
        self.assertEqual(scenario.run_ids.partner_id, people)
        spent = []
        for _step in scenario.step_ids:
            due = scenario.run_ids.filtered(lambda run: run.state == "running")
            spent.append(self._count(due._advance))
        self.assertEqual(set(scenario.run_ids.mapped("state")), {"done"})
        self.assertEqual(len(self.touches(scenario)), 2 * count)
        return enrolled, spent

    def test_statements_do_not_grow_with_customers(self):
        with self.at(MORNING):
            self._spend(2)
            few, many = self._spend(5), self._spend(80)
        self.assertEqual(few[0], many[0])
        self.assertLessEqual(many[0], 10)
        for one, other in zip(few[1], many[1], strict=True):
            # the ORM fetches and writes in batches of its own; nothing is per customer
            self.assertLess(other - one, 25, (few, many))

    def test_orders_cost_nothing_while_nobody_listens(self):
        scenario = self.make_scenario()
        scenario.action_pause()
        order = self.make_order(self.customer)
        self.assertEqual(self.scenarios._get_listening_ids("order_confirmed"), ())
        fire = self.scenarios._fire
        self.assertEqual(self._count(lambda: fire("order_confirmed", order)), 0)
        scenario.action_start()
        self.assertEqual(
            self.scenarios._get_listening_ids("order_confirmed"), (scenario.id,)
        )

    def test_report_and_figures(self):
        with self.at(MORNING):
            scenario = self.make_scenario(steps=[self.sms(), self.sms(wait_days=2)])
            self.start(scenario)
            self.advance()
        with self.at(MORNING + timedelta(days=1)):
            order = self.make_order(self.customer, price=5000000)
            self.advance()
        row = self.env["crm.care.report"]._read_group(
            [("scenario_id", "=", scenario.id)],
            [],
            ["__count", "bought_count:sum", "revenue:sum"],
        )[0]
        self.assertEqual(row, (1, 1, order.amount_untaxed))
        scenarios = scenario
        for _number in range(4):
            scenarios |= self.make_scenario(steps=[self.sms(), self.mail()])

        def read(records):
            records.read(["run_count", "answered_count"])
            records.step_ids.read(["entered_count", "waiting_count", "bought_count"])

        few = self._count(lambda: read(scenario))
        self.assertEqual(self._count(lambda: read(scenarios)), few)
