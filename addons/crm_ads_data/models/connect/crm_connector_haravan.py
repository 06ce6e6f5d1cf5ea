from odoo import models

from ...services.connect.shopify_like import HaravanApi


class CrmConnectorHaravan(models.AbstractModel):
    """Haravan as a source of orders: a token without end."""

    _name = "crm.connector.haravan"
    _inherit = "crm.connector.order.provider"
    _description = "Haravan Connector"

    _api_class = HaravanApi

    def _get_required_credentials(self):
        return ("access_token",)

    def _get_used_credentials(self):
        return [*super()._get_used_credentials(), "webhook_secret", "verify_token"]

    def _get_generated_credentials(self):
        return ("verify_token",)

    def _get_setup_steps(self):
        return [
            self.env._(
                "In the shop's admin make a private app with the right to read orders"
                " and copy its token into Access Token."
            ),
            self.env._(
                "At developers.haravan.com open the app, copy its client secret into"
                " Webhook Secret, and enter the address and the Verify Token shown"
                " under Access as webhook. Haravan calls the address once to prove it."
            ),
            self.env._(
                "Subscribe to orders/create, orders/updated, orders/paid,"
                " orders/cancelled, orders/fulfilled and orders/delete."
            ),
            self.env._("Press Test Connection, then Run."),
        ]
