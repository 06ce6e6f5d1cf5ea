import logging
import smtplib
import ssl
import uuid
from contextlib import suppress

from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import email_normalize, html2plaintext

from ...services.send import errors
from ...services.send.provider import Sent

_logger = logging.getLogger(__name__)


class CrmContactProviderSmtp(models.AbstractModel):
    """E-mail by any SMTP server, on core's own way of building and connecting.

    One connection serves a whole batch. A connection that is lost between two messages
    is made anew; one that is lost while a message is handed over leaves that message
    ``unknown``.
    """

    _name = "crm.contact.provider.smtp"
    _inherit = "crm.contact.provider"
    _description = "E-mail by SMTP"

    def _get_channel(self):
        return "email"

    def _get_required_names(self):
        return (
            "email_address",
            "smtp_host",
            "smtp_port",
            "smtp_encryption",
            "smtp_login",
            "password",
        )

    def _get_setup_help(self):
        return Markup("<ol>%s</ol>") % Markup().join(
            Markup("<li>%s</li>") % step
            for step in (
                self.env._("Choose your mail provider and enter your e-mail address."),
                self.env._(
                    "Gmail, Outlook and Zoho want an app password, not the one you log "
                    "in with: open the security settings of your mailbox, switch on "
                    "two-step verification and make an “app password” for Odoo."
                ),
                self.env._(
                    "Paste the password and save. The mailbox is tried at once; what "
                    "is wrong is said at the top."
                ),
            )
        )

    def _check(self, account):
        if account.smtp_host:
            account._check_host(f"https://{account.smtp_host}")
        if account.smtp_encryption == "none" and not account._is_private_host_allowed():
            raise ValidationError(
                self.env._("A password is not sent without encryption: choose TLS.")
            )

    # ------------------------------------------------------------------
    # Connection
    # ------------------------------------------------------------------

    def _test(self, account):
        session = self._connect(account, self._sync_server(account))
        sender = email_normalize(account.email_address)
        try:
            code, words = session.mail(sender)
        except smtplib.SMTPException as error:
            raise errors.AccountFault(self._shorten(error)) from error
        finally:
            self._quit(session)
        if code != 250:
            raise errors.AccountFault(
                self.env._(
                    "The mail server refuses the sender %(address)s: %(words)s",
                    address=sender,
                    words=self._shorten(words),
                )
            )
        return self.env._("The mailbox %s is ready.", sender)

    def _get_server(self, account):
        """:return: the ``ir.mail_server`` of the account, as superuser"""
        # sudo: the account's own server
        return account.sudo().mail_server_id or account._sync_mail_server()

    def _sync_server(self, account):
        """:return: the server, up to date with the account's settings"""
        return account._sync_mail_server()

    def _connect(self, account, server):
        """:return: the SMTP connection, logged in
        :raise ApiError: in words that a salesperson understands"""
        try:
            return self.env["ir.mail_server"]._connect__(
                mail_server_id=server.id,
                smtp_from=account.email_address,
                allow_archived=True,
            )
        except smtplib.SMTPAuthenticationError as error:
            raise errors.AccountFault(
                self.env._(
                    "The mail server does not accept this login and password. Many "
                    "providers want an app password. It said: %s",
                    self._shorten(error.smtp_error),
                )
            ) from error
        except ssl.SSLError as error:
            raise errors.AccountFault(
                self.env._(
                    "The encryption does not fit this server and port: %s",
                    self._shorten(error),
                )
            ) from error
        except (smtplib.SMTPException, UserError) as error:
            raise errors.AccountFault(self._shorten(error)) from error
        except OSError as error:
            raise errors.Transient(
                self.env._(
                    "The mail server %(host)s:%(port)s cannot be reached: %(words)s",
                    host=account.smtp_host,
                    port=account.smtp_port,
                    words=self._shorten(error),
                )
            ) from error

    def _quit(self, session):
        with suppress(smtplib.SMTPException, OSError):
            session.quit()

    def _shorten(self, words):
        words = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        return " ".join(str(words).split())[:300]

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    def _send_all(self, account, touches):
        session = None
        try:
            for touch in touches:
                try:
                    session = self._keep_connected(account, session)
                    yield touch, self._send_mail(account, touch, session)
                except errors.ApiError as error:
                    yield touch, error
        finally:
            if session:
                self._quit(session)

    def _keep_connected(self, account, session):
        """:return: a connection that lives, nothing of a message was handed over"""
        if session:
            try:
                session.rset()
            except (smtplib.SMTPException, OSError):
                _logger.info("The mail server of account %s hung up", account.id)
            else:
                return session
        return self._connect(account, self._get_server(account))

    def _send_mail(self, account, touch, session):
        message = self._build_message(account, touch)
        servers = self.env["ir.mail_server"]
        sender, recipients, message = servers._prepare_email_message__(message, session)
        try:
            session.send_message(message, sender, recipients)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()), (550, ""))
            kind = errors.Transient if 400 <= code < 500 else errors.Permanent
            raise kind(self._shorten(words), code) from error
        except smtplib.SMTPSenderRefused as error:
            raise errors.AccountFault(self._shorten(error.smtp_error)) from error
        except smtplib.SMTPResponseException as error:
            code = error.smtp_code
            kind = errors.Transient if 400 <= code < 500 else errors.Permanent
            raise kind(self._shorten(error.smtp_error), code) from error
        except (smtplib.SMTPException, OSError) as error:
            raise errors.Ambiguous(self._shorten(error)) from error
        self._keep_message(account, touch, message["Message-Id"])
        return Sent(message["Message-Id"])

    def _build_message(self, account, touch):
        """:return: the ``email.message.EmailMessage``"""
        payload = touch.payload or {}
        headers = {}
        if payload.get("unsubscribe_url"):
            headers = {
                "List-Unsubscribe": f"<{payload['unsubscribe_url']}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            }
        # sudo: the files were chosen by whoever opened the touch
        attachments = (
            self.env["ir.attachment"]
            .sudo()
            .browse(payload.get("attachment_ids") or [])
            .exists()
        )
        return self.env["ir.mail_server"]._build_email__(
            email_from=account._get_sender(),
            email_to=[touch.address],
            subject=touch.subject or "",
            body=touch.body or "",
            body_alternative=html2plaintext(touch.body or ""),
            subtype="html",
            subtype_alternative="plain",
            headers=headers,
            attachments=[(file.name, file.raw, file.mimetype) for file in attachments],
            message_id=self._get_message_id(account, touch),
        )

    def _get_message_id(self, account, touch):
        domain = email_normalize(account.email_address).rpartition("@")[2]
        return f"<{uuid.uuid4().hex}.touch-{touch.id}@{domain}>"

    def _keep_message(self, account, touch, message_id):
        """Show the mail in the chatter of the member or customer it went to."""
        record = touch.member_id or touch.partner_id
        if touch.res_model and touch.res_id:
            record = self.env[touch.res_model].browse(touch.res_id).exists() or record
        if not record:
            return
        payload = touch.payload or {}
        # sudo: the system's right to keep what was sent
        self.env["mail.message"].sudo().create(
            {
                "model": record._name,
                "res_id": record.id,
                "message_type": "email_outgoing",
                "subtype_id": self.env.ref("mail.mt_note").id,
                "author_id": touch.user_id.partner_id.id,
                "email_from": account._get_sender(),
                "subject": touch.subject,
                "body": Markup(touch.body or ""),  # noqa: S704 sanitised by the field
                "message_id": message_id,
                "attachment_ids": [(6, 0, payload.get("attachment_ids") or [])],
            }
        )
