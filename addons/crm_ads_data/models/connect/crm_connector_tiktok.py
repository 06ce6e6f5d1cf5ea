from dataclasses import replace
from datetime import UTC, datetime

from odoo import models

from ...services.connect.payload import dig, moment, text
from ...services.connect.tiktok import TiktokApi

RETURN = "return"
# Parts of a return's own state: it came to nothing, or it is through.
RETURN_OVER = ("CANCEL", "REJECT")
RETURN_DONE = ("COMPLETE", "SUCCESS")


class CrmConnectorTiktok(models.AbstractModel):
    """TikTok Shop as a source of orders: a week's access, renewed by itself.

    A return does not change the order's own state: the notification about the return
    is what says that the goods come back.
    """

    _name = "crm.connector.tiktok"
    _inherit = "crm.connector.order.provider"
    _description = "TikTok Shop Connector"

    _api_class = TiktokApi

    def _get_required_credentials(self):
        return ("app_key", "app_secret", "shop_ref", "refresh_token")

    def _get_used_credentials(self):
        return [*super()._get_used_credentials(), "access_token"]

    def _can_refresh(self, connector):
        return True

    def _refresh(self, connector):
        found = connector._get_api().refresh()
        ends = datetime.fromtimestamp(found["expires_at"], UTC)
        return {
            "access_token": found["access_token"],
            "refresh_token": found["refresh_token"],
            "token_expiry": ends.replace(tzinfo=None),
        }

    def _get_order(self, connector, event):
        order = super()._get_order(connector, event)
        status = text(dig(event.payload, "return_status"), 64) or ""
        if event.topic != RETURN or any(word in status for word in RETURN_OVER):
            return order
        is_done = any(word in status for word in RETURN_DONE)
        told = moment(dig(event.payload, "update_time"))
        return replace(
            order,
            state="returned" if is_done else "returning",
            updated=max(filter(None, (order.updated, told)), default=None),
        )

    def _get_setup_steps(self):
        return [
            self.env._(
                "In the Partner Center (partner.tiktokshop.com) make an app with the"
                " right to read orders. Copy App Key into App ID, and App Secret."
            ),
            self.env._(
                "Let the shop authorise the app, and exchange the code for tokens"
                " within half an hour. Copy access and refresh token here, and the"
                " shop's cipher (from Get Authorized Shops) into Shop ID. Tokens are"
                " renewed here from then on."
            ),
            self.env._(
                "In the app's settings enter the address shown under Access as webhook"
                " and subscribe to order status, cancellations and returns."
            ),
            self.env._("Press Test Connection, then Run."),
        ]
