from odoo import models

from ...services.connect.shopify_like import SapoApi


class CrmConnectorSapo(models.AbstractModel):
    """Sapo as a source of orders."""

    _name = "crm.connector.sapo"
    _inherit = "crm.connector.order.provider"
    _description = "Sapo Connector"

    _api_class = SapoApi

    def _get_required_credentials(self):
        return (
            "api_key",
            "api_secret",
            "shop_ref",
            "webhook_secret",
        )
