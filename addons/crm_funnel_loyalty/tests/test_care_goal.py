from datetime import timedelta

from odoo.tests import tagged

from .care_common import MORNING, CareCommon


@tagged("post_install", "-at_install")
class TestCareGoal(CareCommon):
    """When a run ends early, and what a step is credited with."""

    def test_goal_bought(self):
        scenario = self.make_scenario(
            steps=[self.sms(), self.sms("Second", wait_days=3)]
        )
        with self.at(MORNING):
            run = self.start(scenario)
            self.advance()
        with self.at(MORNING + timedelta(days=1)):
            order = self.make_order(self.customer)
        with self.at(MORNING + timedelta(days=4)):
            self.advance()
        self.assertEqual((run.state, run.exit_reason), ("exited", "bought"))
        self.assertEqual(run.bought_order_id, order)
        self.assertEqual(run.bought_step_id, scenario.step_ids[0])
        self.assertEqual(len(self.touches(scenario)), 1)

    def test_bought_counts_after_the_end(self):
        scenario = self.make_scenario()
        with self.at(MORNING):
            run = self.start(scenario)
            self.advance()
            self.assertEqual(run.state, "done")
        with self.at(MORNING + timedelta(days=5)):
            self.make_order(self.customer)
            self.advance()
        self.assertTrue(run.bought_order_id)
        self.assertEqual(run.state, "done")
        self.assertEqual(scenario.step_ids.bought_count, 1)

    def test_goal_answered_by_mail_and_call(self):
        scenario = self.make_scenario(
            steps=[self.sms(), self.sms("Second", wait_days=3)]
        )
        caller = self.customer.copy({"name": "Caller", "phone": "0907654321"})
        with self.at(MORNING):
            written, called = self.start(scenario), self.start(scenario, caller)
            self.advance()
        with self.at(MORNING + timedelta(days=1)):
            self.customer.message_post(
                body="Yes", message_type="email", author_id=self.customer.id
            )
            self.env["crm.phonecall"].create(
                {"name": "In", "partner_id": caller.id, "direction": "in"}
            )
            self.advance()
        for run in written | called:
            self.assertEqual((run.state, run.exit_reason), ("exited", "answered"))
            self.assertEqual(run.answered_step_id, scenario.step_ids[0])

    def test_answer_of_ours_is_none(self):
        scenario = self.make_scenario(steps=[self.sms(), self.sms(wait_days=3)])
        with self.at(MORNING):
            run = self.start(scenario)
        with self.at(MORNING + timedelta(days=1)):
            self.customer.message_post(
                body="Hello", message_type="email", author_id=self.seller.partner_id.id
            )
            self.env["crm.phonecall"].create(
                {"name": "Out", "partner_id": self.customer.id, "direction": "out"}
            )
            self.advance()
        self.assertEqual(run.state, "running")
        self.assertFalse(run.answered_date)

    def test_without_the_goal_it_goes_on(self):
        scenario = self.make_scenario(
            exit_bought=False, steps=[self.sms(), self.sms("Second", wait_days=3)]
        )
        with self.at(MORNING):
            run = self.start(scenario)
            self.advance()
        with self.at(MORNING + timedelta(days=4)):
            self.make_order(self.customer)
            self.advance()
        self.assertEqual(run.state, "done")
        self.assertEqual(len(self.touches(scenario)), 2)

    def test_opted_out(self):
        scenario = self.make_scenario()
        run = self.start(scenario)
        self.env["crm.contact.consent"].create(
            {
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "channel": "all",
                "decision": "do_not_contact",
                "source": "call",
                "proof": "Said so",
            }
        )
        self.advance()
        self.assertEqual((run.state, run.exit_reason), ("exited", "opted_out"))
        self.assertFalse(self.touches(scenario))

    def test_archived_customer_leaves(self):
        scenario = self.make_scenario()
        run = self.start(scenario)
        self.customer.active = False
        self.advance()
        self.assertEqual((run.state, run.exit_reason), ("stopped", "archived"))

    def test_rating_is_asked_for_and_is_an_answer(self):
        scenario = self.make_scenario(
            steps=[
                {
                    "action": "rating",
                    "subject": "How was it?",
                    "body_html": "<p>Tell us</p>",
                },
                self.sms("Second", wait_days=1),
            ]
        )
        run = self.start(scenario)
        self.advance()
        token = run.rating_ids.access_token
        self.assertIn(f"/rate/{token}/5", self.touches(scenario).body)
        run.rating_apply(3, token=token, feedback="So so")
        self.assertEqual((run.state, run.exit_reason), ("exited", "answered"))
        self.assertEqual(run.rating_ids.parent_res_id, scenario.id)
        self.assertEqual(scenario.step_ids[0].answered_count, 1)
