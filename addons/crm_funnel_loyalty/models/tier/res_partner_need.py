from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain


class ResPartner(models.Model):
    """Customer whose new need goes back into the funnel (004.09, 004.19, 004.26).

    SPECIFICATIONS
    * *New Need* makes an opportunity with the products of the customer's last order,
      linked to that order, for the customer's salesperson, else for the user. On
      several customers it makes one each; this is also how screened target customers
      are moved to tier 2.
    * A customer with an open opportunity keeps it: a second click makes none, it opens
      the one there is.
    * *Quotations* shows every line of every quotation and order of the customer.

    COST: a fixed number of statements for any number of customers, but for what core
    does per new opportunity.
    """

    _inherit = "res.partner"

    def action_new_need(self):
        """Put these customers back into the funnel; open what is there then."""
        if not self:
            raise UserError(self.env._("Choose the customers first."))
        self.check_access("read")
        customers = self.commercial_partner_id
        there = self._get_open_needs(customers)
        fresh = customers - there.partner_id.commercial_partner_id
        orders = fresh._get_last_orders()
        leads = self.env["crm.lead"].create(
            [partner._prepare_need(orders.get(partner)) for partner in fresh]
        )
        return self._get_needs_action(leads, there)

    @api.model
    def _get_open_needs(self, customers):
        domain = (
            Domain("partner_id.commercial_partner_id", "in", customers.ids)
            & Domain("type", "=", "opportunity")
            & Domain("won_status", "=", "pending")
        )
        return self.env["crm.lead"].search(domain)

    def _get_last_orders(self):
        """Return the newest confirmed order per customer, as far as it may be seen."""
        orders = self.env["sale.order"].search(
            Domain("partner_id.commercial_partner_id", "in", self.ids)
            & Domain("state", "=", "sale")
            & Domain("date_order", "in", self.mapped("last_order_date")),
            order="id",
        )
        return {
            order.partner_id.commercial_partner_id: order
            for order in orders
            if order.date_order
            == order.partner_id.commercial_partner_id.last_order_date
        }

    def _prepare_need(self, order):
        self.ensure_one()
        products = order._get_need_products() if order else self.env["product.product"]
        name = self.env._("New need: %(customer)s", customer=self.display_name)
        if products:
            names = ", ".join(products[:3].mapped("name"))
            name = self.env._(
                "New need: %(customer)s, %(products)s",
                customer=self.display_name,
                products=names,
            )
        return {
            "type": "opportunity",
            "name": name,
            "partner_id": self.id,
            "user_id": self.user_id.id or self.env.uid,
            "company_id": self.company_id.id,
            "previous_order_id": order.id if order else False,
            "need_product_ids": [Command.set(products.ids)],
            "expected_revenue": order.amount_untaxed if order else 0.0,
        }

    @api.model
    def _get_needs_action(self, fresh, there):
        leads = fresh | there
        if len(leads) == 1:
            return leads.redirect_lead_opportunity_view()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm.crm_lead_opportunities"
        )
        action["domain"] = [("id", "in", leads.ids)]
        if not there:
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "%(fresh)s new opportunities; %(there)s customers have one open "
                    "already.",
                    fresh=len(fresh),
                    there=len(there.partner_id.commercial_partner_id),
                ),
                "next": action,
            },
        }

    def action_view_funnel_quotations(self):
        """Open every line of every quotation and order of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_quotation_lines"
        )
        customer = self.commercial_partner_id
        action["domain"] = [
            ("order_id.partner_id.commercial_partner_id", "=", customer.id),
            ("display_type", "=", False),
        ]
        action["display_name"] = self.env._(
            "Quotations of %(customer)s", customer=customer.display_name
        )
        return action
