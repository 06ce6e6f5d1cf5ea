from odoo import Command
from odoo.tests import tagged

from .common import CampaignCase


@tagged("post_install", "-at_install")
class TestCrmCampaignFigures(CampaignCase):
    def _read_figures(self, campaigns):
        campaigns.invalidate_recordset()
        return campaigns.read(
            ["member_count", "budget_planned", "opportunity_count", "revenue", "roi"]
        )

    def test_members_roll_up(self):
        self._new_member(self.campaign, self.partners[0], result_id=self.refused.id)
        self.member.result_id = self.joined
        self.other_member.result_id = self.considering
        archived = self._new_campaign(
            "Dealers South", parent_id=self.campaign.id, active=False
        )
        self._new_member(archived, self.partners[2])
        self.assertRecordValues(
            self.campaign | self.sub_campaign,
            [
                {
                    "member_count": 4,
                    "contacted_count": 3,
                    "positive_count": 1,
                    "response_rate": 1 / 3,
                },
                {
                    "member_count": 2,
                    "contacted_count": 2,
                    "positive_count": 1,
                    "response_rate": 0.5,
                },
            ],
        )

    def test_budget_rolls_up(self):
        self.env["crm.campaign.budget.line"].create(
            [
                {"campaign_id": campaign.id, "name": "x", "planned": 100, "actual": 60}
                for campaign in (self.campaign, self.sub_campaign, self.sub_campaign)
            ]
        )
        self.assertEqual(self.campaign.budget_planned, 300)
        self.assertEqual(self.campaign.budget_actual, 180)
        self.assertEqual(self.sub_campaign.budget_actual, 120)

    def test_no_figures_of_a_new_campaign(self):
        campaign = self.env["crm.campaign"].new({"title": "Not saved"})
        self.assertEqual(campaign.member_count, 0)
        self.assertEqual(campaign.revenue, 0)
        self.assertEqual(campaign.roi, 0)

    def test_opportunities_and_quotations_roll_up(self):
        utm = self.sub_campaign.utm_campaign_id
        self.env["crm.lead"].create(
            [
                {"name": "Open", "type": "opportunity", "campaign_id": utm.id},
                {
                    "name": "Lost",
                    "type": "opportunity",
                    "active": False,
                    "campaign_id": utm.id,
                },
                {"name": "Lead", "type": "lead", "campaign_id": utm.id},
            ]
        )
        product = self.env["product.product"].create({"name": "Tea", "taxes_id": False})
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": self.partners[0].id,
                    "company_id": self.company.id,
                    "campaign_id": utm.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "price_unit": 189000,
                                "tax_ids": False,
                            }
                        )
                    ],
                }
            ]
            * 3
        )
        orders[2]._action_cancel()
        self.assertEqual(self.campaign.opportunity_count, 2)
        self.assertEqual(self.campaign.quotation_amount, 378000)
        action = self.campaign.action_view_quotations()
        found = self.env["sale.order"].search(action["domain"])
        self.assertEqual(found, orders.sorted())
        action = self.campaign.action_view_opportunities()
        self.assertEqual(
            self.env["crm.lead"]
            .with_context(**action["context"])
            .search_count(action["domain"]),
            2,
        )

    def test_quotation_in_foreign_currency(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "X",
                "rate_ids": [
                    Command.create(
                        {
                            "name": "2020-01-01",
                            "rate": 0.5,
                            "company_id": self.company.id,
                        }
                    )
                ],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Foreign",
                "currency_id": currency.id,
                "company_id": self.company.id,
            }
        )
        product = self.env["product.product"].create({"name": "Tea", "taxes_id": False})
        self.env["sale.order"].create(
            {
                "partner_id": self.partners[0].id,
                "company_id": self.company.id,
                "pricelist_id": pricelist.id,
                "campaign_id": self.campaign.utm_campaign_id.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "price_unit": 50, "tax_ids": False}
                    )
                ],
            }
        )
        self.assertEqual(self.campaign.quotation_amount, 100)

    def test_other_company_stays_out(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        product = self.env["product.product"].create({"name": "Tea", "taxes_id": False})
        self.env["sale.order"].with_context(allowed_company_ids=elsewhere.ids).create(
            {
                "partner_id": self.partners[0].id,
                "company_id": elsewhere.id,
                "campaign_id": self.campaign.utm_campaign_id.id,
                "order_line": [
                    Command.create({"product_id": product.id, "price_unit": 50})
                ],
            }
        )
        self.assertEqual(self.campaign.quotation_amount, 0)

    def test_my_calls(self):
        campaign = self.campaign.with_user(self.assignee)
        self.assertEqual(campaign.my_member_count, 1)
        self.assertEqual(campaign.member_count, 2)
        self.member.result_id = self.joined
        campaign.invalidate_recordset()
        self.assertEqual(campaign.my_member_count, 0)
        found = self.env["crm.campaign.member"].search(
            campaign.action_view_my_members()["domain"]
        )
        self.assertEqual(found, self.member)

    def test_constant_number_of_queries(self):
        many = self.campaign
        for number in range(8):
            child = self._new_campaign(f"Child {number}", parent_id=self.campaign.id)
            self._new_member(child, self.partners[0], result_id=self.joined.id)
            many |= child
        self.env.flush_all()
        self._read_figures(self.campaign)
        before = self.cr.sql_log_count
        self._read_figures(self.campaign)
        one = self.cr.sql_log_count - before
        with self.assertQueryCount(one):
            self._read_figures(many)
        self.assertLessEqual(one, 12)

    def test_analysis_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        model = self.env["crm.campaign"].with_context(lang="vi_VN")
        report = self.env["crm.campaign.report"].with_context(lang="vi_VN")
        for fname in ("kind", "audience", "state"):
            choices = report.fields_get([fname])[fname]["selection"]
            self.assertEqual(choices, model.fields_get([fname])[fname]["selection"])
            source = self.env["crm.campaign"]._fields[fname].selection
            self.assertNotEqual(choices, source, "Vietnamese")

    def test_analysis_adds_up(self):
        self.env["crm.campaign.budget.line"].create(
            {"campaign_id": self.campaign.id, "name": "Gifts", "actual": 100}
        )
        self.member.result_id = self.joined
        self.other_member.result_id = self.considering
        report = self.env["crm.campaign.report"].with_user(self.owner)
        [[main, members, positive, rate, cost, roi]] = report._read_group(
            [("campaign_id", "child_of", self.campaign.id)],
            ["main_campaign_id"],
            [
                "member_count:sum",
                "positive_count:sum",
                "response_rate:avg",
                "budget_actual:sum",
                "roi:avg",
            ],
        )
        self.assertEqual(main, self.campaign)
        self.assertEqual((members, positive, rate, cost, roi), (2, 1, 0.5, 100.0, -1.0))

    def test_analysis_shows_what_one_may_see(self):
        report = self.env["crm.campaign.report"]
        domain = [("campaign_id", "child_of", self.campaign.id)]
        for user, count in (
            (self.manager, 2),
            (self.owner, 2),
            (self.assignee, 2),
            (self.outsider, 0),
        ):
            self.assertEqual(report.with_user(user).search_count(domain), count)
