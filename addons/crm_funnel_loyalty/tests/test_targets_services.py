import doctest
from random import Random

from odoo.tests import BaseCase, tagged

from ..services import targets


@tagged("post_install", "-at_install")
class TestTargetsServices(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(targets)
        self.assertGreater(result.attempted, 20)
        self.assertEqual(result.failed, 0)

    def test_parts_add_up(self):
        """Whatever the total and the weights: no part below zero, the sum exact."""
        random = Random(7)
        for _try in range(300):
            total = random.randint(0, 10**10)
            weights = [random.randint(0, 1000) for _n in range(random.randint(1, 12))]
            parts = targets.spread(total, weights, 1)
            self.assertEqual(sum(parts), total)
            self.assertGreaterEqual(min(parts), 0)
            self.assertTrue(all(part.is_integer() for part in parts))

    def test_better_month_never_gets_less(self):
        parts = targets.spread(1_000_003, [5, 1, 3], 1)
        self.assertGreater(parts[0], parts[2])
        self.assertGreater(parts[2], parts[1])
