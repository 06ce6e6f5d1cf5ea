from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CampaignCase


@tagged("post_install", "-at_install")
class TestCrmPartnerScorecard(CampaignCase):
    """What each partner answers and buys, and the grade that follows (N12)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "Serum"})
        cls.journal = cls.env["account.journal"].create(
            {
                "name": "Sales",
                "code": "REACH",
                "type": "sale",
                "company_id": cls.company.id,
            }
        )
        cls.income = cls.env["account.account"].create(
            {
                "name": "Income",
                "code": "REACH1",
                "account_type": "income",
                "company_ids": [Command.set(cls.company.ids)],
            }
        )
        cls.receivable = cls.env["account.account"].create(
            {
                "name": "Receivable",
                "code": "REACH2",
                "account_type": "asset_receivable",
                "reconcile": True,
                "company_ids": [Command.set(cls.company.ids)],
            }
        )
        cls.partners.with_company(
            cls.company
        ).property_account_receivable_id = cls.receivable
        cls.member.result_id = cls.joined
        cls.third = cls._new_member(cls.campaign, cls.partners[0])
        cls.third.result_id = cls.refused
        cls.grades = cls.env["res.partner.grade"].create(
            [
                {
                    "name": name,
                    "sequence": sequence,
                    "company_id": cls.company.id,
                    "campaign_min_sales": sales,
                    "campaign_min_response": response,
                }
                for name, sequence, sales, response in (
                    ("Top", -30, 10000, 0.9),
                    ("Good", -20, 500, 0.5),
                    ("Fair", -10, 100, 0),
                )
            ]
        )

    def _invoice(self, partner, amount, months=0, kind="out_invoice"):
        day = fields.Date.today() - relativedelta(months=months)
        move = (
            self.env["account.move"]
            .with_company(self.company)
            .create(
                {
                    "move_type": kind,
                    "partner_id": partner.id,
                    "journal_id": self.journal.id,
                    "invoice_date": day,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": self.product.id,
                                "account_id": self.income.id,
                                "price_unit": amount,
                                "tax_ids": False,
                            }
                        )
                    ],
                }
            )
        )
        move.action_post()
        return move

    def _card(self, partner, user=None):
        self.env.flush_all()
        self.env["crm.partner.scorecard"].invalidate_model()
        return (
            self.env["crm.partner.scorecard"]
            .with_user(user or self.manager)
            .search([("partner_id", "=", partner.id)])
        )

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
