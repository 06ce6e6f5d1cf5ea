from odoo import models

from ...services.connect.shopify_like import HaravanApi


class CrmConnectorHaravan(models.AbstractModel):
    """Haravan as a source of orders."""

    _name = "crm.connector.haravan"
    _inherit = "crm.connector.order.provider"
    _description = "Haravan Connector"

    _api_class = HaravanApi

    def _get_required_credentials(self):
        return (
            "access_token",
            "webhook_secret",
        )
