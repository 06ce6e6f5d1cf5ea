from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestFunnelTour(HttpCase):
    def test_salesperson_from_lead_to_quotation(self):
        """In the real browser: drag, open, convert, quote."""
        self.env["res.lang"]._activate_lang("en_US")
        seller = new_test_user(
            self.env,
            "funnel_tour",
            "sales_team.group_sale_salesman",
            lang="en_US",
            name="Tour Seller",
        )
        team = self.env["crm.team"].create(
            {
                "name": "Tour team",
                "use_leads": True,
                "member_ids": [Command.link(seller.id)],
            }
        )
        lead = self.env["crm.lead"].create(
            {
                "name": "Tour lead",
                "type": "lead",
                "contact_name": "Tour Customer",
                "phone": "0912345678",
                "user_id": seller.id,
                "team_id": team.id,
            }
        )
        self.start_tour("/odoo", "crm_funnel_lead_to_quotation", login="funnel_tour")
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(
            lead.lead_stage_id, self.env.ref("crm_funnel_loyalty.lead_stage_consulting")
        )
        self.assertEqual(lead.order_ids.partner_id.name, "Tour Customer")
        self.assertEqual(lead.partner_id.funnel_tier_id.code, "quotation")
