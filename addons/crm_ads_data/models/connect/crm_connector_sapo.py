from odoo import models

from ...services.connect.shopify_like import SapoApi


class CrmConnectorSapo(models.AbstractModel):
    """Sapo as a source of orders: a key and its secret, without end."""

    _name = "crm.connector.sapo"
    _inherit = "crm.connector.order.provider"
    _description = "Sapo Connector"

    _api_class = SapoApi
    # It becomes a part of the host that is called.
    _credential_patterns = {"shop_ref": (r"[A-Za-z0-9][A-Za-z0-9-]*", "la-xanh")}

    def _get_required_credentials(self):
        return ("api_key", "api_secret", "shop_ref")

    def _get_used_credentials(self):
        return [*super()._get_used_credentials(), "webhook_secret"]

    def _get_setup_steps(self):
        return [
            self.env._(
                "In the shop's admin open Apps > Private apps, make one with the right"
                " to read orders, and copy API key and secret into the fields under"
                " Access."
            ),
            self.env._(
                "Shop ID is the first part of the shop's address: la-xanh of"
                " la-xanh.mysapo.net."
            ),
            self.env._(
                "Under Settings > Notifications > Webhook add the address shown under"
                " Access for the events of orders, as JSON, and copy the secret that"
                " Sapo shows there into Webhook Secret."
            ),
            self.env._("Press Test Connection, then Run."),
        ]
