from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools import is_change, pick

PROMISE = {"answer_deadline", "solve_deadline", "deadline", "answered_date"}


class HelpdeskTicket(models.Model):
    """Ticket with the service promise of the customer's tier (003.53, 003.55).

    SPECIFICATIONS
    * The promise is that of the tier which the commercial partner is on when the ticket
      is made, or when the ticket gets another customer. It is kept whatever becomes of
      the tier later, and counts from the moment the ticket was made.
    * Answered: the first message which the customer can read is written by one of our
      own people, or the ticket is closed, or somebody says so.
    * Late is what is open and past its next deadline now; nothing is stored that time
      alone would make wrong.
    * Nobody writes deadlines and the time of the answer: they follow from what happens.

    COST: the calendar is asked once per promise and moment, however many tickets.
    """

    _inherit = "helpdesk.ticket"

    funnel_tier_id = fields.Many2one(
        related="partner_id.commercial_partner_id.funnel_tier_id",
        string="Customer Tier",
        groups="base.group_user",
    )
    answer_deadline = fields.Datetime(
        string="Answer By", compute="_compute_promise", store=True
    )
    solve_deadline = fields.Datetime(
        string="Solve By", compute="_compute_promise", store=True
    )
    answered_date = fields.Datetime(string="Answered On", readonly=True, copy=False)
    deadline = fields.Datetime(
        compute="_compute_deadline",
        store=True,
        index="btree_not_null",
        help="What comes first of answering and solving; empty when neither is left.",
    )
    is_late = fields.Boolean(
        string="Late", compute="_compute_is_late", search="_search_is_late"
    )

    @api.depends("partner_id", "company_id")
    def _compute_promise(self):
        found = {}
        for ticket in self:
            # sudo: the promise is the customer's, whoever writes the ticket
            tier = ticket.sudo().partner_id.commercial_partner_id.funnel_tier_id
            start = ticket.create_date or fields.Datetime.now()
            key = (tier, ticket.company_id, start.replace(microsecond=0))
            if key not in found:
                found[key] = self._get_promise(*key)
            ticket.answer_deadline, ticket.solve_deadline = found[key]

    @api.model
    def _get_promise(self, tier, company, start):
        """:return: by when to answer and by when to solve, each maybe False"""
        # sudo: working hours are no secret; portal users may not read calendars
        calendar = company.sudo().resource_calendar_id
        return tuple(
            tier and tier._get_promised_end(kind, start, calendar, company)
            for kind in ("answer", "solve")
        )

    @api.depends(
        "answer_deadline",
        "solve_deadline",
        "answered_date",
        "closed_date",
        "stage_id.closed",
    )
    def _compute_deadline(self):
        for ticket in self:
            is_answered = ticket.answered_date or ticket.closed_date
            ends = [ticket.solve_deadline, not is_answered and ticket.answer_deadline]
            ticket.deadline = not ticket.stage_id.closed and min(
                filter(None, ends), default=False
            )

    @api.depends("deadline")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for ticket in self:
            ticket.is_late = bool(ticket.deadline and ticket.deadline < now)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("deadline", "<", fields.Datetime.now())]

    @api.model_create_multi
    def create(self, vals_list):
        """A new ticket brings no promise of its own."""
        defaults = {f"default_{name}" for name in PROMISE}
        if any(PROMISE & vals.keys() for vals in vals_list) or (
            defaults & self.env.context.keys()
        ):
            self._check_may_promise()
        return super().create(vals_list)

    def write(self, vals):
        """Refuse deadlines that somebody makes up."""
        asked = pick(vals, PROMISE)
        if any(is_change(ticket, asked) for ticket in self):
            self._check_may_promise()
        return super().write(vals)

    def _check_may_promise(self):
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "Deadlines and the time of the answer follow from what happens; "
                    "nobody writes them."
                )
            )

    def action_mark_answered(self):
        """Note that the customer was answered elsewhere, e.g. on the phone (003.53).

        :raises AccessError: for who may not write the ticket
        """
        self.check_access("write")
        for ticket in self.filtered(lambda ticket: not ticket.answered_date):
            # sudo: whoever may write the ticket may say that it was answered, now
            ticket.sudo().answered_date = fields.Datetime.now()
            ticket.message_post(
                body=self.env._("The customer was answered, for example on the phone."),
            )

    def _message_post_after_hook(self, message, msg_values):
        """The first message of our own people to the customer is the answer."""
        result = super()._message_post_after_hook(message, msg_values)
        if not self.answered_date and self._is_answer(message):
            # sudo: whoever may write to the customer has answered
            self.sudo().answered_date = fields.Datetime.now()
        return result

    def _is_answer(self, message):
        """:return: whether one of our own people wrote this to the customer"""
        is_shown = message.subtype_id == self.env.ref("mail.mt_comment")
        author = message.author_id
        return (
            is_shown
            and message.message_type in ("comment", "email")
            and author != self.partner_id
            # sudo: who is one of our own people is no secret
            and any(not user.share for user in author.sudo().user_ids)
        )
