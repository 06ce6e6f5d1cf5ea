from markupsafe import Markup

from odoo import models

from ...services.send.speedsms import SpeedsmsApi


class CrmContactProviderSpeedsms(models.AbstractModel):
    """SpeedSMS: knows no request id, so an unclear outcome stays unclear."""

    _name = "crm.contact.provider.speedsms"
    _inherit = "crm.contact.provider.sms"
    _description = "SMS by SpeedSMS"

    _api_class = SpeedsmsApi

    def _get_secret_names(self):
        return ("access_token",)

    def _get_required_names(self):
        return ("access_token",)

    def _get_setup_help(self):
        return Markup("<ol>%s</ol>") % Markup().join(
            Markup("<li>%s</li>") % step
            for step in (
                self.env._("Log in at connect.speedsms.vn and open “API”."),
                self.env._("Copy the access token into this form."),
                self.env._(
                    "Enter the brand name if you have one, and save: the balance is "
                    "asked for."
                ),
                self.env._(
                    "For delivery reports, copy the webhook address below to SpeedSMS."
                ),
            )
        )

    def _send(self, account, touch):
        return self._get_api(account).send_sms(touch.phone_key, touch.body or "")
