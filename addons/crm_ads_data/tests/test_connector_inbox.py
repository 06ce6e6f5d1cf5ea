from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.base.models import ir_cron

from ..services.connect import errors
from ..services.connect.provider import Event
from .common_connector import ConnectorCommon


@tagged("post_install", "-at_install")
class TestConnectorInbox(ConnectorCommon):
    """What becomes of the events in the inbox."""

    def setUp(self):
        super().setUp()
        self.connector = self._create_connector("haravan")
        self.seen = []

    def _receive(self, *keys, connector=None, **values):
        connector = connector or self.connector
        events = [Event("orders/create", key, key, **values) for key in keys]
        count = connector._receive(events)
        connector.invalidate_recordset(["event_ids"])
        return count

    def _event(self, key):
        return self.connector.event_ids.filtered(lambda one: one.external_id == key)

    def _process(self, failures=None, result=None):
        """Work the inbox off; ``failures`` is a dict of key to error."""

        def process_event(_handler, connector, event):
            self.seen.append(event.external_id)
            connector.message_post(body=f"seen {event.external_id}")
            error = (failures or {}).get(event.external_id)
            if error:
                raise error
            return connector if result is None else result(event)

        with self._handle("haravan", _process_event=process_event):
            self._run_cron("inbox")

    def _make_due(self):
        self.connector.event_ids.next_try = fields.Datetime.now()

    def test_an_event_is_kept_once(self):
        self.assertEqual(self._receive("1", "2", "1"), 2)
        self.assertEqual(self._receive("1", "3"), 1)
        other = self._create_connector("haravan")
        self.assertEqual(self._receive("1", connector=other), 1)
        self.assertEqual(self.connector.event_ids.company_id, self.env.company)

    def test_all_are_done_once_and_show_what_came_of_them(self):
        self._receive(*map(str, range(120)))
        self._process()
        self.assertEqual(sorted(self.seen, key=int), [*map(str, range(120))])
        self.assertEqual(set(self.connector.event_ids.mapped("state")), {"done"})
        event = self._event("7")
        self.assertEqual(
            (event.res_model, event.res_id), ("crm.connector", self.connector.id)
        )
        self.assertEqual(event.action_open_result()["res_id"], self.connector.id)
        self._process()
        self.assertEqual(len(self.seen), 120)

    def test_what_does_not_concern_us_is_ignored_with_its_reason(self):
        def ignore(event):
            event.error = "a test lead"

        self._receive("1")

        def process_event(_handler, _connector, event):
            return ignore(event)

        with self._handle("haravan", _process_event=process_event):
            self._run_cron("inbox")
        event = self._event("1")
        self.assertEqual((event.state, event.error), ("ignored", "a test lead"))

    def test_a_bad_event_never_stops_a_good_one(self):
        self._receive("1", "2", "3", "4", "5")
        with self._catch_errors() as log:
            self._process(
                {
                    "1": errors.Permanent("no such order"),
                    "2": errors.Transient("HTTP 500"),
                    "3": RuntimeError("a bug"),
                    "4": UserError("choose a product"),
                }
            )
        self.assertEqual(log.call_count, 2, "what no provider said is for the log")
        states = {key: self._event(key).state for key in "12345"}
        self.assertEqual(
            states,
            {"1": "dead", "2": "failed", "3": "failed", "4": "failed", "5": "done"},
        )
        self.assertEqual(self._event("4").error, "choose a product")
        bodies = " ".join(self.connector.message_ids.mapped("body"))
        self.assertIn("seen 5", bodies)
        self.assertNotIn("seen 3", bodies, "nothing is kept of what failed")

    def test_it_is_given_up_after_eight_tries(self):
        self._receive("1")
        delays = []
        for _time in range(8):
            self._make_due()
            self._process({"1": errors.Transient("HTTP 500")})
            event = self._event("1")
            delays.append(event.next_try - fields.Datetime.now())
        self.assertEqual(len(self.seen), 8)
        self.assertEqual((event.state, event.attempts), ("dead", 8))
        self.assertEqual(event.error, "HTTP 500")
        self.assertEqual(delays, sorted(delays))
        self._make_due()
        self._process()
        self.assertEqual(len(self.seen), 8, "dead is dead")
        event.with_user(self.thu).action_retry()
        self._process()
        self.assertEqual((event.state, event.error), ("done", False))

    def test_a_claim_that_was_never_finished_comes_back(self):
        self._receive("1")
        events = self.env["crm.connector.event"]._claim()
        self.assertEqual(events.attempts, 1)
        self.assertFalse(events._claim(), "nobody else gets it now")
        self._make_due()
        events._claim()
        self.assertEqual(events.attempts, 2, "a crash is counted")

    def test_when_the_time_is_over_the_rest_of_the_batch_waits_for_no_lease(self):
        self._receive(*map(str, range(30)))
        with patch.object(ir_cron, "MIN_TIME_PER_JOB", 0):
            self._process()
        done = self.connector.event_ids.filtered(lambda one: one.state == "done")
        self.assertEqual(sorted(done.mapped("external_id")), sorted(self.seen))
        left = self.connector.event_ids - done
        self.assertTrue(left)
        self.assertEqual(set(left.mapped("state")), {"pending"})
        self.assertEqual(set(left.mapped("attempts")), {0})
        self.assertLessEqual(max(left.mapped("next_try")), fields.Datetime.now())
        self._process()
        self.assertEqual(len(self.seen), len(set(self.seen)))
        self.assertEqual(set(self.connector.event_ids.mapped("state")), {"done"})

    def test_throttled_leaves_all_events_waiting(self):
        self._receive("1", "2", "3")
        self._process({"1": errors.Throttled("slow down", 429, 120)})
        self.assertEqual(self.seen, ["1"], "no call after it")
        self.assertEqual(set(self.connector.event_ids.mapped("state")), {"pending"})
        self.assertEqual(set(self.connector.event_ids.mapped("attempts")), {0})
        self._process()
        self.assertEqual(self.seen, ["1"])
        self.connector.wait_until = False
        self._make_due()
        self._process()
        self.assertEqual(self.seen, ["1", "1", "2", "3"])

    def test_expired_leaves_all_events_waiting_for_access(self):
        other = self._create_connector("haravan", name="Good")
        self._receive("1", "2")
        self._receive("9", connector=other)
        self._process({"1": errors.TokenExpired("token expired")})
        self.assertEqual(self.seen, ["1", "9"])
        self.assertEqual(self.connector.auth_state, "reauth")
        self.assertEqual(len(self.connector._get_activities()), 1)
        self.assertEqual(set(self.connector.event_ids.mapped("state")), {"pending"})
        self.connector.access_token = "another-token"
        self._process()
        self.assertEqual(self.seen, ["1", "9", "1", "2"])

    def test_a_paused_connector_works_nothing_off(self):
        self.connector.action_pause()
        self._receive("1")
        self._process()
        self.assertFalse(self.seen)
        self.connector.action_run()
        self._process()
        self.assertEqual(self.seen, ["1"])

    def test_who_may_retry(self):
        self._receive("1", "2")
        self._process({"1": errors.Permanent("no")})
        event = self._event("1")
        for user in (self.mai, self.lan):
            with self.assertRaises(AccessError):
                event.with_user(user).action_retry()
        with self.assertRaisesRegex(UserError, "None of these"):
            self._event("2").with_user(self.thu).action_retry()
        for user in (self.root, self.thu):
            with self.assertRaises(AccessError):
                event.with_user(user).state = "done"
            with self.assertRaises(AccessError):
                event.with_user(user).unlink()
            with self.assertRaises(AccessError):
                event.with_user(user).create(
                    {"connector_id": self.connector.id, "idempotency_key": "x"}
                )
        event.with_user(self.root).action_retry()
        self.assertEqual(event.state, "pending")

    def test_old_payloads_are_blanked_and_the_key_stays(self):
        self._receive("1", "2", "3", payload={"phone": "0901234567"})
        old = fields.Datetime.now() - timedelta(days=31)
        self._event("1").write({"state": "done", "received": old})
        self._event("2").write({"state": "pending", "received": old})
        self._event("3").state = "done"
        self._run_cron("retention")
        self.assertFalse(self._event("1").payload)
        self.assertTrue(self._event("2").payload, "it is not over")
        self.assertTrue(self._event("3").payload, "it is not old")
        self.assertEqual(self._receive("1"), 0)

    def test_a_platform_that_warns_is_tried_before_it_is_believed(self):
        self.connector._receive([Event("authorisation", "a1")])
        with self._handle("haravan", _test=lambda *_args: "ok"):
            self._run_cron("inbox")
        self.assertEqual(self.connector.auth_state, "expiring")
        self.assertEqual(len(self.connector._get_activities()), 1)
        self.connector._receive([Event("authorisation", "a2")])

        def refuse(*_args):
            raise errors.TokenExpired("deauthorised")

        with self._handle("haravan", _test=refuse):
            self._run_cron("inbox")
        self.assertEqual(self.connector.auth_state, "reauth")
        self.assertEqual(len(self.connector._get_activities()), 1)
