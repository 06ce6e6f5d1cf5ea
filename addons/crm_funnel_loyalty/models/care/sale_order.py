from odoo import fields, models


class SaleOrder(models.Model):
    """Order that starts care when it is confirmed, and when it is delivered."""

    _inherit = "sale.order"

    care_delivery_date = fields.Datetime(
        string="Delivery Noted On",
        readonly=True,
        copy=False,
        index="btree_not_null",
        export_string_translation=False,
        help="When care noticed that everything was delivered.",
    )

    def write(self, vals):
        """A confirmed order starts the scenarios that wait for it."""
        confirmed = self.browse()
        if vals.get("state") == "sale":
            confirmed = self.filtered(lambda order: order.state != "sale")
        result = super().write(vals)
        self.env["crm.care.scenario"]._fire("order_confirmed", confirmed)
        return result
