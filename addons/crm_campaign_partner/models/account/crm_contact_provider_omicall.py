from datetime import timedelta

from markupsafe import Markup

from odoo import models

from ...services.send.omicall import OmicallApi


class CrmContactProviderOmicall(models.AbstractModel):
    """OMICall: a token of a day, had anew by the key; unsigned reports."""

    _name = "crm.contact.provider.omicall"
    _inherit = "crm.contact.provider.call"
    _description = "Calls by OMICall"

    _api_class = OmicallApi

    def _get_secret_names(self):
        return ("api_key",)

    def _get_required_names(self):
        return ("api_key",)

    def _get_setup_help(self):
        return Markup("<ol>%s</ol>") % Markup().join(
            Markup("<li>%s</li>") % step
            for step in (
                self.env._("At OMICall open “API”, and copy the API key."),
                self.env._(
                    "Enter the hotline, and your extension (with the company's account "
                    "everybody enters the own one in the preferences)."
                ),
                self.env._(
                    "Save, then press “Have Calls Reported”: OMICall gets the address "
                    "below."
                ),
            )
        )

    def _can_refresh(self, account):
        return bool(account._get_secrets().get("api_key"))

    def _refresh(self, account):
        return self._get_api(account).refresh()

    def _call_out(self, account, extension, touch):
        return self._get_api(account).call_out(extension, touch.phone_key)

    def _has_call_list(self):
        return True

    def _get_list_window(self):
        return timedelta(seconds=OmicallApi.WINDOW)

    def _register_webhook(self, account):
        """Have calls reported to the account's address; returns a text to show."""
        address = account._get_webhook_address()
        for kind in ("call", "call_event"):
            self._get_api(account).register_webhook(address, kind)
        return self.env._("OMICall reports calls from now on.")
