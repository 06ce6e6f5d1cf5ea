import doctest
import random
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.crm_funnel_loyalty.services import commission
from odoo.addons.crm_funnel_loyalty.services.commission import (
    HUNDRED,
    Band,
    BandError,
    allot,
    check_bands,
    get_commission,
    get_slices,
    make_bands,
    round_money,
    split,
)

DONG = Decimal(1)
ROUNDS = 300


@tagged("post_install", "-at_install")
class TestCommissionServices(BaseCase):
    """Properties of the arithmetic, over many random policies (issue 7)."""

    def setUp(self):
        super().setUp()
        self.random = random.Random(2026)

    def _make_bands(self):
        lowers = sorted(self.random.sample(range(1, 500), self.random.randint(0, 5)))
        rates = sorted(self.random.randint(0, 120) / 8 for _ in range(len(lowers) + 1))
        return make_bands(
            zip([0, *(low * 10**6 for low in lowers)], rates, strict=True)
        )

    def _make_documents(self):
        return [
            (number, Decimal(self.random.randint(-20, 100) * 123457), HUNDRED)
            for number in range(self.random.randint(1, 20))
        ]

    def test_doctests(self):
        result = doctest.testmod(commission)
        self.assertTrue(result.attempted)
        self.assertFalse(result.failed)

    def test_slices_add_up(self):
        for _ in range(ROUNDS):
            bands = self._make_bands()
            begin, end = (Decimal(self.random.randint(-(10**8), 10**9)) for _ in "ab")
            slices = get_slices(begin, end, bands)
            self.assertEqual(sum(part for _band, part in slices), end - begin)

    def test_more_revenue_never_pays_less(self):
        for _ in range(ROUNDS):
            bands = self._make_bands()
            low, high = sorted(Decimal(self.random.randint(0, 10**9)) for _ in "ab")
            self.assertLessEqual(
                get_commission(low, bands), get_commission(high, bands)
            )

    def test_order_of_documents_is_irrelevant(self):
        for _ in range(ROUNDS):
            bands = self._make_bands()
            documents = self._make_documents()
            total = sum(base for _key, base, _share in documents)
            wanted = round_money(get_commission(total, bands), DONG)
            for _attempt in range(3):
                self.random.shuffle(documents)
                paid = allot(documents, bands, DONG)
                self.assertEqual(sum(one.amount for one in paid), wanted)

    def test_at_the_edges(self):
        bands = make_bands([(0, 1), (100, 2), (200, 3)])
        for total, wanted in (
            (99, "0.99"),
            (100, "1"),
            (101, "1.02"),
            (200, "3"),
            (201, "3.03"),
            (0, "0"),
            (-100, "-1"),
        ):
            self.assertEqual(get_commission(Decimal(total), bands), Decimal(wanted))

    def test_faults_of_bands(self):
        def band(lower, upper, rate=1):
            upper = None if upper is None else Decimal(upper)
            return Band(Decimal(lower), upper, Decimal(rate))

        for reason, index, bands in (
            ("empty", 0, []),
            ("start", 0, [band(1, None)]),
            ("gap", 1, [band(0, 5), band(6, None)]),
            ("overlap", 1, [band(0, 5), band(4, None)]),
            ("overlap", 1, [band(0, None), band(4, None)]),
            ("order", 1, [band(0, 5), band(5, 5), band(5, None)]),
            ("open", 1, [band(0, 5), band(5, 9)]),
            ("rate", 0, [band(0, None, 101)]),
        ):
            with self.subTest(reason=reason), self.assertRaises(BandError) as caught:
                check_bands(bands)
            self.assertEqual(
                (caught.exception.reason, caught.exception.index), (reason, index)
            )
        check_bands([band(0, 5), band(5, None)])

    def test_split_adds_up(self):
        for _ in range(ROUNDS):
            amount = Decimal(self.random.randint(-(10**7), 10**7))
            weights = [
                self.random.randint(0, 9) for _ in range(self.random.randint(1, 9))
            ]
            parts = split(amount, weights, DONG)
            self.assertEqual(sum(parts), amount)
            self.assertTrue(all(part == part.to_integral_value() for part in parts))
