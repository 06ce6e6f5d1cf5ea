from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.connect.crm_connector_poll import CLASH_SECONDS, _from_unix
from ..services.connect import errors
from .common_connector import ConnectorCommon


@tagged("post_install", "-at_install")
class TestConnectorPoll(ConnectorCommon):
    """Fetching page by page, and what each kind of error changes."""

    def setUp(self):
        super().setUp()
        self.pages = []
        self.connector = self._create_connector("haravan")
        self.connector.cursor_date = fields.Datetime.now() - timedelta(hours=1)

    def _poll(self, total=1, **failures):
        """Run the cron over a provider of so many pages a period.

        :param failures: ``page_2=error`` raises it on page 2, as often as it is asked
        """

        def poll_page(_handler, connector, since, until, cursor):
            page = cursor or 1
            self.pages.append((connector.provider, since, until, page))
            error = failures.get(f"page_{page}")
            if error:
                raise error
            connector.message_post(body=f"page {page}")
            return 10, page + 1 if page < total else None

        with (
            self._handle("haravan", _poll_page=poll_page),
            self._handle("sapo", _poll_page=poll_page),
        ):
            self._run_cron("poll")

    def _count_stored(self):
        bodies = self.connector.message_ids.mapped("body")
        return sum("page" in body for body in bodies)

    # -- the cursor -------------------------------------------------------------------

    def test_a_period_overlaps_the_one_before(self):
        begin = self.connector.cursor_date
        self._poll(total=3)
        _provider, since, until, _page = self.pages[0]
        overlap = self.connector._get_handler()._api_class.OVERLAP
        wanted = begin - timedelta(seconds=overlap)
        self.assertEqual(_from_unix(since), wanted)
        self.assertEqual([page[3] for page in self.pages], [1, 2, 3])
        self.assertEqual({page[1:3] for page in self.pages}, {(since, until)})
        self.assertEqual(self.connector.cursor_date, _from_unix(until))
        self.assertFalse(self.connector.page_cursor)
        self.assertEqual(self.connector.run_count, 30)
        self.assertTrue(self.connector.last_sync)
        self.assertEqual(self.connector.auth_state, "ok")
        self.assertGreater(self.connector.next_poll, fields.Datetime.now())
        self.pages.clear()
        self._poll()
        self.assertFalse(self.pages, "it is not due yet")

    def test_a_long_time_is_cut_into_what_the_provider_allows(self):
        self.connector.cursor_date = fields.Datetime.now() - timedelta(days=40)
        window = self.connector._get_handler()._api_class.WINDOW
        self._poll(total=2)
        self.assertEqual(len(self.pages), 6, "three pieces of two pages")
        for _provider, since, until, _page in self.pages:
            self.assertLessEqual(until - since, window)
        for before, after in zip(self.pages, self.pages[1:], strict=False):
            self.assertLessEqual(after[1], before[2], "no gap")
        age = fields.Datetime.now() - self.connector.cursor_date
        self.assertLess(age, timedelta(minutes=1))
        self.assertEqual(self.connector.run_count, 60)

    def test_who_is_killed_goes_on_with_the_page_that_was_not_committed(self):
        begin = self.connector.cursor_date
        with self._catch_errors() as log:
            self._poll(total=4, page_3=RuntimeError("killed"))
        self.assertEqual(log.call_count, 1)
        self.assertEqual(self._count_stored(), 2, "nothing of the broken page")
        self.assertEqual(self.connector.cursor_date, begin)
        self.assertEqual(self.connector.page_cursor["cursor"], 3)
        self.assertEqual(self.connector.last_error_kind, "unexpected")
        period = self.pages[0][1:3]
        self.pages.clear()
        self.connector.action_sync()
        self._poll(total=4)
        self.assertEqual([page[3] for page in self.pages], [3, 4])
        self.assertEqual(self.pages[0][1:3], period)
        self.assertEqual(self._count_stored(), 4)
        self.assertEqual(self.connector.run_count, 40)
        self.assertFalse(self.connector.last_error)

    def test_a_place_that_the_provider_forgot_is_begun_anew(self):
        begin = self.connector.cursor_date
        self._poll(total=3, page_2=errors.Permanent("no such page token"))
        self.assertFalse(self.connector.page_cursor)
        self.assertEqual(self.connector.cursor_date, begin)
        self.pages.clear()
        self.connector.next_poll = False
        self._poll(total=3)
        self.assertEqual([page[3] for page in self.pages], [1, 2, 3])

    # -- errors -----------------------------------------------------------------------

    def test_throttled_waits_and_comes_back(self):
        cron = self.env.ref("crm_ads_data.ir_cron_connector_poll")
        self._poll(page_1=errors.Throttled("slow down", 429, 300))
        wait = self.connector.wait_until - fields.Datetime.now()
        self.assertAlmostEqual(wait.total_seconds(), 300, delta=20)
        trigger = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(self.connector.wait_until, trigger.mapped("call_at"))
        self.assertEqual(self.connector.last_error_kind, "throttled")
        self.assertFalse(self.connector._get_activities())
        self.pages.clear()
        self._poll()
        self.assertFalse(self.pages, "no call before")
        with self.assertRaisesRegex(UserError, "no call before"):
            self.connector.action_sync()
        self.connector.wait_until = fields.Datetime.now() - timedelta(seconds=1)
        self._poll()
        self.assertEqual(len(self.pages), 1)
        self.assertFalse(self.connector.wait_until)

    def test_two_that_met_are_soon_tried_again(self):
        cron = self.env.ref("crm_ads_data.ir_cron_connector_poll")
        self._poll(page_1=SerializationFailure("concurrent update"))
        wait = self.connector.next_poll - fields.Datetime.now()
        self.assertLessEqual(wait, timedelta(seconds=CLASH_SECONDS))
        trigger = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(self.connector.next_poll, trigger.mapped("call_at"))
        self.assertFalse(self.connector.last_error)

    def test_transient_comes_back_less_and_less_often(self):
        waits = []
        for _time in range(4):
            self.connector.next_poll = False
            self._poll(page_1=errors.Transient("HTTP 500"))
            waits.append(self.connector.next_poll - fields.Datetime.now())
        self.assertEqual(waits, sorted(waits))
        self.assertGreater(waits[-1], timedelta(minutes=14))
        self.assertEqual(self.connector.auth_state, "unset")
        self.assertEqual(self.connector.last_error, "HTTP 500")
        self.connector.failure_count = 500
        self.connector._note_error(errors.Transient("HTTP 500"))
        wait = self.connector.next_poll - fields.Datetime.now()
        self.assertLess(wait, timedelta(hours=7))

    def test_expired_stops_every_call_and_asks_once(self):
        expired = errors.TokenExpired("token expired")
        self._poll(page_1=expired)
        self.assertEqual(self.connector.auth_state, "reauth")
        activity = self.connector._get_activities()
        self.assertEqual(activity.user_id, self.root)
        self.pages.clear()
        self._poll(page_1=expired)
        self.assertFalse(self.pages, "no more calls")
        self.connector._note_error(expired)
        self.assertEqual(self.connector._get_activities(), activity, "asked once")
        with self.assertRaisesRegex(UserError, "authorise"):
            self.connector.action_sync()
        self.connector.access_token = "another-token"
        self.assertEqual(self.connector.auth_state, "unset")
        self._poll()
        self.assertEqual(len(self.pages), 1)
        self.assertEqual(self.connector.auth_state, "ok")
        self.assertFalse(self.connector._get_activities())
        self.assertFalse(self.connector.last_error)

    def test_nobody_is_stopped_by_another_one(self):
        broken = self.connector
        others = broken
        for number in range(2):
            others |= self._create_connector("sapo", name=f"Sapo {number}")
        others.cursor_date = fields.Datetime.now() - timedelta(hours=1)
        for error in (
            errors.Transient("500"),
            errors.TokenExpired("expired"),
            errors.Permanent("no"),
            RuntimeError("a bug"),
        ):
            others.next_poll = False
            begins = [connector.cursor_date for connector in others - broken]

            def poll_page(_handler, connector, *_args, error=error):
                raise error

            with (
                self._catch_errors(),
                self._handle("haravan", _poll_page=poll_page),
                patch.object(
                    type(self.env["crm.connector.sapo"]),
                    "_poll_page",
                    lambda *_args: (1, None),
                ),
            ):
                self._run_cron("poll")
            ends = [connector.cursor_date for connector in others - broken]
            self.assertTrue(all(map(lambda a, b: a >= b, ends, begins)))
            self.assertFalse((others - broken).filtered("last_error"))
            self.assertTrue(broken.last_error)

    def test_all_take_turns(self):
        other = self._create_connector("sapo")
        other.cursor_date = self.connector.cursor_date
        self._poll(total=3)
        providers = [page[0] for page in self.pages]
        self.assertEqual(set(providers[:2]), {"haravan", "sapo"})
        self.assertEqual(set(providers[2:4]), {"haravan", "sapo"})

    def test_only_running_ones_are_fetched(self):
        self.connector.action_pause()
        self._poll()
        draft = self._create_connector("sapo", state="draft")
        self._poll()
        self.assertFalse(self.pages)
        with self.assertRaisesRegex(UserError, "Press Run first"):
            draft.action_sync()
        self.connector.action_run()
        self._poll()
        self.assertEqual(len(self.pages), 1)

    def test_secrets_are_in_no_error(self):
        token = self.connector.access_token
        self._poll(page_1=errors.Permanent(f"{token} ?access_token=abc-def refused"))
        self.assertNotIn(token, self.connector.last_error)
        self.assertNotIn("abc-def", self.connector.last_error)
        with self._catch_errors() as log:
            self._poll_again(RuntimeError(f"broken {token}"))
        self.assertNotIn(token, str(log.call_args))
        self.assertNotIn(token, self.connector.last_error)

    def _poll_again(self, error):
        self.connector.next_poll = False
        self._poll(page_1=error)
