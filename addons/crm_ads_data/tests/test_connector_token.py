import threading
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields
from odoo.tests import tagged

from ..models.connect import crm_connector, crm_connector_token
from ..services.connect import errors
from .common_connector import ConnectorCommon

WORKERS = 5
REFRESH = "/auth/access_token/get"


@tagged("post_install", "-at_install")
class TestConnectorToken(ConnectorCommon):
    """Tokens that end and refresh tokens that work once; real transactions."""

    def setUp(self):
        super().setUp()
        # the shop is everybody's: each test has its own
        for provider in ("shopee", "tiktok"):
            shop = type(self.server.shop(provider))(self.server.lock)
            shop.address = self.server.url
            self.server.shops[provider] = shop
        self.shop = self.server.shop("shopee")
        # the parameter that allows it is in this test's transaction alone
        self.startPatcher(patch.object(crm_connector, "check_host"))

    def _commit_connector(self, provider="shopee", **values):
        """A connector that other transactions see; gone when the test is over."""
        ended = fields.Datetime.now() - timedelta(minutes=1)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            connector = env["crm.connector"].create(
                {
                    "name": "Test committed",
                    "token_expiry": ended,
                    **self.server.settings(provider),
                    **values,
                }
            )
            connector.write({"state": "running"})
            connector_id = connector.id

        def forget():
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["crm.connector"].browse(connector_id).unlink()

        self.addCleanup(forget)
        return connector_id

    def _read(self, connector_id):
        names = [
            "access_token",
            "refresh_token",
            "auth_state",
            "token_expiry",
            "refresh_expiry",
            "last_error_kind",
            "last_error",
        ]
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            connector = env["crm.connector"].browse(connector_id)
            count = len(connector._get_activities())
            return connector.read(names)[0] | {"activities": count}

    def _race(self, connector_id, **options):
        """Five workers at the same moment; what each has got, or its error."""
        barrier, outcomes = threading.Barrier(WORKERS), []

        def work():
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    connector = env["crm.connector"].browse(connector_id)
                    self.assertTrue(connector.access_token)  # the snapshot begins
                    barrier.wait(20)
                    connector._with_fresh_token(**options)
                    outcomes.append(connector.access_token)
            except errors.ApiError as error:
                outcomes.append(error)

        threads = [threading.Thread(target=work) for _worker in range(WORKERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(len(outcomes), WORKERS)
        return outcomes

    def _count_calls(self, provider="shopee", path=REFRESH):
        return len(self.server.calls(provider, path))

    # -- single use -------------------------------------------------------------------

    def test_five_workers_make_one_refresh_call(self):
        connector_id = self._commit_connector()
        self.server.fail("shopee", "slow", path=REFRESH)
        outcomes = self._race(connector_id)
        self.assertEqual(self._count_calls(), 1)
        kept = self._read(connector_id)
        self.assertEqual(set(outcomes), {kept["access_token"]})
        self.assertEqual(kept["access_token"], self.shop.credentials["access_token"])
        self.assertEqual(kept["refresh_token"], self.shop.credentials["refresh_token"])
        self.assertEqual(kept["auth_state"], "ok")
        left = kept["token_expiry"] - fields.Datetime.now()
        self.assertAlmostEqual(left.total_seconds(), 14400, delta=60)

    def test_five_workers_with_a_refused_token_make_one_call(self):
        later = fields.Datetime.now() + timedelta(hours=3)
        connector_id = self._commit_connector(token_expiry=later)
        refused = self._read(connector_id)["access_token"]
        outcomes = self._race(connector_id, failed=refused)
        self.assertEqual(self._count_calls(), 1)
        self.assertEqual(set(outcomes), {self._read(connector_id)["access_token"]})
        self.assertNotIn(refused, outcomes)

    def test_tiktok_goes_the_same_way(self):
        connector_id = self._commit_connector("tiktok")
        outcomes = self._race(connector_id)
        self.assertEqual(self._count_calls("tiktok", "/token/refresh"), 1)
        kept = self._read(connector_id)
        self.assertEqual(set(outcomes), {kept["access_token"]})
        self.assertGreater(kept["token_expiry"], fields.Datetime.now())

    def test_a_refusal_is_asked_for_once_and_noted_once(self):
        connector_id = self._commit_connector(refresh_token="used-up-token-0001")
        outcomes = self._race(connector_id)
        self.assertEqual(self._count_calls(), 1)
        for outcome in outcomes:
            self.assertIsInstance(outcome, errors.TokenExpired)
        kept = self._read(connector_id)
        self.assertEqual((kept["auth_state"], kept["activities"]), ("reauth", 1))

    def test_a_lost_answer_is_never_repeated_by_itself(self):
        connector_id = self._commit_connector()
        self.server.fail("shopee", "lost", path=REFRESH)
        outcomes = self._race(connector_id)
        self.assertEqual(self._count_calls(), 1)
        self.assertEqual(
            sorted(type(outcome).__name__ for outcome in outcomes),
            ["Ambiguous", *["TokenExpired"] * 4],
        )
        kept = self._read(connector_id)
        self.assertEqual((kept["auth_state"], kept["activities"]), ("reauth", 1))
        self.assertNotIn("fake-shopee-refresh", kept["last_error"])

    def test_an_outage_keeps_the_pair_and_is_tried_again(self):
        connector_id = self._commit_connector()
        before = self._read(connector_id)
        self.server.fail("shopee", "throttle", path=REFRESH)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            with self.assertRaises(errors.Throttled):
                env["crm.connector"].browse(connector_id)._with_fresh_token()
        kept = self._read(connector_id)
        self.assertEqual(kept["refresh_token"], before["refresh_token"])
        self.assertEqual(kept["auth_state"], "unset")
        self.assertEqual(len(set(self._race(connector_id))), 1)
        self.assertEqual(self._count_calls(), 2)

    def test_the_pair_survives_a_rollback_of_the_work(self):
        connector_id = self._commit_connector()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            connector = env["crm.connector"].browse(connector_id)
            connector._with_fresh_token()
            self.assertEqual(connector._get_api().test(), "ok")
            cr.rollback()
        kept = self._read(connector_id)
        self.assertEqual(kept["refresh_token"], self.shop.credentials["refresh_token"])

    def test_a_button_that_meets_a_cron_is_no_error_of_the_server(self):
        for button in ("action_run", "action_pause", "action_sync"):
            with self.subTest(button):
                connector_id = self._commit_connector()
                with self.registry.cursor() as cr, self.registry.cursor() as other:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    connector = env["crm.connector"].browse(connector_id)
                    self.assertEqual(connector.state, "running")  # the snapshot begins
                    cron = api.Environment(other, SUPERUSER_ID, {})
                    cron["crm.connector"].browse(connector_id).failure_count = 1
                    other.commit()
                    # it is repeated by Odoo; a line in the log would fail the test
                    with (
                        self.assertNoLogs("odoo.sql_db", "ERROR"),
                        self.assertRaises(SerializationFailure),
                    ):
                        getattr(connector, button)()
                    cr.rollback()

    def test_who_holds_the_row_does_not_wait_for_himself_for_ever(self):
        connector_id = self._commit_connector()
        with (
            patch.object(crm_connector_token, "LOCK_SECONDS", 1),
            patch.object(crm_connector_token, "TRIES", 1),
            self.registry.cursor() as cr,
        ):
            env = api.Environment(cr, SUPERUSER_ID, {})
            connector = env["crm.connector"].browse(connector_id)
            connector.lock_for_update()
            with self.assertRaises(errors.Transient):
                connector._with_fresh_token()
        self.assertEqual(self._count_calls(), 0)

    # -- in time ----------------------------------------------------------------------

    def test_the_cron_renews_before_the_end(self):
        now = fields.Datetime.now()
        soon = now + timedelta(minutes=20)
        soon = self._create_connector("shopee", token_expiry=soon)
        later = self._create_connector("tiktok", token_expiry=now + timedelta(days=5))
        self._run_cron("tokens")
        self.assertEqual(self._count_calls(), 1)
        self.assertEqual(self._count_calls("tiktok", "/token/refresh"), 0)
        self.assertGreater(soon.token_expiry, now + timedelta(hours=3))
        self.assertGreater(soon.refresh_expiry, now + timedelta(days=29))
        self.assertEqual(soon.access_token, self.shop.credentials["access_token"])
        self.assertEqual(later.auth_state, "unset")

    def test_what_no_machine_renews_is_asked_for_in_time_and_once(self):
        now = fields.Datetime.now()
        nhanh = self._create_connector("nhanh", token_expiry=now + timedelta(days=10))
        good = self._create_connector("nhanh", token_expiry=now + timedelta(days=200))
        draft = self._create_connector(
            "nhanh", token_expiry=now + timedelta(days=1), state="draft"
        )
        for _run in range(2):
            self._run_cron("tokens")
        self.assertEqual(nhanh.auth_state, "expiring")
        self.assertEqual(len(nhanh._get_activities()), 1)
        self.assertEqual(nhanh._get_activities().user_id, self.root)
        self.assertFalse((good | draft)._get_activities())
        nhanh.write(
            {"access_token": "next-year", "token_expiry": now + timedelta(days=365)}
        )
        nhanh._note_success()
        self.assertEqual(nhanh.auth_state, "ok")
        self.assertFalse(nhanh._get_activities())

    def test_one_that_cannot_be_renewed_never_stops_another(self):
        now = fields.Datetime.now()
        soon = {"token_expiry": now + timedelta(minutes=5)}
        bad = self._create_connector("shopee", refresh_token="used-up-01", **soon)
        good = self._create_connector("shopee", **soon)
        self._run_cron("tokens")
        self.assertEqual(bad.auth_state, "reauth")
        self.assertEqual(good.auth_state, "ok")

    def test_a_poll_renews_what_was_refused_and_goes_on(self):
        connector = self._create_connector("shopee")
        self.shop.good_tokens.clear()
        with self._handle("shopee", _poll_page=_read_page):
            self._run_cron("poll")
        self.assertEqual(self._count_calls(), 1)
        self.assertEqual(connector.auth_state, "ok")
        self.assertTrue(connector.last_sync)
        self.assertFalse(connector.last_error)

    def test_a_provider_that_refuses_everything_is_asked_once(self):
        connector = self._create_connector("shopee")

        def refuse(*_args):
            raise errors.TokenExpired("refused whatever it is")

        with self._handle("shopee", _poll_page=refuse):
            self._run_cron("poll")
        self.assertEqual(self._count_calls(), 1)
        self.assertEqual(connector.auth_state, "reauth")


def _read_page(_handler, connector, since, until, cursor):
    orders, following = connector._get_api().fetch_page(since, until, cursor)
    return len(orders), following
