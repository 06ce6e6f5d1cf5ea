from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .ticket_common import TicketCommon


@tagged("post_install", "-at_install")
class TestTicketTour(TicketCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.agent.lang = "en_US"
        cls.buyer = cls.env["res.partner"].create(
            {"name": "Tour Buyer", "user_id": cls.agent.id, "email": "t@example.com"}
        )
        cls.make_order(cls.buyer)

    def test_new_ticket_from_the_customer(self):
        """In the real browser: make a ticket in one click, answer and close it."""
        self.start_tour(
            f"/odoo/res.partner/{self.buyer.id}",
            "crm_funnel_ticket",
            login="ticket_agent",
        )
        ticket = self.buyer.helpdesk_ticket_ids
        self.assertEqual(ticket.stage_id, self.done)
        self.assertTrue(ticket.answered_date)
        self.assertEqual(ticket.user_id, self.agent)

    def test_late_ones_first(self):
        """In the real browser: the list by deadline, its filter and the badge."""
        early = self.make_ticket(self.buyer, name="Early parcel")
        late = self.make_ticket(self.buyer, name="Late parcel")
        self.assertTrue(early.deadline)
        late.answer_deadline = fields.Datetime.now() - timedelta(hours=1)
        self.start_tour(
            "/odoo/action-crm_funnel_loyalty.action_tickets",
            "crm_funnel_ticket_list",
            login="ticket_agent",
        )

    def test_unhappy_customer(self):
        """In the real browser: from the last rating to what was said, to the ticket."""
        ticket = self.make_ticket(self.buyer, stage_id=self.done.id)
        self.rate(ticket, 1, "Three calls")
        self.start_tour(
            f"/odoo/res.partner/{self.buyer.id}",
            "crm_funnel_ticket_rating",
            login="ticket_agent",
        )
