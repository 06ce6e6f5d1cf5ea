from odoo import models
from odoo.fields import Domain


class SaleOrder(models.Model):
    """Order that may be the first of a referred customer (004.35).

    COST: nothing when no membership program rewards referrals.
    """

    _inherit = "sale.order"

    def _action_confirm(self):
        """Thank whoever brought these customers."""
        result = super()._action_confirm()
        self._reward_referrers()
        return result

    def _action_cancel(self):
        """Take the thanks back, unless another order of the customer stands."""
        result = super()._action_cancel()
        # sudo: rewards are the suite's
        rewards = self.env["crm.referral.reward"].sudo()
        if self.env["loyalty.program"]._get_membership_ids():
            lost = rewards.search(
                [("order_id", "in", self.ids), ("state", "=", "given")]
            )
            customers = lost.referred_id
            lost._take_back()
            self._find_first_orders(customers)._reward_referrers()
        return result

    def _reward_referrers(self):
        if not self.env["loyalty.program"]._get_membership_ids():
            return
        # sudo: who brought a customer decides, whoever confirms the order
        referred = self.sudo().filtered(
            lambda order: order.state == "sale" and order._get_referrer()
        )
        if referred:
            customers = referred.partner_id.commercial_partner_id
            first = self._find_first_orders(customers)
            self.env["crm.referral.reward"]._give(first & referred)

    def _find_first_orders(self, customers):
        """:return: the oldest confirmed order of each of these customers, in sudo"""
        # sudo: orders of every salesperson count
        orders = self.sudo()
        if not customers:
            return orders.browse()
        groups = orders._read_group(
            Domain("partner_id.commercial_partner_id", "in", customers.ids)
            & Domain("state", "=", "sale"),
            ["partner_id"],
            ["id:min"],
        )
        firsts = {}
        for partner, order_id in groups:
            customer = partner.commercial_partner_id
            firsts[customer] = min(order_id, firsts.get(customer, order_id))
        return orders.browse(firsts.values())

    def _get_referrer(self):
        """:return: the customer who brought this order's customer"""
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        referrer = customer.referrer_id or self.partner_id.referrer_id
        return referrer.commercial_partner_id - customer
