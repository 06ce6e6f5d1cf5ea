from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestCrmAdsImportTour(HttpCase):
    """A marketer puts right what a column holds (journeys, marketer 4)."""

    def test_column_is_put_right_by_hand(self):
        marketer = new_test_user(
            self.env, "ads_columns", "crm_ads_data.group_marketer", lang="en_US"
        )
        account = self.env["crm.ads.account"].create(
            {"name": "Tour Account", "user_id": marketer.id, "is_running": True}
        )
        self.start_tour(
            "/odoo/ads-import", "crm_ads_data_import_columns", login="ads_columns"
        )
        data = self.env["crm.ads.data"].search([("account_id", "=", account.id)])
        self.assertEqual(
            sorted(data.mapped("phone_key")), ["+84905000771", "+84905000772"]
        )
        imports = self.env["crm.ads.import"].search([("account_id", "=", account.id)])
        self.assertEqual(imports.mapped("state"), ["ready", "done"])
        self.assertFalse(sum(imports.mapped("error_count")))
