from odoo import api, models
from odoo.exceptions import AccessError

from ...groups import is_sales_manager
from ...tools import is_change, is_now, pick

# What says whose sale an order is, as long as no credit is noted: the customer brings a
# salesperson along.
OWNERS = {"user_id", "team_id", "partner_id"}


class SaleOrder(models.Model):
    """The credit is noted when the order is confirmed.

    SPECIFICATION
    - An order counts on the day when it is confirmed. Only sales managers move a
      confirmed one to another day, or give one without a salesperson to somebody.
    """

    _name = "sale.order"
    _inherit = ["sale.order", "crm.sales.credit.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        """Nobody brings a confirmed order of another day along."""
        orders = super().create(vals_list)
        orders._check_sold_now()
        return orders

    def write(self, vals):
        """A confirmed order keeps its day, and whose it is."""
        confirmed = self.filtered(lambda order: order.state == "sale")
        confirmed._check_stays(vals)
        result = super().write(vals)
        if "state" in vals:
            (self - confirmed)._check_sold_now()
        return result

    def _check_stays(self, vals):
        if is_sales_manager(self.env):
            return
        for order in self:
            names = {"date_order"} | (set() if order.credit_user_id else OWNERS)
            if is_change(order, pick(vals, names)):
                raise AccessError(
                    self.env._(
                        "Only sales managers change when a confirmed order counts, and "
                        "for whom."
                    )
                )

    def _check_sold_now(self):
        if is_sales_manager(self.env):
            return
        if any(
            order.state == "sale" and not is_now(order.date_order) for order in self
        ):
            raise AccessError(
                self.env._(
                    "An order counts on the day when it is confirmed. Only sales "
                    "managers confirm one for another day."
                )
            )

    def _action_confirm(self):
        result = super()._action_confirm()
        self._set_credit()
        return result

    def action_draft(self):
        """Who confirms it again has sold it."""
        result = super().action_draft()
        self.filtered(lambda order: order.state == "draft")._clear_credit()
        return result

    def _get_credit(self):
        return self.user_id, self.team_id or self._get_home_team(self.user_id)
