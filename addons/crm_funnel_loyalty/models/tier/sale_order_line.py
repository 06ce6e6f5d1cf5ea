from odoo import api, models


class SaleOrderLine(models.Model):
    """Line that changes the amount of a confirmed order, and so perhaps a tier.

    SPECIFICATIONS
    * Adding, changing or deleting a line of a confirmed order recomputes the tier of
      its customer. Lines of quotations change no tier.
    """

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        """A line more on a confirmed order is worth more."""
        lines = super().create(vals_list)
        lines._get_funnel_partners()._recompute_funnel_tier()
        return lines

    def write(self, vals):
        """Another quantity or price may move the customer."""
        result = super().write(vals)
        if vals.keys() & self._get_funnel_trigger_fields():
            self._get_funnel_partners()._recompute_funnel_tier()
        return result

    def unlink(self):
        """A line less on a confirmed order is worth less."""
        partners = self._get_funnel_partners()
        result = super().unlink()
        partners.exists()._recompute_funnel_tier()
        return result

    def action_open_funnel_order(self):
        """Open the quotation of this line."""
        self.ensure_one()
        return self.order_id.get_formview_action()

    @api.model
    def _get_funnel_trigger_fields(self):
        return {"product_uom_qty", "price_unit", "discount", "tax_ids"}

    def _get_funnel_partners(self):
        # sudo: the tier is the suite's to keep, whoever may read the order
        orders = self.sudo().order_id.filtered(lambda order: order.state == "sale")
        return orders._get_funnel_partners()
