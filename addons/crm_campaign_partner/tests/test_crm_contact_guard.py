from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common_contact import NIGHT, NOON, ContactCase


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
        self.assertEqual(sms.moment, datetime(2026, 3, 3, 0, 0))
        self.assertEqual(sms.reason, "SMS goes out from 07:00 to 22:00 only.")
        self.assertEqual(self._guard("call")[0].moment, datetime(2026, 3, 3, 1, 0))

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
        noon = datetime.fromisoformat(NOON)
        caps = {"sms": 3, "email": 3, "call": 1, "zalo": 3}
        for channel, cap in caps.items():
            for number in range(cap):
                who = (self.owner, self.assignee)[number % 2]
                partner = (self.partners[0], twin)[number % 2]
                touch = self._open(channel, partner, user=who)
                self.assertFalse(touch.reason)
                self.assertEqual(touch.planned_date, noon)
            later = self._open(channel, twin, user=self.shared)
            self.assertEqual(later.state, "queued", channel)
            self.assertEqual(later.planned_date, noon + timedelta(days=1))
            self.assertIn(f"{cap} contacts", later.reason)
        self.assertEqual(self._guard("sms", self.partners[1])[0].state, "sending")

    @freeze_time(NOON)
    def test_care_has_its_own_caps(self):
        self._open("call")
        self.assertEqual(self._guard("call")[0].state, "queued")
        self.company.contact_call_care_cap = 2
        for _number in range(2):
            self.assertFalse(self._open("call", kind="care").reason)
        self.assertTrue(self._open("call", kind="care").reason)

    def test_caps_hold_for_any_24_hours(self):
        """Three late in the evening leave no room for one early in the morning."""
        with freeze_time("2026-03-02 14:50:00"):  # 21:50
            for _number in range(3):
                self._open("sms")
        with freeze_time("2026-03-03 00:10:00"):  # 07:10
            self.assertEqual(self._guard("sms")[0].moment, datetime(2026, 3, 3, 14, 50))
        with freeze_time("2026-03-03 14:50:00"):
            self.assertEqual(self._guard("sms")[0].state, "sending")

    @freeze_time(NOON)
    def test_wait_has_an_end(self):
        self.company.contact_queue_days = 2
        noon = datetime.fromisoformat(NOON)
        moments = [self._open("call").planned_date for _number in range(3)]
        self.assertEqual(moments, [noon + timedelta(days=day) for day in range(3)])
        blocked = self._open("call")
        self.assertEqual(blocked.state, "blocked")
        self.assertFalse(blocked.counted_date)
        self.company.contact_call_cap = 0
        self.assertFalse(self._open("call").reason)

    @freeze_time(NOON)
    def test_what_failed_does_not_count(self):
        touch = self._open("call")
        touch._settle("failed", reason="Number not in service")
        self.assertEqual(self._guard("call")[0].state, "sending")
        touch = self._open("call")
        touch.state = "sending"
        touch._settle("unknown")
        self.assertEqual(self._guard("call")[0].state, "queued")

    @freeze_time(NOON)
    def test_one_message_per_person_and_call(self):
        twin = self.partners[0].copy()
        first, second = self._open("sms", self.partners[0] + twin)
        self.assertEqual(first.state, "queued")
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
