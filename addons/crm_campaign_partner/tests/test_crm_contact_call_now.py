from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import tagged

from ..models.account import crm_contact_account
from .common_contact import NIGHT, NOON
from .common_gateway import GatewayCase, real_transaction
from .fake_gateway.calls import Pbx

PHONE = "+84999000331"


@tagged("post_install", "-at_install")
class TestCrmContactCallNow(GatewayCase):
    """A call while the person waits: once, at once, on real transactions."""

    def setUp(self):
        super().setUp()
        self.gateway.pbx.__dict__.update(Pbx().__dict__)
        # the parameter that allows it is in this test's transaction alone
        self.startPatcher(patch.object(crm_contact_account, "check_host"))
        self.addCleanup(self._forget)
        with real_transaction(self.registry) as env:
            self.account_id = self._create_account(env).id

    def _create_account(self, env, **values):
        admin = env.ref("base.user_admin")
        settings = {**self._get_settings("pbx"), "user_id": admin.id, **values}
        return env["crm.contact.account"].create(
            {"provider": "pbx", "company_id": admin.company_id.id, **settings}
        )

    def _forget(self):
        with self.registry.cursor() as cr:
            for table, column, value in (
                ("crm_phonecall", "partner_phone", PHONE),
                ("crm_contact_touch", "address", PHONE),
                ("crm_contact_counter", "address", PHONE),
                ("crm_contact_account", "id", self.account_id),
            ):
                cr.execute(f"DELETE FROM {table} WHERE {column} = %s", [value])  # noqa: S608

    def _call(self, env, moment=NOON):
        with freeze_time(moment):
            return self._dial(env)

    def _dial(self, env):
        admin = env.ref("base.user_admin")
        touches = env["crm.contact.touch"].with_user(admin)
        return touches._call_now(admin.company_id, "care", {"phone": PHONE})

    def _get_ledger(self):
        with real_transaction(self.registry) as env:
            touches = env["crm.contact.touch"].search([("address", "=", PHONE)])
            calls = env["crm.phonecall"].search([("partner_phone", "=", PHONE)])
            self.assertEqual(calls.touch_id, touches)
            return touches.mapped(lambda t: (t.state, t.provider_ref, t.account_id.id))

    def test_it_is_dialled_and_written_down(self):
        with real_transaction(self.registry) as env:
            dialled = self._call(env)
        self.assertEqual((dialled.state, dialled.reason), ("sending", None))
        [call] = self.gateway.pbx.calls
        self.assertEqual((call["ext"], call["to"]), ("101", "0999000331"))
        self.assertEqual(self._get_ledger(), [("sending", "P1", self.account_id)])

    def test_a_transaction_that_is_run_again_dials_once(self):
        with real_transaction(self.registry) as env:
            first = self._call(env)
            env.cr.rollback()
            again = self._call(env)
            env.cr.rollback()
        self.assertEqual(first.id, again.id)
        self.assertEqual(len(self.gateway.pbx.calls), 1)
        self.assertEqual(self._get_ledger(), [("sending", "P1", self.account_id)])

    def test_a_little_later_it_is_another_call(self):
        with real_transaction(self.registry) as env:
            self._call(env)
            env.cr.rollback()
            self._call(env, "2026-03-02 05:01:00")
        self.assertEqual(len(self.gateway.pbx.calls), 2)

    def _press(self, barrier):
        with real_transaction(self.registry) as env:
            env.cr.execute("SELECT 1")
            barrier.wait(30)
            try:
                return self._dial(env).id
            except UserError:
                return None

    def test_two_windows_at_once_dial_once(self):
        windows = 3
        barrier = Barrier(windows)
        with freeze_time(NOON), ThreadPoolExecutor(windows) as pool:
            found = set(pool.map(self._press, [barrier] * windows))
        self.assertEqual(len(found - {None}), 1)
        self.assertEqual(len(self.gateway.pbx.calls), 1)

    def test_what_did_not_come_about_does_not_ring_later(self):
        for kind in ("throttle", "hang_up"):
            self.gateway.fail("pbx", kind)
        with real_transaction(self.registry) as env:
            throttled = self._call(env)
            unclear = self._call(env, "2026-03-02 05:01:00")
        self.assertEqual((throttled.state, unclear.state), ("failed", "unknown"))
        self.assertEqual(
            [state for state, *__ in self._get_ledger()], ["unknown", "failed"]
        )
        self.assertEqual(self.gateway.pbx.calls, [])

    def test_a_refused_account_asks_its_owner(self):
        self.gateway.fail("pbx", "refused")
        with real_transaction(self.registry) as env:
            dialled = self._call(env)
        self.assertEqual(dialled.state, "failed")
        with real_transaction(self.registry) as env:
            account = env["crm.contact.account"].browse(self.account_id)
            self.assertEqual(account.state, "error")
            self.assertEqual(account.activity_ids.user_id, account.user_id)
            with self.assertRaises(RedirectWarning):
                self._call(env, "2026-03-02 05:01:00")

    def test_a_report_that_is_quicker_than_the_answer_stays(self):
        """The end is told before the system has answered our call."""

        def report(_request):
            with real_transaction(self.registry) as env:
                touch = env["crm.contact.touch"].search([("address", "=", PHONE)])
                touch._settle("delivered")
            return {"callid": "P1"}

        with (
            patch.object(self.gateway.pbx, "answer", report),
            real_transaction(self.registry) as env,
        ):
            dialled = self._call(env)
        self.assertEqual(dialled.state, "delivered")

    def test_whom_the_guard_does_not_allow_is_not_called(self):
        with (
            real_transaction(self.registry) as env,
            self.assertRaisesRegex(UserError, "goes out from"),
        ):
            self._call(env, NIGHT)
        self.assertEqual(self._get_ledger(), [])
        self.assertEqual(self.gateway.pbx.calls, [])
