from odoo import models


class SaleOrder(models.Model):
    """The credit is noted when the order is confirmed."""

    _name = "sale.order"
    _inherit = ["sale.order", "crm.sales.credit.mixin"]

    def _action_confirm(self):
        result = super()._action_confirm()
        self._set_credit()
        return result

    def _get_credit(self):
        return self.user_id, self.team_id
