import doctest

from odoo.tests import BaseCase, tagged

from ..services import assign, guard, rollup


@tagged("post_install", "-at_install")
class TestServices(BaseCase):
    def test_doctests(self):
        for module in (assign, guard, rollup):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 0)
            self.assertEqual(result.failed, 0)
