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
        domain = [("connector_id", "in", self.ids)]
        for fname, model, condition in (
            ("order_count", "crm.connector.order", []),
            (
                "attention_count",
                "crm.connector.order",
                [("needs_attention", "=", True)],
            ),
            ("unmapped_count", "crm.connector.product", [("product_id", "=", False)]),
        ):
            groups = self.env[model]._read_group(
                domain + condition, ["connector_id"], ["__count"]
            )
            counts = dict(groups)
            for connector in self:
                connector[fname] = counts.get(connector._origin, 0)

    def action_open_orders(self):
        """Open the orders of this connector."""
        return self._get_action_on("crm_ads_data.action_crm_connector_order")

    def action_open_articles(self):
        """Open the articles of this connector."""
        return self._get_action_on("crm_ads_data.action_crm_connector_product")

    def _get_action_on(self, xmlid):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(xmlid)
        action["domain"] = [("connector_id", "=", self.id)]
        filters = {
            name: value
            for name, value in self.env.context.items()
            if name.startswith("search_default_")
        }
        action["context"] = {"default_connector_id": self.id, **filters}
        return action
