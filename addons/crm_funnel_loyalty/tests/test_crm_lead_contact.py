from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged, users

from .common import FunnelCommon


@tagged("post_install", "-at_install")
class TestCrmLeadContact(FunnelCommon):
    def open_form(self, action):
        self.assertEqual(action["target"], "new")
        return Form(self.env[action["res_model"]].with_context(**action["context"]))

    # One click each

    @users("funnel_seller")
    def test_call(self):
        opportunity = self.make_opportunity(self.customer, phone="0901234567")
        call = self.open_form(opportunity.with_env(self.env).action_call()).save()
        self.assertRecordValues(
            call,
            [
                {
                    "name": "Need",
                    "opportunity_id": opportunity.id,
                    "partner_id": self.customer.id,
                    "partner_phone": "0901234567",
                    "user_id": self.seller.id,
                    "direction": "out",
                }
            ],
        )
        self.assertEqual(opportunity.phonecall_count, 1)

    @users("funnel_seller")
    def test_email(self):
        self.customer.email = "hoa@example.com"
        opportunity = self.make_opportunity(self.customer).with_env(self.env)
        form = self.open_form(opportunity.action_write_email())
        form.body = "<p>Báo giá</p>"
        form.save()._action_send_mail()
        message = opportunity.message_ids[0]
        self.assertIn("Báo giá", message.body)
        self.assertEqual(message.partner_ids, self.customer)

    @users("funnel_seller")
    def test_email_to_a_lead_without_a_customer(self):
        lead = self.make_lead(email_from="Binh <binh@example.com>").with_env(self.env)
        partners = self.env["res.partner"].search_count([])
        form = self.open_form(lead.action_write_email())
        form.body = "<p>Chào anh</p>"
        composer = form.save()
        self.assertEqual(composer._name, "crm.contact.compose")
        self.assertEqual((composer.channel, composer.kind), ("email", "care"))
        self.assertEqual(composer.subject, "Detox tea")
        self.assertEqual(composer._get_records(), lead)
        (person,) = composer._prepare_people(self.env.company, lead)
        self.assertIn("binh@example.com", person["email"])
        self.assertEqual(self.env["res.partner"].search_count([]), partners)

    @users("funnel_seller")
    def test_email_to_a_lead_of_a_known_customer(self):
        self.customer.email = "hoa@example.com"
        lead = self.make_lead(email_from="HOA@example.com").with_env(self.env)
        context = lead.action_write_email()["context"]
        self.assertEqual(context["default_partner_ids"], self.customer.ids)

    @users("funnel_seller")
    def test_email_without_an_address(self):
        lead = self.make_lead(phone="0907654321").with_env(self.env)
        with self.assertRaisesRegex(UserError, "No e-mail address"):
            lead.action_write_email()

    @users("funnel_seller")
    def test_next_step(self):
        opportunity = self.make_opportunity(self.customer).with_env(self.env)
        form = self.open_form(opportunity.action_next_step())
        form.activity_type_id = self.env.ref("mail.mail_activity_data_call")
        form.summary = "Ask back"
        form.save().action_schedule_activities()
        self.assertEqual(opportunity.activity_ids.summary, "Ask back")

    @users("funnel_seller")
    def test_documents(self):
        opportunity = self.make_opportunity(self.customer).with_env(self.env)
        action = opportunity.action_documents()
        document = (
            self.env["ir.attachment"]
            .with_context(**action["context"])
            .create({"name": "offer.txt", "raw": b"1"})
        )
        self.assertEqual(self.env["ir.attachment"].search(action["domain"]), document)
        opportunity.invalidate_recordset()
        self.assertEqual(opportunity.message_attachment_count, 1)

    @users("funnel_seller")
    def test_meeting_and_quotation_are_cores(self):
        opportunity = self.make_opportunity(self.customer).with_env(self.env)
        meeting = opportunity.action_schedule_meeting()
        self.assertEqual(meeting["context"]["default_opportunity_id"], opportunity.id)
        quotation = opportunity.action_sale_quotations_new()
        self.assertEqual(quotation["context"]["default_partner_id"], self.customer.id)

    @users("funnel_other")
    def test_foreign_opportunity(self):
        opportunity = self.make_opportunity(self.customer).with_env(self.env)
        for method in ("action_call", "action_write_email", "action_next_step"):
            with self.assertRaises(AccessError):
                getattr(opportunity, method)()

    # Note from the card

    @users("funnel_seller")
    def test_note(self):
        lead = self.make_lead().with_env(self.env)
        form = self.open_form(lead.action_write_note())
        form.note = "Wants two boxes\n<b>soon</b>"
        form.next_date = "2026-12-01"
        form.next_summary = "Ask for the size"
        form.save().action_save()
        message = lead.message_ids[0]
        self.assertIn("&lt;b&gt;soon", message.body)
        self.assertEqual(message.author_id, self.seller.partner_id)
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_note"))
        self.assertEqual(lead.activity_ids.summary, "Ask for the size")
        self.assertEqual(lead.activity_ids.user_id, self.seller)

    @users("funnel_seller")
    def test_empty_note(self):
        lead = self.make_lead().with_env(self.env)
        note = self.env["crm.lead.note"].create({"lead_ids": lead.ids, "note": "  "})
        with self.assertRaisesRegex(UserError, "Write the note"):
            note.action_save()

    def test_note_on_a_foreign_lead(self):
        lead = self.make_lead()
        with self.assertRaises(AccessError):
            lead.with_user(self.other).action_write_note()
        note = self.env["crm.lead.note"].with_user(self.other)
        with self.assertRaises(AccessError):
            note.create({"lead_ids": lead.ids, "note": "x"}).action_save()

    # Order wins

    def make_order_of(self, opportunity, **vals):
        return self.make_order(self.customer, opportunity_id=opportunity.id, **vals)

    @users("funnel_seller")
    def test_confirmed_order_wins_the_opportunity(self):
        opportunity = self.make_opportunity(self.customer).with_env(self.env)
        order = self.make_quotation(self.customer, opportunity_id=opportunity.id)
        self.assertEqual(opportunity.won_status, "pending")
        order.with_env(self.env).action_confirm()
        self.assertEqual(opportunity.won_status, "won")
        self.assertTrue(opportunity.stage_id.is_won)
        notes = opportunity.message_ids.filtered(lambda m: order.name in (m.body or ""))
        self.assertEqual(len(notes), 1)
        self.assertEqual(notes.author_id, self.seller.partner_id)

    def test_several_orders(self):
        opportunity = self.make_opportunity(self.customer)
        first, second = self.make_order_of(opportunity), self.make_order_of(opportunity)
        notes = opportunity.message_ids.filtered(lambda m: "Won by" in (m.body or ""))
        self.assertIn(first.name, notes.body)
        self.assertNotIn(second.name, notes.body)
        first._action_cancel()
        self.assertEqual(opportunity.won_status, "won", "a person decides that")
        self.assertEqual(opportunity.sale_order_count, 1)

    def test_company_may_decide_otherwise(self):
        self.env.company.order_wins_opportunity = False
        opportunity = self.make_opportunity(self.customer)
        self.make_order_of(opportunity)
        self.assertEqual(opportunity.won_status, "pending")

    def test_lost_opportunity_that_buys_after_all(self):
        opportunity = self.make_opportunity(self.customer)
        opportunity.action_set_lost()
        self.make_order_of(opportunity)
        self.assertEqual(opportunity.won_status, "won")
        self.assertTrue(opportunity.active)

    def test_without_a_won_stage(self):
        self.env["crm.stage"].search([("is_won", "=", True)]).write(
            {"team_ids": [Command.set(self.team.copy({"name": "Else"}).ids)]}
        )
        opportunity = self.make_opportunity(self.customer)
        stage = opportunity.stage_id
        self.make_order_of(opportunity)
        self.assertEqual(opportunity.stage_id, stage)

    def test_portal_customer_wins_it_too(self):
        portal = new_test_user(self.env, "funnel_buyer", "base.group_portal")
        second = self.make_opportunity(portal.partner_id)
        order = self.make_quotation(portal.partner_id, opportunity_id=second.id)
        order.with_user(portal).sudo().action_confirm()
        self.assertEqual(second.won_status, "won")

    def test_setting(self):
        settings = self.env["res.config.settings"].create({})
        self.assertTrue(settings.order_wins_opportunity)
        settings.order_wins_opportunity = False
        settings.execute()
        self.assertFalse(self.env.company.order_wins_opportunity)
