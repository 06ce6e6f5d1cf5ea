from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common_contact import NOON
from .common_desk import DeskCase


@tagged("post_install", "-at_install")
class TestCrmContactRefusal(DeskCase):
    def _refuse(self, records, user=None, **values):
        action = records.with_user(user or self.assignee).action_do_not_contact()
        wizard = (
            self.env["crm.contact.refuse"]
            .with_user(user or self.assignee)
            .with_context(**action["context"])
            .create({"proof": "Said so on the phone", **values})
        )
        wizard.action_confirm()

    def test_shown_wherever_the_person_is(self):
        lead = self.env["crm.lead"].create(
            {"name": "Ads", "phone": "0901234500", "company_id": self.company.id}
        )
        records = (self.partners[0], self.member, lead)
        for record in records:
            self.assertFalse(record.contact_refusal)
        self._refuse(self.own[0])
        self.env.invalidate_all()
        for record in records:
            self.assertEqual(record.contact_refusal, "all", record)
            self.assertEqual(
                record.contact_refusal_text, "Does not want to be contacted."
            )
        self.assertFalse(self.partners[1].contact_refusal)
        consent = self.env["crm.contact.consent"].search([], limit=1)
        self.assertRecordValues(
            consent,
            [
                {
                    "partner_id": self.partners[0].id,
                    "phone_key": "+84901234500",
                    "email_key": "dealer0@example.com",
                    "decision": "do_not_contact",
                    "channel": "all",
                    "source": "call",
                    "proof": "Said so on the phone",
                    "user_id": self.assignee.id,
                    "company_id": self.company.id,
                }
            ],
        )

    def test_part_of_it(self):
        self._refuse(self.own[:2], decision="withdrawn", channel="sms")
        self.env.invalidate_all()
        self.assertEqual(self.own.mapped("contact_refusal"), ["part", "part", False])
        self.assertEqual(self.member.contact_refusal_text, "No advertising by SMS.")
        self._refuse(self.own[:1], channel="call")
        self.env.invalidate_all()
        self.assertEqual(
            self.member.contact_refusal_text,
            "Not to be contacted by Call. No advertising by SMS.",
        )

    def test_a_new_consent_lifts_it(self):
        self._refuse(self.own[0])
        self._consent("given", partner_id=self.partners[0].id)
        self.env.invalidate_all()
        self.assertFalse(self.member.contact_refusal)

    def test_what_waits_is_stopped(self):
        self._set_account("sms")
        with freeze_time("2026-03-02 16:00:00"):
            self._sms(self.members).action_send()
            self._refuse(self.own[0])
        self._release("2026-03-03 00:00:00")
        touches = self._touches(channel="sms")
        self.assertEqual(touches.mapped("state"), ["blocked", "sent", "sent"])

    def test_number_alone_is_enough(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Ads",
                "phone": "0909 000 111",
                "user_id": self.assignee.id,
                "company_id": self.company.id,
            }
        )
        self._refuse(lead)
        self.env.invalidate_all()
        self.assertEqual(lead.contact_refusal, "all")
        with freeze_time(NOON):
            self.partners[3].phone = "+84909000111"
            self.assertEqual(self.members[2].contact_refusal, "all")

    def test_roles(self):
        for records in (self.other_member, self.other_member | self.own[0]):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self._refuse(records)
        portal = new_test_user(self.env, "reach_portal", groups="base.group_portal")
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._refuse(self.member, portal)
        with self.assertRaises(AccessError):
            self.partners[0].with_user(portal).read(["contact_refusal"])
        self.assertFalse(self.env["crm.contact.consent"].search_count([]))

    def test_cost(self):
        self.own.mapped("partner_id.phone_sanitized")
        self.own.mapped("company_id.partner_id.tz")
        self.own[:1].mapped("contact_refusal")
        self.own.invalidate_recordset(["contact_refusal", "contact_refusal_text"])
        with self.assertQueryCount(4):
            self.own.mapped("contact_refusal")
