from unittest.mock import patch

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
    def test_the_customer_is_looked_for_once(self):
        self.customer.write({"phone": "+84 901 234 567"})
        lead_class = type(self.env["crm.lead"])
        for phone in ("0901234567", "0907654321"):
            lead = self.make_lead(phone=phone, email_from=False).with_env(self.env)
            with patch.object(
                lead_class,
                "_find_partners_by_keys",
                autospec=True,
                side_effect=lead_class._find_partners_by_keys,
            ) as search:
                self.assertOpens(lead.action_convert_to_opportunity(), lead)
            self.assertEqual(search.call_count, 1)

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

    def open_report(self, action):
        self.assertEqual(action["res_model"], "crm.lead.convert.report")
        return self.env[action["res_model"]].browse(action["res_id"])

    @users("funnel_seller")
    def test_several_at_once_none_is_lost(self):
        one = self.make_lead(phone="0901000001", contact_name="A")
        two = self.make_lead(phone="0901000002", contact_name="B")
        twins = self.make_lead(phone="0901000003") | self.make_lead(phone="0901000003")
        lost = self.make_lead(phone="0901000004")
        lost.action_set_lost()
        leads = (one | two | twins | lost).with_env(self.env)
        report = self.open_report(leads.action_convert_to_opportunity())
        self.assertEqual((one | two).mapped("type"), ["opportunity"] * 2)
        self.assertEqual(twins.mapped("type"), ["lead"] * 2)
        outcomes = dict.fromkeys(one | two, "converted")
        outcomes |= dict.fromkeys(twins, "undecided") | {lost: "refused"}
        self.assertEqual(
            {line.lead_id: line.outcome for line in report.line_ids}, outcomes
        )
        self.assertRecordValues(
            report,
            [{"converted_count": 2, "undecided_count": 2, "refused_count": 1}],
        )
        self.assertIn("lost", report.line_ids[0].reason, "what is to do comes first")
        opened = report.action_open_opportunities()
        self.assertEqual(opened["domain"], [("id", "in", (one | two).ids)])
        decide = report.line_ids.filtered(lambda line: line.lead_id == twins[0])
        action = decide.action_decide()
        self.assertEqual(action["res_model"], "crm.lead2opportunity.partner")

    @users("funnel_seller")
    def test_several_all_clear(self):
        leads = self.make_lead(phone="0901000001") | self.make_lead(phone="0901000002")
        action = leads.with_env(self.env).action_convert_to_opportunity()
        self.assertEqual(action["domain"], [("id", "in", leads.ids)])
        self.assertEqual(action["context"]["lead_conversion"]["lead_ids"], leads.ids)

    @users("funnel_seller")
    def test_one_that_fails_keeps_none_of_the_others(self):
        bad, good = (
            self.make_lead(phone="0901000001"),
            self.make_lead(phone="0901000002"),
        )
        convert = type(bad).convert_opportunity
        closed = UserError("The team is closed.")

        def fail_for_bad(leads, *args, **kwargs):
            if bad in leads:
                raise closed
            return convert(leads, *args, **kwargs)

        with patch.object(type(bad), "convert_opportunity", fail_for_bad):
            action = (bad | good).with_env(self.env).action_convert_to_opportunity()
        report = self.open_report(action)
        self.assertEqual(report.line_ids.mapped("outcome"), ["refused", "converted"])
        self.assertIn("The team is closed.", report.line_ids[0].reason)
        self.assertEqual((bad | good).mapped("type"), ["lead", "opportunity"])
        self.assertFalse(bad.partner_id, "what failed left nothing behind")

    @users("funnel_seller")
    def test_none_chosen(self):
        with self.assertRaisesRegex(UserError, "Choose"):
            self.env["crm.lead"].action_convert_to_opportunity()

    @users("funnel_seller")
    def test_notice_says_what_was_done(self):
        lead = self.make_lead(phone="0907654321").with_env(self.env)
        notice = lead.action_convert_to_opportunity()["context"]["lead_conversion"]
        self.assertIn("new customer Trần Văn Bình", notice["message"])
        self.assertTrue(notice["undo"])
        again = self.make_lead(phone="0907654399", partner_id=self.customer.id)
        action = again.with_env(self.env).action_convert_to_opportunity()
        message = action["context"]["lead_conversion"]["message"]
        self.assertIn("of the customer Nguyễn Thị Hoa", message)

    @users("funnel_seller")
    def test_customer_found_by_tax_id(self):
        self.customer.vat = "0101248141"
        lead = self.make_lead(vat="0101248141").with_env(self.env)
        lead.action_convert_to_opportunity()
        self.assertEqual(lead.partner_id, self.customer)

    @users("funnel_seller")
    def test_tax_id_goes_to_the_new_customer(self):
        lead = self.make_lead(phone="0907654321", vat="0101248141")
        lead.with_env(self.env).action_convert_to_opportunity()
        self.assertEqual(lead.partner_id.vat, "0101248141")

    @users("funnel_seller")
    def test_wizard_says_what_to_decide_and_offers_the_way_back(self):
        self.env["res.partner"].create(
            [{"name": name, "phone": "0901234567"} for name in ("An", "Bình")]
        )
        lead = self.make_lead(phone="0901234567").with_env(self.env)
        action = lead.action_convert_to_opportunity()
        wizard = self.env[action["res_model"]].with_context(**action["context"])
        wizard = wizard.create({})
        self.assertIn("An, Bình", wizard.doubts)
        result = wizard.action_apply()
        self.assertOpens(result, lead)
        self.assertTrue(result["context"]["lead_conversion"]["undo"])

    @users("funnel_seller")
    def test_merging_offers_no_way_back(self):
        twin = self.make_lead(phone="0901234567", contact_name="Twin")
        lead = self.make_lead(phone="0901234567").with_env(self.env)
        action = lead.action_convert_to_opportunity()
        wizard = self.env[action["res_model"]].with_context(**action["context"])
        result = wizard.create({}).action_apply()
        self.assertNotIn("lead_conversion", result.get("context", {}))
        left = (lead | twin).exists()
        self.assertEqual(left.type, "opportunity")
        self.assertFalse(left.can_undo_conversion)

    @users("funnel_seller")
    def test_wizard_converts_what_it_checked(self):
        """A client cannot have one lead checked and another one converted."""
        question = self.env["crm.lead.checklist.item"].sudo()
        question.create({"name": "Budget known?", "team_ids": self.team.ids})
        team = self.env["crm.team"].sudo().create({"name": "Team B"})
        asked = self.make_lead(phone="0901000001").with_env(self.env)
        free = self.make_lead(phone="0901000002", team_id=team.id)
        wizard = self.env["crm.lead2opportunity.partner"].with_context(
            active_id=free.id, active_ids=asked.ids
        )
        wizard.create({"lead_id": free.id}).action_apply()
        self.assertEqual((asked | free).mapped("type"), ["lead", "opportunity"])

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
