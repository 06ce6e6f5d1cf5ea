import secrets
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS
from odoo.http import request

from ...services.send import errors
from ...services.send.signing import is_same, pkce_challenge

CALLBACK = "/contact/zalo/callback"
# How long a person has to give consent at Zalo.
CONSENT_WITHIN = timedelta(minutes=15)
# Which session of a browser has asked for a consent.
SESSION_MARK = "crm_contact_zalo_mark"
MAX_DIGITS = 10


class CrmContactAccountZalo(models.Model):
    """A Zalo Official Account, for which a person lets us act (apis.md §2).

    CONSENT (OAuth 4 with PKCE): the state that Zalo brings back is bound to the
    account, to the person who began and to that session of the browser, is good for a
    quarter of an hour, and once.
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
        # sudo: the system's right to use what the account is set up with
        account = self.sudo()
        if not account._get_handler()._is_refresh_single_use:
            raise UserError(self.env._("This provider asks for no consent."))
        if not (self.app_key and self._get_secrets().get("app_secret")):
            raise UserError(self.env._("Enter App ID and App Secret first, and save."))
        state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        account.consent_state = {
            "state": state,
            "verifier": verifier,
            "user": self.env.uid,
            "session": self._mark_session(),
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

    def _mark_session(self):
        """Leave a mark in the session of the browser that asks; None without one."""
        if not request:
            return None
        mark = request.session.get(SESSION_MARK) or secrets.token_urlsafe(16)
        request.session[SESSION_MARK] = mark
        return mark

    def _get_consent_address(self):
        return f"{self.get_base_url()}{CALLBACK}"

    @api.model
    def _take_consent(self, state, code, mark=None):
        """Exchange the code that Zalo brought back; the state is used up.

        :param mark: what stands in the session of the browser that comes back
        :return: the account, as superuser; its state says how it went
        :raises UserError: when nobody here has asked for it
        """
        number, __, secret = (state or "").partition("-")
        # sudo: the field is shut to everybody; who asked is compared below
        is_number = number.isdecimal() and len(number) < MAX_DIGITS
        account = self.sudo().browse(int(number) if is_number else 0).exists()
        kept = (account.consent_state if account else None) or {}
        is_good = (
            is_same(secret, kept.get("state"))
            and kept["user"] == self.env.uid
            and kept.get("session") == mark
            and account.with_user(self.env.user).has_access("write")
            and datetime.fromisoformat(kept["until"]) > fields.Datetime.now()
        )
        if not is_good or not code:
            raise UserError(
                self.env._("This consent is too old or was not asked for. Try again.")
            )
        # what can clash does so before the code is used up, which works once
        account._lock_row()
        account.consent_state = False
        account = account.with_context(contact_account_is_saved=True)
        account.env.flush_all()
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

    # ------------------------------------------------------------------
    # Pasted tokens
    # ------------------------------------------------------------------

    def _keep_secrets(self, values):
        """A pair that is pasted is as old as its pasting."""
        result = super()._keep_secrets(values)
        if (values.get("refresh_token") or "").strip():
            # sudo: the system's bookkeeping; write access was checked before
            self.sudo().write(
                {"token_date": fields.Datetime.now(), "token_expiry": False}
            )
        return result
