from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestCrmAdsPopup(HttpCase):
    """Account, campaign and ad are made in pop-ups (002.04, 002.07, 002.11)."""

    def test_tree_in_popups(self):
        marketer = new_test_user(
            self.env, "ads_popup", "crm_ads_data.group_marketer", lang="en_US"
        )
        self.start_tour("/odoo", "crm_ads_data_popup", login="ads_popup")
        account = self.env["crm.ads.account"].search([("user_id", "=", marketer.id)])
        self.assertEqual(
            (account.name, account.external_ref), ("Popup Account", "1009")
        )
        ad = self.env["crm.ads.ad"].search([("account_id", "=", account.id)])
        self.assertEqual(ad.name, "Popup Ad")
        self.assertEqual(ad.campaign_id.title, "Popup Campaign")
        self.assertTrue(ad.is_open)
