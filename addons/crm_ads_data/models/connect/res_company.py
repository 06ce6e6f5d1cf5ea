from odoo import fields, models


class ResCompany(models.Model):
    """The products that stand for what a platform's order sells besides goods.

    SPECIFICATION
    - Made when first needed: services without tax, so that they move no stock. They can
      be replaced by products of the company's own. The discount is core's.
    """

    _inherit = "res.company"

    connector_placeholder_id = fields.Many2one(
        "product.product",
        string="Unmapped Article",
        help="Stands in platform orders for an article that no product is known for.",
    )
    connector_shipping_id = fields.Many2one(
        "product.product",
        string="Shipping of Platform Orders",
        help="The shipping fee that buyers pay on the platforms.",
    )

    def _get_connector_product(self, fname):
        """The product in the field; made where there is none yet."""
        self.ensure_one()
        if not self[fname]:
            names = {
                "connector_placeholder_id": self.env._("Unmapped article"),
                "connector_shipping_id": self.env._("Shipping fee"),
                "sale_discount_product_id": self.env._("Discount"),
            }
            # sudo: the system's right to make what its orders need
            self.sudo()[fname] = (
                self.env["product.product"]
                .sudo()
                .create(self._prepare_connector_product(names[fname]))
            )
        return self[fname]

    def _prepare_connector_product(self, name):
        return {
            "name": name,
            "type": "service",
            "invoice_policy": "order",
            "list_price": 0.0,
            "company_id": self.id,
            "taxes_id": False,
            "supplier_taxes_id": False,
            "purchase_ok": False,
        }
