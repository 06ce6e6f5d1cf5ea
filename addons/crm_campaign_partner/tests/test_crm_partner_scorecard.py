from dateutil.relativedelta import relativedelta
from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_scorecard import ScorecardCase


@tagged("post_install", "-at_install")
class TestCrmPartnerScorecard(ScorecardCase):
    """What each partner answers and buys, and the grade that follows (N12)."""

    def test_figures(self):
        partner = self.partners[0]
        self._invoice(partner, 700)
        self._invoice(partner, 100, kind="out_refund")
        self._invoice(partner, 300, months=14)
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": partner.id}
        )
        self._invoice(contact, 50)
        self.member.action_create_opportunity()
        card = self._card(partner)
        self.assertEqual((card.campaign_count, card.contacted_count), (2, 2))
        self.assertEqual((card.positive_count, card.response_rate), (1, 0.5))
        self.assertEqual((card.sales_year, card.sales_before), (650, 300))
        self.assertEqual(card.opportunity_count, 1)
        self.assertEqual(card.sudo().debt, 950)

    def test_debt_is_for_accountants(self):
        card = self._card(self.partners[0])
        with self.assertRaises(AccessError):
            card.read(["debt"])
        with self.assertRaises(AccessError):
            card._read_group([], [], ["debt:sum"])
        with self.assertRaises(AccessError):
            card.search([("debt", ">", 0)])
        self._invoice(self.partners[0], 700)
        for group in (
            "account.group_account_readonly",
            "account.group_account_invoice",
        ):
            accountant = new_test_user(
                self.env,
                group,
                groups=f"{group},crm_campaign_partner.group_campaign_manager",
                company_id=self.company.id,
                company_ids=[Command.set(self.company.ids)],
            )
            seen = self._card(self.partners[0], accountant)
            self.assertEqual(seen.debt, 700)

    def test_columns_by_role(self):
        cards = self.env["crm.partner.scorecard"]
        for user, expected in ((self.manager, True), (self.assignee, False)):
            arch = cards.with_user(user).get_view(view_type="list")["arch"]
            self.assertEqual("action_accept_proposal" in arch, expected, user.login)
            self.assertNotIn('name="debt"', arch)

    def test_menu_is_the_managers(self):
        menu = self.env.ref("crm_campaign_partner.menu_reporting_scorecard")
        visible = self.env["ir.ui.menu"]
        self.assertIn(menu.id, visible.with_user(self.manager)._visible_menu_ids())
        self.assertNotIn(menu.id, visible.with_user(self.owner)._visible_menu_ids())

    def test_button_on_the_partner(self):
        partner = self.partners[0]
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": partner.id}
        )
        action = contact.with_user(self.owner).action_view_scorecard()
        self.assertEqual(
            self.env[action["res_model"]].search(action["domain"]).partner_id, partner
        )

    def test_contacts_that_went_out(self):
        self.env["crm.contact.touch"].create(
            [
                {
                    "company_id": self.company.id,
                    "channel": "email",
                    "kind": "care",
                    "partner_id": self.partners[0].id,
                    "state": state,
                }
                for state in ("sent", "delivered", "blocked", "failed", "queued")
            ]
        )
        self.assertEqual(self._card(self.partners[0]).touch_count, 2)

    def test_orders_on_the_day_of_the_reader(self):
        partner = self.partners[0]
        today = fields.Date.today()
        late = fields.Datetime.to_datetime(today) - relativedelta(days=2, hours=-20)
        for moment in (late, late - relativedelta(months=13)):
            order = (
                self.env["sale.order"]
                .with_company(self.company)
                .create({"partner_id": partner.id, "company_id": self.company.id})
            )
            order.action_confirm()
            order.date_order = moment
        for tz, day in (("UTC", late.date()), ("Asia/Ho_Chi_Minh", late.date())):
            self.manager.tz = tz
            shift = relativedelta(days=tz != "UTC")
            card = self._card(partner).with_context(tz=tz)
            self.env.invalidate_all()
            self.assertEqual(card.last_order_date, day + shift, tz)
            self.assertEqual(card.order_count, 1)

    def test_rate_of_a_group(self):
        self.other_member.result_id = self.refused
        [[rate]] = self.env["crm.partner.scorecard"]._read_group(
            [("company_id", "=", self.company.id)], [], ["response_rate:avg"]
        )
        self.assertAlmostEqual(rate, 1 / 3)

    def test_proposal(self):
        partner = self.partners[0]
        self.assertFalse(self._card(partner).proposed_grade_id)
        self._invoice(partner, 150)
        self.assertEqual(self._card(partner).proposed_grade_id.name, "Fair")
        self._invoice(partner, 20000)
        card = self._card(partner)
        self.assertEqual(card.proposed_grade_id.name, "Good")
        self.assertIn("50%", card.proposal_reason)
        card.action_accept_proposal()
        self.assertEqual(partner.grade_id.name, "Good")
        self.assertIn("none → Good", partner.message_ids[0].body)
        card = self._card(partner)
        self.assertFalse(card.is_proposed)
        with self.assertRaises(UserError):
            card.action_accept_proposal()

    def test_answers_of_twelve_months_decide(self):
        partner = self.partners[0]
        self._invoice(partner, 700)
        self.assertEqual(self._card(partner).proposed_grade_id.name, "Good")
        self.member.contact_date -= relativedelta(months=14)
        card = self._card(partner)
        self.assertEqual((card.response_rate, card.response_year), (0.5, 0))
        self.assertEqual(card.proposed_grade_id.name, "Fair")
        self.assertIn("0% positive answers (0% asked for)", card.proposal_reason)
        self.third.contact_date -= relativedelta(months=14)
        self.member.contact_date = fields.Date.today()
        card = self._card(partner)
        self.assertEqual((card.response_rate, card.response_year), (0.5, 1))

    def test_without_proposal_there_is_no_reason(self):
        card = self._card(self.partners[1])
        self.assertEqual(len(card), 1)
        self.assertIs(card.proposal_reason, False)

    def test_several_at_once(self):
        partners = self.partners[:2]
        self._invoice(partners[0], 700)
        self._invoice(partners[1], 150)
        result = self._card(partners).action_accept_proposal()
        self.assertEqual(partners.mapped("grade_id.name"), ["Good", "Fair"])
        self.assertIn("2 grades changed", result["params"]["message"])
        for partner in partners:
            note = partner.message_ids[0]
            self.assertEqual(note.author_id, self.manager.partner_id)
            self.assertIn(partner.grade_id.name, note.body)

    def test_price_list_of_the_row_s_company(self):
        partner = self.partners[0]
        price_list = self.env["product.pricelist"].create(
            {"name": "Dealers", "company_id": self.company.id}
        )
        self.grades[2].default_pricelist_id = price_list
        self._invoice(partner, 150)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.company_ids += elsewhere
        companies = elsewhere + self.company
        card = self._card(partner).with_context(allowed_company_ids=companies.ids)
        card.action_accept_proposal()
        kept = "specific_property_product_pricelist"
        self.assertEqual(partner.with_company(self.company)[kept], price_list)
        self.assertFalse(partner.with_company(elsewhere)[kept])

    def test_companies_that_disagree(self):
        partner = self.partners[0]
        self._invoice(partner, 150)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.company_ids += elsewhere
        campaign = self._new_campaign("There", company_id=elsewhere.id)
        member = self._new_member(campaign, partner)
        member.result_id = self.joined
        self.env["res.partner.grade"].create(
            {
                "name": "Theirs",
                "sequence": -40,
                "company_id": elsewhere.id,
                "campaign_min_response": 0.5,
            }
        )
        self.env.flush_all()
        cards = (
            self.env["crm.partner.scorecard"]
            .with_user(self.manager)
            .with_context(allowed_company_ids=(self.company + elsewhere).ids)
            .search([("partner_id", "=", partner.id)])
        )
        self.assertEqual(
            set(cards.mapped("proposed_grade_id.name")), {"Fair", "Theirs"}
        )
        with self.assertRaisesRegex(UserError, "different grades"):
            cards.action_accept_proposal()
        self.assertFalse(partner.grade_id)
        cards.filtered(lambda c: c.company_id == elsewhere).action_accept_proposal()
        self.assertEqual(partner.grade_id.name, "Theirs")

    def test_demands_have_limits(self):
        for values in ({"campaign_min_sales": -1}, {"campaign_min_response": 1.5}):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self.grades[0].write(values)
                self.env.flush_all()

    def _count(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_queries_do_not_grow(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Dealer {n}", "is_company": True} for n in range(12)]
        )
        for partner in partners:
            self._new_member(self.campaign, partner, result_id=self.joined.id)
        self.grades[2].write({"campaign_min_sales": 0, "campaign_min_response": 0.5})
        few, many = partners[:2], partners[2:]
        columns = {"sales_year": {}, "proposed_grade_id": {}, "proposal_reason": {}}
        for work in (
            lambda some: self._card(some).web_read(columns),
            lambda some: self._card(some).action_accept_proposal(),
        ):
            self._count(lambda work=work: work(self.partners[0]))
            for_few = self._count(lambda work=work: work(few))
            for_many = self._count(lambda work=work: work(many))
            self.assertLessEqual(for_many, for_few)
        self.assertEqual(set(partners.mapped("grade_id.name")), {"Fair"})

    def test_roles(self):
        partner = self.partners[0]
        self._invoice(partner, 150)
        self.assertFalse(self._card(partner, self.assignee))
        partner.user_id = self.assignee
        card = self._card(partner, self.assignee)
        self.assertEqual(card.campaign_count, 2)
        with self.assertRaises(AccessError):
            card.action_accept_proposal()
        self.assertFalse(self._card(partner, self.outsider))
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.manager.copy(
            {
                "login": "reach_stranger",
                "company_id": elsewhere.id,
                "company_ids": [(6, 0, elsewhere.ids)],
            }
        )
        cards = self.env["crm.partner.scorecard"].with_user(stranger)
        self.assertFalse(
            cards.with_context(allowed_company_ids=elsewhere.ids).search(
                [("partner_id", "=", partner.id)]
            )
        )
        portal = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "reach_portal_card",
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        with self.assertRaises(AccessError):
            self.env["crm.partner.scorecard"].with_user(portal).search([])
