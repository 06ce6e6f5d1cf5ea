from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged, users

from .member_common import MemberCommon


@tagged("post_install", "-at_install")
class TestMemberReferral(MemberCommon):
    def _friend(self, referrer=None, **vals):
        return self.env["res.partner"].create(
            {
                "name": "Friend",
                "referrer_id": (referrer or self.customer).id,
                "user_id": self.seller.id,
                **vals,
            }
        )

    def _rewards(self, **vals):
        return self.env["crm.referral.reward"].search(
            [(name, "=", value) for name, value in vals.items()]
        )

    # Lead

    @users("funnel_seller")
    def test_conversion_hands_the_referrer_on(self):
        lead = self.make_lead(referrer_id=self.customer.id).with_env(self.env)
        lead.action_convert_to_opportunity()
        self.assertEqual(lead.partner_id.referrer_id, self.customer)
        self.assertEqual(self.customer.referral_count, 1)

    def test_conversion_to_a_company_with_a_contact(self):
        lead = self.make_lead(referrer_id=self.customer.id, partner_name="Spa Sen")
        lead.action_convert_to_opportunity()
        company = lead.partner_id.commercial_partner_id
        self.assertEqual(company.referrer_id, self.customer)
        self.assertFalse(lead.partner_id.referrer_id)

    def test_known_customer_keeps_the_first_referrer(self):
        other = self.env["res.partner"].create({"name": "Other"})
        friend = self._friend(other)
        self.make_opportunity(friend, referrer_id=self.customer.id)
        self.assertEqual(friend.referrer_id, other)
        buyer = self.env["res.partner"].create({"name": "Buyer"})
        self.make_order(buyer)
        self.make_opportunity(buyer, referrer_id=self.customer.id)
        self.assertFalse(buyer.referrer_id)
        known = self.env["res.partner"].create({"name": "Known"})
        self.make_opportunity(known, referrer_id=self.customer.id)
        self.assertEqual(known.referrer_id, self.customer)

    def test_lead_that_would_close_a_circle_changes_nothing(self):
        friend = self._friend()
        lead = self.make_opportunity(self.customer, referrer_id=friend.id)
        self.assertFalse(self.customer.referrer_id)
        self.assertIn("was not noted", lead.message_ids.mapped("body")[0])

    @users("funnel_seller")
    def test_conversion_says_that_contacts_would_close_a_circle(self):
        friend = self._friend()
        company = self.env["res.partner"].create(
            {
                "name": "Spa",
                "is_company": True,
                "child_ids": [
                    Command.create({"name": "Lan", "referrer_id": friend.id})
                ],
            }
        )
        lead = self.make_lead(
            partner_id=self.customer.id,
            referrer_id=company.id,
            phone=False,
            email_from=False,
        ).with_env(self.env)
        lead.action_convert_to_opportunity()
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.partner_id, self.customer)
        self.assertFalse(self.customer.referrer_id)
        notes = [
            body for body in lead.message_ids.mapped("body") if "not noted" in body
        ]
        self.assertEqual(len(notes), 1)
        self.assertIn("Spa", notes[0])

    def test_looking_for_a_circle_is_one_statement(self):
        far = self.customer
        for __ in range(5):
            far = self._friend(far)
        (far | self.customer).mapped("commercial_partner_id")
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.assertTrue(self.customer._is_above_referrer(far))

    def test_merged_leads_keep_the_referrer(self):
        leads = self.make_lead() | self.make_lead(referrer_id=self.customer.id)
        self.assertEqual(leads.merge_opportunity().referrer_id, self.customer)

    # Circle

    def test_no_circles(self):
        friend = self._friend()
        far = self._friend(friend)
        with self.assertRaisesRegex(ValidationError, "cannot be brought by"):
            self.customer.referrer_id = far
        with self.assertRaises(ValidationError):
            self.customer.referrer_id = friend
        with self.assertRaises(ValidationError):
            self.customer.referrer_id = self.customer

    def test_no_circles_through_contacts(self):
        company = self.env["res.partner"].create(
            {
                "name": "Spa",
                "is_company": True,
                "child_ids": [Command.create({"name": "Lan"})],
            }
        )
        friend = self._friend(company.child_ids)
        with self.assertRaises(ValidationError):
            company.referrer_id = friend

    def test_a_contact_that_joins_does_not_close_a_circle(self):
        company = self._friend(is_company=True)
        with self.assertRaises(ValidationError):
            self.customer.parent_id = company

    # Tree

    def test_counts(self):
        friend, other = self._friend(), self._friend()
        self._friend(friend)
        self.make_order(other)
        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.referral_count, 2)
        self.assertEqual(self.customer.referral_buyer_count, 1)
        self.assertEqual(self.customer.referral_branch_count, 3)
        self.assertEqual(friend.referral_count, 1)
        self.assertEqual(other.referral_count, 0)

    def test_tree_is_one_of_customers(self):
        """Contacts bring for their company, and are brought for it."""
        company = self.env["res.partner"].create(
            {"name": "Spa", "child_ids": [Command.create({"name": "Lan"})]}
        )
        company.is_company = True
        friend = self._friend(company.child_ids)
        salon = self.env["res.partner"].create({"name": "Salon", "is_company": True})
        worker = self._friend(friend, name="Worker", parent_id=salon.id)
        self._friend(worker)
        self._friend()
        find = self.env["res.partner"].search
        roots = find([("referral_count", ">", 0), ("referral_parent_id", "=", False)])
        self.assertIn(self.customer, roots)
        self.assertIn(company, roots)
        self.assertFalse(roots & (company.child_ids | friend | salon | worker))
        self.assertEqual(roots.commercial_partner_id, roots)
        children = find([("referral_parent_id", "=", company.id)])
        self.assertEqual(children, friend)
        self.assertEqual(find([("referral_parent_id", "=", friend.id)]), salon)
        self.assertEqual(salon.referral_count, 1)
        self.assertEqual(friend.referral_parent_id, company)
        self.assertEqual(salon.referral_parent_id, friend)
        self.assertFalse(company.referral_parent_id)
        self.assertEqual(find([("referral_parent_id", "ilike", "Spa")]), friend)
        self.assertNotIn(friend, find([("referral_parent_id", "!=", company.id)]))

    def test_counts_cost_one_statement(self):
        for __ in range(3):
            self._friend(self._friend())
        partners = self.env["res.partner"].search([], limit=200)
        partners.mapped("commercial_partner_id")
        self.env.flush_all()
        with self.assertQueryCount(1):
            partners._read_referral_counts()

    # Reward

    @users("funnel_seller")
    def test_first_order_rewards_the_referrer_once(self):
        friend = self._friend()
        order = self.make_quotation(friend).with_env(self.env)
        order.action_confirm()
        card = self.customer.member_card_id
        self.assertEqual(card.points, 50)
        reward = self._rewards(referred_id=friend.id)
        self.assertEqual(reward.order_id, order)
        self.assertEqual(reward.referrer_id, self.customer)
        line = self.history(card, "referral")
        self.assertIn("Friend", line.description)
        self.assertTrue(line.sudo().expiry_date)
        self.make_quotation(friend).with_env(self.env).action_confirm()
        self.assertEqual(card.points, 50)

    def test_cancelled_first_order_takes_it_back(self):
        friend = self._friend()
        order = self.make_order(friend)
        card = self.customer.member_card_id
        order._action_cancel()
        self.assertEqual(card.points, 0)
        self.assertEqual(self._rewards(referred_id=friend.id).state, "taken")
        self.make_order(friend)
        self.assertEqual(card.points, 50)
        self.assertEqual(len(self._rewards(referred_id=friend.id, state="given")), 1)

    def test_second_order_takes_the_place_of_the_cancelled_first(self):
        friend = self._friend()
        first, second = self.make_order(friend), self.make_order(friend)
        card = self.customer.member_card_id
        first._action_cancel()
        self.assertEqual(card.points, 50)
        reward = self._rewards(referred_id=friend.id, state="given")
        self.assertEqual(reward.order_id, second)

    def test_who_bought_before_is_no_referral(self):
        friend = self.env["res.partner"].create({"name": "Friend"})
        self.make_order(friend)
        friend.referrer_id = self.customer
        self.make_order(friend)
        self.assertFalse(self._rewards(referred_id=friend.id))

    def test_no_reward_without_points_or_program(self):
        self.program.referral_points = 0
        self.make_order(self._friend())
        self.program.write({"referral_points": 50, "is_membership": False})
        self.make_order(self._friend())
        self.assertFalse(self._rewards(referrer_id=self.customer.id))

    def test_two_at_once_leave_one(self):
        friend = self._friend()
        order = self.make_order(friend)
        again = self.env["crm.referral.reward"]._give(order.sudo())
        self.assertFalse(again)
        self.assertEqual(self.customer.member_card_id.points, 50)

    def test_contact_of_a_referred_company(self):
        company = self._friend(
            is_company=True, child_ids=[Command.create({"name": "Lan"})]
        )
        self.make_order(company.child_ids)
        reward = self._rewards(referrer_id=self.customer.id)
        self.assertEqual(reward.referred_id, company)

    def test_two_who_bought_make_a_fan(self):
        self.make_order(self._friend())
        self.assertTier(self.customer, "target")
        order = self.make_order(self._friend())
        self.assertTier(self.customer, "fan")
        self.assertTrue(self.customer.member_card_id)
        order._action_cancel()
        self.assertTier(self.customer, "target")

    def test_statements_do_not_grow_with_orders(self):
        def count(number):
            orders = self.env["sale.order"]
            for __ in range(number):
                orders |= self.make_quotation(self._friend())
            orders.state = "sale"
            self.make_card()
            self.env.flush_all()
            self.env.invalidate_all()
            orders.partner_id.mapped("display_name")
            before = self.env.cr.sql_log_count
            orders._reward_referrers()
            self.env.flush_all()
            spent = self.env.cr.sql_log_count - before
            self.assertEqual(len(self._rewards(state="given")), self.given + number)
            self.given += number
            return spent

        self.given = len(self._rewards(state="given"))
        count(1)
        self.assertLessEqual(count(12) - count(3), 1)
