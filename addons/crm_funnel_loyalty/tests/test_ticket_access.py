from odoo.tests import new_test_user, tagged

from odoo.addons.crm_campaign_partner.tests.common_rpc import RpcCase

from .ticket_common import TicketCommon

TICKET = "helpdesk.ticket"


@tagged("post_install", "-at_install")
class TestTicketAccess(TicketCommon, RpcCase):
    """Each role sees over RPC the tickets that ``helpdesk_mgmt`` gives it, no more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "ticket_portal", "base.group_portal")
        for user in (cls.seller, cls.agent, cls.leader, cls.chief, cls.portal):
            user.password = user.login
        cls.mine = cls.make_ticket()
        cls.teams = cls.make_ticket(user_id=cls.leader.id)
        cls.foreign = cls.make_ticket(user_id=False, team_id=False)
        cls.others = cls.make_ticket(
            user_id=cls.chief.id,
            team_id=cls.env["helpdesk.ticket.team"].create({"name": "Other"}).id,
        )
        cls.portals = cls.make_ticket(cls.portal.partner_id)

    def found_by(self, user):
        ids = [["partner_id", "in", (self.customer | self.portal.partner_id).ids]]
        return self.env[TICKET].browse(self.rpc_as(user, TICKET, "search", ids))

    def test_who_sees_which_tickets(self):
        self.assertFalse(self.found_by(self.seller), "a salesperson without rights")
        self.assertEqual(self.found_by(self.agent), self.mine | self.portals)
        self.assertEqual(
            self.found_by(self.leader),
            self.mine | self.teams | self.foreign | self.portals,
        )
        self.assertEqual(len(self.found_by(self.chief)), 5)
        self.assertEqual(self.found_by(self.portal), self.portals)

    def test_salesperson_without_rights(self):
        values = {"name": "T", "description": "T", "partner_id": self.customer.id}
        self.assertRefused(self.seller, TICKET, "create", [values])
        self.assertRefused(self.seller, TICKET, "read", self.mine.ids, ["deadline"])
        ids = self.customer.ids
        self.assertRefused(
            self.seller, "res.partner", "read", ids, ["last_ticket_rating"]
        )

    def test_reading_is_not_answering(self):
        """A follower and a portal user read the ticket; they cannot mark it."""
        self.mine.message_subscribe(self.seller.partner_id.ids)
        self.assertEqual(self.found_by(self.seller), self.mine)
        for user, ticket in ((self.seller, self.mine), (self.portal, self.portals)):
            self.assertRefused(user, TICKET, "action_mark_answered", ticket.ids)
        self.assertRefused(self.agent, TICKET, "action_mark_answered", self.teams.ids)
        self.rpc_as(self.agent, TICKET, "action_mark_answered", self.mine.ids)
        self.assertTrue(self.mine.answered_date)

    def test_nobody_writes_promise_and_answer(self):
        """Neither a deadline nor when it was answered, by no call."""
        ids, moment = self.mine.ids, "2030-01-01 00:00:00"
        values = {"name": "T", "description": "T", "team_id": self.desk.id}
        for user in (self.agent, self.chief):
            for name in ("answered_date", "solve_deadline", "deadline"):
                self.assertRefused(user, TICKET, "write", ids, {name: moment})
                self.assertRefused(user, TICKET, "create", [{**values, name: moment}])
                self.assertRefused(
                    user,
                    TICKET,
                    "create",
                    [values],
                    context={f"default_{name}": moment},
                )
        same = {"name": "Late", "answered_date": False}
        self.rpc_as(self.agent, TICKET, "write", ids, same)
        self.assertEqual(self.mine.name, "Late", "what comes back as it is is harmless")

    def test_portal_ticket_has_its_deadline(self):
        """Whoever may not read calendars and tiers still gets the promise."""
        self.make_order(self.portal.partner_id)
        ticket = (
            self.env[TICKET]
            .with_user(self.agent)
            .create(
                {
                    "name": "T",
                    "description": "T",
                    "partner_id": self.portal.partner_id.id,
                }
            )
        )
        self.assertTrue(ticket.deadline)
        read = self.rpc_as(
            self.portal, TICKET, "search_read", [["id", "=", ticket.id]], ["deadline"]
        )
        self.assertTrue(read[0]["deadline"])
        self.assertRefused(self.portal, TICKET, "read", ticket.ids, ["funnel_tier_id"])

    def test_ratings_of_readable_tickets_only(self):
        self.rate(self.others, 1)
        ids, fields = self.customer.ids, ["last_ticket_rating"]
        for user, rating in ((self.agent, False), (self.chief, "ko")):
            (got,) = self.rpc_as(user, "res.partner", "read", ids, fields)
            self.assertEqual(got["last_ticket_rating"], rating, user.login)
        action = self.rpc_as(
            self.agent, "res.partner", "action_view_ticket_ratings", ids
        )
        self.assertNotIn(self.others.id, action["domain"][1][2])

    def test_only_managers_change_the_promise(self):
        ids, values = self.tiers["fan"].ids, {"answer_time": 1}
        for user in (self.seller, self.agent, self.leader, self.portal):
            self.assertRefused(user, "crm.funnel.tier", "write", ids, values)
        self.manager.password = self.manager.login
        self.rpc_as(self.manager, "crm.funnel.tier", "write", ids, values)
        self.assertEqual(self.tiers["fan"].answer_time, 1)
