from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_pay import MILLION
from .common_team import TeamCase


@tagged("post_install", "-at_install")
class TestCrmSalesTargetWizard(TeamCase):
    """Targets of many months in a few clicks (003.40)."""

    def _copy(self, **values):
        return (
            self.env["crm.sales.target.copy"]
            .with_user(self.boss)
            .create(
                {
                    "company_id": self.company.id,
                    "period": "month",
                    "source_date": "2026-03-15",
                    "date": "2026-04-02",
                    **values,
                }
            )
        )

    def _of(self, day, **domain):
        return self.targets.search(
            [
                ("company_id", "=", self.company.id),
                ("date_from", "=", day),
                *((name, "=", value) for name, value in domain.items()),
            ]
        )

    def test_copy_with_a_change(self):
        self._target(self.an, 100 * MILLION)
        self._target(self.an, 7, metric="orders")
        self._target(self.team, 300 * MILLION)
        there = self._target(self.binh, 50 * MILLION, "2026-04-01")
        self._target(self.binh, 40 * MILLION)
        wizard = self._copy(growth=10)
        self.assertEqual((wizard.copy_count, wizard.present_count), (3, 1))
        wizard.action_copy()
        april = self._of("2026-04-01")
        self.assertEqual(len(april), 4)
        self.assertEqual(there.target, 50 * MILLION)
        self.assertEqual(
            self._of("2026-04-01", user_id=self.an.id, metric="revenue").target,
            110 * MILLION,
        )
        # 7.7 orders are 8
        self.assertEqual(
            self._of("2026-04-01", user_id=self.an.id, metric="orders").target, 8
        )
        wizard.action_copy()
        self.assertEqual(len(self._of("2026-04-01")), 4)

    def test_nothing_to_copy(self):
        with self.assertRaisesRegex(UserError, "no targets in the period"):
            self._copy().action_copy()
        self._target(self.an)
        with self.assertRaisesRegex(UserError, "above -100"):
            self._copy(growth=-100).action_copy()

    def _spread(self, target, **values):
        wizard = self.env["crm.sales.target.spread"].with_user(self.boss)
        return wizard.create({"target_id": target.id, **values})

    def test_spread_equally_last_takes_the_rest(self):
        year = self._target(self.an, 1_000_000_001, "2026-01-01", period="year")
        self._spread(year).action_spread()
        months = self.targets.search(
            [("user_id", "=", self.an.id), ("period", "=", "month")],
            order="date_from",
        )
        self.assertEqual(len(months), 12)
        self.assertEqual(sum(months.mapped("target")), 1_000_000_001)
        self.assertEqual(len(set(months[:-1].mapped("target"))), 1)

    def test_spread_as_last_year(self):
        """January sold three times what February did a year ago."""
        self._sell(self.an, 30 * MILLION, "2025-01-10 03:00")
        self._sell(self.an, 10 * MILLION, "2025-02-10 03:00")
        quarter = self._target(self.an, 100 * MILLION, "2026-01-01", period="quarter")
        self._spread(quarter, method="last_year").action_spread()
        self.assertEqual(self._of("2026-01-01", period="month").target, 75 * MILLION)
        self.assertEqual(self._of("2026-02-01", period="month").target, 25 * MILLION)

    def test_months_that_have_a_target(self):
        there = self._target(self.an, 50 * MILLION, "2026-01-01")
        quarter = self._target(self.an, 110 * MILLION, "2026-01-01", period="quarter")
        wizard = self._spread(quarter)
        self.assertTrue(wizard.has_present)
        self.assertIn("there already", wizard.preview)
        wizard.action_spread()
        self.assertEqual(there.target, 50 * MILLION)
        self.assertEqual(self._of("2026-02-01").target, 30 * MILLION)
        self._spread(quarter, present="replace").action_spread()
        self.assertAlmostEqual(there.target, 110 * MILLION / 3, delta=2)

    def test_a_month_is_not_spread(self):
        with self.assertRaisesRegex(UserError, "not spread any further"):
            self._spread(self._target(self.an)).action_spread()

    def test_months_ask_for_more_than_the_whole(self):
        self._target(self.an, 50 * MILLION, "2026-01-01")
        quarter = self._target(self.an, 40 * MILLION, "2026-01-01", period="quarter")
        with self.assertRaisesRegex(UserError, "ask for the whole of it"):
            self._spread(quarter).action_spread()
