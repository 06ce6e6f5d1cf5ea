from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged, users

from .common import FunnelCommon


@tagged("post_install", "-at_install")
class TestFunnelAccess(FunnelCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "funnel_portal", "base.group_portal")
        cls.employee = new_test_user(cls.env, "funnel_employee", "base.group_user")
        cls.foreign_company = cls.env["res.company"].create({"name": "Other company"})
        cls.foreigner = new_test_user(
            cls.env,
            "funnel_foreigner",
            "sales_team.group_sale_manager",
            company_id=cls.foreign_company.id,
            company_ids=[Command.set(cls.foreign_company.ids)],
        )
        cls.make_order(cls.customer)
        cls.move = cls.env["crm.funnel.tier.move"].search(
            [("partner_id", "=", cls.customer.id)], limit=1
        )

    def test_sales_groups_bring_ours(self):
        self.assertTrue(self.seller.has_group("crm_funnel_loyalty.group_user"))
        self.assertFalse(self.seller.has_group("crm_funnel_loyalty.group_manager"))
        self.assertTrue(self.manager.has_group("crm_funnel_loyalty.group_manager"))

    def test_nobody_sets_a_tier_by_hand(self):
        fan = self.tiers["fan"].id
        values = (
            {"funnel_tier_id": fan},
            {"funnel_tier_peak_id": fan},
            {"funnel_tier_since": "2020-01-01"},
            {"last_order_date": "2020-01-01"},
        )
        for user in (self.seller, self.manager):
            Partner = self.env["res.partner"].with_user(user)
            for vals in values:
                with self.assertRaises(AccessError):
                    Partner.browse(self.customer.id).write(vals)
                with self.assertRaises(AccessError):
                    Partner.create({"name": "New", **vals})
                defaults = {f"default_{name}": val for name, val in vals.items()}
                with self.assertRaises(AccessError):
                    Partner.with_context(**defaults).create({"name": "New"})
        self.assertTier(self.customer, "contract")

    @users("funnel_seller")
    def test_import_does_not_set_a_tier(self):
        result = self.env["res.partner"].load(
            ["name", "funnel_tier_id/.id"], [["New", str(self.tiers["fan"].id)]]
        )
        self.assertFalse(result["ids"])
        self.assertIn("by hand", result["messages"][0]["message"])

    @users("funnel_seller")
    def test_writing_back_the_same_is_harmless(self):
        customer = self.customer.with_env(self.env)
        customer.write({"funnel_tier_id": customer.funnel_tier_id.id, "city": "Huế"})
        self.assertEqual(customer.city, "Huế")

    def test_moves_are_append_only(self):
        for user in (self.seller, self.manager, self.env.ref("base.user_admin")):
            move = self.move.with_user(user)
            with self.assertRaises(AccessError):
                move.write({"to_tier_id": self.tiers["fan"].id})
            with self.assertRaises(AccessError):
                move.unlink()
            with self.assertRaises(AccessError):
                move.create(
                    {
                        "partner_id": self.customer.id,
                        "to_tier_id": self.tiers["fan"].id,
                        "date": "2026-01-01",
                        "direction": "up",
                    }
                )

    def test_seller_sees_moves_of_own_customers(self):
        mine = [("partner_id", "=", self.customer.id)]
        Move = self.env["crm.funnel.tier.move"]
        self.assertTrue(Move.with_user(self.seller).search(mine))
        self.assertFalse(Move.with_user(self.other).search(mine))
        self.assertTrue(Move.with_user(self.manager).search(mine))
        with self.assertRaises(AccessError):
            self.move.with_user(self.other).read(["partner_id"])
        self.customer.user_id = False
        self.assertTrue(Move.with_user(self.other).search(mine))

    def test_other_company_sees_no_moves(self):
        Move = self.env["crm.funnel.tier.move"].with_user(self.foreigner)
        self.assertFalse(Move.search([("partner_id", "=", self.customer.id)]))

    def test_portal_and_employee(self):
        for user in (self.portal, self.employee):
            with self.assertRaises(AccessError):
                self.env["crm.funnel.tier.move"].with_user(user).search([])
        for model in ("crm.funnel.tier", "crm.lead.stage"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.portal).search([])
            records = self.env[model].with_user(self.employee).search([])
            self.assertTrue(records)
            with self.assertRaises(AccessError):
                records[0].write({"name": "Mine"})

    @users("funnel_seller")
    def test_seller_configures_nothing(self):
        for record in (
            self.tiers["loyal"],
            self.env.ref("crm_funnel_loyalty.lead_stage_trial"),
        ):
            with self.assertRaises(AccessError):
                record.with_env(self.env).write({"name": "Mine"})

    @users("funnel_manager")
    def test_manager_configures(self):
        self.tiers["loyal"].with_env(self.env).min_orders = 5
        self.env["crm.lead.stage"].create({"name": "Second call"})
        with self.assertRaises(AccessError):
            self.env["crm.funnel.tier"].create(
                {"name": "Eighth", "code": "fan", "sequence": 80}
            )

    def test_employee_opens_the_contact_form(self):
        arch = self.customer.with_user(self.employee).get_view(view_type="form")["arch"]
        self.assertNotIn("funnel_move_count", arch)

    def test_portal_order_moves_the_customer(self):
        partner = self.portal.partner_id
        order = self.make_quotation(partner)
        order.with_user(self.portal).sudo().action_confirm()
        self.assertTier(partner, "contract")

    def test_move_with_a_foreign_document_can_be_read(self):
        """The proof may be a colleague's order: the row shows, the order does not."""
        self.move.document.sudo().user_id = self.other
        read = self.move.with_user(self.seller).web_read(
            {"rule": {}, "document": {"fields": {"display_name": {}}}}
        )
        self.assertTrue(read[0]["rule"])

    def test_administrator_without_superuser_rights_makes_a_user(self):
        """A new user brings a contact, and with it the default tier by name."""
        admin = self.env.ref("base.user_admin")
        user = (
            self.env["res.users"]
            .with_user(admin)
            .create({"name": "New Colleague", "login": "funnel_new_colleague"})
        )
        self.assertEqual(user.partner_id.funnel_tier_id.code, "target")
