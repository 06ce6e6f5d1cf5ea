from datetime import date

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .common_invoice import InvoiceCase
from .common_pay import FEBRUARY, JANUARY, MILLION


@tagged("post_install", "-at_install")
class TestCrmSalesCorrection(InvoiceCase):
    """Returns of earlier years and periods: taken back once, wherever they fall."""

    @classmethod
    def _make_year(cls, year, period="month"):
        return cls._make_policy(
            basis="invoiced", year=year, date_from=date(year, 1, 1), period=period
        )

    @classmethod
    def _close_late(cls, day):
        statements = cls._generate(day)
        with freeze_time("2028-01-10"):
            statements.with_user(cls.boss).action_confirm()

    def _assertReturned(self, statement, sold, corrected):
        self.assertEqual(
            (statement.commission, statement.correction), (sold, corrected)
        )

    def test_from_quarters_to_months(self):
        """50 million at 3 % and 10 at 2 % come back, as the quarter had paid them."""
        self._make_year(2025, "quarter")
        self._make_year(2026)
        move = self._invoice(self.an, 150 * MILLION, "2025-11-05")
        self._close(date(2025, 10, 1))
        self._credit(move, "2026-01-10", 60 * MILLION)
        self._generate(JANUARY)
        self._assertReturned(self._get(self.an, JANUARY), 0, -1.7 * MILLION)

    def test_from_months_to_quarters(self):
        self._make_year(2025)
        self._make_year(2026, "quarter")
        move = self._invoice(self.an, 150 * MILLION, "2025-11-05")
        self._close(date(2025, 11, 1))
        self._credit(move, "2026-01-10", 60 * MILLION)
        self._generate(JANUARY)
        self._assertReturned(self._get(self.an, JANUARY), 0, -1.7 * MILLION)

    def test_a_return_after_more_than_a_year(self):
        """It counts in the month when it happens, in no other month's draft."""
        self._make_year(2026)
        self._make_year(2027)
        move = self._invoice(self.an, 150 * MILLION, "2026-01-05")
        self._close(JANUARY)
        self._credit(move, "2027-02-10", 60 * MILLION)
        january, february = date(2027, 1, 1), date(2027, 2, 1)
        for _attempt in range(2):
            self._generate(february)
            self._generate(january)
        self._assertReturned(self._get(self.an, february), -1.2 * MILLION, 0)
        self.assertFalse(self._get(self.an, january).total)

    def test_a_return_after_just_a_year(self):
        """What was corrected at the end of the look back is not booked again after."""
        self._make_year(2026)
        self._make_year(2027)
        move = self._invoice(self.an, 150 * MILLION, "2026-01-05")
        self._close(JANUARY)
        self._credit(move, "2027-01-20", 60 * MILLION)
        january, february = date(2027, 1, 1), date(2027, 2, 1)
        self._close_late(january)
        self._assertReturned(self._get(self.an, january), 0, -1.7 * MILLION)
        self._generate(february)
        self.assertFalse(self._get(self.an, february).total)

    def test_a_product_moves_to_another_category(self):
        """Closed months keep the rate of their day, until the document changes."""
        course, other = self.env["product.category"].create(
            [{"name": "Course"}, {"name": "Other"}]
        )
        product = self.env["product.product"].create(
            {"name": "Course", "categ_id": course.id, "taxes_id": False}
        )
        self._make_policy(
            person_share=70,
            rate_ids=[Command.create({"categ_id": course.id, "rate": 10})],
        )
        order = self._sell(self.an, 90 * MILLION, "2026-01-05")
        order.order_line = [
            Command.create({"product_id": product.id, "price_unit": 10 * MILLION})
        ]
        self._close(JANUARY)
        # 70 % of 90 million at 2 % and 10 million at 10 %
        self.assertEqual(self._get(self.an, JANUARY).total, 1_960_000)
        product.categ_id = other
        self.assertFalse(self._generate(FEBRUARY).line_ids)
        order.order_line[1].price_unit = 20 * MILLION
        self._generate(FEBRUARY)
        # 70 % of 100 million at 2 % and 10 million at 3 %, less what was booked
        self.assertEqual(self._get(self.an, FEBRUARY).correction, -350_000)
