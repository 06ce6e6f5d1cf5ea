from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .member_common import MemberCommon


@tagged("post_install", "-at_install")
class TestMemberTour(MemberCommon, HttpCase):
    def test_tree_of_a_customer_whose_contact_brought(self):
        """In the real browser: the company is the root, the contact is not."""
        self.env["res.lang"]._activate_lang("en_US")
        self.seller.write({"lang": "en_US"})
        company, other = self.env["res.partner"].create(
            [
                {
                    "name": "Tour Spa",
                    "is_company": True,
                    "user_id": self.seller.id,
                    "child_ids": [Command.create({"name": "Tour Contact"})],
                },
                {"name": "Tour Other", "is_company": True},
            ]
        )
        self.env["res.partner"].create(
            [
                {"name": "Tour Friend", "referrer_id": company.child_ids.id},
                {"name": "Tour Other Friend", "referrer_id": other.id},
            ]
        )
        self.start_tour(
            "/odoo/referral-tree", "crm_funnel_referral_roots", login="funnel_seller"
        )

    def test_card_quotation_with_benefits_and_tree(self):
        """In the real browser: make a member, quote with benefits, open the tree."""
        self.env["res.lang"]._activate_lang("en_US")
        self.seller.write({"lang": "en_US"})
        buyer = self.env["res.partner"].create(
            {"name": "Tour Member", "user_id": self.seller.id}
        )
        friend = self.env["res.partner"].create(
            {"name": "Tour Friend", "referrer_id": buyer.id}
        )
        self.env["res.partner"].create(
            {"name": "Tour Grandchild", "referrer_id": friend.id}
        )
        self.tiers["contract"].write(
            {
                "loyalty_program_id": self.make_promotion().id,
                "service_promise": "Answer within two hours",
                "makes_member": False,
            }
        )
        self.tiers["fan"].makes_member = True
        self.make_order(buyer)
        order = self.make_quotation(buyer, 2000000)
        self.assertFalse(buyer.member_card_id)
        self.start_tour(
            f"/odoo/res.partner/{buyer.id}", "crm_funnel_member", login="funnel_seller"
        )
        self.assertEqual(buyer.member_card_id.code[:2], "TV")
        self.start_tour(
            f"/odoo/sale.order/{order.id}",
            "crm_funnel_member_quotation",
            login="funnel_seller",
        )
