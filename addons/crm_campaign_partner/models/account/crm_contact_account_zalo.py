import secrets
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS

from ...services.send import errors
from ...services.send.signing import is_same, pkce_challenge

CALLBACK = "/contact/zalo/callback"
# How long a person has to give consent at Zalo.
CONSENT_WITHIN = timedelta(minutes=15)


class CrmContactAccountZalo(models.Model):
    """A Zalo Official Account, for which a person lets us act (apis.md §2).

    CONSENT (OAuth 4 with PKCE): the state that Zalo brings back is bound to the
    account and to the person who began, is good for a quarter of an hour, and once.
    """

    _inherit = "crm.contact.account"

    app_key = fields.Char(string="App ID", copy=False)
    is_proof_needed = fields.Boolean(
        string="Signed Calls", help="The app wants “appsecret_proof” with every call."
    )
    consent_state = fields.Json(groups=NO_ACCESS, copy=False)

    @api.model
    def _get_connection_fields(self):
        return super()._get_connection_fields() | {"app_key", "is_proof_needed"}

    def action_connect_zalo(self):
        """Ask Zalo for the consent to act for the Official Account.

        :return: the action that leads to Zalo
        :raises UserError: without the app's id and secret
        """
        self.ensure_one()
        self.check_access("write")
        if not (self.app_key and self._get_secrets().get("app_secret")):
            raise UserError(self.env._("Enter App ID and App Secret first, and save."))
        state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        # sudo: the field is shut to everybody; write access was checked above
        account = self.sudo()
        account.consent_state = {
            "state": state,
            "verifier": verifier,
            "user": self.env.uid,
            "until": str(fields.Datetime.now() + CONSENT_WITHIN),
        }
        url = (
            account._get_handler()
            ._get_api(account)
            .consent_url(
                account._get_consent_address(),
                pkce_challenge(verifier),
                f"{self.id}-{state}",
            )
        )
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def _get_consent_address(self):
        return f"{self.get_base_url()}{CALLBACK}"

    @api.model
    def _take_consent(self, state, code):
        """Exchange the code that Zalo brought back; the state is used up.

        :return: the account, as superuser; its state says how it went
        :raises UserError: when nobody here has asked for it
        """
        number, __, secret = (state or "").partition("-")
        # sudo: the field is shut to everybody; who asked is compared below
        account = self.sudo().browse(int(number) if number.isdecimal() else 0).exists()
        kept = (account.consent_state if account else None) or {}
        is_good = (
            is_same(secret, kept.get("state"))
            and kept["user"] == self.env.uid
            and datetime.fromisoformat(kept["until"]) > fields.Datetime.now()
        )
        if not is_good or not code:
            raise UserError(
                self.env._("This consent is too old or was not asked for. Try again.")
            )
        account.consent_state = False
        try:
            tokens = (
                account._get_handler()
                ._get_api(account)
                .exchange(code, kept["verifier"])
            )
        except errors.ApiError as error:
            account._note_failure(error)
        else:
            account.write(account._prepare_token_values(tokens))
            account._test()
        return account
