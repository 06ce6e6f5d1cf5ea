import smtplib
from email import message_from_bytes, policy

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common_contact import NOON
from .common_gateway import PASSWORD, GatewayCase


@tagged("post_install", "-at_install")
class TestCrmContactEmail(GatewayCase):
    """E-mail from the own mailbox, by a real SMTP server (000.24, 000.25)."""

    def _open_mails(self, partners=None, user=None, **values):
        values = {"subject": "Tri ân đại lý", "body": "<p>Chào anh</p>", **values}
        with freeze_time(NOON):
            return self._open("email", partners, user=user or self.assignee, **values)

    def _read(self, number=0):
        return message_from_bytes(
            self.mailbox.mails[number].original_content, policy=policy.default
        )

    def test_password_is_tried_when_saved(self):
        account = self._new_account("smtp", self.assignee, password="wrong")
        self.assertEqual(account.state, "error")
        self.assertIn("does not accept this login and password", account.last_error)
        account.with_user(self.assignee).password = PASSWORD
        self.assertEqual(account.state, "ready", account.last_error)
        account.smtp_port = 1
        self.assertEqual(account.state, "error")
        self.assertIn("cannot be reached", account.last_error)

    def test_password_is_nowhere_to_be_read(self):
        account = self._new_account("smtp", self.assignee)
        server = account.mail_server_id
        self.assertEqual(server.smtp_pass, PASSWORD)
        self.assertFalse(server.with_user(self.assignee).has_access("read"))
        self.assertFalse(server.with_user(self.manager).has_access("read"))
        read = account.with_user(self.manager).read()
        self.assertNotIn(PASSWORD, str(read))
        self.assertNotIn(PASSWORD, str(account.message_ids.mapped("body")))

    def test_no_encryption_only_in_the_own_network(self):
        self.env["ir.config_parameter"].set_param(
            "crm_campaign_partner.allow_private_hosts", "0"
        )
        with self.assertRaises(ValidationError):
            self._new_account("smtp", self.assignee)

    def test_mail_goes_out_in_the_persons_name(self):
        account = self._new_account("smtp", self.assignee)
        touch = self._open_mails(
            self.member,
            payload={"unsubscribe_url": "https://laxanh.example/contact/stop/x"},
        )
        self._release(NOON)
        self.assertEqual(touch.state, "sent", touch.reason)
        self.assertEqual(touch.account_id, account)
        mail = self._read()
        self.assertIn("lan@laxanh.example", mail["From"])
        self.assertEqual(mail["To"], "dealer0@example.com")
        self.assertEqual(mail["Subject"], "[QC] Tri ân đại lý")
        self.assertEqual(mail["Message-Id"], touch.provider_ref)
        self.assertEqual(
            mail["List-Unsubscribe"], "<https://laxanh.example/contact/stop/x>"
        )
        self.assertIn("Chào anh", mail.get_body(("html",)).get_content())
        self.assertIn("Chào anh", mail.get_body(("plain",)).get_content())
        note = self.member.message_ids[:1]
        self.assertEqual(note.message_id, touch.provider_ref)
        self.assertIn("Chào anh", note.body)

    def test_attachments(self):
        self._new_account("smtp", self.assignee)
        file = self.env["ir.attachment"].create({"name": "gia.txt", "raw": b"459000"})
        self._open_mails(payload={"attachment_ids": file.ids})
        self._release(NOON)
        [part] = self._read().iter_attachments()
        self.assertEqual(part.get_filename(), "gia.txt")
        self.assertEqual(part.get_content().strip(), "459000")

    def test_one_connection_for_a_batch(self):
        self._new_account("smtp", self.assignee)
        touches = self._open_mails(self.partners)
        self._release(NOON)
        self.assertEqual(set(touches.mapped("state")), {"sent"})
        self.assertEqual(len(self.mailbox.mails), len(self.partners))
        self.assertEqual(len(self.mailbox.sessions), 1)

    def test_refused_recipients(self):
        self._new_account("smtp", self.assignee)
        self.mailbox.refused = {
            "dealer0@example.com": "550 No such user",
            "dealer1@example.com": "451 Greylisted, try later",
        }
        touches = self._open_mails(self.partners[:3])
        self._release(NOON)
        self.assertEqual(touches.mapped("state"), ["failed", "queued", "sent"])
        self.assertIn("No such user", touches[0].reason)
        self.assertIn("Greylisted", touches[1].reason)

    def test_server_gone_keeps_the_mail(self):
        account = self._new_account("smtp", self.assignee)
        touch = self._open_mails()
        account.mail_server_id.smtp_port = 1
        self._release(NOON)
        self.assertEqual((touch.state, touch.attempts), ("queued", 1))
        self.assertIn("cannot be reached", touch.reason)

    def test_password_changed_elsewhere(self):
        account = self._new_account("smtp", self.assignee)
        touches = self._open_mails(self.partners)
        account.mail_server_id.smtp_pass = "old"
        self._release(NOON)
        self.assertEqual(set(touches.mapped("state")), {"queued"})
        self.assertEqual(account.state, "error")

    def test_lost_while_handing_over_is_unknown(self):
        self._new_account("smtp", self.assignee)
        touch = self._open_mails()

        def vanish(*_args, **_options):
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")

        self.patch(smtplib.SMTP, "send_message", vanish)
        self._release(NOON)
        self.assertEqual(touch.state, "unknown")
        self.assertIn("unexpectedly closed", touch.reason)

    def test_what_comes_back_has_failed(self):
        self._new_account("smtp", self.assignee)
        touch = self._open_mails()
        self._release(NOON)
        self.env["mail.thread"]._routing_handle_bounce(
            None,
            {
                "email_from": "mailer-daemon@laxanh.example",
                "to": "lan@laxanh.example",
                "message_id": "<bounce@laxanh.example>",
                "bounced_email": False,
                "bounced_partner": self.env["res.partner"],
                "bounced_msg_ids": [touch.provider_ref],
                "bounced_message": self.env["mail.message"],
                "body": "No such user",
            },
        )
        self.assertEqual((touch.state, touch.reason), ("failed", "The mail came back."))

    def test_personal_server_of_core(self):
        """An own mailbox under the own address is core's personal server as well."""
        self.assignee.email = "lan@laxanh.example"
        account = self._new_account("smtp", self.assignee)
        server = account.mail_server_id
        self.assertEqual(server.owner_user_id, self.assignee)
        self.assertEqual(self.assignee.outgoing_mail_server_id, server)
        other = self._new_account("smtp", self.owner)
        self.assertFalse(other.mail_server_id.owner_user_id)
        self.assertFalse(other.mail_server_id.active)
        account.unlink()
        self.assertFalse(server.exists())

    def test_a_server_connected_in_the_preferences_is_enough(self):
        self.assignee.email = "lan@laxanh.example"
        server = self.env["ir.mail_server"].create(
            {
                "name": "Preferences",
                "smtp_host": "127.0.0.1",
                "smtp_port": self.smtp_port,
                "smtp_encryption": "none",
                "smtp_user": "lan@laxanh.example",
                "smtp_pass": PASSWORD,
                "from_filter": "lan@laxanh.example",
                "owner_user_id": self.assignee.id,
            }
        )
        account = self._new_account(
            "smtp",
            self.assignee,
            provider="mail_server",
            password=False,
            host_overrides=False,
        )
        self.assertEqual(account.state, "ready", account.last_error)
        touch = self._open_mails()
        self._release(NOON)
        self.assertEqual(touch.state, "sent", touch.reason)
        account.unlink()
        self.assertTrue(server.exists())
