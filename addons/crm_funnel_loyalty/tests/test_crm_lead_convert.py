from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged, users

from .common import FunnelCommon


@tagged("post_install", "-at_install")
class TestCrmLeadConvert(FunnelCommon):
    def assertOpens(self, action, lead):
        self.assertEqual(action["res_model"], "crm.lead")
        self.assertEqual(action["res_id"], lead.id)
        self.assertEqual(lead.type, "opportunity")

    @users("funnel_seller")
    def test_customer_found_by_phone(self):
        self.customer.write({"phone": "+84 901 234 567"})
        lead = self.make_lead(phone="0901234567").with_env(self.env)
        self.assertOpens(lead.action_convert_to_opportunity(), lead)
        self.assertEqual(lead.partner_id, self.customer)

    @users("funnel_seller")
    def test_customer_found_by_email(self):
        self.customer.write({"email": "Hoa <hoa@example.com>"})
        lead = self.make_lead(email_from="HOA@example.com").with_env(self.env)
        self.assertOpens(lead.action_convert_to_opportunity(), lead)
        self.assertEqual(lead.partner_id, self.customer)

    @users("funnel_seller")
    def test_customer_created(self):
        lead = self.make_lead(
            phone="0907654321", email_from="binh@example.com", city="Huế"
        ).with_env(self.env)
        self.assertOpens(lead.action_convert_to_opportunity(), lead)
        self.assertRecordValues(
            lead.partner_id,
            [
                {
                    "name": "Trần Văn Bình",
                    "phone": "0907654321",
                    "email": "binh@example.com",
                    "city": "Huế",
                    "user_id": self.seller.id,
                }
            ],
        )

    @users("funnel_seller")
    def test_linked_customer_is_kept(self):
        stranger = self.env["res.partner"].create({"name": "S", "phone": "0901112223"})
        lead = self.make_lead(partner_id=self.customer.id).with_env(self.env)
        lead.phone = "0901112223"
        lead.action_convert_to_opportunity()
        self.assertEqual(lead.partner_id, self.customer)
        self.assertNotEqual(lead.partner_id, stranger)

    @users("funnel_seller")
    def test_history_is_kept(self):
        campaign = self.env["utm.campaign"].sudo().create({"name": "Tết 2026"})
        lead = self.make_lead(phone="0907654321", campaign_id=campaign.id)
        lead = lead.with_env(self.env)
        message = lead.message_post(body="Called, wants two boxes")
        activity = lead.activity_schedule("mail.mail_activity_data_call")
        lead.action_convert_to_opportunity()
        self.assertIn(message, lead.message_ids)
        self.assertIn(activity, lead.activity_ids)
        self.assertEqual(lead.campaign_id, campaign)
        self.assertEqual(lead.user_id, self.seller)
        self.assertEqual(lead.team_id, self.team)
        self.assertTrue(lead.date_conversion)
        self.assertTrue(lead.stage_id)

    @users("funnel_seller")
    def test_duplicates_open_the_filled_wizard(self):
        self.customer.phone = "0901234567"
        running = self.make_opportunity(self.customer)
        lead = self.make_lead(phone="+84901234567").with_env(self.env)
        action = lead.action_convert_to_opportunity()
        self.assertEqual(lead.type, "lead")
        self.assertEqual(action["res_model"], "crm.lead2opportunity.partner")
        wizard = Form(
            self.env[action["res_model"]].with_context(**action["context"])
        ).save()
        self.assertEqual(wizard.name, "merge")
        self.assertEqual(wizard.action, "exist")
        self.assertEqual(wizard.partner_id, self.customer)
        self.assertEqual(wizard.duplicated_lead_ids, running | lead)
        wizard.action_apply()
        self.assertTrue((running | lead).exists() == running)

    @users("funnel_seller")
    def test_duplicate_by_phone_without_customer(self):
        twin = self.make_lead(phone="0901234567", contact_name="Twin")
        lead = self.make_lead(phone="0901 234 567").with_env(self.env)
        action = lead.action_convert_to_opportunity()
        wizard = self.env[action["res_model"]].with_context(**action["context"])
        self.assertIn(twin, wizard.create({}).duplicated_lead_ids)

    @users("funnel_seller")
    def test_two_possible_customers_need_a_decision(self):
        self.customer.phone = "0901234567"
        self.env["res.partner"].create({"name": "Other", "email": "o@example.com"})
        lead = self.make_lead(phone="0901234567", email_from="o@example.com")
        action = lead.with_env(self.env).action_convert_to_opportunity()
        self.assertEqual(action["res_model"], "crm.lead2opportunity.partner")

    @users("funnel_seller")
    def test_lost_lead_is_no_duplicate(self):
        self.make_lead(phone="0901234567").action_set_lost()
        lead = self.make_lead(phone="0901234567").with_env(self.env)
        self.assertOpens(lead.action_convert_to_opportunity(), lead)

    @users("funnel_seller")
    def test_several_at_once(self):
        one = self.make_lead(phone="0901000001", contact_name="A")
        two = self.make_lead(phone="0901000002", contact_name="B")
        twins = self.make_lead(phone="0901000003") | self.make_lead(phone="0901000003")
        leads = (one | two | twins).with_env(self.env)
        action = leads.action_convert_to_opportunity()
        self.assertEqual((one | two).mapped("type"), ["opportunity"] * 2)
        self.assertEqual(twins.mapped("type"), ["lead"] * 2)
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(
            action["params"]["next"]["domain"], [("id", "in", (one | two).ids)]
        )

    @users("funnel_seller")
    def test_several_all_clear(self):
        leads = self.make_lead(phone="0901000001") | self.make_lead(phone="0901000002")
        action = leads.with_env(self.env).action_convert_to_opportunity()
        self.assertEqual(action["domain"], [("id", "in", leads.ids)])

    @users("funnel_seller")
    def test_several_none_clear(self):
        leads = self.make_lead(phone="0901000003") | self.make_lead(phone="0901000003")
        with self.assertRaisesRegex(UserError, "decision"):
            leads.with_env(self.env).action_convert_to_opportunity()

    @users("funnel_seller")
    def test_refusals_say_why(self):
        lost = self.make_lead()
        lost.action_set_lost()
        opportunity = self.make_opportunity(self.customer)
        won = self.make_opportunity(self.customer)
        won.action_set_won()
        for record, why in ((lost, "lost"), (opportunity, "already"), (won, "won")):
            with self.assertRaisesRegex(UserError, why):
                record.with_env(self.env).action_convert_to_opportunity()

    @users("funnel_other")
    def test_foreign_lead_is_refused(self):
        with self.assertRaises(AccessError):
            self.make_lead().with_env(self.env).action_convert_to_opportunity()

    @users("funnel_seller")
    def test_button_is_first_in_the_header(self):
        arch = self.env["crm.lead"].get_view(
            self.env.ref("crm.crm_lead_view_form").id, "form"
        )["arch"]
        first = arch.index("<button")
        self.assertIn(
            'name="action_convert_to_opportunity"', arch[first : arch.index(">", first)]
        )
