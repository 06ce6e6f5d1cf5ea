from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.crm_campaign_partner.services.send import errors

from .common_contact import NIGHT, NOON, ContactCase


@tagged("post_install", "-at_install")
class TestCrmContactTouch(ContactCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.foreign_manager = new_test_user(
            cls.env,
            "reach_foreign",
            groups="crm_campaign_partner.group_campaign_manager",
            company_id=cls.elsewhere.id,
            company_ids=[(6, 0, cls.elsewhere.ids)],
        )
        cls.portal = new_test_user(cls.env, "reach_portal", groups="base.group_portal")

    def _seen_by(self, record):
        users = (
            self.manager,
            self.owner,
            self.shared,
            self.assignee,
            self.outsider,
            self.foreign_manager,
        )
        return {
            user.login.removeprefix("reach_")
            for user in users
            if record.with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
            .search([("id", "=", record.id)])
        }

    def test_who_sees_touches(self):
        touch = self._open("email", self.member, user=self.owner)
        self.assertEqual(touch.campaign_id, self.sub_campaign)
        self.assertEqual(
            self._seen_by(touch), {"manager", "owner", "shared", "assignee"}
        )
        other = self._open("email", self.other_member, user=self.owner)
        self.assertEqual(self._seen_by(other), {"manager", "owner", "shared"})
        own = self._open("email", self.partners[3], user=self.outsider)
        self.assertEqual(self._seen_by(own), {"manager", "outsider"})
        self.assertEqual(self.sub_campaign.with_user(self.owner).touch_count, 2)
        self.assertEqual(self.campaign.with_user(self.owner).touch_count, 2)
        self.assertEqual(self.partners[3].with_user(self.owner).contact_touch_count, 0)

    def test_nobody_writes_touches(self):
        touch = self._open("email", self.member, user=self.owner)
        for user in (self.manager, self.owner, self.env.ref("base.user_admin")):
            for call in (
                lambda t: t.write({"state": "failed"}),
                lambda t: t.unlink(),
                lambda t: t.create({"channel": "sms"}),
            ):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    call(touch.with_user(user))
        with self.assertRaises(UserError):
            touch.sudo().address = "other@example.com"
        with self.assertRaises(UserError):
            touch.sudo().unlink()
        self.assertFalse(self.touches.with_user(self.portal).has_access("read"))
        counters = self.env["crm.contact.counter"]
        self.assertFalse(counters.with_user(self.manager).has_access("read"))

    def test_consents_per_role(self):
        consents = self.env["crm.contact.consent"]
        values = {"source": "call", "decision": "withdrawn", "channel": "call"}
        entry = consents.with_user(self.assignee).create(
            {**values, "phone_key": "0901234509", "user_id": self.manager.id}
        )
        self.assertEqual(entry.user_id, self.assignee)
        self.assertEqual(self._seen_by(entry), {"assignee", "manager"})
        known = self._consent("withdrawn", partner_id=self.partners[0].id)
        self.assertEqual(
            self._seen_by(known),
            {"manager", "owner", "shared", "assignee", "outsider"},
        )
        for user in (self.assignee, self.manager):
            with self.assertRaises(AccessError), self.cr.savepoint():
                entry.with_user(user).decision = "given"
            with self.assertRaises(AccessError), self.cr.savepoint():
                entry.with_user(user).unlink()
        with self.assertRaises(UserError):
            entry.sudo().decision = "given"
        self.assertFalse(consents.with_user(self.portal).has_access("read"))
        with self.assertRaises(AccessError), self.cr.savepoint():
            consents.with_user(self.assignee).create(
                {**values, "phone_key": "0901234509", "company_id": self.elsewhere.id}
            )

    # Outcome

    def test_outcome(self):
        touch = self._open("email")
        touch._recheck()
        touch._settle("delivered", provider_ref="A1")
        self.assertFalse(touch._settle("sent"))
        self.assertFalse(touch._settle("failed"))
        self.assertEqual(touch.state, "delivered")
        self.assertEqual(touch.provider_ref, "A1")

    def test_a_person_decides_about_the_unknown(self):
        touch = self._open("email", self.member, user=self.owner)
        with self.assertRaises(UserError):
            touch.with_user(self.owner).action_confirm_sent()
        touch._recheck()
        touch._settle("unknown")
        for user in (self.assignee, self.outsider):
            with self.assertRaises(AccessError):
                touch.with_user(user).action_confirm_sent()
        touch.with_user(self.owner).action_confirm_sent()
        self.assertEqual(touch.state, "sent")
        self.assertIn("owner", touch.reason)

    # Release

    def test_release_in_the_morning(self):
        with freeze_time(NIGHT):
            touch = self._open("sms", body="Sale")
        self._release("2026-03-02 23:59:00")
        self.assertEqual(touch.state, "queued")
        self._set_account("sms")
        self._release("2026-03-03 00:00:00")
        self.assertEqual((touch.state, touch.provider_ref), ("sent", f"F{touch.id}"))
        self.assertEqual(touch.counted_date, datetime(2026, 3, 3))
        self.assertFalse(touch.reason)

    def test_no_account(self):
        with freeze_time(NIGHT):
            touch = self._open("sms", body="Sale")
        self._release("2026-03-03 00:00:00")
        self.assertEqual(touch.state, "failed")
        self.assertIn("no account", touch.reason)
        self.assertFalse(touch.counted_date)

    def test_refused_while_waiting(self):
        with freeze_time(NIGHT):
            touch = self._open("sms")
        self._consent("withdrawn", phone_key="0901234500", date=NIGHT)
        self._release("2026-03-03 00:00:00")
        self.assertEqual(touch.state, "blocked")
        self.assertFalse(touch.counted_date)

    def test_late_cron_waits_again(self):
        with freeze_time(NIGHT):
            touch = self._open("sms")
        self._release("2026-03-03 15:30:00")
        self.assertEqual(touch.state, "queued")
        self.assertEqual(touch.planned_date, datetime(2026, 3, 4, 0, 0))
        self.assertEqual(touch.counted_date, datetime(2026, 3, 4, 0, 0))

    def test_several_waiting_for_one_person(self):
        with freeze_time(NIGHT):
            touches = self._open("sms") + self._open("sms")
        self._set_account("sms")
        self._release("2026-03-03 01:00:00")
        self.assertEqual(touches.mapped("state"), ["sent", "sent"])
        self.assertEqual(
            set(touches.mapped("counted_date")), {datetime(2026, 3, 3, 1, 0)}
        )

    def test_no_answer_is_unknown(self):
        with freeze_time(NOON):
            touch = self._open("email")
            touch._recheck()
        with freeze_time("2026-03-02 05:59:00"):
            self.touches._mark_lost()
        self.assertEqual(touch.state, "sending")
        with freeze_time("2026-03-02 06:01:00"):
            self.touches._mark_lost()
        self.assertEqual(touch.state, "unknown")

    # Again

    def test_send_again(self):
        self._set_account("sms", lambda _touch: errors.Permanent("no such number"))
        with freeze_time(NOON):
            touch = self._open("sms", self.member, user=self.owner, body="Hi")
            with self.assertRaises(UserError):
                touch.with_user(self.owner).action_send_again()
        self._release(NOON)
        self.assertEqual(touch.state, "failed")
        self._set_account("sms")
        with freeze_time(NOON):
            with self.assertRaises(AccessError):
                touch.with_user(self.assignee).action_send_again()
            with self.assertRaises(AccessError):
                touch.with_user(self.outsider).action_send_again()
            answer = touch.with_user(self.owner).action_send_again()
        self.assertEqual(answer["params"]["message"], "1 go out now")
        again = self.touches.search([("member_id", "=", self.member.id)]) - touch
        self.assertEqual((again.body, again.user_id), (touch.body, self.owner))
        self._release(NOON)
        self.assertEqual((again.state, touch.state), ("sent", "failed"))

    def test_what_may_have_gone_out_is_not_sent_again(self):
        self._set_account("sms", lambda _touch: errors.Ambiguous("HTTP 504"))
        with freeze_time(NOON):
            touch = self._open("sms", self.member, user=self.owner, body="Hi")
        self._release(NOON)
        with self.assertRaisesRegex(UserError, "find out first"):
            touch.with_user(self.owner).action_send_again()
