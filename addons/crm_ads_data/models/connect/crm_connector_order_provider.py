from odoo import models

from ...services.connect import errors

AUTHORISATION = "authorisation"
DELETED_TOPICS = ("orderDelete", "orders/delete")


class CrmConnectorOrderProvider(models.AbstractModel):
    """What the platforms that sell share: their orders become ours.

    SPECIFICATION
    - An event only says which order changed: the order is fetched as it is now, unless
      the webhook carries it whole (``read_order``); one that is gone is kept as deleted.
    - An event about the authorisation itself asks for a new one.
    - ``crm.connector.order`` decides what an order becomes here.
    """

    _name = "crm.connector.order.provider"
    _inherit = "crm.connector.provider"
    _description = "Connector Provider of Orders"

    def _process_event(self, connector, event):
        if event.topic == AUTHORISATION:
            raise errors.TokenExpired(
                self.env._("The provider says that the authorisation ends.")
            )
        order = self._get_order(connector, event)
        if order is None:
            return None
        return self.env["crm.connector.order"]._store(connector, [order])[:1]

    def _poll_page(self, connector, since, until, cursor):
        orders, following = connector._get_api().fetch_page(since, until, cursor)
        if orders:
            self.env["crm.connector.order"]._store(connector, orders)
        return len(orders), following
