from datetime import datetime, timedelta

import psycopg2
from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .ticket_common import TicketCommon

# Wednesday, 15:00 in Viet Nam
ASKED = datetime(2026, 3, 4, 8)


@tagged("post_install", "-at_install")
class TestTicketPromise(TicketCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Office",
                "tz": "Asia/Ho_Chi_Minh",
                "hours_per_day": 8,
                "attendance_ids": [
                    fields.Command.create(
                        {
                            "name": part,
                            "dayofweek": str(day),
                            "hour_from": begin,
                            "hour_to": end,
                            "day_period": part,
                        }
                    )
                    for day in range(5)
                    for part, begin, end in (
                        ("morning", 8, 12),
                        ("afternoon", 13, 17),
                    )
                ],
            }
        )
        cls.env.company.resource_calendar_id = cls.calendar

    def make_ticket_at(self, moment, partner=None, **vals):
        with self.at(moment):
            ticket = self.make_ticket(partner, **vals)
            self.env.flush_all()
        self.assertEqual(ticket.create_date, moment)
        return ticket

    def is_late_at(self, ticket, moment):
        """What the field says, and the search of it."""
        with self.at(moment):
            ticket.invalidate_recordset(["is_late"])
            found = self.env["helpdesk.ticket"].search(
                [("id", "=", ticket.id), ("is_late", "=", True)]
            )
            others = self.env["helpdesk.ticket"].search(
                [("id", "=", ticket.id), ("is_late", "=", False)]
            )
            self.assertEqual(found, ticket.filtered("is_late"))
            self.assertEqual(others, ticket - found)
            return ticket.is_late

    def test_working_hours_of_the_company(self):
        """Four hours from 15:00: two today, two tomorrow; two days of eight hours."""
        self.assertEqual(self.customer.funnel_tier_id.code, "contract")
        ticket = self.make_ticket_at(ASKED)
        self.assertEqual(ticket.answer_deadline, datetime(2026, 3, 5, 3))
        self.assertEqual(ticket.solve_deadline, datetime(2026, 3, 6, 8))
        self.assertEqual(ticket.deadline, ticket.answer_deadline)

    def test_weekends_and_holidays_do_not_count(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "company_id": self.env.company.id,
                "date_from": datetime(2026, 3, 4, 17),
                "date_to": datetime(2026, 3, 5, 16, 59),
            }
        )
        ticket = self.make_ticket_at(ASKED)
        self.assertEqual(ticket.answer_deadline, datetime(2026, 3, 6, 3))
        self.assertEqual(ticket.solve_deadline, datetime(2026, 3, 9, 8))

    def test_holidays_of_another_company_do_not_count(self):
        other = self.env["res.company"].create({"name": "Other"})
        holiday = self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": False,
                "date_from": datetime(2026, 3, 4, 9),
                "date_to": datetime(2026, 3, 20),
            }
        )
        holiday.company_id = other
        ticket = self.make_ticket_at(ASKED)
        self.assertEqual(ticket.answer_deadline, datetime(2026, 3, 5, 3))

    def test_company_without_calendar_works_day_and_night(self):
        self.env.company.resource_calendar_id = False
        ticket = self.make_ticket_at(ASKED)
        self.assertEqual(ticket.answer_deadline, ASKED + timedelta(hours=4))
        self.assertEqual(ticket.solve_deadline, ASKED + timedelta(days=2))

    def test_promise_is_the_commercial_partners(self):
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        ticket = self.make_ticket_at(ASKED, contact)
        self.assertEqual(ticket.funnel_tier_id, self.tiers["contract"])
        self.assertEqual(ticket.answer_deadline, datetime(2026, 3, 5, 3))

    def test_tier_without_promise_and_ticket_without_customer(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        unknown = self.make_ticket_at(ASKED, partner_id=False)
        for ticket in (self.make_ticket_at(ASKED, stranger), unknown):
            self.assertFalse(ticket.answer_deadline or ticket.solve_deadline)
            self.assertFalse(ticket.deadline)
            self.assertFalse(self.is_late_at(ticket, ASKED + timedelta(days=90)))

    def test_another_customer_brings_his_promise(self):
        """It counts from the day of the ticket; later changes of the tier do not."""
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        ticket = self.make_ticket_at(ASKED, stranger)
        ticket.partner_id = self.customer
        self.assertEqual(ticket.answer_deadline, datetime(2026, 3, 5, 3))
        self.tiers["contract"].answer_time = 1
        self.customer._recompute_funnel_tier()
        self.env.flush_all()
        self.assertEqual(ticket.answer_deadline, datetime(2026, 3, 5, 3))
        ticket.partner_id = stranger
        self.assertFalse(ticket.deadline)

    def test_answer_is_what_our_people_write_to_the_customer(self):
        ticket = self.make_ticket_at(ASKED)
        comment = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        ticket.message_post(body="?", author_id=self.customer.id, **comment)
        self.assertFalse(ticket.answered_date, "the customer's own words")
        ticket.with_user(self.agent).message_post(
            body="Note", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        self.assertFalse(ticket.answered_date, "not shown to the customer")
        message = ticket.with_user(self.agent).message_post(body="Soon", **comment)
        self.assertEqual(ticket.answered_date, message.date)
        self.assertEqual(ticket.deadline, ticket.solve_deadline)
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            ticket.with_user(self.agent).message_post(body="Again", **comment)
        self.assertEqual(ticket.answered_date, message.date, "the first one counts")

    def test_answered_on_the_phone(self):
        ticket = self.make_ticket_at(ASKED)
        with freeze_time(ASKED + timedelta(hours=1)):
            ticket.with_user(self.agent).action_mark_answered()
            self.assertEqual(ticket.answered_date, fields.Datetime.now())
        self.assertIn("answered", ticket.message_ids[:1].body)
        self.assertEqual(ticket.deadline, ticket.solve_deadline)

    def test_late(self):
        ticket = self.make_ticket_at(ASKED)
        self.assertFalse(self.is_late_at(ticket, datetime(2026, 3, 5, 3)))
        self.assertTrue(self.is_late_at(ticket, datetime(2026, 3, 5, 3, 1)))
        ticket.action_mark_answered()
        self.assertFalse(self.is_late_at(ticket, datetime(2026, 3, 5, 3, 1)))
        self.assertTrue(self.is_late_at(ticket, datetime(2026, 3, 6, 8, 1)))
        ticket.stage_id = self.done
        self.assertFalse(self.is_late_at(ticket, datetime(2026, 3, 9)))
        ticket.stage_id = self.new
        self.assertTrue(self.is_late_at(ticket, datetime(2026, 3, 9)), "open again")

    def test_list_by_deadline(self):
        """What is due first stands first, what has no promise last."""
        third = self.make_ticket_at(ASKED, partner_id=False, priority="3")
        second = self.make_ticket_at(ASKED + timedelta(hours=1))
        first = self.make_ticket_at(ASKED)
        view = self.env.ref("crm_funnel_loyalty.helpdesk_ticket_view_list_deadline")
        arch = self.env["helpdesk.ticket"].get_view(view.id, "list")["arch"]
        self.assertIn('default_order="deadline, priority desc, id"', arch)
        found = self.env["helpdesk.ticket"].search(
            [("id", "in", (first | second | third).ids)],
            order="deadline, priority desc, id",
        )
        self.assertEqual(found.ids, [first.id, second.id, third.id])

    @mute_logger("odoo.sql_db")
    def test_bad_input(self):
        for values in ({"answer_time": -1}, {"solve_time": 366}):
            with (
                self.subTest(values),
                self.assertRaisesRegex(psycopg2.IntegrityError, "promised_times"),
                self.env.cr.savepoint(),
            ):
                self.tiers["loyal"].write(values)
                self.env.flush_all()

    def test_queries_do_not_grow_with_tickets(self):
        """The calendar is asked once for any number of tickets of one moment."""

        def asked(count):
            tickets = self.env["helpdesk.ticket"]
            for _number in range(count):
                tickets |= self.make_ticket()
            self.env.flush_all()
            tickets.invalidate_recordset()
            self.env.add_to_compute(tickets._fields["answer_deadline"], tickets)
            before = self.env.cr.sql_log_count
            tickets.mapped("answer_deadline")
            return self.env.cr.sql_log_count - before

        asked(2)
        few, many = asked(3), asked(40)
        self.assertEqual(few, many)
        self.assertLessEqual(many, 12)
