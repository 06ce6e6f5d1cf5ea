from odoo import models

from ...services.connect.nhanh import NhanhApi


class CrmConnectorNhanh(models.AbstractModel):
    """Nhanh.vn as a source of orders."""

    _name = "crm.connector.nhanh"
    _inherit = "crm.connector.order.provider"
    _description = "Nhanh.vn Connector"

    _api_class = NhanhApi

    def _get_required_credentials(self):
        return (
            "app_key",
            "shop_ref",
            "access_token",
            "webhook_secret",
        )
