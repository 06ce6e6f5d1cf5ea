from odoo.fields import Command
from odoo.tests import new_test_user

from .common import FunnelCommon

PERSONAL = "sales_team.group_sale_salesman,helpdesk_mgmt.group_helpdesk_user_own"


class TicketCommon(FunnelCommon):
    """A service desk whose customer buys for the first time (tier Contract).

    ticket_agent    salesperson with own tickets only, in the team
    ticket_leader   leads the team, sees its tickets
    ticket_manager  helpdesk manager
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(cls.env, "ticket_agent", PERSONAL)
        cls.leader = new_test_user(
            cls.env, "ticket_leader", "helpdesk_mgmt.group_helpdesk_user_team"
        )
        cls.chief = new_test_user(
            cls.env, "ticket_manager", "helpdesk_mgmt.group_helpdesk_manager"
        )
        cls.desk = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Service",
                "user_id": cls.leader.id,
                "user_ids": [Command.set((cls.agent | cls.leader).ids)],
            }
        )
        cls.new, cls.done, cls.cancelled = (
            cls.env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}")
            for name in ("new", "done", "cancelled")
        )
        cls.tiers["contract"].write(
            {
                "answer_time": 4,
                "answer_unit": "hour",
                "solve_time": 2,
                "solve_unit": "day",
            }
        )
        cls.customer.email = "hoa@example.com"
        cls.make_order(cls.customer)

    @classmethod
    def make_ticket(cls, partner=None, **vals):
        return cls.env["helpdesk.ticket"].create(
            {
                "name": "The parcel is late",
                "description": "Where is it?",
                "partner_id": (partner or cls.customer).id,
                "team_id": cls.desk.id,
                "user_id": cls.agent.id,
                **vals,
            }
        )

    def rate(self, ticket, rate, feedback=None):
        """Answer the question as the customer does, by the link of the e-mail."""
        token = ticket._rating_get_access_token()
        ticket.rating_apply(rate, token=token, feedback=feedback)
        return ticket.rating_ids[:1]
