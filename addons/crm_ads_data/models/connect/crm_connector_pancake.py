from odoo import models

from ...services.connect.pancake import PancakeApi


class CrmConnectorPancake(models.AbstractModel):
    """Pancake POS as a source of orders."""

    _name = "crm.connector.pancake"
    _inherit = "crm.connector.order.provider"
    _description = "Pancake POS Connector"

    _api_class = PancakeApi

    def _get_required_credentials(self):
        return (
            "api_key",
            "shop_ref",
            "webhook_secret",
        )
