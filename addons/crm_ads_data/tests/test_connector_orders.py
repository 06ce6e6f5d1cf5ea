from odoo.tests import tagged

from .common_connector_orders import ConnectorOrderCommon, sample_orders

PLATFORMS = ("nhanh", "pancake", "haravan", "sapo", "shopee", "tiktok")


@tagged("post_install", "-at_install")
class TestConnectorOrders(ConnectorOrderCommon):
    """Orders of every platform, as its samples tell them, become sale orders."""

    def test_samples_to_the_dong(self):
        count = 0
        for provider in PLATFORMS:
            shop = self._connect(provider)
            samples = sample_orders(provider)
            stored = self._store(*(order for order, _expect in samples), shop=shop)
            for record, (_order, expect) in zip(stored, samples, strict=True):
                with self.subTest(provider, order=record.external_id):
                    self._check_sample(record, expect)
                count += 1
        self.assertGreater(count, 30)

    def _check_sample(self, record, expect):
        sale = record.order_id
        self.assertEqual(record.external_id, expect["external_id"])
        self.assertEqual(record.state, expect["state"])
        self.assertEqual(record.paid, expect["paid"])
        self.assertEqual(sale.amount_total, expect["total"])
        self.assertEqual(record.amount_total, expect["total"])
        self.assertEqual(sale.amount_untaxed, expect["total"])
        self.assertEqual(sale.currency_id.name, expect["currency"])
        self.assertEqual(str(sale.date_order), expect["created_utc"])
        self.assertEqual(sale.client_order_ref, expect["external_id"])
        self.assertEqual(sale.company_id, self.company)
        cancelled = expect["state"] in ("cancelled", "returned", "deleted")
        wanted = "draft" if expect["state"] == "new" else "sale"
        self.assertEqual(sale.state, "cancel" if cancelled else wanted)
        goods = sale.order_line.filtered(
            lambda line: line.connector_key.startswith("goods")
        )
        self.assertEqual(
            [(line.product_uom_qty, line.price_unit) for line in goods],
            [(line["qty"], line["price_unit"]) for line in expect["lines"]],
        )
        self.assertEqual(sale.partner_id.phone or None, expect["phone"])
        if expect["phone_masked"]:
            self.assertTrue(record.is_anonymous)
            self.assertIn("buyer", sale.partner_id.name)
        else:
            self.assertEqual(sale.partner_id.name, expect["customer"])
