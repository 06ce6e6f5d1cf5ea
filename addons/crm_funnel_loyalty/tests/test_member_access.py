from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.crm_campaign_partner.tests.common_rpc import RpcCase

from .member_common import MemberCommon


@tagged("post_install", "-at_install")
class TestMemberAccess(MemberCommon, RpcCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "funnel_portal", "base.group_portal")
        cls.foreign_company = cls.env["res.company"].create({"name": "Other company"})
        cls.foreigner = new_test_user(
            cls.env,
            "funnel_foreigner",
            "sales_team.group_sale_manager",
            company_id=cls.foreign_company.id,
            company_ids=[Command.set(cls.foreign_company.ids)],
        )
        cls.card = cls.make_card()
        cls.book(cls.card, issued=100)
        cls.friend = cls.env["res.partner"].create(
            {"name": "Friend", "referrer_id": cls.customer.id}
        )
        cls.order = cls.make_order(cls.friend)
        cls.reward = cls.env["crm.referral.reward"].search(
            [("referred_id", "=", cls.friend.id)]
        )

    def test_salesperson_writes_no_points_over_rpc(self):
        ids, before = self.card.ids, self.card.points
        for vals in (
            {"points": 9999},
            {"partner_id": self.friend.id},
            {"code": "MINE"},
            {"member_since": "2001-01-01"},
            {"active": False},
        ):
            self.assertRefused(self.seller, "loyalty.card", "write", ids, vals)
        line = self.card.history_ids[:1]
        for vals in ({"issued": 9999}, {"expiry_date": "2099-01-01"}):
            self.assertRefused(self.seller, "loyalty.history", "write", line.ids, vals)
        self.assertRefused(
            self.seller,
            "loyalty.history",
            "create",
            [{"card_id": self.card.id, "issued": 50, "description": "Gift"}],
        )
        wizard = self.rpc_as(
            self.seller,
            "loyalty.card.update.balance",
            "create",
            [{"card_id": self.card.id, "new_balance": 9999, "description": "Gift"}],
        )
        self.assertRefused(
            self.seller,
            "loyalty.card.update.balance",
            "action_update_card_point",
            wizard,
        )
        self.assertRefused(
            self.seller,
            "sale.order.coupon.points",
            "create",
            [{"order_id": self.order.id, "coupon_id": self.card.id, "points": 99}],
        )
        self.env.invalidate_all()
        self.assertEqual(self.card.points, before)

    def test_salesperson_makes_no_points_with_a_line(self):
        self.authenticate("funnel_seller", "funnel_seller")
        quotation = self.make_quotation(self.customer, 2000000)
        quotation._update_programs_and_rewards()
        quotation._apply_program_reward(self.program.reward_ids, self.card)
        line = quotation.order_line.filtered("is_reward_line")
        self.assertRefused(
            self.seller, "sale.order.line", "write", line.ids, {"points_cost": 0}
        )
        self.assertRefused(
            self.seller,
            "sale.order.line",
            "create",
            [
                {
                    "order_id": quotation.id,
                    "name": "Gift",
                    "product_id": self.product.id,
                    "coupon_id": self.card.id,
                    "reward_id": self.program.reward_ids.id,
                    "points_cost": -500,
                }
            ],
            error="ValidationError",
        )

    def _make_coupon(self):
        """A coupon with a line of history: no loyalty card, so anybody's to write."""
        program = self.make_promotion()
        coupon = self.env["loyalty.card"].create({"program_id": program.id})
        return coupon, self.env["loyalty.history"].create(
            {"card_id": coupon.id, "description": "Coupon", "issued": 500}
        )

    def test_salesperson_makes_no_member_card_of_a_coupon(self):
        coupon, __ = self._make_coupon()
        self.rpc_as(self.seller, "loyalty.card", "write", coupon.ids, {"points": 5})
        for vals in (
            {"program_id": self.program.id},
            {
                "points": 1000000,
                "partner_id": self.friend.id,
                "program_id": self.program.id,
            },
        ):
            self.assertRefused(self.seller, "loyalty.card", "write", coupon.ids, vals)

    def test_salesperson_moves_no_history_to_the_card(self):
        coupon, line = self._make_coupon()
        self.rpc_as(self.seller, "loyalty.history", "write", line.ids, {"issued": 9})
        self.assertRefused(
            self.seller, "loyalty.history", "write", line.ids, {"card_id": self.card.id}
        )
        self.assertRefused(
            self.seller,
            "loyalty.card",
            "write",
            coupon.ids,
            {
                "history_ids": [
                    Command.update(line.id, {"card_id": self.card.id, "used": 1000000})
                ]
            },
        )
        forged = {
            "description": "Order",
            "used": 1000000,
            "order_model": "sale.order",
            "order_id": self.order.id,
        }
        self.assertRefused(
            self.seller,
            "loyalty.history",
            "create",
            [forged],
            context={"default_card_id": self.card.id},
        )

    def test_salesperson_pays_no_line_with_a_card(self):
        line = self.make_quotation(self.customer).order_line
        line.points_cost = 500
        self.assertRefused(
            self.seller,
            "sale.order.line",
            "write",
            line.ids,
            {"coupon_id": self.card.id, "points_cost": 0.01},
        )
        self.assertRefused(
            self.seller,
            "sale.order.line",
            "write",
            line.ids,
            {"coupon_id": self.card.id},
        )
        vals = {
            "order_id": line.order_id.id,
            "name": "Gift",
            "product_id": self.product.id,
        }
        on_card = {"coupon_id": self.card.id, "points_cost": 0.01}
        context = {f"default_{name}": value for name, value in on_card.items()}
        for line_vals, line_context in (({**vals, **on_card}, {}), (vals, context)):
            self.assertRefused(
                self.seller,
                "sale.order.line",
                "create",
                [line_vals],
                context=line_context,
            )

    def test_salesperson_copies_an_order_with_a_reward(self):
        order = self.make_quotation(self.customer, 2000000)
        order._update_programs_and_rewards()
        order._apply_program_reward(self.program.reward_ids, self.card)
        self.assertTrue(order.order_line.coupon_id)
        copied = self.rpc_as(self.seller, "sale.order", "copy", order.ids)
        lines = self.env["sale.order"].browse(copied).order_line
        self.assertEqual(lines.product_id, self.product)
        self.assertFalse(lines.coupon_id)

    def test_salesperson_sells_on_the_card(self):
        order = self.make_quotation(self.customer, 2000000)
        seller_order = order.with_user(self.seller)
        seller_order._update_programs_and_rewards()
        seller_order._apply_program_reward(self.program.reward_ids, self.card)
        self.rpc_as(self.seller, "sale.order", "action_confirm", order.ids)
        self.env.invalidate_all()
        self.assertEqual(order.state, "sale")
        self.assertLess(self.card.points, 100)
        seller_order._action_cancel()
        self.assertEqual(self.card.points, 150)

    def test_manager_corrects_points(self):
        wizard = (
            self.env["loyalty.card.update.balance"]
            .with_user(self.manager)
            .create(
                {"card_id": self.card.id, "new_balance": 7, "description": "Mistake"}
            )
        )
        wizard.action_update_card_point()
        self.assertEqual(self.card.points, 7)

    def test_other_company_sees_nothing(self):
        for record in (self.card, self.reward):
            found = self.rpc_as(
                self.foreigner,
                record._name,
                "search_count",
                [["id", "=", record.id]],
            )
            self.assertEqual(found, 0)
        self.assertFalse(
            self.customer.with_user(self.foreigner)
            .with_company(self.foreign_company)
            .member_card_id
        )

    def test_portal_sees_nothing(self):
        for model in ("loyalty.card", "loyalty.history", "crm.referral.reward"):
            self.assertRefused(self.portal, model, "search_read", [], fields=["id"])
        for method in ("action_member_card", "action_view_referral_rewards"):
            self.assertRefused(self.portal, "res.partner", method, self.customer.ids)
        self.assertRefused(
            self.portal, "loyalty.card", "action_print_member_card", self.card.ids
        )
        self.assertRefused(self.portal, "loyalty.program", "action_open_membership")

    def test_rewards_are_read_by_owner_and_manager_and_written_by_nobody(self):
        domain = [["id", "=", self.reward.id]]
        for user, expected in ((self.seller, 1), (self.manager, 1), (self.other, 0)):
            found = self.env["crm.referral.reward"].with_user(user).search_count(domain)
            self.assertEqual(found, expected, user.login)
        for user in (self.seller, self.manager):
            self.assertRefused(
                user, "crm.referral.reward", "write", self.reward.ids, {"points": 999}
            )
            self.assertRefused(user, "crm.referral.reward", "unlink", self.reward.ids)

    def test_only_managers_set_the_program_up(self):
        self.assertRefused(self.seller, "loyalty.program", "action_open_membership")
        self.assertRefused(
            self.seller, "loyalty.program", "action_issue_cards", self.program.ids
        )
        self.assertRefused(
            self.seller,
            "crm.funnel.tier",
            "write",
            self.tiers["fan"].ids,
            {"service_promise": "Everything"},
        )
        self.program.with_user(self.manager).action_issue_cards()

    def test_wizards_of_others_are_closed(self):
        wizard = self.env["crm.member.import"].with_user(self.manager).create({})
        other = new_test_user(
            self.env, "funnel_manager_2", "sales_team.group_sale_manager"
        )
        with self.assertRaises(AccessError):
            wizard.with_user(other).read(["text"])
