from odoo import api, fields, models


class SaleOrder(models.Model):
    """A sale order knows the platform's order that it came of.

    SPECIFICATION
    - Everybody who reads the sale order reads what the platform says of it in one line;
      the platform's order itself is for sale admins.
    - Confirming what a platform confirmed keeps the platform's day.
    - Its currency is the platform's, whatever the pricelist's is.
    """

    _inherit = "sale.order"

    connector_order_ids = fields.One2many(
        "crm.connector.order", "order_id", groups="crm_ads_data.group_distributor"
    )
    connector_summary = fields.Char(
        string="Platform Order",
        compute="_compute_connector_summary",
        help="Shop, number, state and payment, as the platform tells them.",
    )

    @api.depends(
        "connector_order_ids.state",
        "connector_order_ids.raw_state",
        "connector_order_ids.paid",
    )
    @api.depends_context("lang")
    def _compute_connector_summary(self):
        # sudo: who may read the sale order may know where it came from
        for order in self.sudo():
            told = order.connector_order_ids[:1]
            order.connector_summary = told._get_summary() if told else False

    @api.depends("connector_order_ids.currency_id")
    def _compute_currency_id(self):
        result = super()._compute_currency_id()
        # sudo: what was paid in decides, whoever may read where it was paid
        for order in self.sudo():
            told = order.connector_order_ids[:1].currency_id
            if told:
                order.currency_id = told
        return result

    def _prepare_confirmation_values(self):
        values = super()._prepare_confirmation_values()
        if self.env.context.get("crm_connector_keep_date"):
            values.pop("date_order", None)
        return values

    def action_open_connector_order(self):
        """Open the platform's order that this one came of."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.connector.order",
            "res_id": self.connector_order_ids[:1].id,
            "view_mode": "form",
        }
