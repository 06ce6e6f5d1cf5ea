from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from unittest.mock import patch

from freezegun import freeze_time

from odoo import SUPERUSER_ID, api
from odoo.service.model import retrying
from odoo.tests import tagged

from ..models.account import crm_contact_account
from .common_contact import NOON
from .common_gateway import GatewayCase, real_transaction
from .fake_gateway.zalo import Zalo

PHONES = ("+84999000221", "+84999000222")
NOON_YESTERDAY = "2026-03-01 05:00:00"


@tagged("post_install", "-at_install")
class TestCrmContactToken(GatewayCase):
    """A refresh token that works once, on real transactions."""

    def setUp(self):
        super().setUp()
        self.gateway.zalo.__dict__.update(Zalo().__dict__)
        # the parameter that allows it is in this test's transaction alone
        self.startPatcher(patch.object(crm_contact_account, "check_host"))
        self.addCleanup(self._forget)
        with self._new_env() as env:
            account = env["crm.contact.account"].create(
                {"provider": "zalo", "user_id": False, **self._get_settings("zalo")}
            )
            self.account_id = account.id
            self.template_id = (
                env["crm.contact.zalo.template"]
                .create({"name": "T", "template_ref": "1", "account_id": account.id})
                .id
            )

    def _new_env(self):
        return real_transaction(self.registry)

    def _forget(self):
        with self.registry.cursor() as cr:
            for table, column, values in (
                ("crm_contact_touch", "address", PHONES),
                ("crm_contact_counter", "address", PHONES),
                ("crm_contact_zalo_template", "id", (self.template_id,)),
                ("crm_contact_account", "id", (self.account_id,)),
            ):
                cr.execute(
                    f"DELETE FROM {table} WHERE {column} IN %s",  # noqa: S608
                    [values],
                )

    def _get_kept(self):
        with self._new_env() as env:
            account = env["crm.contact.account"].browse(self.account_id)
            return account._get_secrets(), account.state

    # Workers

    def _renew(self, barrier):
        with self._new_env() as env:
            account = env["crm.contact.account"].browse(self.account_id)
            failed = account._get_secrets()["access_token"]
            barrier.wait(30)
            return account._with_fresh_token(failed)._get_secrets()["access_token"]

    def test_of_many_workers_one_renews(self):
        self.gateway.zalo.slow_seconds = 0.3
        workers = 4
        barrier = Barrier(workers)
        with ThreadPoolExecutor(workers) as pool:
            found = list(pool.map(self._renew, [barrier] * workers))
        self.assertEqual(set(found), {"ACCESS2"})
        self.assertEqual(self.gateway.zalo.used, ["REFRESH1"])
        self.assertEqual(self._get_kept()[0]["refresh_token"], "REFRESH2")

    def test_the_new_pair_outlives_a_rollback(self):
        with self._new_env() as env:
            account = env["crm.contact.account"].browse(self.account_id)
            account._with_fresh_token("ACCESS1")
            env.cr.rollback()
        self.assertEqual(self._get_kept()[0]["access_token"], "ACCESS2")

    # Unused tokens

    def _run_renewal(self, moment):
        with freeze_time(moment), self._new_env() as env:
            env["crm.contact.account"]._cron_renew_tokens()

    def test_an_unused_refresh_token_is_used_once_a_month(self):
        with self._new_env() as env:
            account = env["crm.contact.account"].browse(self.account_id)
            account.token_date = "2026-01-25 00:00:00"
        self._run_renewal("2026-02-20 05:00:00")
        self.assertEqual(self.gateway.zalo.used, [])
        self._run_renewal(NOON)
        self._run_renewal(NOON)
        self.assertEqual(self.gateway.zalo.used, ["REFRESH1"])
        secrets, state = self._get_kept()
        self.assertEqual((secrets["refresh_token"], state), ("REFRESH2", "ready"))

    def test_a_lost_consent_asks_the_owner(self):
        self.gateway.zalo.used.append("REFRESH1")
        with self._new_env() as env:
            account = env["crm.contact.account"].browse(self.account_id)
            account.token_date = "2026-01-25 00:00:00"
        self._run_renewal(NOON)
        with self._new_env() as env:
            account = env["crm.contact.account"].browse(self.account_id)
            self.assertEqual(account.state, "error")
            self.assertIn("Connect", account.last_error)
            self.assertEqual(len(account.activity_ids), 1)

    def test_no_network_asks_nobody(self):
        self.gateway.fail("zalo", "http_500")
        with self._new_env() as env:
            account = env["crm.contact.account"].browse(self.account_id)
            account.token_date = "2026-01-25 00:00:00"
        self._run_renewal(NOON)
        self.assertEqual(self._get_kept()[1], "ready")
        self._run_renewal(NOON)
        self.assertEqual(self.gateway.zalo.used, ["REFRESH1"])

    # Others whose transaction is older than the renewal

    def test_the_button_is_run_again_without_an_error(self):
        with self._new_env() as env:
            env["crm.contact.account"].browse(self.account_id).token_expiry = NOON
        presses = []
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})

            def press():
                presses.append(1)
                account = env["crm.contact.account"].browse(self.account_id)
                return account.action_test()["params"]["type"]

            with self.assertNoLogs("odoo.sql_db", "ERROR"):
                self.assertEqual(retrying(press, env), "success")
        self.assertEqual(len(presses), 2)
        self.assertEqual(self.gateway.zalo.used, ["REFRESH1"])
        self.assertEqual(self._get_kept()[1], "ready")

    def test_the_list_of_calls_is_read_with_a_renewed_token(self):
        with self._new_env() as env:
            account = env["crm.contact.account"].create(
                {
                    "provider": "omicall",
                    "user_id": False,
                    **self._get_settings("omicall"),
                }
            )
            account.write({"token_expiry": NOON_YESTERDAY})
            self.call_account_id = account.id
        self.addCleanup(self._forget_call_account)
        with freeze_time(NOON), self._new_env() as env:
            env["crm.contact.account"]._cron_fetch_calls()
        with self._new_env() as env:
            account = env["crm.contact.account"].browse(self.call_account_id)
            self.assertEqual(str(account.calls_read_until), NOON)
            self.assertEqual(account.state, "ready")
            self.assertGreater(str(account.token_expiry), NOON)

    def _forget_call_account(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM crm_contact_account WHERE id = %s", [self.call_account_id]
            )

    # The cron that sends: its own transaction points at the account already

    def _send_with_ended_token(self):
        """Two messages wait, and the access has ended since yesterday."""
        with freeze_time(NOON), self._new_env() as env:
            account = env["crm.contact.account"].browse(self.account_id)
            account.token_expiry = NOON_YESTERDAY
            touches = env["crm.contact.touch"]._open(
                account.company_id,
                "zalo",
                "care",
                [
                    {"phone": phone, "payload": {"template_id": self.template_id}}
                    for phone in PHONES
                ],
            )
            self.assertEqual(touches.mapped("state"), ["queued", "queued"])
        with freeze_time(NOON), self._new_env() as env:
            env["crm.contact.touch"]._cron_release()
        with self._new_env() as env:
            return env["crm.contact.touch"].browse(touches.ids).mapped("state")

    def test_the_cron_renews_while_it_holds_messages(self):
        with patch(
            "odoo.addons.crm_campaign_partner.models.account"
            ".crm_contact_account_token.LOCK_SECONDS",
            1,
        ):
            states = self._send_with_ended_token()
        self.assertEqual(states, ["sent", "sent"])
        self.assertEqual(self.gateway.zalo.used, ["REFRESH1"])

    def test_no_money_right_after_a_renewal_loses_nothing(self):
        self.gateway.fail("zalo", "no_money", path="/message/template")
        states = self._send_with_ended_token()
        self.assertEqual(states, ["queued", "queued"])
        secrets, state = self._get_kept()
        self.assertEqual(secrets["refresh_token"], "REFRESH2")
        self.assertEqual(state, "error")
