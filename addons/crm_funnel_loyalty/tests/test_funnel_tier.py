from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged, users

from .common import FunnelCommon


@tagged("post_install", "-at_install")
class TestFunnelTier(FunnelCommon):
    def assertMove(self, move, source, target, document, direction="up"):
        self.assertEqual(move.from_tier_id.code, source)
        self.assertEqual(move.to_tier_id.code, target)
        self.assertEqual(move.direction, direction)
        self.assertEqual(move.document, document)
        self.assertTrue(move.rule)
        self.assertTrue(move.date)

    def test_new_customer_is_target(self):
        self.assertTier(self.customer, "target")
        self.assertTrue(self.customer.funnel_tier_since)
        self.assertFalse(self.moves(self.customer), "being on file is not a move")

    @users("funnel_seller")
    def test_the_whole_way_up(self):
        lead = self.make_lead(partner_id=self.customer.id).with_env(self.env)
        self.assertTier(self.customer, "target")
        lead.action_convert_to_opportunity()
        self.assertTier(self.customer, "opportunity")
        quotation = self.make_quotation(self.customer, opportunity_id=lead.id)
        quotation = quotation.with_env(self.env)
        self.assertTier(self.customer, "quotation")
        quotation.action_quotation_sent()
        self.assertTier(self.customer, "quotation")
        quotation.action_confirm()
        self.assertTier(self.customer, "contract")
        self.assertEqual(self.customer.last_order_date, quotation.date_order)
        second = self.make_order(self.customer)
        self.assertTier(self.customer, "repeat")
        self.make_order(self.customer)
        self.assertTier(self.customer, "repeat")
        fourth = self.make_order(self.customer)
        self.assertTier(self.customer, "loyal")
        friends = self.env["res.partner"].create(
            [{"name": name, "referrer_id": self.customer.id} for name in "AB"]
        )
        self.make_order(friends[0])
        self.assertTier(self.customer, "loyal")
        self.make_order(friends[1])
        self.assertTier(self.customer, "fan")
        moves = self.moves(self.customer)
        self.assertMove(moves[0], "target", "opportunity", lead)
        self.assertMove(moves[1], "opportunity", "quotation", quotation)
        self.assertMove(moves[2], "quotation", "contract", quotation)
        self.assertMove(moves[3], "contract", "repeat", second)
        self.assertMove(moves[4], "repeat", "loyal", fourth)
        self.assertMove(moves[5], "loyal", "fan", friends[1])
        self.assertEqual(len(moves), 6)
        self.assertIn("4", moves[4].rule)
        self.assertEqual(moves[4].order_amount, 24000000.0)

    def test_loyal_needs_the_amount_too(self):
        for __ in range(4):
            self.make_order(self.customer, price=4999999.0)
        self.assertTier(self.customer, "repeat")
        self.make_order(self.customer, price=4.0)
        self.assertTier(self.customer, "loyal")

    def test_loyal_forgets_old_orders(self):
        now = fields.Datetime.now()
        for months in (1, 2, 3):
            self.make_order(
                self.customer, date_order=now - relativedelta(months=months)
            )
        old = self.make_order(self.customer, date_order=now - relativedelta(months=13))
        self.assertTier(self.customer, "repeat")
        old.date_order = now - relativedelta(months=11)
        self.assertTier(self.customer, "loyal")

    def test_cancelling_goes_down_at_once_and_peak_stays(self):
        order = self.make_order(self.customer)
        second = self.make_order(self.customer)
        self.assertTier(self.customer, "repeat")
        second._action_cancel()
        self.assertTier(self.customer, "contract")
        move = self.moves(self.customer)[-1]
        self.assertMove(move, "repeat", "contract", second, "down")
        order._action_cancel()
        self.assertTier(self.customer, "target")
        self.assertFalse(self.customer.last_order_date)
        self.assertEqual(self.customer.funnel_tier_peak_id.code, "repeat")

    def test_deleting_a_quotation_goes_down(self):
        quotation = self.make_quotation(self.customer)
        quotation.unlink()
        self.assertTier(self.customer, "target")
        self.assertMove(
            self.moves(self.customer)[-1], "quotation", "target", self.customer, "down"
        )

    def test_opportunity_lost_restored_and_moved(self):
        opportunity = self.make_opportunity(self.customer)
        opportunity.action_set_lost()
        self.assertTier(self.customer, "target")
        self.assertEqual(self.moves(self.customer)[-1].document, opportunity)
        opportunity.action_restore()
        self.assertTier(self.customer, "opportunity")
        other = self.env["res.partner"].create({"name": "Other"})
        opportunity.partner_id = other
        self.assertTier(self.customer, "target")
        self.assertTier(other, "opportunity")
        opportunity.unlink()
        self.assertTier(other, "target")

    def test_order_given_to_another_customer(self):
        order = self.make_order(self.customer)
        other = self.env["res.partner"].create({"name": "Other"})
        order._action_cancel()
        order.action_draft()
        order.partner_id = other
        order.action_confirm()
        self.assertTier(self.customer, "target")
        self.assertTier(other, "contract")

    def test_referrer_goes_down_with_the_friends_order(self):
        friends = self.env["res.partner"].create(
            [{"name": name, "referrer_id": self.customer.id} for name in "AB"]
        )
        orders = [self.make_order(friend) for friend in friends]
        self.assertTier(self.customer, "fan")
        orders[0]._action_cancel()
        self.assertTier(self.customer, "target")
        orders[0].action_draft()
        orders[0].action_confirm()
        self.assertTier(self.customer, "fan")
        friends[0].referrer_id = False
        self.assertTier(self.customer, "target")

    def test_nobody_refers_oneself(self):
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.customer.id}
        )
        with self.assertRaises(ValidationError):
            self.customer.referrer_id = contact

    def test_contacts_show_their_company(self):
        company = self.env["res.partner"].create({"name": "Spa", "is_company": True})
        contact = self.env["res.partner"].create(
            {"name": "Lan", "parent_id": company.id}
        )
        self.make_order(contact)
        self.assertTier(company, "contract")
        self.assertTier(contact, "contract")
        self.assertFalse(self.moves(contact), "moves are the company's")
        late = self.env["res.partner"].create({"name": "Mai", "parent_id": company.id})
        self.assertTier(late, "contract")
        self.assertEqual(late.last_order_date, company.last_order_date)
        self.assertEqual(late.funnel_move_count, company.funnel_move_count)

    def test_contact_that_becomes_its_own_customer(self):
        company = self.env["res.partner"].create({"name": "Spa", "is_company": True})
        contact = self.env["res.partner"].create(
            {"name": "Lan", "parent_id": company.id}
        )
        self.make_order(contact)
        contact.parent_id = False
        self.assertTier(company, "target")
        self.assertTier(contact, "contract")

    def test_second_call_writes_nothing(self):
        self.make_order(self.customer)
        self.make_order(self.customer)
        moves = self.moves(self.customer)
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT xmin, ctid FROM res_partner WHERE id = %s", [self.customer.id]
        )
        before = self.env.cr.fetchall()
        self.customer._recompute_funnel_tier()
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT xmin, ctid FROM res_partner WHERE id = %s", [self.customer.id]
        )
        self.assertEqual(self.env.cr.fetchall(), before)
        self.assertEqual(self.moves(self.customer), moves)

    def test_foreign_currency_uses_the_orders_rate(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XFT",
                "symbol": "X",
                "rate_ids": [Command.create({"rate": 0.5, "name": "2020-01-01"})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "X", "currency_id": currency.id}
        )
        for __ in range(4):
            self.make_order(self.customer, price=2500000.0, pricelist_id=pricelist.id)
        self.assertTier(self.customer, "loyal")
        self.assertEqual(self.moves(self.customer)[-1].order_amount, 20000000.0)

    def test_threshold_changed_takes_effect_by_cron(self):
        self.make_order(self.customer)
        self.tiers["contract"].min_orders = 2
        with self.enter_registry_test_mode():
            self.env.ref(
                "crm_funnel_loyalty.ir_cron_recompute_funnel_tier"
            ).method_direct_trigger()
        self.customer.invalidate_recordset()
        self.assertTier(self.customer, "target")

    def test_looking_back(self):
        # in the evening of UTC it is the next day in Viet Nam
        past = (fields.Datetime.now() - timedelta(days=100)).replace(hour=20)
        self.make_order(self.customer, date_order=past)
        self.customer.sudo().funnel_tier_id = self.tiers["target"]
        self.customer._recompute_funnel_tier(at=past - timedelta(days=1))
        self.assertTier(self.customer, "target")
        self.customer._recompute_funnel_tier(at=past)
        self.assertTier(self.customer, "contract")
        self.assertEqual(
            self.moves(self.customer)[-1].date, past.replace(microsecond=0)
        )
        tomorrow = past.date() + timedelta(days=1)
        self.assertEqual(self.customer.funnel_tier_since, tomorrow)

    def test_merging_contacts(self):
        twin = self.env["res.partner"].create({"name": "Twin"})
        self.make_order(self.customer)
        self.make_order(twin)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.customer | twin).ids, self.customer
        )
        self.assertFalse(twin.exists())
        self.assertTier(self.customer, "repeat")

    def test_the_seven_stay(self):
        with self.assertRaises(UserError):
            self.tiers["fan"].unlink()

    def test_all_seven_are_columns(self):
        result = (
            self.env["res.partner"]
            .with_context(read_group_expand=True)
            .web_read_group([("id", "=", self.customer.id)], groupby=["funnel_tier_id"])
        )
        self.assertEqual(len(result["groups"]), 7)

    def test_rule_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        self.make_order(self.customer)
        move = self.moves(self.customer)[-1]
        english = move.with_context(lang="en_US").rule
        self.assertNotEqual(move.with_context(lang="vi_VN").rule, english)
