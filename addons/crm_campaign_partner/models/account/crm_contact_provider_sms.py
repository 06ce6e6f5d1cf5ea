from odoo import models


class CrmContactProviderSms(models.AbstractModel):
    """What the gateways of SMS share."""

    _name = "crm.contact.provider.sms"
    _inherit = "crm.contact.provider"
    _description = "SMS by a Gateway"

    def _get_channel(self):
        return "sms"

    def _prepare_credentials(self, account):
        return {
            **super()._prepare_credentials(account),
            "brand_name": account.brand_name,
            "is_sandbox": account.is_sandbox,
        }

    def _test(self, account):
        return self.env._("The gateway answers: %s", super()._test(account))
