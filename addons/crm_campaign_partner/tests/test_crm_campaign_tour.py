from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestCrmCampaignTour(HttpCase):
    def test_plan_pick_record(self):
        self.env["res.lang"]._activate_lang("en_US")
        user = new_test_user(
            self.env,
            "reach_tour",
            password="reach_tour",
            lang="en_US",
            groups="crm_campaign_partner.group_campaign_manager,"
            "sales_team.group_sale_salesman",
        )
        # Only these three are found, also in a database full of demo data.
        self.env["res.partner"].search(
            [("is_company", "=", True), ("ref_company_ids", "=", False)]
        ).is_company = False
        self.env["res.partner"].create(
            [{"name": f"Dealer {n}", "is_company": True} for n in range(3)]
        )
        self.start_tour("/odoo", "crm_campaign_partner_plan", login=user.login)
        campaign = self.env["crm.campaign"].search([("title", "=", "Tour Dealers")])
        self.assertEqual(campaign.user_id, user)
        self.assertEqual(campaign.state, "running")
        self.assertEqual(campaign.member_count, 3)
        self.assertEqual(campaign.positive_count, 1)
        self.assertEqual(campaign.budget_planned, 1250000)
