from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users

from .common import FunnelCommon


@tagged("post_install", "-at_install")
class TestCrmLeadUndo(FunnelCommon):
    def convert(self, lead):
        lead = lead.with_user(self.seller)
        lead.action_convert_to_opportunity()
        self.assertEqual(lead.type, "opportunity")
        self.assertTrue(lead.can_undo_conversion)
        return lead

    def assertRefused(self, lead, why):
        lead.invalidate_recordset()
        self.assertFalse(lead.can_undo_conversion)
        with self.assertRaisesRegex(UserError, why), self.env.cr.savepoint():
            lead.action_undo_conversion()
        self.assertEqual(lead.type, "opportunity")

    def test_everything_is_put_back(self):
        second = self.env["crm.lead.stage"].search([])[1]
        lead = self.make_lead(
            phone="0907654321",
            email_from="binh@example.com",
            partner_name="Trà Việt",
            city="Huế",
            lead_stage_id=second.id,
        )
        names = (
            "type",
            "stage_id",
            "lead_stage_id",
            "user_id",
            "team_id",
            "probability",
            "partner_id",
            "contact_name",
            "partner_name",
            "phone",
            "email_from",
            "city",
            "date_conversion",
        )
        before = lead.read(names)
        lead = self.convert(lead)
        customer = lead.partner_id
        company = customer.parent_id
        self.assertEqual(company.name, "Trà Việt")
        action = lead.action_undo_conversion()
        self.assertEqual(action["res_id"], lead.id)
        self.assertEqual(lead.sudo().read(names), before)
        self.assertFalse((customer | company).exists(), "made just now and not used")

    def test_known_customer_stays_and_address_comes_back(self):
        self.customer.write({"phone": "+84 901 234 567", "email": "hoa@example.com"})
        lead = self.convert(self.make_lead(phone="0901234567"))
        self.assertEqual(lead.partner_id, self.customer)
        self.assertTier(self.customer, "opportunity")
        lead.action_undo_conversion()
        self.assertFalse(lead.partner_id)
        self.assertEqual(lead.phone, "0901234567")
        self.assertFalse(lead.email_from)
        self.assertTrue(self.customer.exists())
        self.assertEqual(self.customer.phone, "+84 901 234 567")
        self.assertTier(self.customer, "target")

    def test_new_customer_in_use_stays(self):
        lead = self.convert(self.make_lead(phone="0907654321"))
        customer = lead.partner_id
        self.make_quotation(customer)
        lead.action_undo_conversion()
        self.assertEqual(lead.type, "lead")
        self.assertTrue(customer.exists())

    def test_refused_once_worked_on(self):
        stage = self.env["crm.stage"].search([("is_won", "=", False)])[-1]
        work = {
            "Stage": lambda lead: lead.write({"stage_id": stage.id}),
            "Expected Revenue": lambda lead: lead.write({"expected_revenue": 5}),
            "Message": lambda lead: lead.message_post(
                body="Called", message_type="comment"
            ),
            "Activity": lambda lead: lead.activity_schedule(
                "mail.mail_activity_data_call"
            ),
            "Calendar Event": lambda lead: self.env["calendar.event"].create(
                {
                    "name": "Visit",
                    "start": "2026-01-01 08:00:00",
                    "stop": "2026-01-01 09:00:00",
                    "opportunity_id": lead.id,
                }
            ),
            "Phonecall": lambda lead: self.env["crm.phonecall"].create(
                {"name": "Call", "opportunity_id": lead.id}
            ),
            "Contact Touch": lambda lead: self.env["crm.contact.touch"].create(
                {
                    "company_id": self.env.company.id,
                    "channel": "sms",
                    "kind": "care",
                    "res_model": "crm.lead",
                    "res_id": lead.id,
                    "state": "sent",
                }
            ),
            "Sales Order": lambda lead: self.make_quotation(
                lead.partner_id, opportunity_id=lead.id
            ),
        }
        for number, (name, act) in enumerate(work.items()):
            lead = self.convert(self.make_lead(phone=f"090765440{number}"))
            act(lead)
            self.assertRefused(lead, rf"worked on since.*\({name}\)")

    def test_work_before_the_conversion_does_not_count(self):
        lead = self.make_lead(phone="0907654321")
        lead.message_post(body="Called", message_type="comment")
        lead.activity_schedule("mail.mail_activity_data_call")
        self.env["crm.phonecall"].create({"name": "Call", "opportunity_id": lead.id})
        lead = self.convert(lead)
        lead.action_undo_conversion()
        self.assertEqual(lead.type, "lead")
        self.assertEqual(len(lead.activity_ids), 1)

    def test_refused_after_merging(self):
        lead = self.convert(self.make_lead(phone="0907654321"))
        twin = self.make_lead(phone="0907654321")
        (lead | twin.with_env(lead.env)).merge_opportunity()
        self.assertRefused(lead, "no conversion")

    def test_customer_that_cannot_go_stays(self):
        lead = self.convert(self.make_lead(phone="0907654321"))
        customer = lead.partner_id
        kept = UserError("Something refers to it.")
        with patch.object(type(customer), "unlink", side_effect=kept):
            lead.action_undo_conversion()
        self.assertEqual(lead.type, "lead")
        self.assertTrue(customer.exists())

    def test_refused_after_a_while(self):
        lead = self.convert(self.make_lead(phone="0907654321"))
        conversion = lead._get_last_conversion()
        self.env.cr.execute(
            "UPDATE crm_lead_conversion SET create_date = %s WHERE id = %s",
            [self.env.cr.now() - timedelta(minutes=61), conversion.id],
        )
        conversion.invalidate_recordset()
        self.assertRefused(lead, "60 minutes")

    def test_twice_and_never(self):
        lead = self.convert(self.make_lead(phone="0907654321"))
        lead.action_undo_conversion()
        with self.assertRaisesRegex(UserError, "no conversion"):
            lead.action_undo_conversion()
        opportunity = self.make_opportunity(self.customer).with_user(self.seller)
        with self.assertRaisesRegex(UserError, "no conversion"):
            opportunity.action_undo_conversion()

    def test_convert_again_after_undo(self):
        lead = self.convert(self.make_lead(phone="0907654321"))
        lead.action_undo_conversion()
        lead = self.convert(lead)
        self.assertTrue(lead.partner_id)

    def test_several_at_once(self):
        leads = self.make_lead(phone="0901000001") | self.make_lead(phone="0901000002")
        leads = leads.with_user(self.seller)
        leads.action_convert_to_opportunity()
        action = leads.action_undo_conversion()
        self.assertEqual(leads.mapped("type"), ["lead"] * 2)
        self.assertEqual(action["domain"], [("id", "in", leads.ids)])

    def test_who_may(self):
        lead = self.convert(self.make_lead(phone="0907654321", user_id=False))
        lead.invalidate_recordset()
        colleague = lead.with_user(self.other)
        self.assertFalse(colleague.can_undo_conversion, "no button to be refused by")
        with self.assertRaisesRegex(AccessError, "funnel_seller|converted"):
            colleague.action_undo_conversion()
        lead.with_user(self.manager).action_undo_conversion()
        self.assertEqual(lead.type, "lead")
        mine = self.convert(self.make_lead(phone="0907654322"))
        with self.assertRaises(AccessError):
            mine.with_user(self.other).action_undo_conversion()

    @users("funnel_seller", "funnel_manager")
    def test_conversions_are_closed(self):
        conversions = self.env["crm.lead.conversion"]
        for operation in ("read", "write", "create", "unlink"):
            self.assertFalse(conversions.has_access(operation))

    def test_old_rows_go(self):
        lead = self.convert(self.make_lead(phone="0907654321"))
        conversion = lead._get_last_conversion()
        self.env.cr.execute(
            "UPDATE crm_lead_conversion SET create_date = %s WHERE id = %s",
            [self.env.cr.now() - timedelta(days=31), conversion.id],
        )
        conversion.invalidate_recordset()
        self.env["crm.lead.conversion"]._gc_conversions()
        self.assertFalse(conversion.exists())
