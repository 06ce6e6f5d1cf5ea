from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.misc import file_open

from ..models.connect.crm_connector import CREDENTIAL_FIELDS, SECRET_FIELDS
from ..services.connect import errors
from .common_connector import ALLOW_PRIVATE_HOSTS, ORDER_PROVIDERS, ConnectorCommon

HIDDEN = (*CREDENTIAL_FIELDS, "host_overrides", "webhook_uuid", "webhook_address")


@tagged("post_install", "-at_install")
class TestConnectorAccess(ConnectorCommon, HttpCase):
    """Who may see and do what; secrets that nobody sees; what is refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "ads_portal", "base.group_portal")
        cls.connector = cls._create_connector(
            "shopee", webhook_secret="hidden-secret-1", verify_token="hidden-token-1"
        )
        cls.others = (cls.thu, cls.mai, cls.bao, cls.lan, cls.quan, cls.portal)

    # -- secrets ----------------------------------------------------------------------

    def test_nobody_else_reads_a_secret(self):
        for user in self.others:
            connectors = self.env["crm.connector"].with_user(user)
            connector = self.connector.with_user(user)
            user.group_ids += self.env.ref("base.group_allow_export")
            for fname in HIDDEN:
                calls = {
                    "read": lambda c=connector, f=fname: c.read([f]),
                    "search": lambda c=connectors, f=fname: c.search(
                        [(f, "like", "fake")]
                    ),
                    "order": lambda c=connectors, f=fname: c.search([], order=f),
                    "export": lambda c=connector, f=fname: c.export_data([f]),
                    "group": lambda c=connectors, f=fname: c.formatted_read_group(
                        [], [f], ["__count"]
                    ),
                    "through": lambda u=user, f=fname: (
                        self.env["crm.connector.event"]
                        .with_user(u)
                        .search([(f"connector_id.{f}", "like", "fake")])
                    ),
                }
                for name, call in calls.items():
                    with (
                        self.subTest(f"{user.login} {name} {fname}"),
                        mute_logger("odoo.models"),
                        self.assertRaises(AccessError),
                    ):
                        call()

    @mute_logger("odoo.http")
    def test_nobody_else_reads_a_secret_over_rpc(self):
        for user in (self.thu, self.mai, self.lan, self.portal):
            self.authenticate(user.login, user.login)
            for method, args in (
                ("read", [self.connector.ids, ["app_secret"]]),
                ("search", [[("refresh_token", "=like", "fake%")]]),
                ("export_data", [self.connector.ids, ["access_token"]]),
                ("formatted_read_group", [[], ["access_token"], ["__count"]]),
                ("_get_credentials", [self.connector.ids]),
                ("_get_secrets", [self.connector.ids]),
                ("_receive", [self.connector.ids, []]),
                ("write", [self.connector.ids, {"name": "x"}]),
                ("action_test", [self.connector.ids]),
            ):
                with (
                    self.subTest(f"{user.login} {method}"),
                    self.assertRaises(JsonRpcException),
                ):
                    self._call(method, args)
        self.authenticate(self.thu.login, self.thu.login)
        [values] = self._call("read", [self.connector.ids])
        self.assertEqual(values["name"], self.connector.name)
        self.assertFalse(set(HIDDEN) & set(values))
        for secret in self.connector._get_secrets():
            self.assertNotIn(secret, str(values))

    def _call(self, method, args):
        return self.make_jsonrpc_request(
            "/web/dataset/call_kw",
            {"model": "crm.connector", "method": method, "args": args, "kwargs": {}},
        )

    def test_a_copy_has_no_credentials(self):
        copy = self.connector.copy()
        for fname in SECRET_FIELDS:
            self.assertFalse(copy[fname], fname)
        self.assertNotEqual(copy.webhook_uuid, self.connector.webhook_uuid)
        self.assertEqual((copy.state, copy.auth_state), ("draft", "unset"))

    def test_the_chatter_tells_no_secret(self):
        self.env.cr.precommit.run()  # what was tracked of its making
        self.connector.write({"app_secret": "another-secret-9", "name": "New name"})
        self.env.cr.precommit.run()
        messages = self.connector.message_ids
        self.assertTrue(messages.tracking_value_ids)
        text = str(messages.mapped("body")) + str(
            messages.tracking_value_ids.mapped("new_value_char")
        )
        self.assertNotIn("another-secret-9", text)

    def test_a_neutralised_copy_speaks_with_nobody(self):
        self.env.flush_all()
        with file_open("crm_ads_data/data/neutralize.sql") as file:
            self.env.cr.execute(file.read())
        self.env.invalidate_all()
        for fname in CREDENTIAL_FIELDS:
            if fname != "shop_ref":
                self.assertFalse(self.connector[fname], fname)
        self.assertEqual(self.connector.state, "paused")
        self.assertFalse(self.connector.host_overrides)
        self.assertFalse(self.env["crm.connector"].search([("state", "=", "running")]))

    # -- roles ------------------------------------------------------------------------

    def test_a_sale_admin_looks_and_does_not_touch(self):
        connector = self.connector.with_user(self.thu)
        self.assertEqual(connector.state, "running")
        self.assertEqual(connector.event_count, 0)
        self.assertTrue(connector.action_open_events())
        for method in (
            "action_test",
            "action_sync",
            "action_run",
            "action_pause",
            "action_renew_address",
            "unlink",
        ):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(connector, method)()
        with self.assertRaises(AccessError):
            connector.create({"name": "x", "provider": "sapo"})
        view = connector.get_view(view_type="form")["arch"]
        self.assertNotIn("app_secret", view)
        self.assertNotIn("action_test", view)

    def test_marketers_and_salespeople_see_none(self):
        for user in (self.mai, self.lan, self.portal):
            for model in ("crm.connector", "crm.connector.event"):
                with (
                    self.subTest(f"{user.login} {model}"),
                    self.assertRaises(AccessError),
                ):
                    self.env[model].with_user(user).search([])

    def test_another_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        other = new_test_user(
            self.env,
            "ads_elsewhere",
            "base.group_system,crm_ads_data.group_distributor",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        with self.assertRaises(AccessError):
            self.connector.with_user(other).read(["name"])
        for model in ("crm.connector", "crm.connector.event"):
            found = self.env[model].with_user(other).search([])
            self.assertFalse(found.filtered(lambda one: one.company_id != company))
        with self.assertRaises(UserError):
            self.connector.write(
                {"company_id": company.id, "account_id": self.account.id}
            )

    # -- settings ---------------------------------------------------------------------

    def test_calls_stay_out_of_the_own_network(self):
        self.env["ir.config_parameter"].set_param(ALLOW_PRIVATE_HOSTS, False)
        connector = self._new_draft()
        for address in (
            "http://127.0.0.1:8069",
            "https://127.0.0.1",
            "https://127.1",
            "https://10.0.0.7",
            "https://192.168.1.1",
            "https://169.254.169.254",
            "https://[::1]",
            "https://localhost",
            "https://user:pw@example.com",
            "ftp://example.com",
            7,
        ):
            with self.subTest(address), self.assertRaises(ValidationError):
                connector.host_overrides = {"api": address}
        for value in ("x", '["https://example.com"]'):
            with self.subTest(value), self.assertRaises(ValidationError):
                connector.host_overrides_text = value
        connector.host_overrides_text = '{"api": "https://93.184.216.34"}'
        self.assertEqual(connector._get_api().hosts["api"], "https://93.184.216.34")

    def _new_draft(self, provider="sapo", **values):
        return self.env["crm.connector"].create(
            {"name": "Draft", "provider": provider, **values}
        )

    def test_a_host_set_before_is_refused_when_it_is_called(self):
        connector = self._create_connector("haravan")
        self.env["ir.config_parameter"].set_param(ALLOW_PRIVATE_HOSTS, "0")
        with self.assertRaises(ValidationError):
            connector._get_api()

    def test_credentials_that_cannot_be_right_are_refused(self):
        for provider, values in (
            ("sapo", {"shop_ref": "127.0.0.1/#"}),
            ("sapo", {"shop_ref": "a.example"}),
            ("pancake", {"shop_ref": "../1"}),
            ("shopee", {"app_key": "abc"}),
            ("haravan", {"access_token": "mã bí mật"}),
            ("haravan", {"access_token": "two words"}),
        ):
            with self.subTest(str(values)), self.assertRaises(ValidationError):
                self._new_draft(provider, **values)
        connector = self._new_draft("sapo", api_key="  key-1\n")
        self.assertEqual(connector.api_key, "key-1")

    def test_every_provider_explains_itself(self):
        for provider in ORDER_PROVIDERS:
            connector = self._new_draft(provider)
            self.assertGreaterEqual(connector.setup_help.count("<li>"), 4, provider)
            used = set(connector.used_credentials)
            required = set(connector._get_handler()._get_required_credentials())
            self.assertLessEqual(required, used)
            self.assertLessEqual(used, set(CREDENTIAL_FIELDS))
            self.assertIn(connector.webhook_uuid, connector.webhook_address)
            with self.assertRaisesRegex(UserError, "still needs"):
                connector.action_run()

    def test_another_address_makes_the_old_one_worthless(self):
        connector = self._new_draft("pancake")
        before = connector.webhook_address
        self.assertIn(f"?secret={connector.webhook_secret}", before)
        connector.action_renew_address()
        after = connector.webhook_address
        self.assertFalse(set(before.split("/")[-1].split("?")) & set(after.split("?")))
        self.assertEqual(self.url_open(before, data=b"{}").status_code, 404)

    # -- the test ---------------------------------------------------------------------

    def test_each_provider_answers_the_test(self):
        for provider in ORDER_PROVIDERS:
            with self.subTest(provider):
                connector = self._create_connector(provider, state="draft")
                answer = connector.with_user(self.root).action_test()
                self.assertEqual(answer["params"]["type"], "success", answer)
                self.assertEqual(connector.auth_state, "ok")

    def test_a_refused_test_says_what_to_do_and_a_good_one_mends_it(self):
        connector = self._create_connector("haravan").with_user(self.root)
        good = connector.access_token
        connector.access_token = "wrong-token-1"
        connector.flush_recordset()
        for _time in range(2):
            params = connector.action_test()["params"]
            self.assertEqual(params["type"], "danger")
            self.assertIn("authorise", params["message"])
            self.assertNotIn("wrong-token-1", params["title"])
        self.assertEqual(connector.auth_state, "reauth")
        self.assertEqual(len(connector._get_activities()), 1)
        connector.access_token = good
        connector.flush_recordset()
        self.assertEqual(connector.action_test()["params"]["type"], "success")
        self.assertEqual(connector.auth_state, "ok")
        self.env.invalidate_all()  # the note was taken by another transaction
        self.assertFalse(connector._get_activities())
        self.assertFalse(connector.last_error)

    def test_every_kind_of_error_has_words(self):
        for error, kind in (
            (errors.TokenExpired("x"), "reauth"),
            (errors.Ambiguous("x"), "reauth"),
            (errors.Throttled("x"), "throttled"),
            (errors.Transient("x"), "transient"),
            (errors.Permanent("x"), "permanent"),
            (ZeroDivisionError("x"), "unexpected"),
        ):
            self.connector._note_error(error)
            self.assertEqual(self.connector.last_error_kind, kind)
            self.assertTrue(self.connector.next_step)
