from datetime import timedelta

from odoo import fields, models

from ...services.connect.shopee import ShopeeApi

# An authorisation that is not used for so long ends.
REFRESH_DAYS = 30


class CrmConnectorShopee(models.AbstractModel):
    """Shopee as a source of orders: four hours' access, a refresh token for one use."""

    _name = "crm.connector.shopee"
    _inherit = "crm.connector.order.provider"
    _description = "Shopee Connector"

    _api_class = ShopeeApi
    _credential_patterns = {
        "app_key": (r"\d+", "2001001"),
        "shop_ref": (r"\d+", "300100100"),
    }

    def _get_required_credentials(self):
        return ("app_key", "app_secret", "shop_ref", "refresh_token")

    def _get_used_credentials(self):
        return [*super()._get_used_credentials(), "access_token", "webhook_url"]

    def _can_refresh(self, connector):
        return True

    def _refresh(self, connector):
        found = connector._get_api().refresh()
        now = fields.Datetime.now()
        return {
            "access_token": found["access_token"],
            "refresh_token": found["refresh_token"],
            "token_expiry": now + timedelta(seconds=found["expires_in"]),
            "refresh_expiry": now + timedelta(days=REFRESH_DAYS),
        }

    def _get_setup_steps(self):
        return [
            self.env._(
                "At open.shopee.com make an app for order management. Copy its Live"
                " Partner ID into App ID and its Live Partner Key into App Secret."
            ),
            self.env._(
                "Let the shop authorise the app, and exchange the code for tokens"
                " within ten minutes. Copy the refresh token into Refresh Token and the"
                " shop's number into Shop ID. Tokens are renewed here from then on: no"
                " other program may use that refresh token, it works once."
            ),
            self.env._(
                "In the console under Push Mechanism enter the address shown under"
                " Access and switch on Order Status and Tracking No. Shopee signs the"
                " address letter for letter: where you enter another one, copy it into"
                " Registered Address."
            ),
            self.env._("Press Test Connection, then Run."),
        ]
