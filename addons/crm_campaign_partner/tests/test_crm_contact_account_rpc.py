from urllib.parse import parse_qs, urlencode, urlsplit

from freezegun import freeze_time

from odoo.tests import JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .common_contact import NOON
from .common_gateway import GatewayCase
from .common_rpc import RpcCase
from .fake_gateway.calls import Pbx
from .fake_gateway.zalo import Zalo


@tagged("post_install", "-at_install")
class TestCrmContactAccountRpc(GatewayCase, RpcCase):
    """What the screens hide is refused over RPC; the consent of Zalo over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.foreign = new_test_user(
            cls.env,
            "reach_foreign",
            groups="crm_campaign_partner.group_campaign_manager",
            company_id=elsewhere.id,
            company_ids=[(6, 0, elsewhere.ids)],
        )
        cls.portal = new_test_user(cls.env, "reach_portal", groups="base.group_portal")
        # longer than an automatic password has to be; only in this transaction
        for user in (cls.assignee, cls.owner, cls.foreign, cls.portal, cls.manager):
            user.password = user.login

    def setUp(self):
        super().setUp()
        self.gateway.pbx.__dict__.update(Pbx().__dict__)
        self.gateway.zalo.__dict__.update(Zalo().__dict__)

    def _account(self, method, *args):
        return self.rpc("crm.contact.account", method, *args)

    def _refused(self, method, *args, model="crm.contact.account"):
        with self.assertRaises(JsonRpcException, msg=(method, args)):
            self.rpc(model, method, *args)

    # Accounts

    @mute_logger("odoo.http")
    def test_accounts_of_others(self):
        theirs = self._new_account("pbx", self.owner)
        shared = self._new_account("stringee")
        self.login(self.assignee)
        found = self._account("search_read", [], ["name"])
        self.assertNotIn(theirs.id, [account["id"] for account in found])
        self.assertIn(shared.id, [account["id"] for account in found])
        for method, *args in (
            ("read", theirs.ids, ["hotline"]),
            ("write", theirs.ids, {"hotline": "1"}),
            ("action_test", theirs.ids),
            ("action_renew_address", theirs.ids),
            ("action_register_webhook", theirs.ids),
            ("action_connect_zalo", theirs.ids),
            ("unlink", theirs.ids),
            ("write", shared.ids, {"hotline": "1"}),
            ("action_test", shared.ids),
            ("action_renew_address", shared.ids),
            ("read", shared.ids, ["credentials"]),
            ("read", shared.ids, ["consent_state"]),
            ("read", shared.ids, ["webhook_uuid"]),
            ("read", shared.ids, ["host_overrides"]),
            ("_get_secrets", shared.ids),
            ("_take_consent", "1-x", "CODE1"),
            ("create", {"provider": "pbx", "user_id": self.owner.id}),
            ("create", {"provider": "pbx", "user_id": False}),
        ):
            self._refused(method, *args)
        [seen] = self._account("read", shared.ids, ["api_secret", "webhook_address"])
        self.assertEqual((seen["api_secret"], seen["webhook_address"]), (False, False))
        for user in (self.portal, self.foreign):
            self.login(user)
            self._refused("read", shared.ids, ["hotline"])
            self._refused("action_test", theirs.ids)

    @mute_logger("odoo.http")
    def test_own_account(self):
        self.login(self.assignee)
        settings = self._get_settings("pbx")
        settings.pop("host_overrides")
        [mine] = self._account(
            "create", [{"provider": "pbx", "user_id": self.assignee.id, **settings}]
        )
        self.assertEqual(
            self._account("action_test", [mine])["params"]["type"], "success"
        )
        [seen] = self._account("read", [mine], ["webhook_address", "state"])
        self.assertEqual(seen["state"], "ready")
        self.assertIn("/contact/webhook/", seen["webhook_address"])
        for values in (
            {"user_id": self.owner.id},
            {"user_id": False},
            {"credentials": {"api_key": "x"}},
            {"webhook_uuid": "0" * 32},
            {"host_overrides": {"api": "http://127.0.0.1:1"}},
            {"consent_state": {}},
        ):
            self._refused("write", [mine], values)
        # what this provider does not know says so
        self._refused("action_register_webhook", [mine])
        self._refused("action_connect_zalo", [mine])

    # Calls

    @mute_logger("odoo.http")
    def test_calls_are_the_own_ones(self):
        self._new_account("pbx", extension=False)
        self.assignee.contact_extension = "205"
        self.owner.contact_extension = "206"
        self.login(self.assignee)
        users = "res.users"
        self._refused("write", self.owner.ids, {"contact_extension": "1"}, model=users)
        self.rpc(users, "write", self.assignee.ids, {"contact_extension": "207"})
        for method, args in (
            ("_call_now", (self.company.id, "care", {"phone": "+84901234500"})),
            ("_open", (self.company.id, "call", "care", [])),
            ("create", ({"channel": "call", "state": "queued"},)),
        ):
            self._refused(method, *args, model="crm.contact.touch")
        member = "crm.campaign.member"
        self._refused("action_call", self.other_member.ids, model=member)
        self.assertEqual(self.gateway.pbx.calls, [])
        with freeze_time(NOON):
            action = self.rpc(member, "action_call", self.member.ids)
        self.assertEqual(action["tag"], "display_notification")
        [call] = self.gateway.pbx.calls
        self.assertEqual(call["ext"], "207")
        touch = self.touches.search([("member_id", "=", self.member.id)])
        self.assertEqual((touch.state, touch.user_id), ("sending", self.assignee))

    @mute_logger("odoo.http")
    def test_a_call_that_is_not_taken_says_so(self):
        self._new_account("pbx", self.assignee)
        self.gateway.fail("pbx", "throttle")
        self.login(self.assignee)
        with freeze_time(NOON), self.assertRaisesRegex(JsonRpcException, "UserError"):
            self.rpc("crm.campaign.member", "action_call", self.member.ids)
        # that it is written down all the same: test_crm_contact_call_now
        self.assertEqual(self.gateway.requests[-1].path, "/pbx/call")

    @mute_logger("odoo.http")
    def test_recordings(self):
        call = self.env["crm.phonecall"].create(
            {
                "name": "A call",
                "user_id": self.assignee.id,
                "recording_url": "https://pbx.example/1.mp3",
            }
        )
        phonecall = "crm.phonecall"
        for user, may in ((self.assignee, True), (self.manager, True)):
            self.login(user)
            action = self.rpc(phonecall, "action_open_recording", call.ids)
            self.assertEqual(action["url"], "https://pbx.example/1.mp3", may)
            self._refused("read", call.ids, ["recording_url"], model=phonecall)
        self.login(self.owner)
        self._refused("action_open_recording", call.ids, model=phonecall)

    # Consent

    def _callback(self, **values):
        return self.url_open(
            f"/contact/zalo/callback?{urlencode(values)}", allow_redirects=False
        )

    def _ask(self, account):
        """:return: the state that Zalo brings back"""
        action = self._account("action_connect_zalo", account.ids)
        query = parse_qs(urlsplit(action["url"]).query)
        self.assertEqual(
            query["redirect_uri"], [f"{self.base_url()}/contact/zalo/callback"]
        )
        return query["state"][0]

    @mute_logger("odoo.http")
    def test_consent_is_bound_to_the_session_and_works_once(self):
        account = self._new_account(
            "zalo", self.owner, access_token=False, refresh_token=False
        )
        self.login(self.owner)
        state = self._ask(account)
        # the same person, another browser: somebody may have been lured there
        self.login(self.owner)
        self.assertEqual(self._callback(state=state, code="CODE1").status_code, 422)
        self.assertEqual(self.gateway.zalo.used, [])
        state = self._ask(account)
        for wrong in (
            {"state": state},
            {"state": f"{state}x", "code": "CODE1"},
            {"state": f"{10**30}-x", "code": "CODE1"},
            {"state": "%00-", "code": "CODE1"},
            {"code": "CODE1"},
        ):
            self.assertEqual(self._callback(**wrong).status_code, 422, wrong)
        response = self._callback(state=state, code="CODE1")
        self.assertEqual(response.status_code, 303)
        self.assertIn(str(account.id), response.headers["Location"])
        self.assertEqual(account.state, "ready", account.last_error)
        self.assertTrue(account.token_date)
        self.assertEqual(self._callback(state=state, code="CODE1").status_code, 422)
        self.assertEqual(self.gateway.zalo.used, ["CODE1"])

    @mute_logger("odoo.http")
    def test_a_consent_that_zalo_refuses_is_told(self):
        account = self._new_account(
            "zalo", self.owner, access_token=False, refresh_token=False
        )
        self.login(self.owner)
        state = self._ask(account)
        self.assertEqual(self._callback(state=state, code="OTHER").status_code, 303)
        self.assertEqual(account.state, "error")
        self.assertNotIn("OTHER", account.last_error)
