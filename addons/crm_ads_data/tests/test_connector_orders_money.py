from decimal import Decimal

from odoo.fields import Command
from odoo.tests import tagged

from ..services.connect.orders import OrderLine
from .common_connector_orders import ConnectorOrderCommon


@tagged("post_install", "-at_install")
class TestConnectorOrdersMoney(ConnectorOrderCommon):
    """Totals are the platform's, whatever taxes, discounts and currencies do."""

    def _tax(self, **values):
        group = self.env["account.tax.group"].create(
            {"name": "VAT", "company_id": self.company.id}
        )
        return self.env["account.tax"].create(
            {
                "name": "VAT 10%",
                "amount": 10,
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "country_id": self.env.ref("base.vn").id,
                "tax_group_id": group.id,
                **values,
            }
        )

    def test_discounts_and_shipping(self):
        line = OrderLine("LX-SR30", "Serum", Decimal(3), Decimal(389000), Decimal(7001))
        order = self._tell(
            lines=(line, line), discount=Decimal(30000), shipping=Decimal(35000)
        )
        sale = self._store(order).order_id
        self.assertEqual(sale.amount_total, order.total)
        self.assertEqual(
            sale.order_line.mapped("price_total"),
            [1167000, -7001, 1167000, -7001, 35000, -30000],
        )

    def test_pricelist_changes_no_price(self):
        self.env.user.group_ids |= self.env.ref("product.group_product_pricelist")
        self.env["product.pricelist"].create(
            {
                "name": "Half",
                "company_id": self.company.id,
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 50})
                ],
            }
        )
        sale = self._store(self._tell(state="new", raw_state="54")).order_id
        self.assertFalse(sale.pricelist_id)
        self.assertEqual(sale.amount_total, 389000)

    def test_included_tax_stays_and_added_tax_does_not(self):
        self.serum.taxes_id = self._tax(price_include_override="tax_included")
        order = self._tell(discount=Decimal(10), shipping=Decimal(30000))
        sale = self._store(order).order_id
        self.assertEqual(sale.amount_total, order.total)
        self.assertEqual(sale.order_line.tax_ids, self.serum.taxes_id)
        self.assertAlmostEqual(sale.amount_untaxed, 418990 / 1.1, delta=1)
        self.serum.taxes_id = self._tax(
            name="VAT on top", price_include_override="tax_excluded"
        )
        sale = self._store(self._tell("2")).order_id
        self.assertEqual((sale.amount_total, sale.amount_tax), (389000, 0))

    def test_fractions_add_up(self):
        dollar = self.env.ref("base.USD")
        lines = tuple(
            OrderLine("LX-SR30", "Serum", Decimal(3), Decimal("0.3333"))
            for _number in range(7)
        )
        silk = OrderLine("LX-KCN50", "Silk", Decimal("0.125"), Decimal("3.99"))
        order = self._tell(lines=(*lines, silk), currency="USD")
        record = self._store(order)
        total = dollar.round(float(order.total))
        self.assertEqual(record.order_id.amount_total, total)
        self.assertEqual(record.amount_total, total)
        self.company.tax_calculation_rounding_method = "round_globally"
        record = self._store(self._tell("2", lines=(*lines, silk), currency="USD"))
        self.assertEqual(record.order_id.amount_total, total)

    def test_two_currencies(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", dollar.id)]).unlink()
        line = OrderLine("LX-SR30", "Serum", Decimal(2), Decimal("15.50"))
        dongs, dollars = self._store(
            self._tell("1"), self._tell("2", lines=(line,), currency="USD")
        )
        self.assertEqual(dongs.order_id.currency_id, self.dong)
        self.assertEqual(dollars.order_id.currency_id, dollar)
        self.assertEqual(dollars.order_id.amount_total, 31)
        self.assertIn("exchange rate for USD", dollars.reason)
        self.assertFalse(dongs.needs_attention)
        self.env["res.currency.rate"].create(
            {
                "currency_id": dollar.id,
                "company_id": self.company.id,
                "name": "2026-01-01",
                "inverse_company_rate": 25000,
            }
        )
        rated = self._store(self._tell("3", lines=(line,), currency="USD"))
        self.assertFalse(rated.needs_attention)
        self.assertAlmostEqual(
            rated.order_id.amount_total / rated.order_id.currency_rate, 775000, 0
        )

    def test_sleeping_and_unknown_currency(self):
        baht = self.env.ref("base.THB")
        baht.active = False
        record = self._store(self._tell("1", currency="THB"))
        self.assertTrue(baht.active)
        self.assertEqual(record.order_id.currency_id, baht)
        record = self._store(self._tell("2", currency="ZZZ"))
        self.assertFalse(record.order_id)
        self.assertIn("no currency ZZZ", record.reason)
        record = self._store(self._tell("2", 1))
        self.assertEqual(record.order_id.amount_total, 389000)
        self.assertFalse(record.needs_attention)
