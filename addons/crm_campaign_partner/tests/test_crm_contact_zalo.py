from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common_contact import NOON
from .common_gateway import GatewayCase
from .fake_gateway.zalo import Zalo


@tagged("post_install", "-at_install")
class TestCrmContactZalo(GatewayCase):
    """Zalo OA: consent, tokens, templates, deliveries (003.17)."""

    def setUp(self):
        super().setUp()
        zalo = self.gateway.zalo
        zalo.__dict__.update(Zalo().__dict__)
        self.account = self._new_account("zalo")
        self.template = self.env["crm.contact.zalo.template"].create(
            {
                "name": "Invitation",
                "template_ref": "7895417",
                "company_id": self.company.id,
                "account_id": self.account.id,
                "param_ids": [
                    (0, 0, {"name": "name", "field_path": "partner_id.name"}),
                    (0, 0, {"name": "campaign", "field_path": "campaign_id.title"}),
                    (0, 0, {"name": "hotline", "fixed_text": "1900 1234"}),
                ],
            }
        )

    def _open_zalo(self, members=None, moment=NOON):
        members = members or self.member
        [values] = self.template._render_values(members)
        with freeze_time(moment):
            return self._open(
                "zalo",
                members,
                kind="care",
                user=self.assignee,
                payload={"template_id": self.template.id, "values": values},
            )

    # Templates

    def test_values(self):
        [values] = self.template._render_values(self.member)
        self.assertEqual(
            values,
            {"name": "Dealer 0", "campaign": "Dealers North", "hotline": "1900 1234"},
        )
        self.partners[0].city = False
        self.template.param_ids[0].field_path = "partner_id.city"
        with self.assertRaisesRegex(UserError, "Dealer 0 has nothing"):
            self.template._render_values(self.member)

    def test_paths_lead_to_fields_only(self):
        param = self.template.param_ids[0]
        for path in (
            "partner_id.nothing",
            "note.name",
            "activity_ids",
            "unlink",
            "partner_id.image_1920",
            "partner_id.signup_type",
            "user_id.password",
            "user_id.totp_secret",
            "lead_id.order_ids.access_token",
            "partner_id..name",
            "partner_id.__class__",
        ):
            with self.assertRaises(ValidationError, msg=path):
                param.field_path = path
        with self.assertRaises(AccessError):
            param.with_user(self.assignee).field_path = "note"

    def test_values_as_customers_read_them(self):
        param = self.template.param_ids[0]
        lead = self.env["crm.lead"].create(
            {"name": "Deal", "type": "opportunity", "expected_revenue": 1500000}
        )
        self.member.lead_id = lead
        self.member.next_date = "2026-03-09"
        for path, expected in (
            ("state", "To Do"),
            ("next_date", "09/03/2026"),
            ("campaign_id.date_end", "31/12/2026"),
            ("partner_id.country_id", "Vietnam"),
            ("partner_id.color", "0"),
        ):
            param.field_path = path
            [values] = self.template._render_values(self.member)
            self.assertEqual(values["name"], expected, path)
        param.field_path = "lead_id.expected_revenue"
        [values] = self.template._render_values(self.member)
        self.assertRegex(values["name"], r"1.500.000")

    def test_values_are_cut(self):
        param = self.template.param_ids[0]
        self.partners[0].name = "Công ty  trách nhiệm hữu hạn Lá Xanh"
        param.max_length = 9
        [values] = self.template._render_values(self.member)
        self.assertEqual(values["name"], "Công ty t")

    def test_values_are_read_with_the_senders_rights(self):
        members = self.other_member.with_user(self.assignee)
        with self.assertRaises(AccessError):
            self.template.with_user(self.assignee)._render_values(members)

    def test_parameters_are_fetched(self):
        self.template.action_fetch_params()
        self.assertEqual(
            self.template.param_ids.mapped("name"),
            ["name", "campaign", "hotline", "customer_name"],
        )
        self.assertEqual(self.template.param_ids[-1].max_length, 30)
        self.gateway.fail("zalo", "http_500")
        with self.assertRaisesRegex(UserError, "Zalo says"):
            self.template.action_fetch_params()

    def test_a_template_of_another_official_account(self):
        self._new_account("zalo", self.assignee)
        touch = self._open_zalo()
        self._release(NOON)
        self.assertEqual(touch.state, "failed")
        self.assertIn("Invitation", touch.reason)
        self.assertEqual(self.gateway.zalo.sent, [])

    # Sending

    def test_template_is_sent_and_delivered(self):
        touch = self._open_zalo()
        self._release(NOON)
        self.assertEqual((touch.state, touch.provider_ref), ("sent", "Z1"))
        [message] = self.gateway.zalo.sent
        self.assertEqual(message["phone"], "84901234500")
        self.assertEqual(message["template_id"], "7895417")
        self.assertEqual(message["template_data"]["name"], "Dealer 0")

    def test_no_zalo_account(self):
        touch = self._open_zalo()
        self.gateway.fail("zalo", "no_zalo")
        self._release(NOON)
        self.assertEqual((touch.state, touch.counted_date), ("failed", False))

    def test_5xx_is_unknown_and_never_sent_again(self):
        touch = self._open_zalo()
        self.gateway.fail("zalo", "http_500")
        self._release(NOON)
        self.assertEqual(touch.state, "unknown")
        self._release("2026-03-02 09:00:00")
        self.assertEqual((touch.state, self.gateway.zalo.sent), ("unknown", []))

    def test_no_money_needs_attention(self):
        first = self._open_zalo()
        rest = self._open_zalo(self.other_member)
        self.gateway.fail("zalo", "no_money")
        self._release(NOON)
        self.assertEqual((first + rest).mapped("state"), ["queued", "queued"])
        self.assertEqual(self.account.state, "error")
        self.assertEqual(self.gateway.zalo.sent, [])
        # waiting for hours is no reason to give up
        for hour in ("06", "07", "08", "09", "10"):
            self._release(f"2026-03-02 {hour}:00:00")
        self.assertEqual((first + rest).mapped("attempts"), [1, 0])
        self.account.action_test()
        self._release("2026-03-02 10:30:00")
        self.assertEqual((first + rest).mapped("state"), ["sent", "sent"])
        self.assertEqual(len(self.gateway.zalo.sent), 2)

    # Tokens

    def test_an_ended_token_is_renewed(self):
        self.account.token_expiry = fields.Datetime.to_datetime(NOON) + timedelta(
            minutes=5
        )
        touch = self._open_zalo()
        self._release(NOON)
        self.assertEqual(touch.state, "sent", touch.reason)
        secrets = self.account._get_secrets()
        self.assertEqual(secrets["refresh_token"], self.gateway.zalo.refresh_token)
        self.assertEqual(self.gateway.zalo.used, ["REFRESH1"])

    def test_a_refused_token_is_renewed_once(self):
        touch = self._open_zalo()
        self.gateway.fail("zalo", "expired")
        self._release(NOON)
        self.assertEqual(touch.state, "sent", touch.reason)
        self.assertEqual(self.gateway.zalo.used, ["REFRESH1"])

    def test_a_used_refresh_token_asks_a_person(self):
        self.gateway.zalo.used.append("REFRESH1")
        touch = self._open_zalo()
        self.gateway.fail("zalo", "expired")
        self._release(NOON)
        self.assertEqual((touch.state, self.account.state), ("queued", "error"))
        self.assertIn("used", self.account.last_error)
        self.assertIn("Connect", self.account.last_error)
        self.assertEqual(len(self.account.activity_ids), 1)

    def test_a_pasted_pair_begins_anew(self):
        self.account.token_expiry = "2026-01-01 00:00:00"
        self.gateway.zalo.number = 7
        self.account.write({"access_token": "ACCESS7", "refresh_token": "REFRESH7"})
        self.assertEqual(self.account.state, "ready", self.account.last_error)
        self.assertFalse(self.account.token_expiry)
        self.assertTrue(self.account.token_date)
        self.assertEqual(self.gateway.zalo.used, [])

    # Consent

    def test_consent(self):
        account = self._new_account(
            "zalo", self.owner, access_token=False, refresh_token=False
        )
        self.assertEqual(account.state, "draft")
        action = account.with_user(self.owner).action_connect_zalo()
        self.assertIn("/v4/oa/permission?app_id=4711", action["url"])
        kept = account.sudo().consent_state
        self.assertNotIn(kept["verifier"], action["url"])
        state = f"{account.id}-{kept['state']}"
        accounts = self.env["crm.contact.account"]
        for user, given in (
            (self.assignee, state),
            (self.owner, f"{account.id}-other"),
            (self.owner, "x"),
            (self.owner, None),
        ):
            with self.assertRaises(UserError):
                accounts.with_user(user)._take_consent(given, "CODE1")
        accounts.with_user(self.owner)._take_consent(state, "CODE1")
        self.assertEqual(account.state, "ready", account.last_error)
        self.assertEqual(account.last_message, "Lá Xanh OA")
        with self.assertRaises(UserError):
            accounts.with_user(self.owner)._take_consent(state, "CODE1")

    def test_consent_for_others(self):
        with self.assertRaises(AccessError):
            self.account.with_user(self.assignee).action_connect_zalo()
