from markupsafe import Markup

from odoo import models

from ...services.send.esms import EsmsApi


class CrmContactProviderEsms(models.AbstractModel):
    """eSMS (ViHAT): the request id makes a second try harmless."""

    _name = "crm.contact.provider.esms"
    _inherit = "crm.contact.provider.sms"
    _description = "SMS by eSMS"

    _api_class = EsmsApi

    def _get_secret_names(self):
        return ("api_key", "api_secret")

    def _get_required_names(self):
        return ("api_key", "api_secret", "brand_name")

    def _get_setup_help(self):
        return Markup("<ol>%s</ol>") % Markup().join(
            Markup("<li>%s</li>") % step
            for step in (
                self.env._("Log in at account.esms.vn."),
                self.env._("Open “API Key”, copy ApiKey and SecretKey into this form."),
                self.env._(
                    "Enter the brand name as eSMS has registered it with the networks."
                ),
                self.env._(
                    "Save: the balance is asked for. If eSMS limits the addresses that "
                    "may call, add the one of this server there."
                ),
            )
        )

    def _send(self, account, touch):
        return self._get_api(account).send_sms(
            touch.phone_key,
            touch.body or "",
            touch._get_tracking_id(),
            is_advertising=touch._is_advertising(),
            callback=account._get_webhook_address(),
        )
