import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import NO_ACCESS

# What proves who we are at the provider, or who the provider is to us.
SECRETS = (
    "password",
    "api_key",
    "api_secret",
    "app_secret",
    "access_token",
    "refresh_token",
    "webhook_secret",
)
_PRINTABLE = re.compile(r"[!-~]+")
_MAX_LENGTH = 4096


class CrmContactAccountSecret(models.Model):
    """Credentials of an account: written by its owner, read by nobody.

    They are kept together in ``credentials``, which no person may read, an
    administrator neither. The fields of their names only take what is typed, and
    always come back empty; an empty one leaves what is kept. ``kept_credentials`` says
    which are kept. They are not copied, and blanked in a neutralised copy.
    """

    _inherit = "crm.contact.account"

    credentials = fields.Json(groups=NO_ACCESS, copy=False)
    kept_credentials = fields.Char(compute="_compute_kept_credentials")
    password = fields.Char(
        compute="_compute_secrets", inverse="_inverse_secrets", copy=False
    )
    api_key = fields.Char(
        string="API Key",
        compute="_compute_secrets",
        inverse="_inverse_secrets",
        copy=False,
    )
    api_secret = fields.Char(
        string="API Secret",
        compute="_compute_secrets",
        inverse="_inverse_secrets",
        copy=False,
    )
    app_secret = fields.Char(
        compute="_compute_secrets", inverse="_inverse_secrets", copy=False
    )
    access_token = fields.Char(
        compute="_compute_secrets", inverse="_inverse_secrets", copy=False
    )
    refresh_token = fields.Char(
        compute="_compute_secrets", inverse="_inverse_secrets", copy=False
    )
    webhook_secret = fields.Char(
        compute="_compute_secrets", inverse="_inverse_secrets", copy=False
    )

    def _compute_secrets(self):
        for name in SECRETS:
            self[name] = False

    def _inverse_secrets(self):
        for account in self:
            account._keep_secrets({name: account[name] for name in SECRETS})
        # what was typed is not to be read back, from the cache either
        self.invalidate_recordset(list(SECRETS), flush=False)

    @api.depends("credentials", "provider")
    def _compute_kept_credentials(self):
        for account in self:
            kept = account._get_secrets()
            account.kept_credentials = ", ".join(
                self._fields[name]._description_string(self.env)
                for name in SECRETS
                if kept.get(name)
            )

    def _get_secrets(self):
        """:return: dict of the kept credentials; never to be shown"""
        self.ensure_one()
        # sudo: the system's right to use the credentials
        return dict(self.sudo().credentials or {})

    def _keep_secrets(self, values):
        """Keep what is filled in of ``values``, beside what was kept before.

        :raise ValidationError: for what no key can be
        """
        self.ensure_one()
        self.check_access("write")
        filled = {
            name: self._clean_secret(name, value)
            for name, value in values.items()
            if value and value.strip()
        }
        if filled:
            # sudo: borrows nobody's right, write access was checked; the field is shut
            # to everybody so that it cannot be read
            self.sudo().credentials = {**self._get_secrets(), **filled}

    @api.model
    def _clean_secret(self, name, value):
        """A pasted credential without the blanks around it. A password may be
        anything that fits."""
        is_password = name == "password"
        value = value if is_password else value.strip()
        if len(value) > _MAX_LENGTH or not (is_password or _PRINTABLE.fullmatch(value)):
            raise ValidationError(
                self.env._(
                    "%(field)s holds a blank or a letter with an accent, which no key "
                    "has. Copy it again.",
                    field=self._fields[name]._description_string(self.env),
                )
            )
        return value
