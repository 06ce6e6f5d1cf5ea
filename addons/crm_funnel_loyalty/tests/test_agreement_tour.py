from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestAgreementTour(HttpCase):
    def test_quotation_to_contract_with_instalments(self):
        """In the real browser: make, split, change, read, sign."""
        self.env["res.lang"]._activate_lang("en_US")
        seller = new_test_user(
            self.env,
            "contract_tour",
            "sales_team.group_sale_salesman",
            lang="en_US",
            name="Tour Seller",
        )
        product = self.env["product.product"].create(
            {"name": "Tour tea", "list_price": 6000000.0, "taxes_id": False}
        )
        quotation = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"]
                .create({"name": "Tour Buyer", "lang": "en_US"})
                .id,
                "user_id": seller.id,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        self.start_tour(
            f"/odoo/action-sale.action_quotations/{quotation.id}",
            "crm_funnel_quotation_to_contract",
            login="contract_tour",
        )
        contract = quotation.agreement_ids
        self.assertEqual(contract.state, "signed")
        self.assertEqual(contract.user_id, seller)
        parts = contract.instalment_ids.sorted()
        self.assertEqual(parts.mapped("amount"), [2000000, 1800000, 2200000])
        self.assertIn("Tour Buyer", contract.signed_text)
