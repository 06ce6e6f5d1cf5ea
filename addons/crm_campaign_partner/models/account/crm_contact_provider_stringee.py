from markupsafe import Markup

from odoo import models

from ...services.send.stringee import StringeeApi


class CrmContactProviderStringee(models.AbstractModel):
    """Stringee: signed reports, and a list of calls that closes gaps."""

    _name = "crm.contact.provider.stringee"
    _inherit = "crm.contact.provider.call"
    _description = "Calls by Stringee"

    _api_class = StringeeApi
    _is_signed = True

    def _get_secret_names(self):
        return ("api_key", "api_secret", "webhook_secret")

    def _get_required_names(self):
        return ("api_key", "api_secret", "hotline")

    def _get_setup_help(self):
        return Markup("<ol>%s</ol>") % Markup().join(
            Markup("<li>%s</li>") % step
            for step in (
                self.env._(
                    "At developer.stringee.com open your project: copy API SID Key and "
                    "API Secret Key into this form."
                ),
                self.env._("Enter the number that customers see as Hotline."),
                self.env._(
                    "Copy the address below to “Event URL” of the project, and its "
                    "signing key to Webhook Secret."
                ),
                self.env._(
                    "Each person enters the own Stringee user or telephone number as "
                    "extension, here or in the preferences."
                ),
            )
        )

    def _call_out(self, account, extension, touch):
        return self._get_api(account).call_out(
            extension, touch.phone_key, touch._get_tracking_id()
        )

    def _has_call_list(self):
        return True
