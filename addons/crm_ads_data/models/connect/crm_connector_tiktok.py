from odoo import models

from ...services.connect.tiktok import TiktokApi


class CrmConnectorTiktok(models.AbstractModel):
    """TikTok Shop as a source of orders."""

    _name = "crm.connector.tiktok"
    _inherit = "crm.connector.order.provider"
    _description = "TikTok Shop Connector"

    _api_class = TiktokApi

    def _get_required_credentials(self):
        return (
            "app_key",
            "app_secret",
            "shop_ref",
            "access_token",
            "refresh_token",
        )
