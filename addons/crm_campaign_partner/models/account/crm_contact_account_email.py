from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize, formataddr

# Mail providers in use here: host, port and encryption of their servers.
PRESETS = {
    "gmail": ("smtp.gmail.com", 587, "starttls_strict"),
    "outlook": ("smtp.office365.com", 587, "starttls_strict"),
    "zoho": ("smtp.zoho.com", 465, "ssl_strict"),
    "yandex": ("smtp.yandex.com", 465, "ssl_strict"),
}


class CrmContactAccountEmail(models.Model):
    """Mailbox of an account: any SMTP server (000.25).

    It is kept as an ``ir.mail_server``. Where the address and the login are the
    person's own e-mail, that is core's personal mail server: whatever this person mails
    from Odoo goes out by it. Any other one is used by the account alone.
    """

    _inherit = "crm.contact.account"

    smtp_preset = fields.Selection(
        [
            ("gmail", "Gmail"),
            ("outlook", "Outlook, Office 365"),
            ("zoho", "Zoho"),
            ("yandex", "Yandex"),
            ("other", "Another one"),
        ],
        string="Mail Provider",
        default="gmail",
    )
    smtp_host = fields.Char(
        string="SMTP Server",
        compute="_compute_smtp",
        store=True,
        readonly=False,
        precompute=True,
    )
    smtp_port = fields.Integer(
        string="SMTP Port",
        compute="_compute_smtp",
        store=True,
        readonly=False,
        precompute=True,
    )
    smtp_encryption = fields.Selection(
        [
            ("none", "None"),
            ("starttls_strict", "TLS (STARTTLS)"),
            ("ssl_strict", "SSL/TLS"),
        ],
        string="Encryption",
        compute="_compute_smtp",
        store=True,
        readonly=False,
        precompute=True,
    )
    smtp_login = fields.Char(
        string="Login",
        compute="_compute_smtp_login",
        store=True,
        readonly=False,
        precompute=True,
    )
    email_address = fields.Char(
        string="E-mail Address",
        compute="_compute_email_address",
        store=True,
        readonly=False,
        precompute=True,
    )
    mail_server_id = fields.Many2one(
        "ir.mail_server",
        string="Outgoing Mail Server",
        groups="base.group_system",
        copy=False,
        ondelete="set null",
    )

    @api.depends("smtp_preset", "provider")
    def _compute_smtp(self):
        for account in self:
            known = PRESETS.get(account.smtp_preset)
            if known:
                host, port, encryption = known
            else:
                host = account.smtp_host
                port = account.smtp_port or 587
                encryption = account.smtp_encryption or "starttls_strict"
            account.smtp_host = host
            account.smtp_port = port
            account.smtp_encryption = encryption

    @api.depends("user_id", "provider")
    def _compute_email_address(self):
        for account in self:
            # sudo: borrows the right to read the address of the account's own person
            email = account.user_id.sudo().email_normalized
            account.email_address = account.email_address or email

    @api.depends("email_address")
    def _compute_smtp_login(self):
        for account in self:
            account.smtp_login = account.smtp_login or account.email_address

    @api.constrains("email_address")
    def _check_email_address(self):
        for account in self:
            address = account.email_address
            if address and not email_normalize(address):
                raise ValidationError(
                    self.env._("“%s” is not an e-mail address.", address)
                )

    @api.model
    def _get_connection_fields(self):
        return super()._get_connection_fields() | {
            "smtp_preset",
            "smtp_host",
            "smtp_port",
            "smtp_encryption",
            "smtp_login",
            "email_address",
        }

    def unlink(self):
        """The mail server was made for the account, and goes with it."""
        # sudo: borrows the administrator's right; nothing else uses these servers
        servers = self.sudo().mail_server_id
        result = super().unlink()
        servers.unlink()
        return result

    def _get_sender(self):
        """:return: name and address that stand in From"""
        self.ensure_one()
        # sudo: borrows the right to read the name of a colleague or of the company
        account = self.sudo()
        name = account.user_id.name or account.company_id.name
        return formataddr((name, email_normalize(account.email_address)))

    # ------------------------------------------------------------------
    # Mail server
    # ------------------------------------------------------------------

    def _sync_mail_server(self):
        """Make the mail server of this account, or bring it up to date.

        :return: the server, as superuser
        """
        self.ensure_one()
        # sudo: borrows the administrator's right over mail servers; this one is the
        # account's own
        account = self.sudo()
        values = account._prepare_mail_server_values()
        if account.mail_server_id:
            account.mail_server_id.write(values)
        else:
            account.mail_server_id = self.env["ir.mail_server"].sudo().create(values)
        return account.mail_server_id

    def _prepare_mail_server_values(self):
        is_personal = self._is_personal_mailbox()
        return {
            "name": self.name,
            "smtp_host": self.smtp_host,
            "smtp_port": self.smtp_port,
            "smtp_encryption": self.smtp_encryption,
            "smtp_authentication": "login",
            "smtp_user": self.smtp_login,
            "smtp_pass": self._get_secrets().get("password"),
            "from_filter": email_normalize(self.email_address),
            "owner_user_id": self.user_id.id if is_personal else False,
            # archived: used by this account and never found by core for other mail
            "active": is_personal or not self.user_id,
        }

    def _is_personal_mailbox(self):
        """Whether it is what core calls the personal mail server of a person."""
        user = self.user_id
        taken = (
            self.env["ir.mail_server"]
            .with_context(active_test=False)
            .search_count(
                [
                    ("owner_user_id", "=", user.id),
                    ("id", "!=", self.mail_server_id.id),
                ],
                limit=1,
            )
        )
        return bool(
            user
            and not taken
            and user.email == self.smtp_login
            and user.email_normalized == email_normalize(self.email_address)
        )
