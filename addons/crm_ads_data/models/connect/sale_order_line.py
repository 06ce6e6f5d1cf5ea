from odoo import fields, models
from odoo.fields import Command


class SaleOrderLine(models.Model):
    """A line knows which part of a platform's order it came of."""

    _inherit = "sale.order.line"

    connector_key = fields.Char(
        readonly=True, copy=False, help="Which part of the platform's order this is."
    )
    connector_product_id = fields.Many2one(
        "crm.connector.product",
        string="Platform Article",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="crm_ads_data.group_distributor",
    )

    def _follow_connector(self, values):
        """Become what the platform tells now; only what differs is written.

        :param values: of ``crm.connector.order._prepare_lines``
        """
        self.ensure_one()
        changes = {}
        for fname, value in values.items():
            field = self._fields[fname]
            if field.type == "many2many":
                if sorted(self[fname].ids) != value:
                    changes[fname] = [Command.set(value)]
            elif field.convert_to_write(self[fname], self) != value:
                changes[fname] = value
        if {"product_id", "product_uom_qty"} & changes.keys():
            # said once more, or core would take them from the product
            names = ("name", "price_unit", "discount", "tax_ids")
            said = {name: values[name] for name in names}
            changes |= said | {"tax_ids": [Command.set(values["tax_ids"])]}
        if changes:
            self.write(changes)
