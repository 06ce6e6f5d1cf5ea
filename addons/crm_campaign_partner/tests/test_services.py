import doctest

from odoo.tests import BaseCase, tagged

from ..services import rollup


@tagged("post_install", "-at_install")
class TestServices(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(rollup)
        self.assertGreater(result.attempted, 0)
        self.assertEqual(result.failed, 0)
