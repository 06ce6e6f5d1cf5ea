from datetime import datetime

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import FunnelCommon

MEASURES = ["order_reference:count_distinct", "price_subtotal:sum"]


@tagged("post_install", "-at_install")
class TestFunnelReport(FunnelCommon):
    """First and repeated orders (004.29), quotations per period (004.16)."""

    def _read(self, user, measures, partners, groupby=("funnel_purchase",)):
        self.env.flush_all()
        rows = (
            self.env["sale.report"]
            .with_user(user)
            ._read_group(
                [
                    ("commercial_partner_id", "in", partners.ids),
                    ("state", "=", "sale"),
                ],
                groupby,
                measures,
            )
        )
        return {row[0]: row[1:] for row in rows}

    def test_first_and_repeated(self):
        self.product.standard_price = 2000000.0
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.customer.id}
        )
        late = self.make_order(
            self.customer, price=3000000.0, date_order=datetime(2026, 5, 1)
        )
        self.make_order(contact, price=5000000.0, date_order=datetime(2026, 3, 1))
        other = self.env["res.partner"].create({"name": "Other"})
        self.make_order(other, price=4000000.0)
        self.make_quotation(other)
        found = self._read(
            self.manager, [*MEASURES, "funnel_profit:sum"], self.customer | other
        )
        self.assertEqual(found["first"], (2, 9000000.0, 5000000.0))
        self.assertEqual(found["repeat"], (1, 3000000.0, 1000000.0))
        self.assertEqual(len(found), 2, "quotations are neither")
        late._action_cancel()
        found = self._read(self.manager, MEASURES, self.customer)
        self.assertEqual(list(found), ["first"])

    def test_cancelled_first_order_makes_the_next_one_first(self):
        first = self.make_order(self.customer, date_order=datetime(2026, 3, 1))
        self.make_order(self.customer, date_order=datetime(2026, 5, 1))
        first._action_cancel()
        found = self._read(self.manager, MEASURES, self.customer)
        self.assertEqual(list(found), ["first"])

    def test_profit_is_for_managers(self):
        self.make_order(self.customer)
        found = self._read(self.seller, MEASURES, self.customer)
        self.assertEqual(found["first"][0], 1)
        with self.assertRaises(AccessError):
            self._read(self.seller, ["funnel_profit:sum"], self.customer)
        self.assertFalse(self._read(self.other, MEASURES, self.customer))
        for user, is_told in ((self.seller, False), (self.manager, True)):
            arch = (
                self.env["sale.report"]
                .with_user(user)
                .get_view(
                    self.env.ref(
                        "crm_funnel_loyalty.sale_report_view_pivot_purchase"
                    ).id,
                    "pivot",
                )["arch"]
            )
            self.assertEqual("funnel_profit" in arch, is_told)

    def test_statements_do_not_grow(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._read(self.manager, MEASURES, self.customer)
            return self.env.cr.sql_log_count - before

        self.make_order(self.customer)
        count()
        few = count()
        for __ in range(8):
            self.make_order(self.customer)
        self.assertEqual(count(), few)

    def test_quotations_per_period(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_quotations_per_period"
        )
        for number in range(3):
            self.make_quotation(self.customer, price=1000000.0 * (number + 1))
        self.make_order(self.customer)
        rows = (
            self.env[action["res_model"]]
            .with_user(self.manager)
            ._read_group(
                [("partner_id", "=", self.customer.id)],
                ["create_date:month", "state"],
                ["__count"],
            )
        )
        self.assertEqual({row[1]: row[2] for row in rows}, {"draft": 3, "sale": 1})
