from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .common_rpc import FunnelRpcCase


@tagged("post_install", "-at_install")
class TestFunnelRpc(FunnelRpcCase):
    """Each role gets over RPC what its screens show, and no more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.company_id = cls.env.company
        cls.order = cls.make_order(cls.customer)
        cls.move = cls.env["crm.funnel.tier.move"].search(
            [("partner_id", "=", cls.customer.id)], limit=1
        )

    def _assert_refused(self, *calls):
        for model, method, *args in calls:
            with self.assertRaises(JsonRpcException, msg=f"{model}.{method}{args}"):
                self.rpc(model, method, *args)

    def _get_forbidden(self):
        """What nobody does over RPC, whatever the role."""
        fan, moves, ids = self.tiers["fan"].id, self.move.ids, self.customer.ids
        return (
            ("res.partner", "write", ids, {"funnel_tier_id": fan}),
            ("res.partner", "write", ids, {"funnel_tier_peak_id": fan}),
            ("res.partner", "write", ids, {"last_order_date": "2020-01-01"}),
            ("res.partner", "create", [{"name": "Me", "funnel_tier_id": fan}]),
            ("res.partner", "_recompute_funnel_tier", ids),
            ("res.partner", "_cron_recompute_funnel_tier"),
            ("crm.funnel.tier.move", "write", moves, {"to_tier_id": fan}),
            ("crm.funnel.tier.move", "unlink", moves),
            ("crm.funnel.tier", "unlink", [fan]),
            ("crm.funnel.tier", "create", [{"name": "Eighth", "code": "fan"}]),
            ("sale.order", "write", self.order.ids, {"funnel_confirm_date": "x"}),
        )

    @mute_logger("odoo.http")
    def test_nobody_sets_a_tier(self):
        for user in (
            self.seller,
            self.manager,
            self.foreigner,
            self.employee,
            self.portal,
        ):
            self.login(user)
            self._assert_refused(*self._get_forbidden())
        self.assertTier(self.customer, "contract")

    @mute_logger("odoo.http")
    def test_own_salesperson_and_manager(self):
        for user in (self.seller, self.manager):
            self.login(user)
            moves = self.rpc(
                "crm.funnel.tier.move",
                "search_read",
                [("partner_id", "=", self.customer.id)],
                ["rule", "document"],
            )
            self.assertEqual(len(moves), 2, user.login)
            self.assertTrue(all(move["rule"] for move in moves))
            told = self.rpc(
                "res.partner", "get_funnel_tier_at", self.customer.ids, "2099-01-01"
            )
            self.assertEqual(told, {str(self.customer.id): "contract"})
            [customer] = self.rpc(
                "res.partner",
                "read",
                self.customer.ids,
                ["funnel_next_text", "funnel_reason", "fit"],
            )
            self.assertTrue(customer["funnel_next_text"])
            picture = self.rpc("crm.funnel.tier", "get_funnel_picture")
            self.assertEqual(len(picture["layers"]), 7)

    @mute_logger("odoo.http")
    def test_salesperson_configures_and_allocates_nothing(self):
        self.login(self.seller)
        self._assert_refused(
            ("crm.funnel.tier", "write", self.tiers["loyal"].ids, {"min_orders": 1}),
            ("crm.need.status", "create", [{"name": "Mine"}]),
            ("crm.funnel.allocate", "create", [{"user_ids": [self.seller.id]}]),
            ("sale.report", "formatted_read_group", [], [], ["funnel_profit:sum"]),
        )

    @mute_logger("odoo.http")
    def test_colleague_without_a_part(self):
        self.login(self.other)
        mine = [("partner_id", "=", self.customer.id)]
        found = self.rpc("crm.funnel.tier.move", "search_read", mine, ["rule"])
        self.assertFalse(found)
        self._assert_refused(
            ("crm.funnel.tier.move", "read", self.move.ids, ["rule"]),
            ("res.partner", "get_funnel_tier_at", self.customer.ids, "2099-01-01"),
            (
                "crm.funnel.receipt",
                "onchange",
                [],
                {"partner_id": self.customer.id},
                ["partner_id"],
                {"tier_id": {}, "rule": {}},
            ),
        )
        [customer] = self.rpc(
            "res.partner", "read", self.customer.ids, ["funnel_next_text"]
        )
        self.assertFalse(customer["funnel_next_text"])

    @mute_logger("odoo.http")
    def test_wizards_of_others(self):
        receipt = self.env["crm.funnel.receipt"].with_user(self.seller)
        receipt = receipt.create({"partner_id": self.customer.id})
        allocation = self.env["crm.funnel.allocate"].with_user(self.manager).create({})
        self.login(self.foreigner)
        self._assert_refused(
            ("crm.funnel.receipt", "read", receipt.ids, ["rule"]),
            ("crm.funnel.allocate", "write", allocation.ids, {"reassign": True}),
            ("crm.funnel.allocate", "action_allocate", allocation.ids),
        )

    @mute_logger("odoo.http")
    def test_other_company(self):
        self.login(self.foreigner)
        found = self.rpc("crm.funnel.tier.move", "search_count", [])
        self.assertFalse(found)
        self._assert_refused(
            ("crm.funnel.tier.move", "read", self.move.ids, ["rule"]),
            ("res.partner", "get_funnel_tier_at", self.customer.ids, "2099-01-01"),
            ("res.partner", "action_new_need", self.customer.ids),
        )
        picture = self.rpc(
            "crm.funnel.tier",
            "get_funnel_picture",
            "2000-01-01",
            "2099-01-01",
            {"user_id": self.seller.id},
        )
        self.assertFalse(picture["total"])

    @mute_logger("odoo.http")
    def test_employee_and_portal(self):
        refused = (
            ("crm.funnel.tier", "get_funnel_picture"),
            ("crm.funnel.tier.move", "search_read", [], ["rule"]),
            ("crm.funnel.receipt", "create", [{"partner_id": self.customer.id}]),
            ("crm.funnel.allocate", "create", [{}]),
            ("res.partner", "get_funnel_tier_at", self.customer.ids, "2099-01-01"),
            ("res.partner", "action_new_need", self.customer.ids),
            ("res.partner", "read", self.customer.ids, ["rfm_score"]),
            ("res.partner", "read", self.customer.ids, ["birthdate"]),
            ("res.partner", "write", self.customer.ids, {"fit": "yes"}),
            ("res.partner", "search", [("is_call_due", "=", True)]),
        )
        for user in (self.employee, self.portal):
            self.login(user)
            self._assert_refused(*refused)

    @mute_logger("odoo.http")
    def test_bad_input_says_what_to_do(self):
        self.login(self.manager)
        for moment in ("yesterday", False, {"a": 1}):
            with self.assertRaisesRegex(JsonRpcException, "UserError"):
                self.rpc("res.partner", "get_funnel_tier_at", self.customer.ids, moment)
        for args in (("soon",), (False, False, {"team_id": "x"}), (False, False, [1])):
            with self.assertRaisesRegex(JsonRpcException, "UserError"):
                self.rpc("crm.funnel.tier", "get_funnel_picture", *args)
        before = self.rpc(
            "crm.funnel.tier", "get_funnel_picture", "2026-05-01", "2026-04-01"
        )
        self.assertEqual(before["date_from"], "2026-04-01", "days change places")
