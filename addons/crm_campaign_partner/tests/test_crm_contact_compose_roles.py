from freezegun import freeze_time

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import new_test_user, tagged

from .common_contact import NOON
from .common_desk import DeskCase


@tagged("post_install", "-at_install")
class TestCrmContactComposeRoles(DeskCase):
    """Who may write to whom, and from where."""

    def setUp(self):
        super().setUp()
        self.account = self._set_account("sms")

    def test_only_to_those_one_may_see(self):
        for records in (self.other_member, self.members | self.other_member):
            wizard = self._sms(records)
            self.assertNotIn("Dealer 1", wizard.verdict_html + wizard.preview_html)
            with self.assertRaises(AccessError):
                wizard.action_send()
        for junk in (None, "1", {"a": 1}, [True, "1", -1], [10**9]):
            with self.assertRaises(UserError):
                self._compose(
                    self.members, "sms", sms_body="Hi", res_ids=junk
                ).action_send()
        with self.assertRaises(UserError), self.cr.savepoint():
            self._compose(self.env["res.users"], "sms")
        self.assertFalse(self._touches())

    def test_roles(self):
        for user in (self.owner, self.shared, self.manager):
            with freeze_time(NOON), self.cr.savepoint():
                self._sms(self.other_member, user=user).action_send()
        self.assertEqual(
            self._touches(channel="sms").user_id,
            self.owner | self.shared | self.manager,
        )
        with self.assertRaises(AccessError):
            self._sms(self.members, user=self.outsider).action_send()
        portal = new_test_user(self.env, "reach_portal", groups="base.group_portal")
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = new_test_user(
            self.env,
            "reach_foreign",
            groups="crm_campaign_partner.group_campaign_manager",
            company_id=elsewhere.id,
            company_ids=[(6, 0, elsewhere.ids)],
        )
        with self.assertRaises(AccessError):
            self._sms(self.members, user=portal)
        with self.assertRaises(AccessError):
            wizard = self._sms(self.members, user=foreign)
            wizard.with_context(allowed_company_ids=elsewhere.ids).action_send()

    def test_wizards_are_ones_own(self):
        wizard = self._sms(self.members)
        with self.assertRaises(AccessError):
            wizard.with_user(self.manager).action_send()

    def test_without_account(self):
        self.account.active = False
        for call in (self.own.action_send_sms, self._sms(self.members).action_send):
            with self.assertRaises(RedirectWarning):
                call()
        wizard = self._sms(self.members)
        self.assertFalse(wizard.has_account)
        self.assertEqual(
            wizard.action_set_up_account()["res_model"], "crm.contact.account"
        )
        self.assertFalse(self._touches())

    def test_actions_open_the_composer(self):
        action = self.own.action_send_sms()
        self.assertEqual(action["context"]["default_res_ids"], self.members.ids)
        wizard = (
            self.env["crm.contact.compose"]
            .with_user(self.assignee)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual((wizard.channel, wizard.record_count), ("sms", 3))
        self.assertEqual(wizard.account_text, "Test")
        with self.assertRaises(AccessError):
            self.other_member.with_user(self.assignee).action_send_sms()
