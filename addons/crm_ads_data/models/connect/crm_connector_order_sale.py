from odoo import models

from .crm_connector_state import ORDER_ACTIONS


class CrmConnectorOrder(models.Model):
    """The sale order of a platform's order, and how it follows the state.

    SPECIFICATION
    - Made once, as a quotation, with the platform's number as the customer's reference,
      its moment as the date, its currency and no pricelist; never made again when
      people delete it.
    - What the state asks for stands in ``crm.connector.state``. Confirming goes through
      ``action_confirm`` and sends nobody a mail, cancelling through ``_action_cancel``.
    - Posted invoices: the sale order stays as it is and a person is asked. A sale order
      that people cancelled is not opened again, but flagged; one that we cancelled is.
    """

    _inherit = "crm.connector.order"

    def _make_sale_orders(self, people):
        """Make the missing sale orders.

        :param people: what ``_match_people`` gave
        """
        lost = self.filtered(lambda order: order.left_state and not order.order_id)
        for order in lost:
            order._add_issue("gone")
        due = (self - lost).filtered(
            lambda order: (
                not order.order_id
                and order.currency_id
                and ((order.content or {}).get("lines") or order.amount_total)
            )
        )
        sales = self.env["sale.order"].create(
            [order._prepare_sale_order(**people[order.id]) for order in due]
        )
        for order, sale in zip(due, sales, strict=True):
            order.write(
                {"order_id": sale.id, "wanted_print": False, "left_print": False}
            )

    def _prepare_sale_order(self, lead, user):
        """Values of the sale order."""
        self.ensure_one()
        values = {
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "client_order_ref": self.external_id,
            "origin": self.connector_id.name,
            "date_order": self.date,
            "pricelist_id": False,
            "user_id": user.id,
            "opportunity_id": lead.id,
            "require_signature": False,
            "require_payment": False,
            **self._prepare_utm(lead),
        }
        team = lead.team_id or self.connector_id.team_id
        return values | ({"team_id": team.id} if team else {})

    def _update_customers(self, people):
        """Sale orders of a masked buyer go to the customer who was named since.

        A lead that came after the order is joined, too.
        """
        for order in self.filtered("order_id"):
            sale, lead = order.order_id, people[order.id]["lead"]
            if sale.partner_id != order.partner_id and order._is_stand_in(sale):
                values = {"partner_id": order.partner_id.id}
                if sale.state == "draft":
                    # said, or core would take them from the customer
                    values |= {"pricelist_id": False, "user_id": sale.user_id.id}
                sale.write(values)
            if lead and not sale.opportunity_id:
                sale.opportunity_id = lead

    def _is_stand_in(self, sale):
        """Whether the sale order's customer stands for a buyer whom nobody knows."""
        return bool(
            self.env["crm.connector.buyer"].search_count(
                [
                    ("partner_id", "=", sale.partner_id.id),
                    ("company_id", "=", self.company_id.id),
                    ("key", "like", ":"),
                ],
                limit=1,
            )
        )

    # ------------------------------------------------------------
    # The state
    # ------------------------------------------------------------

    def _follow_state(self):
        """Bring the sale orders to what the platform's state asks for."""
        methods = {
            "confirm": self._confirm_sale_orders,
            "cancel": self._cancel_sale_orders,
            "draft": self._reopen_sale_orders,
        }
        linked = self.filtered("order_id")
        for action, orders in linked.grouped(lambda o: o._get_order_action()).items():
            if action in methods:
                methods[action](orders)
        for order in linked:
            if order.left_state != order.order_id.state:
                order.left_state = order.order_id.state

    def _get_order_action(self):
        """What the sale order has to be: see ``crm.connector.state``."""
        return self.state_id.order_action or ORDER_ACTIONS.get(self.state, "nothing")

    def _confirm_sale_orders(self, orders):
        self._reopen_sale_orders(orders)
        taken_back = orders.filtered(
            lambda order: (
                order.order_id.state == "cancel"
                or (order.left_state == "sale" and order.order_id.state != "sale")
            )
        )
        for order in taken_back:
            order._add_issue("reopened")
        (orders - taken_back).order_id.filtered(
            lambda sale: sale.state in ("draft", "sent")
        ).action_confirm()

    def _reopen_sale_orders(self, orders):
        """What we cancelled ourselves is a quotation again."""
        orders.filtered(
            lambda order: (
                order.left_state == "cancel" and order.order_id.state == "cancel"
            )
        ).order_id.action_draft()

    def _cancel_sale_orders(self, orders):
        going = orders.filtered(lambda order: order.order_id.state != "cancel")
        billed = going.filtered(
            lambda order: any(
                invoice.state == "posted" for invoice in order.order_id.invoice_ids
            )
        )
        for order in billed:
            order._add_issue("invoiced")
        (going - billed).order_id._action_cancel()
