from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged, users

from .common import FunnelCommon


@tagged("post_install", "-at_install")
class TestFunnelNeed(FunnelCommon):
    """New need, quotations, screening, statuses, allocation."""

    @users("funnel_seller")
    def test_new_need_brings_the_last_products(self):
        order = self.make_order(self.customer)
        order.order_line.product_uom_qty = 3.0
        customer = self.customer.with_env(self.env)
        action = customer.action_new_need()
        lead = self.env["crm.lead"].browse(action["res_id"])
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.partner_id, customer)
        self.assertEqual(lead.user_id, self.env.user)
        self.assertEqual(lead.previous_order_id.id, order.id)
        self.assertEqual(lead.need_product_ids.ids, self.product.ids)
        self.assertEqual(lead.expected_revenue, order.amount_untaxed)
        context = lead._prepare_opportunity_quotation_context()
        quotation = self.env["sale.order"].with_context(**context).create({})
        self.assertEqual(quotation.order_line.product_id.ids, self.product.ids)
        self.assertEqual(quotation.order_line.product_uom_qty, 3.0)

    @users("funnel_seller")
    def test_a_second_click_makes_none(self):
        customer = self.customer.with_env(self.env)
        first = customer.action_new_need()
        self.assertEqual(customer.action_new_need()["res_id"], first["res_id"])

    @users("funnel_manager")
    def test_many_at_once(self):
        partners = self.env["res.partner"].create([{"name": n} for n in "ABC"])
        partners[0].action_new_need()
        action = partners.action_new_need()
        self.assertIn("2", action["params"]["message"])
        self.assertEqual(set(partners.mapped("funnel_tier_id.code")), {"opportunity"})
        leads = self.env["crm.lead"].search([("partner_id", "in", partners.ids)])
        self.assertEqual(len(leads), 3)
        with self.assertRaises(UserError):
            self.env["res.partner"].action_new_need()

    def test_new_need_is_for_the_sales_department(self):
        employee = new_test_user(self.env, "need_employee", "base.group_user")
        with self.assertRaises(AccessError):
            self.customer.with_user(employee).action_new_need()

    @users("funnel_seller")
    def test_all_earlier_quotations_with_lines(self):
        for price in (5000000.0, 6000000.0):
            self.make_quotation(self.customer, price=price)
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.customer.id}
        )
        self.make_order(contact, price=7000000.0)
        action = self.customer.with_env(self.env).action_view_funnel_quotations()
        lines = self.env["sale.order.line"].search(action["domain"])
        self.assertEqual(
            sorted(lines.mapped("price_unit")), [5000000.0, 6000000.0, 7000000.0]
        )
        opened = lines[0].action_open_funnel_order()
        self.assertEqual(opened["res_id"], lines[0].order_id.id)

    def test_quoted_customers_come_first(self):
        late = self.env["res.partner"].create({"name": "Quoted"})
        last = self.env["res.partner"].create({"name": "Last"})
        self.make_quotation(late)
        found = self.env["res.partner"].search(
            [("id", "in", (self.customer | late | last).ids)],
            order="has_open_quotation desc, funnel_tier_since desc, id desc",
        )
        self.assertEqual(found[0], late)
        late.sale_order_ids._action_cancel()
        self.assertFalse(late.has_open_quotation)

    def test_screening_is_signed(self):
        customer = self.customer.with_user(self.seller)
        customer.write({"fit": "yes", "screened_by_id": self.other.id})
        self.assertEqual(customer.screened_by_id, self.seller)
        self.assertTrue(customer.screened_date)
        customer.write({"screened_by_id": self.other.id})
        self.assertEqual(customer.screened_by_id, self.seller)

    def test_screening_goes_along_with_the_lead(self):
        lead = self.make_lead(phone="0901234777", fit="yes", can_pay="maybe")
        lead.action_convert_to_opportunity()
        self.assertEqual(lead.partner_id.fit, "yes")
        self.assertEqual(lead.partner_id.can_pay, "maybe")
        known = self.make_lead(
            phone="0901234777", fit="no", can_pay="yes", contact_name="Other"
        )
        known._handle_partner_assignment(force_partner_id=lead.partner_id.id)
        self.assertEqual(lead.partner_id.fit, "yes", "an answer is not overwritten")
        self.customer.fit = "no"
        other = self.make_lead(phone="0901234778", fit="yes", can_pay="yes")
        other._handle_partner_assignment(force_partner_id=self.customer.id)
        self.assertEqual((self.customer.fit, self.customer.can_pay), ("no", "yes"))

    def test_need_status_from_received_to_traded(self):
        Status = self.env["crm.need.status"]
        lead = self.make_lead()
        self.assertFalse(lead.need_status_id)
        need = self.make_opportunity(self.customer)
        received = self.env.ref("crm_funnel_loyalty.need_status_received")
        self.assertEqual(need.need_status_id, received)
        own = Status.create(
            {"name": "Ours", "sequence": 1, "company_id": self.env.company.id}
        )
        self.assertEqual(self.make_opportunity(self.customer).need_status_id, own)
        self.make_order(self.customer, opportunity_id=need.id)
        self.assertTrue(need.need_status_id.is_traded)

    def test_need_statuses_of_another_company_are_hidden(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        status = self.env["crm.need.status"].create(
            {"name": "Theirs", "company_id": elsewhere.id}
        )
        Status = self.env["crm.need.status"].with_user(self.manager)
        self.assertNotIn(status.id, Status.search([]).ids)
        with self.assertRaises(AccessError):
            Status.with_user(self.seller).create({"name": "Mine"})

    def _allocate(self, user, partners, **vals):
        return (
            self.env["crm.funnel.allocate"]
            .with_user(user)
            .with_context(active_model="res.partner", active_ids=partners.ids)
            .create(vals)
        )

    def test_allocation_to_a_group(self):
        partners = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(5)])
        wizard = self._allocate(self.manager, partners | self.customer)
        self.assertEqual((wizard.partner_count, wizard.owned_count), (6, 1))
        wizard.team_id = self.team
        wizard._onchange_team_id()
        wizard.action_allocate()
        # the seller has a customer already, so the other one begins
        self.assertEqual(len(partners.filtered(lambda p: p.user_id == self.other)), 3)
        self.assertEqual(len(partners.filtered(lambda p: p.user_id == self.seller)), 2)
        self.assertEqual(self.customer.user_id, self.seller, "left alone")

    def test_allocation_takes_away_only_when_told(self):
        wizard = self._allocate(
            self.manager, self.customer, user_ids=[Command.link(self.other.id)]
        )
        with self.assertRaises(UserError):
            wizard.action_allocate()
        wizard.reassign = True
        wizard.action_allocate()
        self.assertEqual(self.customer.user_id, self.other)
        with self.assertRaises(UserError):
            self._allocate(self.manager, self.customer).action_allocate()

    def test_allocation_is_for_the_sale_admin(self):
        with self.assertRaises(AccessError):
            self._allocate(self.seller, self.customer)
        wizard = self._allocate(self.manager, self.customer)
        leader = new_test_user(
            self.env, "need_leader", "sales_team.group_sale_salesman_all_leads"
        )
        self.assertTrue(self._allocate(leader, self.customer))
        with self.assertRaises(AccessError):
            wizard.with_user(leader).read(["reassign"])
