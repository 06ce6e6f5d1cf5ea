from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_pay import MILLION, PayCase

APRIL = date(2026, 4, 1)
MAY = date(2026, 5, 1)
JUNE = date(2026, 6, 1)


@tagged("post_install", "-at_install")
class TestCrmSalesPolicyVersion(PayCase):
    """A version that changes period or basis within a year pays no sale twice."""

    def _assertRefused(self, text, **values):
        policy = self._make_policy(approve=False, **values)
        with self.assertRaisesRegex(UserError, text):
            policy.action_approve()

    def _get_spans(self):
        return {
            (one.date_from, one.date_to)
            for one in self.statements.search([("company_id", "=", self.company.id)])
        }

    def test_not_within_a_period_of_the_version_before(self):
        self._make_policy(period="quarter")
        self._assertRefused("within a period of", date_from=MAY)
        self._make_policy(date_from=APRIL)

    def test_no_version_after_within_a_period(self):
        self._make_policy()
        self._make_policy(date_from=MAY)
        self._assertRefused("within a period of", date_from=APRIL, period="quarter")
        self._make_policy(date_from="2026-07-01", period="quarter")

    def test_another_basis_begins_with_a_year(self):
        self._make_policy(basis="ordered")
        self._assertRefused(
            "basis begins with a year", date_from=JUNE, basis="invoiced"
        )
        self._make_policy(basis="invoiced", year=2027, date_from="2027-01-01")

    def test_drafts_of_months_become_a_quarter(self):
        self._make_policy()
        for day in ("2026-03-20", "2026-04-20", "2026-05-06"):
            self._sell(self.an, 80 * MILLION, day)
            self._generate(date.fromisoformat(day))
        mine = self._get(self.an, APRIL)
        quarter = self._make_policy(date_from=APRIL, period="quarter")
        self.assertEqual(
            self._get_spans(),
            {
                (date(2026, 3, 1), date(2026, 3, 31)),
                (APRIL, date(2026, 6, 30)),
            },
        )
        self.assertEqual(self._get(self.an, APRIL), mine)
        self.assertEqual((mine.policy_id, mine.revenue), (quarter, 160 * MILLION))
        self.assertEqual(mine.commission, 2 * MILLION + 1.8 * MILLION)

    def test_drafts_of_a_quarter_become_months(self):
        self._make_policy(period="quarter")
        self._sell(self.an, 80 * MILLION, "2026-04-20")
        self._sell(self.an, 70 * MILLION, "2026-05-06")
        self._generate(APRIL)
        self._make_policy(date_from=APRIL)
        self.assertEqual(
            self._get_spans(),
            {(APRIL, date(2026, 4, 30)), (MAY, date(2026, 5, 31))},
        )
        self.assertEqual(self._get(self.an, APRIL).commission, 1.6 * MILLION)
        self.assertEqual(self._get(self.an, MAY).commission, 1.4 * MILLION)

    def test_drafts_of_a_later_version_stay(self):
        self._make_policy()
        latest = self._make_policy(date_from=JUNE)
        self._sell(self.an, 10 * MILLION, "2026-06-02")
        self._generate(JUNE)
        self._make_policy(date_from=MAY)
        self.assertEqual(self._get(self.an, JUNE).policy_id, latest)
