from datetime import datetime, timedelta

from odoo.tests import tagged

from .care_common import CareCommon

NIGHT = datetime(2026, 3, 2, 15, 30)  # 22:30 on Monday in Vietnam
NEXT_MORNING = datetime(2026, 3, 3, 2, 0)


@tagged("post_install", "-at_install")
class TestCareWaiting(CareCommon):
    """Messages that wait in the guard for the morning still belong to their run."""

    def _queue(self, **values):
        """A run whose first message waits for the morning."""
        values.setdefault("steps", [self.sms(), self.sms("Second", wait_days=3)])
        scenario = self.make_scenario(**values)
        with self.at(NIGHT):
            run = self.start(scenario)
            self.advance()
        self.assertEqual(self.touches(scenario).state, "queued")
        return run

    def _release(self, moment=NEXT_MORNING):
        """What the cron of the guard does, up to handing over."""
        touches = self.env["crm.contact.touch"]
        with self.at(moment):
            due = touches.search(touches._get_due_domain())
            due._recheck()
        self.env.invalidate_all()

    def _used(self):
        counters = self.env["crm.contact.counter"]
        used = counters._get_used(self.company, "sms", "care", ["+84901234567"])
        return sum(map(len, used.values()))

    def assertCalledOff(self, run, words):
        touch = self.touches(run.scenario_id)
        self.assertEqual(touch.state, "blocked")
        self.assertIn(words, touch.reason)
        self.assertEqual(self._used(), 0, "its place is given back")

    def test_goes_out_in_the_morning(self):
        run = self._queue()
        self._release()
        self.assertEqual(self.touches(run.scenario_id).state, "sending")

    def test_ordered_in_the_night(self):
        run = self._queue()
        with self.at(NIGHT + timedelta(hours=1)):
            self.make_order(self.customer)
        self._release()
        self.assertEqual((run.state, run.exit_reason), ("exited", "bought"))
        self.assertCalledOff(run, "Has bought again")

    def test_ordered_after_the_last_step(self):
        run = self._queue(steps=[self.sms()])
        self.assertEqual(run.state, "done")
        with self.at(NIGHT + timedelta(hours=1)):
            self.make_order(self.customer)
        self._release()
        self.assertEqual(run.state, "done")
        self.assertCalledOff(run, "Has bought again")

    def test_order_cancelled_in_the_night(self):
        run = self._queue(steps=[self.sms()])
        order = self.env["sale.order"].browse(run.res_id)
        order.with_user(self.seller).action_cancel()
        self.assertCalledOff(run, "no longer holds")

    def test_without_the_goal_it_goes_out(self):
        run = self._queue(exit_bought=False)
        with self.at(NIGHT + timedelta(hours=1)):
            self.make_order(self.customer)
        self._release()
        self.assertEqual(self.touches(run.scenario_id).state, "sending")

    def test_stopped_by_hand(self):
        run = self._queue()
        run.with_user(self.seller).action_stop()
        self.assertCalledOff(run, "Stopped by hand")
        self._release()
        self.assertCalledOff(run, "Stopped by hand")

    def test_paused_waits_and_goes_on(self):
        run = self._queue()
        run.scenario_id.with_user(self.manager).action_pause()
        self._release()
        self.assertEqual(self.touches(run.scenario_id).state, "queued")
        run.scenario_id.with_user(self.manager).action_start()
        self._release()
        self.assertEqual(self.touches(run.scenario_id).state, "sending")

    def test_paused_for_too_long(self):
        run = self._queue()
        run.scenario_id.action_pause()
        run.scenario_id.action_start()
        self._release(NEXT_MORNING + timedelta(days=30))
        self.assertCalledOff(run, "Too late")

    def test_paused_and_ended(self):
        run = self._queue()
        run.scenario_id.action_pause()
        run.scenario_id.with_user(self.manager).action_end_runs()
        self.assertCalledOff(run, "The scenario was ended")

    def test_deleted_customer(self):
        run = self._queue()
        scenario = run.scenario_id
        run.unlink()
        self._release()
        self.assertEqual(self.touches(scenario).state, "blocked")

    def test_reason_in_the_language_of_the_company(self):
        self.company.partner_id.lang = "vi_VN"
        run = self._queue()
        run.action_stop()
        self.assertCalledOff(run, "Dừng bằng tay")
