from odoo import models

from ...services.connect.pancake import PancakeApi


class CrmConnectorPancake(models.AbstractModel):
    """Pancake POS as a source of orders.

    Its webhooks carry no signature: the secret stands in their address, and an order is
    always fetched again before it is believed.
    """

    _name = "crm.connector.pancake"
    _inherit = "crm.connector.order.provider"
    _description = "Pancake POS Connector"

    _api_class = PancakeApi
    _credential_patterns = {"shop_ref": (r"\d+", "1700001")}

    def _get_required_credentials(self):
        return ("api_key", "shop_ref")

    def _get_used_credentials(self):
        return [*super()._get_used_credentials(), "webhook_secret"]

    def _get_generated_credentials(self):
        return ("webhook_secret",)

    def _get_webhook_address(self, connector):
        address = super()._get_webhook_address(connector)
        return f"{address}?secret={connector.webhook_secret or ''}"

    def _get_setup_steps(self):
        return [
            self.env._(
                "In Pancake POS open Settings > Third-party > API and copy the key into"
                " API Key; the number of the shop stands in the address of its page and"
                " goes into Shop ID."
            ),
            self.env._("Press Test Connection: it reads an order, changes nothing."),
            self.env._(
                "Under Settings > Webhook enter the whole address shown under Access,"
                " with what stands behind the question mark, and switch on orders. Who"
                " knows that address can ring at the door, so pass it on to nobody."
            ),
            self.env._("Press Run."),
        ]
