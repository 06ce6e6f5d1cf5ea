from freezegun import freeze_time

from odoo.tests import tagged

from .common_contact import NOON, ContactCase


@tagged("post_install", "-at_install")
class TestCrmContactMailing(ContactCase):
    """Core's mailings ask the contact guard, too (N1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mailing = cls.env["mailing.mailing"].create(
            {
                "subject": "Sale",
                "mailing_model_id": cls.env["ir.model"]._get_id("res.partner"),
                "body_html": "<p>Sale</p>",
            }
        )

    def _new_mails(self, partners=None):
        partners = self.partners if partners is None else partners
        mails = self.env["mail.mail"].create(
            [
                {
                    "mailing_id": self.mailing.id,
                    "subject": "Sale",
                    "body_html": "<p>Sale</p>",
                    "email_to": partner.email,
                    "model": "res.partner",
                    "res_id": partner.id,
                    "record_company_id": self.company.id,
                    "state": "outgoing",
                }
                for partner in partners
            ]
        )
        self.env["mailing.trace"].create(
            [
                {
                    "mail_mail_id": mail.id,
                    "mail_mail_id_int": mail.id,
                    "mass_mailing_id": self.mailing.id,
                    "model": "res.partner",
                    "res_id": mail.res_id,
                }
                for mail in mails
            ]
        )
        return mails

    @freeze_time(NOON)
    def test_who_refused_gets_none(self):
        self._consent("withdrawn", email_key="dealer1@example.com", date=NOON)
        mails = self._new_mails()
        held_back = mails._hold_back_mailings()
        self.assertEqual(held_back, mails[1])
        self.assertEqual(mails[1].state, "cancel")
        self.assertIn("withdrawn", mails[1].failure_reason)
        self.assertEqual(mails[1].mailing_trace_ids.trace_status, "cancel")
        self.assertEqual(mails[0].subject, "[QC] Sale")
        touches = self.touches.search([("subject", "=", "[QC] Sale")])
        self.assertEqual(
            sorted(touches.mapped("state")), ["blocked", "sent", "sent", "sent"]
        )

    @freeze_time(NOON)
    def test_they_count_and_wait(self):
        for _number in range(2):
            self._open("email", self.partners[0])
        first, second = (self._new_mails(self.partners[0]) for _number in range(2))
        self.assertFalse(first._hold_back_mailings())
        self.assertEqual(second._hold_back_mailings(), second)
        self.assertEqual(second.state, "outgoing")
        self.assertGreater(str(second.scheduled_date), "2026-03-03 04:00")

    @freeze_time(NOON)
    def test_other_mails_are_left_alone(self):
        self._consent("do_not_contact", email_key="dealer0@example.com", date=NOON)
        mail = self.env["mail.mail"].create({"email_to": self.partners[0].email})
        self.assertFalse(mail._hold_back_mailings())
        mail.send()
        self.assertFalse(self.touches.search([("address", "=", "dealer0@example.com")]))

    @freeze_time(NOON)
    def test_cost_does_not_grow(self):
        counts = []
        for size in (1, 1, 4):
            mails = self._new_mails(self.partners[:size])
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            mails._hold_back_mailings()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.touches.search([("state", "=", "sent")])._give_back()
        self.assertEqual(counts[1], counts[2])
