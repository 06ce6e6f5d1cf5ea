from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import CampaignCase

NOON = "2026-03-02 05:00:00"  # 12:00 in Vietnam
NIGHT = "2026-03-02 16:00:00"  # 23:00


class ContactCase(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.vn")
        for number, partner in enumerate(cls.partners):
            partner.write(
                {
                    "phone": f"090123450{number}",
                    "email": f"Dealer{number}@Example.com",
                    "country_id": cls.env.ref("base.vn").id,
                }
            )
        cls.touches = cls.env["crm.contact.touch"]

    def _guard(self, channel, partners=None, kind="marketing"):
        partners = self.partners[0] if partners is None else partners
        return self.touches._guard(
            self.company, channel, kind, self.touches._prepare_recipients(partners)
        )

    def _open(self, channel, partners=None, kind="marketing", user=None, **values):
        partners = self.partners[0] if partners is None else partners
        recipients = [
            {**recipient, **values}
            for recipient in self.touches._prepare_recipients(partners)
        ]
        return self.touches._open(self.company, channel, kind, recipients, user=user)

    def _consent(self, decision, **values):
        return self.env["crm.contact.consent"].create(
            {
                "company_id": self.company.id,
                "decision": decision,
                "source": "call",
                "proof": "Recording 12",
                **values,
            }
        )


@tagged("post_install", "-at_install")
class TestCrmContactGuard(ContactCase):
    # Hours

    def test_hours_of_each_channel(self):
        expected = {
            # naive UTC, seven hours behind: sms, zalo, call, email
            "2026-03-01 23:59:59": ("queued", "queued", "queued", "sending"),
            "2026-03-02 00:00:00": ("sending", "sending", "queued", "sending"),
            "2026-03-02 01:00:00": ("sending", "sending", "sending", "sending"),
            "2026-03-02 09:59:59": ("sending", "sending", "sending", "sending"),
            "2026-03-02 10:00:00": ("sending", "sending", "queued", "sending"),
            "2026-03-02 14:59:59": ("sending", "sending", "queued", "sending"),
            "2026-03-02 15:00:00": ("queued", "queued", "queued", "sending"),
        }
        for moment, states in expected.items():
            with freeze_time(moment):
                found = tuple(
                    self._guard(channel)[0].state
                    for channel in ("sms", "zalo", "call", "email")
                )
            self.assertEqual(found, states, moment)

    @freeze_time(NIGHT)
    def test_waits_for_the_morning(self):
        sms = self._guard("sms")[0]
        self.assertEqual(sms.until, datetime(2026, 3, 3, 0, 0))
        self.assertEqual(sms.day, date(2026, 3, 3))
        self.assertEqual(sms.reason, "SMS goes out from 07:00 to 22:00 only.")
        self.assertEqual(self._guard("call")[0].until, datetime(2026, 3, 3, 1, 0))

    @freeze_time(NIGHT)
    def test_hours_are_the_companys(self):
        self.company.contact_sms_to = 23.5
        self.assertEqual(self._guard("sms")[0].state, "sending")
        self.company.partner_id.tz = "Europe/Brussels"  # 17:00 there
        self.assertEqual(self._guard("zalo")[0].state, "sending")
        self.company.contact_queue_days = 0
        self.company.partner_id.tz = "Asia/Ho_Chi_Minh"
        self.assertEqual(self._guard("zalo")[0].state, "blocked")

    def test_settings_are_checked(self):
        for values in (
            {"contact_sms_from": 22, "contact_sms_to": 7},
            {"contact_call_to": 25},
            {"contact_email_cap": -1},
            {"contact_queue_days": 61},
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.company.write(values)

    # Caps

    @freeze_time(NOON)
    def test_caps_across_sellers_and_campaigns(self):
        twin = self.partners[0].copy({"name": "Same number, other card"})
        caps = {"sms": 3, "email": 3, "call": 1, "zalo": 3}
        for channel, cap in caps.items():
            for number in range(cap):
                who = (self.owner, self.assignee)[number % 2]
                partner = (self.partners[0], twin)[number % 2]
                self.assertEqual(
                    self._open(channel, partner, user=who).state, "sending"
                )
            later = self._open(channel, twin, user=self.shared)
            self.assertEqual(later.state, "queued", channel)
            self.assertEqual(later.day, date(2026, 3, 3))
            self.assertIn(f"contacted {cap} times", later.reason)
        self.assertEqual(self._guard("sms", self.partners[1])[0].state, "sending")

    @freeze_time(NOON)
    def test_care_has_its_own_caps(self):
        self._open("call")
        self.assertEqual(self._guard("call")[0].state, "queued")
        self.company.contact_call_care_cap = 2
        self.assertEqual(self._open("call", kind="care").state, "sending")
        self.assertEqual(self._open("call", kind="care").state, "sending")
        self.assertEqual(self._open("call", kind="care").state, "queued")

    @freeze_time(NOON)
    def test_wait_has_an_end(self):
        self.company.contact_queue_days = 2
        days = [self._open("call").day for _number in range(3)]
        self.assertEqual(days, [date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)])
        blocked = self._open("call")
        self.assertEqual(blocked.state, "blocked")
        self.assertFalse(blocked.day)
        self.company.contact_call_cap = 0
        self.assertEqual(self._open("call").state, "sending")

    @freeze_time(NOON)
    def test_what_failed_does_not_count(self):
        touch = self._open("call")
        touch._settle("failed", reason="Number not in service")
        self.assertEqual(self._guard("call")[0].state, "sending")
        touch = self._open("call")
        touch._settle("unknown")
        self.assertEqual(self._guard("call")[0].state, "queued")

    @freeze_time(NOON)
    def test_one_message_per_person_and_call(self):
        twin = self.partners[0].copy()
        first, second = self._open("sms", self.partners[0] + twin)
        self.assertEqual(first.state, "sending")
        self.assertEqual(second.state, "blocked")
        self.assertIn("already among these recipients", second.reason)

    @freeze_time(NOON)
    def test_no_address(self):
        self.partners[0].write({"phone": "not a number", "email": False})
        self.assertEqual(self._guard("sms")[0].reason, "No usable phone number.")
        self.assertEqual(self._guard("email")[0].reason, "No usable e-mail address.")

    # Consent

    @freeze_time(NOON)
    def test_withdrawal_stops_partner_lead_and_number(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Lead",
                "phone": "+84 901 234 500",
                "company_id": self.company.id,
                "type": "lead",
            }
        )
        data = [{"phone": "0901234500"}]
        self._consent("withdrawn", phone_key="0901 234 500")
        lead_recipients = self.touches._prepare_recipients(lead)
        for recipients in (lead_recipients, data):
            verdict = self.touches._guard(self.company, "sms", "marketing", recipients)
            self.assertEqual(verdict[0].state, "blocked")
            self.assertIn("withdrawn", verdict[0].reason)
        for channel in ("sms", "zalo", "call", "email"):
            self.assertEqual(self._guard(channel)[0].state, "blocked", channel)
            self.assertEqual(self._guard(channel, kind="care")[0].state, "sending")

    @freeze_time(NOON)
    def test_do_not_contact_stops_care(self):
        self._consent("do_not_contact", partner_id=self.partners[0].id, channel="call")
        self.assertEqual(self._guard("call", kind="care")[0].state, "blocked")
        self.assertEqual(self._guard("sms")[0].state, "sending")

    @freeze_time(NOON)
    def test_latest_decision_holds(self):
        partner = self.partners[0]
        self._consent("withdrawn", partner_id=partner.id, date="2026-03-01 00:00:00")
        blacklist = self.env["phone.blacklist"].search(
            [("number", "=", "+84901234500")]
        )
        self.assertTrue(blacklist)
        self.assertTrue(partner.is_blacklisted)
        self._consent("given", partner_id=partner.id)
        self.assertFalse(blacklist.active)
        self.assertEqual(self._guard("sms")[0].state, "sending")
        self._consent("given", partner_id=partner.id, date="2025-01-01 00:00:00")
        self._consent("withdrawn", phone_key="0901234500", date="2026-03-02 05:00:00")
        self.assertEqual(self._guard("sms")[0].state, "blocked")

    @freeze_time(NOON)
    def test_consent_required(self):
        self.company.contact_require_consent = True
        self.assertIn("not consented", self._guard("sms")[0].reason)
        self.assertEqual(self._guard("sms", kind="care")[0].state, "sending")
        self._consent("given", partner_id=self.partners[0].id, channel="sms")
        self.assertEqual(self._guard("sms")[0].state, "sending")
        self.assertEqual(self._guard("email")[0].state, "blocked")

    @freeze_time(NOON)
    def test_core_blacklists(self):
        self.env["mail.blacklist"]._add("dealer0@example.com")
        self.env["phone.blacklist"]._add(["+84901234501"])
        self.assertEqual(self._guard("email")[0].state, "blocked")
        self.assertEqual(self._guard("sms", self.partners[1])[0].state, "blocked")

    def test_consent_needs_person_and_proof(self):
        for values in (
            {"phone_key": False},
            {"phone_key": "0901234500", "proof": False},
            {"phone_key": "0901234500", "date": "2099-01-01 00:00:00"},
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self._consent("given", **values)
        with self.assertRaises(UserError):
            self._consent("given", phone_key="12")
        consent = self._consent("given", phone_key="0901234500", email_key="A@B.com")
        self.assertEqual(consent.phone_key, "+84901234500")
        self.assertEqual(consent.email_key, "a@b.com")

    def test_consent_of_another_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self._consent(
            "withdrawn", phone_key="0901234500", channel="call", company_id=other.id
        )
        with freeze_time(NOON):
            self.assertEqual(self._guard("call")[0].state, "sending")

    # Label

    @freeze_time(NOON)
    def test_label_of_advertising(self):
        self.assertEqual(self._open("sms", body="Sale").body, "[QC] Sale")
        self.assertEqual(self._open("sms", body="[QC] Sale").body, "[QC] Sale")
        self.assertEqual(self._open("sms", body="Parcel", kind="care").body, "Parcel")
        self.assertEqual(self._open("email", subject="Sale").subject, "[QC] Sale")

    # Speed

    @freeze_time(NOON)
    def test_queries_do_not_grow(self):
        def recipients(first, count):
            return [
                {"phone": f"+8490{number:07d}", "email": f"p{number}@example.com"}
                for number in range(first, first + count)
            ]

        args = (self.company, "sms", "marketing")
        self.touches._guard(*args, recipients(0, 1))
        self.env.flush_all()
        before = self.cr.sql_log_count
        self.touches._guard(*args, recipients(0, 1))
        one = self.cr.sql_log_count - before
        before = self.cr.sql_log_count
        verdicts = self.touches._guard(*args, recipients(0, 3000))
        self.assertEqual(self.cr.sql_log_count - before, one)
        self.assertEqual({verdict.state for verdict in verdicts}, {"sending"})
        self.assertLessEqual(one, 4)
        self.touches._open(*args, recipients(0, 1)).flush_recordset()
        before = self.cr.sql_log_count
        self.touches._open(*args, recipients(10, 2)).flush_recordset()
        two = self.cr.sql_log_count - before
        before = self.cr.sql_log_count
        self.touches._open(*args, recipients(100, 90)).flush_recordset()
        self.assertEqual(self.cr.sql_log_count - before, two)


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
        self.assertEqual(
            self.partners[3].with_user(self.owner).contact_touch_count, 0
        )

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
        touch._settle("delivered", provider_ref="A1")
        self.assertFalse(touch._settle("sent"))
        self.assertFalse(touch._settle("failed"))
        self.assertEqual(touch.state, "delivered")
        self.assertEqual(touch.provider_ref, "A1")

    def test_a_person_decides_about_the_unknown(self):
        touch = self._open("email", self.member, user=self.owner)
        with self.assertRaises(UserError):
            touch.with_user(self.owner).action_confirm_sent()
        touch._settle("unknown")
        for user in (self.assignee, self.outsider):
            with self.assertRaises(AccessError):
                touch.with_user(user).action_confirm_sent()
        touch.with_user(self.owner).action_confirm_sent()
        self.assertEqual(touch.state, "sent")
        self.assertIn("owner", touch.reason)

    # Release

    def _run_cron(self):
        self.enterContext(self.enter_registry_test_mode())
        self.env.ref(
            "crm_campaign_partner.ir_cron_contact_release"
        ).method_direct_trigger()

    def _release(self, moment):
        """What the cron does in one batch, without its commits."""
        with freeze_time(moment):
            due = self.touches.search(self.touches._get_due_domain())
            ready = due._recheck()
            ready._deliver()
        return ready

    def test_release_in_the_morning(self):
        with freeze_time(NIGHT):
            touch = self._open("sms", body="Sale")
        self.assertFalse(self._release("2026-03-02 23:59:00"))
        self.assertEqual(touch.state, "queued")
        sent = []

        def send(touches):
            sent.extend(touches)
            touches._settle("sent", provider_ref="S1")

        self.patch(type(self.touches), "_send_sms", send)
        self.assertEqual(self._release("2026-03-03 00:00:00"), touch)
        self.assertEqual(sent, [touch])
        self.assertEqual((touch.state, touch.day), ("sent", date(2026, 3, 3)))
        self.assertFalse(touch.reason)

    def test_no_account(self):
        with freeze_time(NIGHT):
            touch = self._open("sms", body="Sale")
        self._release("2026-03-03 00:00:00")
        self.assertEqual(touch.state, "failed")
        self.assertIn("no account", touch.reason)
        self.assertFalse(touch.day)
        for channel in ("sms", "email", "zalo", "call"):
            with self.assertRaises(UserError), freeze_time(NOON):
                self._open(channel)._send()

    def test_refused_while_waiting(self):
        with freeze_time(NIGHT):
            touch = self._open("sms")
        self._consent("withdrawn", phone_key="0901234500", date=NIGHT)
        self._release("2026-03-03 00:00:00")
        self.assertEqual(touch.state, "blocked")
        self.assertFalse(touch.day)

    def test_late_cron_waits_again(self):
        with freeze_time(NIGHT):
            touch = self._open("sms")
        self._release("2026-03-03 15:30:00")
        self.assertEqual(touch.state, "queued")
        self.assertEqual(touch.planned_date, datetime(2026, 3, 4, 0, 0))
        self.assertEqual(touch.day, date(2026, 3, 4))

    def test_several_waiting_for_one_person(self):
        with freeze_time(NIGHT):
            touches = self._open("sms") + self._open("sms")
        self.patch(type(self.touches), "_send_sms", lambda t: t._settle("sent"))
        self._release("2026-03-03 01:00:00")
        self.assertEqual(touches.mapped("state"), ["sent", "sent"])
        self.assertEqual(set(touches.mapped("day")), {date(2026, 3, 3)})

    def test_no_answer_is_unknown(self):
        with freeze_time(NOON):
            touch = self._open("email")
        with freeze_time("2026-03-02 05:59:00"):
            self.touches._mark_lost()
        self.assertEqual(touch.state, "sending")
        with freeze_time("2026-03-02 06:01:00"):
            self.touches._mark_lost()
        self.assertEqual(touch.state, "unknown")

    def test_cron(self):
        with freeze_time(NIGHT):
            touch = self._open("sms")
        with freeze_time("2026-03-03 00:00:00"):
            self._run_cron()
            self._run_cron()
        self.assertEqual(touch.state, "failed")
