from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestCrmAdsTour(HttpCase):
    """The marketer's morning in the real browser (journeys, marketer 1, 2, 4, 5)."""

    def test_marketer_takes_an_export_in_and_deals_it_out(self):
        self.env["crm.ads.distribution.rule"].search([], limit=100).active = False
        marketer = new_test_user(
            self.env, "ads_tour", "crm_ads_data.group_marketer", lang="en_US"
        )
        seller = new_test_user(
            self.env,
            "ads_tour_seller",
            "sales_team.group_sale_salesman",
            name="Tour Seller",
        )
        account = self.env["crm.ads.account"].create(
            {"name": "Tour Account", "user_id": marketer.id, "is_running": True}
        )
        campaign = self.env["crm.ads.campaign"].create(
            {"title": "Tour Campaign", "account_id": account.id, "is_running": True}
        )
        self.env["crm.ads.ad"].create({"name": "Tour Ad", "campaign_id": campaign.id})
        self.env["crm.ads.distribution.rule"].create(
            {
                "name": "Tour Rule",
                "member_ids": [Command.create({"user_id": seller.id})],
            }
        )
        self.start_tour("/odoo", "crm_ads_data_marketer", login="ads_tour")
        data = self.env["crm.ads.data"].search([("account_id", "=", account.id)])
        self.assertEqual(sorted(data.mapped("state")), ["duplicate", "transferred"])
        self.assertEqual(data.lead_id.user_id, seller)
        self.assertEqual(data.lead_id.phone, "+84336348056")
