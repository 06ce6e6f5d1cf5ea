from odoo import api, models
from odoo.fields import Command

from ...services.connect.parts import CUT, GOODS, SHIPPING, digest, unpack

ROUNDING = "rounding"


class CrmConnectorOrder(models.Model):
    """The lines of a platform's sale order.

    SPECIFICATION
    - One line for the goods at the platform's price, beneath it what is off that line,
      then shipping and what is off the whole order. Prices are what was told: no
      pricelist changes them.
    - The platforms' prices are what the buyer pays. Taxes of a product that are
      included in its price stay; taxes that would come on top are left out. Shipping
      and the order's discount have the taxes of the goods where all goods have the
      same.
    - The total is exactly the platform's total; where single lines have to be rounded,
      a last line holds the difference.
    - Lines are written anew only when what they should be has changed. Was the sale
      order changed by hand since, is it locked or invoiced, then it stays as it is and
      the order is flagged ("edited").
    """

    _inherit = "crm.connector.order"

    def _match_articles(self):
        """What the articles of these orders of one connector are.

        :return: dict of article to ``(product, row to map it by)``
        """
        wanted = {}
        for order in self:
            for line in (order.content or {}).get("lines", ()):
                wanted.setdefault(line["article"], line["name"])
        rows = self.env["crm.connector.product"]
        return rows._get_articles(self.connector_id, wanted) if wanted else {}

    def _write_lines(self, articles):
        """Bring the lines of the sale orders to what they should be.

        :param articles: what ``_match_articles`` gave
        """
        fresh = []
        for order in self.filtered("order_id"):
            wanted = order._prepare_lines(articles)
            print_ = digest(wanted)
            if print_ == order.wanted_print:
                continue
            order.wanted_print = print_
            if order.left_print and order._is_out_of_hand():
                order._add_issue("edited")
                continue
            if order.order_id.order_line:
                order._change_lines(wanted)
            else:
                fresh += [
                    {"order_id": order.order_id.id, **values} for values in wanted
                ]
                order.left_print = False
        # all lines of new orders at once
        self.env["sale.order.line"].create(
            [self._prepare_line_create(values) for values in fresh]
        )
        for order in self.filtered(lambda one: one.order_id and one._is_line_due()):
            order._round_off()
            order.left_print = order._get_lines_print()

    def _is_line_due(self):
        """Whether the lines were written just now, and not left as people made them."""
        return not self.left_print

    def _is_out_of_hand(self):
        """Whether people, or what followed, stand against changing the lines."""
        sale = self.order_id
        return (
            sale.locked
            or (sale.state == "cancel" and self.left_state != "cancel")
            or any(line.qty_invoiced for line in sale.order_line)
            or self.left_print != self._get_lines_print()
        )

    def _get_lines_print(self):
        """A print of the sale order's lines as they are."""
        return digest(
            sorted(
                [
                    line.connector_key or "",
                    line.product_id.id or 0,
                    round(line.product_uom_qty, 6),
                    round(line.price_unit, 6),
                    round(line.discount, 6),
                    sorted(line.tax_ids.ids),
                ]
                for line in self.order_id.order_line
                if not line.display_type
            )
        )

    # ------------------------------------------------------------
    # What the lines should be
    # ------------------------------------------------------------

    def _prepare_lines(self, articles):
        """:return: list of values of ``sale.order.line``; ``tax_ids`` as list of ids"""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        taxes_of, lines = {}, []
        for number, part in enumerate(unpack(self.content, digits)):
            values = {
                "connector_key": part.key,
                "sequence": 10 + number,
                "product_uom_qty": float(part.quantity),
                "price_unit": float(part.price),
                "discount": 0.0,
            }
            lines.append(values | self._prepare_part(part, articles, taxes_of))
        return lines

    def _prepare_part(self, part, articles, taxes_of):
        """Product, name and taxes of one part.

        :param taxes_of: taxes of the goods so far, by article; filled here
        """
        company = self.company_id
        product, article = articles.get(part.article, (None, None))
        if part.kind == GOODS:
            product = product or company._get_connector_product(
                "connector_placeholder_id"
            )
            taxes_of[part.article] = self._get_taxes(product)
            return {
                "product_id": product.id,
                "name": part.name,
                "tax_ids": taxes_of[part.article],
                "connector_product_id": article.id or False,
            }
        if part.kind == CUT:
            discount = company._get_connector_product("sale_discount_product_id")
            return {
                "product_id": discount.id,
                "name": self.env._("Discount: %(article)s", article=part.name),
                "tax_ids": taxes_of[part.article],
            }
        fname, name = "sale_discount_product_id", self.env._("Discount")
        if part.kind == SHIPPING:
            fname, name = "connector_shipping_id", self.env._("Shipping fee")
        taxes = [*taxes_of.values()]
        is_same = all(other == taxes[0] for other in taxes)
        return {
            "product_id": company._get_connector_product(fname).id,
            "name": name,
            "tax_ids": taxes[0] if taxes and is_same else [],
        }

    def _get_taxes(self, product):
        """Ids of the product's taxes, if they are included in its price."""
        taxes = product.taxes_id._filter_taxes_by_company(self.company_id)
        taxes = self.order_id.fiscal_position_id.map_tax(taxes)
        return sorted(taxes.ids) if all(tax.price_include for tax in taxes) else []

    # ------------------------------------------------------------
    # Writing them
    # ------------------------------------------------------------

    @api.model
    def _prepare_line_create(self, values):
        return {**values, "tax_ids": [Command.set(values["tax_ids"])]}

    def _change_lines(self, wanted):
        """Change, add and take away lines, as many as have to be."""
        sale = self.order_id
        present = {line.connector_key: line for line in sale.order_line}
        added = []
        for values in wanted:
            line = present.pop(values["connector_key"], None)
            if line:
                line._follow_connector(values)
            else:
                added.append({"order_id": sale.id, **self._prepare_line_create(values)})
        self.env["sale.order.line"].create(added)
        gone = sale.order_line.filtered(lambda line: line.connector_key in present)
        # core keeps the lines of a confirmed order, as nothing
        kept = gone._check_line_unlink()
        kept.write({"product_uom_qty": 0})
        (gone - kept).unlink()
        self.left_print = False

    def _round_off(self):
        """A last line for what rounding the single lines has made of the total."""
        sale = self.order_id
        difference = sale.currency_id.round(self.amount_total - sale.amount_total)
        if not difference:
            return
        product = self.company_id._get_connector_product("sale_discount_product_id")
        self.env["sale.order.line"].create(
            {
                "order_id": sale.id,
                "connector_key": ROUNDING,
                "sequence": 9999,
                "product_id": product.id,
                "name": self.env._("Rounding"),
                "product_uom_qty": 1,
                "price_unit": difference,
                "discount": 0.0,
                "tax_ids": [Command.clear()],
            }
        )

    # ------------------------------------------------------------
    # Mapping
    # ------------------------------------------------------------

    def _has_unmapped(self):
        """Whether an article is sold as the placeholder, and not taken back."""
        return self.order_id.state != "cancel" and any(
            line.connector_product_id and not line.connector_product_id.product_id
            for line in self.order_id.order_line
        )

    def _follow_mapping(self):
        """Articles of these orders were mapped: the lines of open ones follow."""
        for orders in self.grouped("connector_id").values():
            quiet = orders.with_context(**self._get_quiet_context())
            open_ = quiet.filtered(
                lambda order: (
                    order.order_id.state != "cancel" and not order._is_out_of_hand()
                )
            )
            open_._write_lines(open_._match_articles())
            for order in quiet:
                if not order._has_unmapped():
                    left = order._get_issues() - {"unmapped"}
                    order.issues = self._join_issues(left)
