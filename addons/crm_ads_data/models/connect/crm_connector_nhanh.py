from odoo import models

from ...services.connect.nhanh import NhanhApi


class CrmConnectorNhanh(models.AbstractModel):
    """Nhanh.vn as a source of orders: access for a year, given by a person."""

    _name = "crm.connector.nhanh"
    _inherit = "crm.connector.order.provider"
    _description = "Nhanh.vn Connector"

    _api_class = NhanhApi
    _credential_patterns = {"app_key": (r"\d+", "70001"), "shop_ref": (r"\d+", "12345")}

    def _get_required_credentials(self):
        return ("app_key", "shop_ref", "access_token")

    def _get_used_credentials(self):
        return [*super()._get_used_credentials(), "webhook_secret"]

    def _get_generated_credentials(self):
        return ("webhook_secret",)

    def _get_setup_steps(self):
        return [
            self.env._(
                "At open.nhanh.vn make an app for version 3 of the API with the right"
                " to read orders; copy its number into App ID."
            ),
            self.env._(
                "Let the business authorise the app and exchange the code for an access"
                " token within ten minutes. Copy the token into Access Token, the"
                " business number into Shop ID and the day it ends into Access Ends."
            ),
            self.env._(
                "In the app's webhook settings enter the address shown under Access,"
                " the Webhook Secret shown under Access as verify token, and the events"
                " of orders."
            ),
            self.env._(
                "Press Test Connection, then Run. The token ends after a year: you are"
                " asked for a new one two weeks before."
            ),
        ]
