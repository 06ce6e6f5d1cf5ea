from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.crm_campaign_partner.services.send import errors
from odoo.addons.crm_campaign_partner.services.send.provider import Sent

from .common_contact import NOON, ContactCase

SECRET = "s3cret-0123456789"


@tagged("post_install", "-at_install")
class TestCrmContactAccount(ContactCase):
    """Whose accounts there are, and what becomes of a message."""

    def setUp(self):
        super().setUp()
        self.account = self._set_account("sms", user_id=self.owner.id)
        self.accounts = self.env["crm.contact.account"]

    # Secrets

    def test_secrets_are_not_read_back(self):
        self.account.with_user(self.owner).write({"api_key": f" {SECRET} "})
        self.assertEqual(self.account._get_secrets(), {"api_key": SECRET})
        admin = self.env.ref("base.user_admin")
        admin.company_ids += self.company
        for user in (self.owner, self.manager, admin):
            account = self.account.with_user(user)
            account.invalidate_recordset()
            self.assertFalse(account.api_key)
            self.assertEqual(account.kept_credentials, "API Key")
            self.assertNotIn(SECRET, str(account.read(["api_key", "kept_credentials"])))
            with self.assertRaises(AccessError):
                account.read(["credentials"])
            with self.assertRaises(AccessError):
                account.search([("credentials", "ilike", "s3")])
            self.assertNotIn("credentials", account.fields_get())
        self.assertFalse(self.account.copy()._get_secrets())

    def test_an_empty_secret_keeps_what_was_there(self):
        self.account.write({"api_key": SECRET})
        self.account.write({"api_key": "", "api_secret": "two"})
        self.assertEqual(
            self.account._get_secrets(), {"api_key": SECRET, "api_secret": "two"}
        )

    def test_what_is_no_key(self):
        for value in ("two words", "khoá", "x" * 5000):
            with self.assertRaises(ValidationError):
                self.account.write({"api_key": value})
        self.account.write({"password": "mật khẩu"})
        self.assertEqual(self.account._get_secrets()["password"], "mật khẩu")

    # Whose

    def test_own_one_first_then_the_companys(self):
        company = self.company
        shared = self._set_account("sms")
        for user, expected in (
            (self.owner, self.account),
            (self.assignee, shared),
        ):
            self.assertEqual(self.accounts._get_for(user, company, "sms"), expected)
        self.assertFalse(self.accounts._get_for(self.owner, company, "call"))
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertFalse(self.accounts._get_for(self.owner, elsewhere, "sms"))

    def test_without_account_a_button_leads_to_the_setup(self):
        with self.assertRaises(RedirectWarning) as caught:
            self.accounts._require_for(self.assignee, self.company, "sms")
        message, action, button = caught.exception.args[:3]
        self.assertIn("SMS", message)
        self.assertEqual(action["res_model"], "crm.contact.account")
        self.assertFalse(action["res_id"])
        self.assertEqual(button, "Set Up Account")
        self.account._note_failure(errors.AccountFault("no money"))
        with self.assertRaises(RedirectWarning) as caught:
            self.accounts._require_for(self.owner, self.company, "sms")
        self.assertIn("no money", caught.exception.args[0])
        self.assertEqual(caught.exception.args[1]["res_id"], self.account.id)

    def test_roles(self):
        shared = self._set_account("sms")
        own = {
            "provider": "esms",
            "company_id": self.company.id,
            "user_id": self.assignee.id,
        }
        mine = self.accounts.with_user(self.assignee).create(own)
        mine.write({"api_key": SECRET})
        for values in ({"user_id": self.owner.id}, {"user_id": False}):
            with self.assertRaises(AccessError):
                self.accounts.with_user(self.assignee).create({**own, **values})
            with self.assertRaises(AccessError):
                mine.write(values)
        for user, seen in (
            (self.assignee, mine + shared),
            (self.owner, self.account + shared),
            (self.outsider, shared),
            (self.manager, mine + shared + self.account),
        ):
            found = self.accounts.with_user(user).search(
                [("company_id", "=", self.company.id)]
            )
            self.assertEqual(set(found.ids), set(seen.ids), user.login)
        with self.assertRaises(AccessError):
            shared.with_user(self.assignee).write({"api_key": SECRET})
        with self.assertRaises(AccessError):
            self.account.with_user(self.assignee).action_test()
        with self.assertRaises(AccessError):
            self.account.with_user(self.owner).write(
                {"host_overrides": {"api": "https://a.example"}}
            )
        shared.with_user(self.manager).write({"api_key": SECRET})

    def test_hosts(self):
        for hosts in ({"api": "http://127.0.0.1:80"}, {"api": "ftp://a.vn"}, ["x"]):
            with self.assertRaises(ValidationError):
                self.account.host_overrides = hosts
        self.env["ir.config_parameter"].set_param(
            "crm_campaign_partner.allow_private_hosts", "1"
        )
        self.account.host_overrides = {"api": "http://127.0.0.1:80"}
        with self.assertRaises(ValidationError):
            self.account.host_overrides_text = "{"

    # Test

    def test_tried_when_saved(self):
        handler = type(self.env["crm.contact.provider"])
        self.patch(handler, "_get_required_names", lambda _self: ("api_key",))
        account = self._set_account("sms")
        self.assertEqual(account.state, "draft")
        with self.assertRaisesRegex(UserError, "API Key"):
            account.action_test()
        account.api_key = SECRET
        self.assertEqual((account.state, account.last_message), ("ready", "ok"))

        def refuse(_self, _account):
            raise errors.AccountFault("wrong key")

        self.patch(handler, "_test", refuse)
        account.api_key = "other"
        self.assertEqual((account.state, account.last_error), ("error", "wrong key"))
        self.assertEqual(account._get_secrets()["api_key"], "other")

    # Delivery

    @freeze_time(NOON)
    def _open_for_owner(self, number=1):
        return self._open("sms", self.partners[:number], user=self.owner, body="Hi")

    def _deliver(self, outcome, number=1, moment=NOON):
        self._set_account("sms", lambda _touch: outcome)
        touches = self._open_for_owner(number)
        self._release(moment)
        return touches

    def test_sent(self):
        touch = self._deliver(Sent("X1"))
        self.assertEqual((touch.state, touch.provider_ref), ("sent", "X1"))
        self.assertEqual(touch.account_id, self.account)

    def test_unknown_is_never_sent_again(self):
        touch = self._deliver(errors.Ambiguous("HTTP 504"))
        self.assertEqual((touch.state, touch.reason), ("unknown", "HTTP 504"))
        self._set_account("sms", lambda _touch: self.fail("sent again"))
        self._release("2026-03-02 08:00:00")
        self.assertEqual(touch.state, "unknown")

    def test_failed_gives_its_place_back(self):
        touch = self._deliver(errors.Permanent("no such number"))
        self.assertEqual((touch.state, touch.reason), ("failed", "no such number"))
        self.assertFalse(touch.counted_date)
        self.assertEqual(self.account.state, "ready")

    def test_later(self):
        noon = datetime.fromisoformat(NOON)
        touch = self._deliver(errors.Transient("HTTP 503"))
        self.assertEqual((touch.state, touch.attempts), ("queued", 1))
        self.assertEqual(touch.planned_date, noon + timedelta(minutes=2))
        for _number in range(7):
            self._release(touch.planned_date or NOON)
        self.assertEqual((touch.state, touch.reason), ("failed", "HTTP 503"))

    def test_throttled_stops_the_batch(self):
        touches = self._deliver(errors.Throttled("slow down", retry_after=90), 3)
        self.assertEqual(set(touches.mapped("state")), {"queued"})
        self.assertEqual(touches.mapped("attempts"), [1, 0, 0])
        later = datetime.fromisoformat(NOON) + timedelta(seconds=90)
        self.assertEqual(set(touches.mapped("planned_date")), {later})
        self.assertEqual(self.account.state, "ready")

    def test_no_money(self):
        touches = self._deliver(errors.AccountFault("no money"), 3)
        self.assertEqual(set(touches.mapped("state")), {"queued"})
        self.assertEqual(self.account.state, "error")
        self.assertEqual(self.account.activity_ids.user_id, self.owner)
        self._set_account("sms")
        self.account._note_success()
        self.assertFalse(self.account.activity_ids)
        self._release("2026-03-02 05:30:00")
        self.assertEqual(set(touches.mapped("state")), {"sent"})

    def test_the_person_with_an_own_account_waits_for_it(self):
        """Whoever has an own account does not send in the company's name instead."""
        self.account._note_failure(errors.AccountFault("no money"))
        self._set_account("sms")
        touch = self._open_for_owner()
        self._release(NOON)
        self.assertEqual(touch.state, "queued")

    def test_nothing_waits_forever_for_an_account(self):
        self.company.contact_queue_days = 2
        self.account._note_failure(errors.AccountFault("no money"))
        touch = self._open_for_owner()
        self._release("2026-03-03 05:00:00")
        self.assertEqual((touch.state, touch.reason), ("queued", "no money"))
        self._release("2026-03-04 05:01:00")
        self.assertEqual(touch.state, "failed")

    def test_a_fault_of_ours_is_unknown(self):
        def break_down(_touch):
            raise ZeroDivisionError

        self._set_account("sms", break_down)
        touches = self._open_for_owner(2)
        module = "odoo.addons.crm_campaign_partner.models.account"
        with mute_logger(f"{module}.crm_contact_account_state"):
            self._release(NOON)
        self.assertEqual(touches.mapped("state"), ["unknown", "unknown"])

    def test_hourly_limit(self):
        self.account.hourly_limit = 2
        touches = self._deliver(Sent("X"), 3)
        self.assertEqual(touches.mapped("state"), ["sent", "sent", "queued"])
        self.assertIn("2 messages per hour", touches[2].reason)
        self._release("2026-03-02 05:59:00")
        self.assertEqual(touches[2].state, "queued")
        self._release("2026-03-02 06:00:00")
        self.assertEqual(touches[2].state, "sent")
