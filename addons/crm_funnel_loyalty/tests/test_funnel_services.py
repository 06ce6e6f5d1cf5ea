import doctest

from odoo.tests import BaseCase, tagged

from ..services import funnel


@tagged("post_install", "-at_install")
class TestFunnelServices(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(funnel)
        self.assertGreater(result.attempted, 0)
        self.assertEqual(result.failed, 0)
