from odoo.tests import Form, tagged

from .ticket_common import TicketCommon


@tagged("post_install", "-at_install")
class TestTicketPartner(TicketCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.is_company = True
        cls.contact = cls.env["res.partner"].create(
            {"name": "Buyer", "parent_id": cls.customer.id, "email": "b@example.com"}
        )

    def test_last_rating_of_company_and_contact(self):
        """The company shows what its contacts said, a contact its own."""
        self.assertFalse(self.customer.with_user(self.chief).last_ticket_rating)
        first, second = self.make_ticket(), self.make_ticket(self.contact)
        with self.at("2026-03-04 08:00:00"):
            self.rate(first, 5)
        with self.at("2026-03-04 09:00:00"):
            self.rate(second, 1)
        self.env.invalidate_all()
        company, contact = (self.customer | self.contact).with_user(self.chief)
        self.assertEqual(company.last_ticket_rating, "ko")
        self.assertEqual(contact.last_ticket_rating, "ko")
        with self.at("2026-03-04 10:00:00"):
            self.rate(first, 3)
        self.env.invalidate_all()
        self.assertEqual(company.last_ticket_rating, "ok")
        self.assertEqual(contact.last_ticket_rating, "ko")

    def test_question_without_answer_is_no_rating(self):
        self.make_ticket()._rating_get_access_token()
        self.assertFalse(self.customer.with_user(self.chief).last_ticket_rating)

    def test_button_opens_the_ratings(self):
        rating = self.rate(self.make_ticket(self.contact), 5)
        self.rate(self.make_ticket(self.env["res.partner"].create({"name": "X"})), 1)
        action = self.customer.with_user(self.chief).action_view_ticket_ratings()
        found = self.env["rating.rating"].search(action["domain"])
        self.assertEqual(found, rating)
        self.assertEqual(action["views"][0][1], "kanban")

    def test_counts_of_company_and_contact(self):
        """``helpdesk_mgmt`` counts the tickets of the contacts for the company."""
        self.make_ticket()
        self.make_ticket(self.contact, stage_id=self.done.id)
        self.assertEqual(self.customer.helpdesk_ticket_count_string, "1 / 2")
        self.assertEqual(self.contact.helpdesk_ticket_count_string, "0 / 1")

    def test_new_ticket_has_the_customer(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_new_ticket"
        )
        tickets = self.env[action["res_model"]].with_user(self.agent)
        form = Form(tickets.with_context(default_partner_id=self.customer.id))
        form.name = form.description = "Where is it?"
        ticket = form.save()
        self.assertEqual(ticket.partner_id, self.customer)
        self.assertEqual(ticket.partner_email, "hoa@example.com")
        self.assertEqual(ticket.user_id, self.agent)
        self.assertTrue(ticket.deadline)

    def test_queries_of_the_last_rating(self):
        self.rate(self.make_ticket(), 5)
        partner = self.customer.with_user(self.chief)
        self.assertTrue(partner.last_ticket_rating)
        self.env.flush_all()
        partner.invalidate_recordset(["last_ticket_rating"])
        with self.assertQueryCount(4):
            self.assertTrue(partner.last_ticket_rating)
