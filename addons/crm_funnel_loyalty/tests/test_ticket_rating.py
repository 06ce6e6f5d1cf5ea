import re

from odoo.tests import HttpCase, tagged

from odoo.addons.mail.tests.common import MailCase

from ..hooks import _ask_for_ratings
from ..models.ticket.helpdesk_ticket_rating import UNHAPPY
from .ticket_common import TicketCommon


@tagged("post_install", "-at_install")
class TestTicketRating(TicketCommon, MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("vi_VN")
        _ask_for_ratings(cls.env)

    def close(self, ticket, stage=None):
        """:return: the e-mails that ask the customer for a rating"""
        with self.mock_mail_gateway():
            ticket.with_user(self.agent).stage_id = stage or self.done
        return [mail for mail in self._mails if "/rate/" in mail["body"]]

    def find_activities(self, ticket):
        return ticket.activity_search([UNHAPPY])

    def test_closing_asks_for_a_rating(self):
        ticket = self.make_ticket()
        (mail,) = self.close(ticket)
        self.assertIn("hoa@example.com", str(mail["email_to"]))
        self.assertIn(ticket.number, mail["subject"])
        self.assertEqual(len(ticket.rating_ids), 1)
        self.assertFalse(ticket.rating_ids.consumed)
        links = re.findall(r'href="(http[^"]*/rate/[^"]*)"', mail["body"])
        token = ticket.rating_ids.access_token
        self.assertEqual(
            [link.split("/rate/")[1] for link in links],
            [f"{token}/5", f"{token}/3", f"{token}/1"],
        )

    def test_in_the_customers_language(self):
        template = self.env.ref("crm_funnel_loyalty.mail_template_ticket_rating")
        template.with_context(lang="vi_VN").subject = "{{ object.number }}: tốt chưa?"
        self.agent.lang = "en_US"
        self.customer.lang = "vi_VN"
        (mail,) = self.close(self.make_ticket())
        self.assertIn("tốt chưa?", mail["subject"])

    def test_switched_off_by_stage_and_by_ticket(self):
        self.assertFalse(self.close(self.make_ticket(), self.cancelled))
        self.assertFalse(self.close(self.make_ticket(rating_status="no_rate")))
        self.done.rating_mail_template_id = False
        self.assertFalse(self.close(self.make_ticket()))

    def test_asked_once_until_answered(self):
        ticket = self.make_ticket()
        self.assertEqual(len(self.close(ticket)), 1)
        self.assertFalse(self.close(ticket), "the same stage again")
        ticket.stage_id = self.new
        self.assertFalse(self.close(ticket), "has not answered yet")
        self.rate(ticket, 1)
        ticket.stage_id = self.new
        self.assertEqual(len(self.close(ticket)), 1)

    def test_showing_the_template_asks_nobody(self):
        """Odoo renders a template for some ticket whenever it is saved."""
        ticket = self.make_ticket()
        template = self.env.ref("crm_funnel_loyalty.mail_template_ticket_rating")
        body = template._render_field("body_html", ticket.ids)[ticket.id]
        self.assertIn("/rate/", body)
        self.assertFalse(ticket.rating_ids)
        self.assertEqual(len(self.close(ticket)), 1)

    def test_nobody_without_an_email_is_asked(self):
        self.customer.email = False
        ticket = self.make_ticket() | self.make_ticket(partner_id=False)
        self.assertFalse(self.close(ticket))
        self.assertFalse(ticket.rating_ids)

    def test_installing_leaves_another_template(self):
        other = self.env.ref("helpdesk_mgmt_rating.rating_ticket_email_template")
        self.done.rating_mail_template_id = other
        _ask_for_ratings(self.env)
        self.assertEqual(self.done.rating_mail_template_id, other)

    def test_shown_on_the_ticket(self):
        ticket = self.make_ticket()
        self.rate(ticket, 5, "Fast")
        self.assertEqual(ticket.customer_rating, "top")
        self.assertEqual(ticket.customer_feedback, "Fast")

    def test_asking_again_leaves_the_last_rating(self):
        ticket = self.make_ticket()
        self.rate(ticket, 1, "Three calls")
        self.close(ticket)
        self.assertEqual(len(ticket.rating_ids), 2)
        self.assertEqual(ticket.customer_rating, "ko")
        self.assertEqual(ticket.customer_feedback, "Three calls")
        self.rate(ticket, 5)
        self.assertEqual(ticket.customer_rating, "top")

    def test_figures_per_person_and_team(self):
        self.rate(self.make_ticket(), 5)
        self.rate(self.make_ticket(), 1)
        self.rate(self.make_ticket(user_id=self.leader.id), 3)
        ticket = self.make_ticket(team_id=False, user_id=False)
        self.rate(ticket, 3)
        ratings = self.env["rating.rating"].with_user(self.chief)
        domain = [
            ("res_model", "=", "helpdesk.ticket"),
            ("consumed", "=", True),
            ("partner_id", "=", self.customer.id),
        ]
        figures = ratings._read_group(
            domain,
            ["parent_res_name", "rated_partner_id"],
            ["__count", "rating:avg"],
        )
        self.assertCountEqual(
            figures,
            [
                ("Service", self.agent.partner_id, 2, 3.0),
                ("Service", self.leader.partner_id, 1, 3.0),
                (False, self.env["res.partner"], 1, 3.0),
            ],
        )
        ticket.team_id = self.desk
        self.assertEqual(ticket.rating_ids.parent_res_name, "Service")

    def test_unhappy_customer_is_an_activity(self):
        for rate, count in ((5, 0), (3, 0), (2.5, 1), (1, 1)):
            ticket = self.make_ticket()
            self.rate(ticket, rate, "Too slow")
            activity = self.find_activities(ticket)
            self.assertEqual(len(activity), count, rate)
            if count:
                self.assertEqual(activity.user_id, self.agent)
                self.assertEqual(activity.summary, "Unhappy Customer: Talk to Them")
                self.assertIn("Too slow", activity.note)

    def test_one_activity_and_a_better_rating_takes_it_back(self):
        ticket = self.make_ticket()
        rating = self.rate(ticket, 1)
        ticket.rating_apply(1, rating=rating, feedback="And again")
        self.assertEqual(len(self.find_activities(ticket)), 1)
        ticket.rating_apply(5, rating=rating)
        self.assertFalse(self.find_activities(ticket))

    def test_somebody_who_may_read_the_ticket_is_responsible(self):
        """Assigned person, leader, salesperson of the customer, helpdesk manager."""
        self.assertEqual(self.make_ticket()._get_responsible(), self.agent)
        unassigned = self.make_ticket(user_id=False)
        self.assertEqual(unassigned._get_responsible(), self.leader)
        self.desk.user_id = False
        responsible = unassigned._get_responsible()
        self.assertNotEqual(responsible, self.seller, "may not read tickets")
        managers = self.env.ref("helpdesk_mgmt.group_helpdesk_manager")
        self.assertIn(responsible, managers.all_user_ids)
        unassigned.message_subscribe(self.seller.partner_id.ids)
        self.assertEqual(unassigned._get_responsible(), self.seller)
        unassigned.user_id = self.agent
        self.agent.active = False
        self.assertEqual(unassigned._get_responsible(), self.seller, "has left")

    def test_responsible_in_another_company_than_the_website(self):
        """The customer's page has the website's company in the context."""
        other = self.env["res.company"].create({"name": "Website"})
        ticket = self.make_ticket().with_context(allowed_company_ids=other.ids)
        self.assertEqual(ticket._get_responsible(), self.agent)

    def test_nobody_is_responsible(self):
        ticket = self.make_ticket(user_id=False, team_id=False)
        self.env.ref("helpdesk_mgmt.group_helpdesk_manager").user_ids = False
        self.rate(ticket, 1)
        self.assertFalse(self.find_activities(ticket))
        self.assertEqual(ticket.rating_last_value, 1)


@tagged("post_install", "-at_install")
class TestTicketRatingPage(TicketCommon, HttpCase):
    def test_customer_rates_by_the_link(self):
        """Without logging in; an unhappy one is somebody's activity."""
        ticket = self.make_ticket()
        token = ticket._rating_get_access_token()
        page = self.url_open(f"/rate/{token}/1")
        self.assertEqual(page.status_code, 200)
        self.assertFalse(ticket.rating_ids.consumed, "opening is not rating")
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)
        answer = self.url_open(
            f"/rate/{token}/submit_feedback",
            data={"rate": 1, "csrf_token": csrf, "feedback": "Three calls"},
        )
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(ticket.rating_last_value, 1)
        activity = ticket.activity_search([UNHAPPY])
        self.assertEqual(activity.user_id, self.agent)
        self.assertIn("Three calls", activity.note)
