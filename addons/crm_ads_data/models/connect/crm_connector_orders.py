from odoo import fields, models


class CrmConnector(models.Model):
    """The orders and articles that came through a connector."""

    _inherit = "crm.connector"

    order_ids = fields.One2many("crm.connector.order", "connector_id")
    order_count = fields.Integer(string="Orders", compute="_compute_order_counts")
    attention_count = fields.Integer(
        string="Need Attention", compute="_compute_order_counts"
    )
    unmapped_count = fields.Integer(
        string="To Map", compute="_compute_order_counts", help="Articles to map."
    )

    def _compute_order_counts(self):
        for fname, model, condition in (
            ("order_count", "crm.connector.order", []),
            (
                "attention_count",
                "crm.connector.order",
                [("needs_attention", "=", True)],
            ),
            ("unmapped_count", "crm.connector.product", [("product_id", "=", False)]),
        ):
            counts = self._count_own(model, condition)
            for connector in self:
                connector[fname] = counts.get(connector._origin, 0)

    def action_open_orders(self):
        """Open the orders of this connector."""
        return self._get_action_on("crm_ads_data.action_crm_connector_order")

    def action_open_articles(self):
        """Open the articles of this connector."""
        return self._get_action_on("crm_ads_data.action_crm_connector_product")
