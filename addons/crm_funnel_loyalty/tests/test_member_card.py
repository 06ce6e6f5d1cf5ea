import doctest
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from ..services import barcode, member_rows
from .member_common import MemberCommon


@tagged("post_install", "-at_install")
class TestMemberCard(MemberCommon):
    def test_doctests(self):
        for module in (barcode, member_rows):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 0)
            self.assertEqual(result.failed, 0)

    def test_reaching_the_tier_makes_the_card(self):
        self.make_quotation(self.customer)
        self.assertFalse(self.customer.member_card_id)
        self.make_order(self.customer)
        card = self.customer.member_card_id
        self.assertEqual(card.program_id, self.program)
        self.assertEqual(card.code[:2], "TV")
        self.assertEqual(card.member_since, card._get_today())
        self.assertEqual(card.funnel_tier_id.code, "contract")
        self.assertEqual(self.customer.member_number, card.code)

    def test_level_follows_the_tier_and_going_down_keeps_the_card(self):
        order = self.make_order(self.customer)
        self.make_order(self.customer)
        card = self.customer.member_card_id
        self.assertEqual(card.funnel_tier_id.code, "repeat")
        groups = self.env["loyalty.card"]._read_group(
            [("id", "=", card.id)], ["funnel_tier_id"], ["__count"]
        )
        self.assertEqual(groups, [(self.tiers["repeat"], 1)])
        (order | self.customer.sale_order_ids)._action_cancel()
        self.assertEqual(card.funnel_tier_id.code, "target")
        self.assertEqual(self.customer.member_card_id, card)

    def test_a_card_each_and_one_only(self):
        card = self.make_card()
        self.assertEqual(self.make_card(), card)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["loyalty.card"].create(
                {"program_id": self.program.id, "partner_id": self.customer.id}
            )

    @users("funnel_seller")
    def test_button_makes_the_card_and_then_opens_it(self):
        customer = self.customer.with_env(self.env)
        action = customer.action_member_card()
        self.assertEqual(action["res_id"], customer.member_card_id.id)
        self.assertTrue(action["res_id"])
        self.assertEqual(customer.action_member_card()["res_id"], action["res_id"])

    @users("funnel_seller")
    def test_button_says_what_to_do_without_a_program(self):
        self.program.is_membership = False
        with self.assertRaisesRegex(UserError, "Membership Program"):
            self.customer.with_env(self.env).action_member_card()

    def test_contacts_show_the_card_of_their_company(self):
        company = self.env["res.partner"].create(
            {
                "name": "Spa",
                "is_company": True,
                "child_ids": [Command.create({"name": "Lan"})],
            }
        )
        action = company.child_ids.action_member_card()
        self.assertEqual(company.member_card_id.id, action["res_id"])
        self.assertEqual(company.child_ids.member_card_id, company.member_card_id)

    def test_installing_on_old_customers_waits_for_the_job(self):
        self.program.active = False
        self.make_order(self.customer)
        self.program.active = True
        self.assertFalse(self.customer.member_card_id)
        self.run_cron()
        self.customer.invalidate_recordset()
        self.assertTrue(self.customer.member_card_id)

    def test_cards_given_out_before_become_membership_cards(self):
        self.program.is_membership = False
        self.make_order(self.customer)
        card = self.env["loyalty.card"].search([("partner_id", "=", self.customer.id)])
        self.assertFalse(card.member_since)
        self.program.is_membership = True
        self.assertTrue(card.member_since)
        self.assertEqual(self.customer.member_card_id, card)

    def _hold(self, *points):
        """Ordinary cards of the customer, from before there was a membership."""
        self.program.is_membership = False
        return self.env["loyalty.card"].create(
            [
                {
                    "program_id": self.program.id,
                    "partner_id": self.customer.id,
                    "points": number,
                }
                for number in points
            ]
        )

    def test_of_several_cards_the_one_with_most_points_makes_the_member(self):
        first, second, third = self._hold(5, 40, 40)
        self.program.is_membership = True
        self.assertTrue(second.member_since)
        self.assertFalse(first.member_since or third.member_since)
        self.assertEqual(self.customer.member_card_id, second)
        self.assertEqual(self.customer.member_number, second.code)
        self.assertEqual(self.make_card(), second)
        self.assertEqual(self.customer.action_member_card()["res_id"], second.id)
        self.assertFalse(first.member_since or third.member_since)
        self.run_cron()
        self.assertEqual(self.customer.member_card_ids, second)
        first.points = 99
        self.program.is_membership = False
        self.program.is_membership = True
        self.assertEqual(self.customer.member_card_ids, second)

    def test_of_several_cards_without_a_member_the_job_marks_one(self):
        first, second = self._hold(5, 40)
        self.program.write({"is_membership": True, "active": False})
        (first | second).sudo().member_since = False
        self.env.flush_all()
        self.assertEqual(self.make_card(), second)
        self.assertEqual((first | second).filtered("member_since"), second)

    def test_program_with_cards_that_comes_back_makes_members(self):
        self.program.active = False
        first, second = self._hold(5, 40)
        self.program.is_membership = True
        (first | second).sudo().member_since = False
        self.program.active = True
        self.assertEqual(self.customer.member_card_ids, second)

    def test_orders_collect_on_the_member_card(self):
        first, second = self._hold(5, 40)
        self.program.is_membership = True
        order = self.make_order(self.customer, 6000000)
        self.assertEqual((first.points, second.points), (5, 100))
        self.assertEqual(order.member_card_id, second)
        order._action_cancel()
        self.assertEqual((first.points, second.points), (5, 40))

    def test_ordinary_card_still_pays(self):
        first, second = self._hold(20, 40)
        self.program.is_membership = True
        order = self.make_quotation(self.customer, 1000000)
        order._update_programs_and_rewards()
        order._apply_program_reward(self.program.reward_ids, first)
        order._update_programs_and_rewards()
        order.action_confirm()
        self.assertEqual(order.amount_untaxed, 1000000 - 20 * 1000)
        self.assertEqual(first.points, 0)
        self.assertGreater(second.points, 40)

    def test_referral_thanks_on_the_member_card(self):
        first, second = self._hold(40, 5)
        self.program.is_membership = True
        friend = self.env["res.partner"].create(
            {"name": "Friend", "referrer_id": self.customer.id}
        )
        self.make_order(friend)
        self.assertEqual((first.points, second.points), (90, 5))

    def test_one_program_per_company(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.program.copy({"is_membership": True})
            self.env.flush_all()

    def test_only_a_loyalty_program_makes_members(self):
        with self.assertRaisesRegex(ValidationError, "Loyalty Cards"):
            self.make_promotion().is_membership = True

    def test_a_shared_program_serves_companies_without_their_own(self):
        programs = self.env["loyalty.program"]
        other = self.env["res.company"].create({"name": "Branchless"})
        self.assertFalse(programs._get_membership(other))
        shared = self.program.copy()
        shared.company_id = False
        shared.is_membership = True
        self.assertEqual(programs._get_membership(other), shared)
        self.assertEqual(programs._get_membership(self.company), self.program)

    def _make_other_program(self):
        other = self.env["res.company"].create({"name": "Other company"})
        programs = self.env["loyalty.program"]
        return other, programs.create(programs._prepare_membership(other))

    def _run_and_get_programs(self, partner):
        self.run_cron()
        return partner.member_card_ids.program_id

    def test_shared_customer_is_a_member_where_he_has_bought(self):
        other, program = self._make_other_program()
        contact = self.env["res.partner"].create(
            {"name": "Lan", "parent_id": self.customer.id, "type": "other"}
        )
        order = self.make_quotation(contact, company_id=other.id)
        order.with_company(self.company).action_confirm()
        self.assertEqual(self.customer.member_card_ids.program_id, program)
        self.assertEqual(self._run_and_get_programs(self.customer), program)
        self.make_order(self.customer)
        self.assertEqual(
            self._run_and_get_programs(self.customer), program | self.program
        )

    def test_salesperson_moves_customers_past_programs_he_may_not_read(self):
        __, program = self._make_other_program()
        self.env.invalidate_all()
        order = self.make_quotation(self.customer).with_user(self.seller)
        self.assertFalse(program.with_user(self.seller).has_access("read"))
        order.action_confirm()
        self.assertEqual(self.customer.member_card_ids.program_id, self.program)

    def test_customer_of_one_company_gets_its_card_only(self):
        other, program = self._make_other_program()
        shared = self.program.copy({"company_id": False})
        shared.is_membership = True
        self.tiers["opportunity"].makes_member = True
        for company, expected in ((other, program), (self.company, self.program)):
            partner = self.env["res.partner"].create(
                {"name": "Bound", "company_id": company.id}
            )
            self.make_opportunity(
                partner, company_id=company.id, team_id=False, user_id=False
            )
            self.assertEqual(self._run_and_get_programs(partner), expected)

    def test_who_has_not_bought_gets_the_card_of_the_one_program(self):
        self.tiers["opportunity"].makes_member = True
        self.make_opportunity(self.customer)
        self.assertEqual(self.customer.member_card_ids.program_id, self.program)
        self._make_other_program()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.make_opportunity(stranger)
        self.assertFalse(stranger.member_card_ids)
        self.assertFalse(self._run_and_get_programs(stranger))

    def test_setting_up_once(self):
        self.program.is_membership = False
        programs = self.env["loyalty.program"]
        first = programs.with_user(self.manager).action_open_membership()["res_id"]
        again = programs.with_user(self.manager).action_open_membership()["res_id"]
        self.assertEqual(first, again)
        made = programs.browse(first)
        self.assertTrue(made.is_membership)
        self.assertEqual(len(made.rule_ids), 1)
        self.assertEqual(len(made.reward_ids), 1)
        self.assertGreater(made.rule_ids.reward_point_amount, 0)

    def test_cards_cost_the_same_statements_for_few_and_many(self):
        def count(number):
            partners = self.env["res.partner"].create(
                [{"name": f"Customer {n}"} for n in range(number)]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            counter = self.env.cr.sql_log_count
            with patch.object(
                type(self.env["ir.sequence"]), "next_by_id", self._next_number
            ):
                partners._make_member_cards(self.program)
                self.env.flush_all()
            return self.env.cr.sql_log_count - counter

        self.number = 0
        count(1)
        self.assertEqual(count(3), count(60))

    def _next_number(self, *args, **kwargs):
        TestMemberCard.counter = getattr(TestMemberCard, "counter", 0) + 1
        return f"T{TestMemberCard.counter}"

    def test_search_and_filters(self):
        card = self.make_card()
        self.assertIn(
            self.customer,
            self.env["res.partner"].search([("member_card_ids", "!=", False)]),
        )
        self.assertIn(
            card, self.env["loyalty.card"].search([("is_membership", "=", 1)])
        )

    def test_merged_customers_keep_one_card_with_all_points(self):
        twin = self.env["res.partner"].create({"name": "Hoa again"})
        self.book(self.make_card(), issued=30)
        self.book(self.make_card(twin), issued=12)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | twin).ids, self.customer)
        self.assertEqual(self.customer.member_card_id.points, 42)

    def test_report(self):
        card = self.make_card()
        report = self.env["ir.actions.report"]
        html, __ = report._render_qweb_html(
            "crm_funnel_loyalty.report_member_card", card.ids
        )
        html = html.decode()
        self.assertIn(card.code, html)
        self.assertIn(self.customer.name, html)
        self.assertEqual(html.count("data:image/svg+xml;base64"), 2)
        action = card.action_print_member_card()
        self.assertEqual(action["report_name"], "crm_funnel_loyalty.report_member_card")
