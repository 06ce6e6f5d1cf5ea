from odoo.tests import HttpCase, new_test_user, tagged

from .common_contact import ContactCase


@tagged("post_install", "-at_install")
class TestCrmCampaignDeskTour(ContactCase, HttpCase):
    def test_results_by_keyboard_and_sms(self):
        user = new_test_user(
            self.env,
            "reach_desk",
            password="reach_desk",
            lang="en_US",
            groups="sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        country = self.env.ref("base.vn")
        partners = self.env["res.partner"].create(
            [
                {
                    "name": f"Dealer {letter}",
                    "is_company": True,
                    "phone": f"09012399{number:02d}",
                    "country_id": country.id,
                }
                for number, letter in enumerate("ABCX")
            ]
        )
        members = self.env["crm.campaign.member"].create(
            [
                {
                    "campaign_id": self.sub_campaign.id,
                    "partner_id": partner.id,
                    "user_id": user.id if partner != partners[3] else self.owner.id,
                }
                for partner in partners
            ]
        )
        self._consent("withdrawn", partner_id=partners[1].id)
        self._set_account("sms")
        self.start_tour("/odoo", "crm_campaign_partner_desk", login=user.login)
        self.env.invalidate_all()
        self.assertEqual(
            members.mapped("result_id.name"), ["Joined", "Considering", "Wrong number"]
        )
        self.assertEqual(
            members.mapped("state"), ["done", "contacted", "contacted", "todo"]
        )
        self.assertEqual(members[1].note, "Wants a sample")
        self.assertTrue(members[1].next_date)
        self.assertEqual(partners[2].phone_sanitized, "+84987654321")
        touches = self.touches.search([("user_id", "=", user.id)])
        self.assertEqual(
            dict(
                zip(
                    touches.partner_id.mapped("name"),
                    touches.mapped("state"),
                    strict=True,
                )
            ),
            {"Dealer B": "blocked", "Dealer C": "queued"},
        )
