from odoo.tests import HttpCase, new_test_user, tagged

from .common import FunnelCommon


@tagged("post_install", "-at_install")
class TestSalesAnalysisTour(FunnelCommon, HttpCase):
    def test_demographics_and_orders_by_value(self):
        """In the real browser: the pivot by age, by gender, the graph, by value."""
        self.env["res.lang"]._activate_lang("en_US")
        seller = new_test_user(
            self.env,
            "analysis_tour",
            "sales_team.group_sale_salesman",
            lang="en_US",
            name="Tour Seller",
        )
        today = self.env.cr.now().date()
        for name, years, gender in (("Hoa", 30, "female"), ("Binh", 60, "male")):
            partner = self.env["res.partner"].create(
                {
                    "name": name,
                    "gender": gender,
                    "birthdate": today.replace(year=today.year - years, day=1),
                }
            )
            self.make_order(partner, 7777000.0, user_id=seller.id)
        self.start_tour("/odoo", "crm_funnel_demographics", login="analysis_tour")
