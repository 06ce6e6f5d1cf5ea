from odoo import models

from ...services.connect.shopee import ShopeeApi


class CrmConnectorShopee(models.AbstractModel):
    """Shopee as a source of orders."""

    _name = "crm.connector.shopee"
    _inherit = "crm.connector.order.provider"
    _description = "Shopee Connector"

    _api_class = ShopeeApi

    def _get_required_credentials(self):
        return (
            "app_key",
            "app_secret",
            "shop_ref",
            "access_token",
            "refresh_token",
        )
