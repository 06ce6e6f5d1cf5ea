from markupsafe import Markup

from odoo import models

from ...services.send import errors
from ...services.send.zalo import ZaloApi


class CrmContactProviderZalo(models.AbstractModel):
    """Zalo: templates (ZNS) sent to a phone number.

    The access token lives about a day and is renewed by itself; the refresh token is
    good for one use. Delivery is reported with our own tracking id.
    """

    _name = "crm.contact.provider.zalo"
    _inherit = "crm.contact.provider"
    _description = "Messages by Zalo"

    _api_class = ZaloApi
    _is_signed = True
    _is_refresh_single_use = True

    def _get_channel(self):
        return "zalo"

    def _get_secret_names(self):
        return ("app_secret", "access_token", "refresh_token", "webhook_secret")

    def _get_required_names(self):
        return ("app_key", "app_secret", "refresh_token")

    def _get_setup_help(self):
        return Markup("<ol>%s</ol>") % Markup().join(
            Markup("<li>%s</li>") % step
            for step in (
                self.env._(
                    "At developers.zalo.me open your app: copy App ID and App Secret, "
                    "and link the app to your Official Account."
                ),
                self.env._(
                    "Enter the callback address %s in the app.",
                    self.env["crm.contact.account"]._get_consent_address(),
                ),
                self.env._("Save, then press “Connect Zalo” and give consent."),
                self.env._(
                    "For delivery reports: copy the address below to the app's "
                    "webhook, and the “OA Secret Key” shown there to Webhook Secret."
                ),
            )
        )

    def _prepare_credentials(self, account):
        return {
            **super()._prepare_credentials(account),
            "app_key": account.app_key,
            "is_proof_needed": account.is_proof_needed,
        }

    def _can_refresh(self, account):
        return bool(account._get_secrets().get("refresh_token"))

    def _refresh(self, account):
        try:
            return self._get_api(account).refresh()
        except errors.TokenExpired as error:
            raise errors.TokenExpired(
                self.env._(
                    "Zalo wants the consent anew: open the account and press “Connect "
                    "Zalo”. (%s)",
                    error,
                ),
                error.code,
            ) from error

    def _send(self, account, touch):
        payload = touch.payload or {}
        if payload.get("zalo_user_id"):
            return self._send_answer(account, touch)
        template = self.env["crm.contact.zalo.template"].browse(
            payload.get("template_id") or []
        )
        if not template.exists():
            raise errors.Permanent(self.env._("The Zalo template is gone."))
        if template.account_id and template.account_id != account:
            raise errors.Permanent(
                self.env._(
                    "The template “%(template)s” is one of “%(owner)s”, and you send "
                    "by “%(account)s”.",
                    template=template.name,
                    owner=template.account_id.name,
                    account=account.name,
                )
            )
        return self._get_api(account).send_template(
            touch.phone_key,
            template.template_ref,
            payload.get("values") or {},
            touch._get_tracking_id(),
            is_trial=account.is_sandbox,
        )

    def _send_answer(self, account, touch):
        """Send a text to somebody who has written to the Official Account lately."""
        person = self.env["crm.contact.zalo.user"].browse(touch.payload["zalo_user_id"])
        if not person.exists() or person.account_id != account:
            raise errors.Permanent(
                self.env._("Only the Official Account that was written to can answer.")
            )
        if not person.can_answer:
            raise errors.Permanent(person._get_too_late_text())
        return self._get_api(account).send_text(person.zalo_ref, touch.body or "")

    def _fetch_template(self, account, template_ref):
        return self._get_api(account).fetch_template(template_ref)

    # ------------------------------------------------------------------
    # Reports
    # ------------------------------------------------------------------

    def _process_event(self, account, event):
        done = super()._process_event(account, event)
        if done is False:
            return done
        people = self.env["crm.contact.zalo.user"]
        return people._take_event(account, event) or done
