from odoo import models


class SaleOrder(models.Model):
    """Order that wins its opportunity (capability 001.45).

    SPECIFICATIONS
    * Confirming an order moves its opportunity to the won stage, where the company says
      so, and notes it there. A further order of the same opportunity finds it won.
    * Cancelling an order moves nothing back: that is for a person to decide.
    """

    _inherit = "sale.order"

    def action_confirm(self):
        """The opportunity of a confirmed order is won."""
        result = super().action_confirm()
        self.filtered(lambda order: order.state == "sale")._win_opportunities()
        return result

    def _win_opportunities(self):
        for order in self.filtered("company_id.order_wins_opportunity"):
            # sudo: whoever may confirm the order (a portal customer who signs, a
            # colleague) wins the opportunity it was made for
            lead = order.opportunity_id.sudo()
            if lead.type == "opportunity" and lead.won_status != "won":
                lead._win_by_order(order)
