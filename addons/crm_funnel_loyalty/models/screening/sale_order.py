from odoo import models


class SaleOrder(models.Model):
    """Order that ends a need: its opportunity's status becomes traded (004.12)."""

    _inherit = "sale.order"

    def action_confirm(self):
        """The need of a confirmed order is traded."""
        result = super().action_confirm()
        for order in self.filtered(lambda one: one.state == "sale"):
            order._mark_need_traded()
        return result

    def _mark_need_traded(self):
        """COST: nothing where the order has no opportunity or it is traded already."""
        # sudo: whoever may confirm the order (a portal customer who signs)
        lead = self.opportunity_id.sudo()
        if not lead or lead.need_status_id.is_traded:
            return
        statuses = self.env["crm.need.status"]
        traded = statuses._find_first(lead.company_id or self.company_id, True)
        if traded:
            lead.need_status_id = traded

    def _get_need_products(self):
        """Return the products of this order that can be sold again."""
        lines = self.order_line.filtered(
            lambda line: not line.display_type and line.product_uom_qty > 0
        )
        return lines.product_id.filtered(
            lambda product: product.active and product.sale_ok
        )
