from odoo.tests import BaseCase, tagged

from ..services import columns, dates, numbers, report, rows
from ..services.numbers import find_decimal_mark, parse_number
from ..services.report import map_report
from ..services.table import Table
from .common import check_doctests

MODULES = (columns, dates, numbers, report, rows)


@tagged("post_install", "-at_install")
class TestServicesReport(BaseCase):
    """Numbers and days of reports, as programs of many countries write them."""

    def test_doctests(self):
        check_doctests(self, *MODULES)

    def _spend(self, *cells, decimals=0, impressions=None):
        header = ("Ad name", "Day", "Amount spent (VND)", "Impressions")
        counts = impressions or ["1"] * len(cells)
        table = Table(
            header,
            tuple(
                (number, ("A", f"2026-10-{number:02d}", cell, count))
                for number, (cell, count) in enumerate(
                    zip(cells, counts, strict=True), 1
                )
            ),
        )
        found = map_report(table, decimals=decimals)
        return [row.figures and str(row.figures["spend"]) for row in found]

    def test_lone_separator_is_settled_by_the_rest_of_the_report(self):
        self.assertEqual(self._spend("282.379"), ["282379"])
        self.assertEqual(self._spend("1,234"), ["1234"])
        self.assertEqual(self._spend("282.379", decimals=2), ["282.379"])
        self.assertEqual(
            self._spend("282.379", decimals=2, impressions=["3.048"]), ["282379"]
        )
        self.assertEqual(self._spend("282.379", "1,25", decimals=2), ["282379", "1.25"])
        self.assertEqual(self._spend("1,234", "5.50", decimals=2), ["1234", "5.50"])

    def test_what_is_no_figure(self):
        for cell in ("abc", "-5", "1e9", "NaN", "1.2.3", "12 13x", "9" * 20):
            with self.subTest(cell):
                self.assertEqual(self._spend(cell), [{}])

    def test_money_signs_and_blanks(self):
        for cell in ("1.234 ₫", "1.234đ", "VND 1,234", "1\u00a0234", "'1234", " 1234 "):
            with self.subTest(cell):
                self.assertEqual(
                    parse_number(cell, find_decimal_mark([cell], True)), 1234
                )
