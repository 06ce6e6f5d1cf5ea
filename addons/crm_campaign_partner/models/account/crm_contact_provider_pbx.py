from markupsafe import Markup

from odoo import models
from odoo.exceptions import ValidationError

from ...services.send.errors import AccountFault, ApiError
from ...services.send.pbx import PbxApi


class CrmContactProviderPbx(models.AbstractModel):
    """Any other telephone system, described by the account."""

    _name = "crm.contact.provider.pbx"
    _inherit = "crm.contact.provider.call"
    _description = "Calls by Another Telephone System"

    _api_class = PbxApi

    def _get_secret_names(self):
        return ("api_key", "api_secret")

    def _get_required_names(self):
        return ("call_url",)

    def _get_setup_help(self):
        return Markup("<ol>%s</ol>") % Markup().join(
            Markup("<li>%s</li>") % step
            for step in (
                self.env._(
                    "Ask the maker of your telephone system for the address that "
                    "starts a call, and write it with its places, such as %s.",
                    "https://pbx.example/call?ext={extension}&to={phone}&key={api_key}",
                ),
                self.env._(
                    "Have it report calls to the address below, as a query, a form or "
                    "JSON. The usual names are known; write others under Reports."
                ),
            )
        )

    def _prepare_credentials(self, account):
        # sudo: borrows the right to read the company's time zone
        company = account.sudo().company_id
        return {
            **super()._prepare_credentials(account),
            "call_url": account.call_url,
            "call_method": account.call_method,
            "call_body": account.call_body,
            "id_path": account.id_path,
            "mapping": account._get_pbx_table("mapping_text"),
            "states": account._get_pbx_table("states_text"),
            "timezone": company._get_contact_policy("call", "care").timezone,
        }

    def _check(self, account):
        if not account.call_url:
            return
        try:
            address = self._get_api(account).test()
        except ApiError as error:
            raise ValidationError(
                self.env._("The address to call cannot be used: %s.", error)
            ) from error
        account._check_host(address)

    def _test(self, account):
        """Only looked at: a call is nothing to be tried out."""
        host = self._get_api(account).test()
        return self.env._("Calls go to %s. Try one to be sure.", host)

    def _call_out(self, account, extension, touch):
        api = self._get_api(account)
        try:
            # the name may lead elsewhere than when it was saved
            account._check_host(api.test())
        except ValidationError as error:
            raise AccountFault(str(error)) from error
        return api.call_out(extension, touch.phone_key, touch._get_tracking_id())
