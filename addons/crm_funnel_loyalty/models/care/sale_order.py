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
        """A confirmed order starts the scenarios that wait for it; what it has started
        ends when it is cancelled, at once, so that the order in its place can start."""
        confirmed = cancelled = self.browse()
        if vals.get("state") == "sale":
            confirmed = self.filtered(lambda order: order.state != "sale")
        elif vals.get("state"):
            cancelled = self.filtered(lambda order: order.state == "sale")
        result = super().write(vals)
        self.env["crm.care.scenario"]._fire("order_confirmed", confirmed)
        cancelled._end_care()
        return result

    def _end_care(self):
        """COST: one query when there is nothing to end."""
        if not self:
            return
        # sudo: the system's right to end runs, whoever cancels the order
        runs = self.env["crm.care.run"].sudo()
        runs.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("res_model", "=", "sale.order"),
                ("res_id", "in", self.ids),
            ]
        )._end_over()
