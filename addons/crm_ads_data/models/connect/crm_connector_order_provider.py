from odoo import models

from ...services.connect import errors
from ...services.connect.orders import Order
from ...services.connect.payload import dig, moment

AUTHORISATION = "authorisation"
DELETED_TOPICS = ("orderDelete", "orders/delete")


class CrmConnectorOrderProvider(models.AbstractModel):
    """What the platforms that sell share: their orders become ours.

    SPECIFICATION
    - An event only says which order changed: the order is fetched as it is now, unless
      the webhook carries it whole and signed (``read_order``).
    - An order that the platform has deleted, or does not know any more, is kept as
      deleted, never erased.
    - An event about the authorisation itself is not believed but tried: where access
      still works it ends soon, and the administrator is asked in time.
    - ``crm.connector.order`` decides what an order becomes here.
    """

    _name = "crm.connector.order.provider"
    _inherit = "crm.connector.provider"
    _description = "Connector Provider of Orders"

    def _process_event(self, connector, event):
        if event.topic == AUTHORISATION:
            return self._process_authorisation(connector)
        if not event.external_id:
            return None
        order = self._get_order(connector, event)
        return self.env["crm.connector.order"]._store(connector, [order])[:1]

    def _process_authorisation(self, connector):
        self._test(connector)
        connector._note_expiring(
            self.env._("The provider says that the authorisation ends soon.")
        )
        return connector

    def _get_order(self, connector, event):
        """The ``Order`` that the event is about, as it is now."""
        if event.topic in DELETED_TOPICS:
            return self._prepare_deleted_order(event)
        api = connector._get_api()
        carried = api.read_order(event.payload or {})
        if carried is not None:
            return carried
        try:
            order = api.fetch_order(event.external_id)
        except ValueError as error:
            raise errors.Permanent(
                self.env._("%(id)s is no order number.", id=event.external_id)
            ) from error
        return order or self._prepare_deleted_order(event)

    def _prepare_deleted_order(self, event):
        told = dig(event.payload, "updated_at") or dig(event.payload, "modified_on")
        return Order(
            external_id=event.external_id,
            state="deleted",
            raw_state="deleted",
            lines=(),
            updated=moment(told) or event.received,
        )

    def _poll_page(self, connector, since, until, cursor):
        orders, following = connector._get_api().fetch_page(since, until, cursor)
        if orders:
            self.env["crm.connector.order"]._store(connector, orders)
        return len(orders), following
