from odoo import api, fields, models
from odoo.tools import plaintext2html

from odoo.addons.rating.models.rating_data import RATING_LIMIT_OK, RATING_TEXT

UNHAPPY = "crm_funnel_loyalty.mail_activity_type_unhappy"


class HelpdeskTicketRating(models.Model):
    """Rating that is asked for when a ticket is closed (003.54).

    SPECIFICATIONS
    * Asking is what ``helpdesk_mgmt_rating`` does, by the template of the stage: here
      only who is asked. Nobody without e-mail, and nobody twice before answering.
    * Figures are those of core's ratings: the person is who is assigned, the document
      above the ticket is its team.
    * A rating below 3 of 5 is an activity for whoever is responsible and may read the
      ticket; a better one that follows takes it back.
    """

    _inherit = "helpdesk.ticket"

    customer_rating = fields.Selection(
        RATING_TEXT,
        string="Last Rating",
        compute="_compute_customer_rating",
        groups="base.group_user",
        help="The last one that was given; asking again leaves it.",
    )
    customer_feedback = fields.Text(
        string="What the Customer Said",
        compute="_compute_customer_rating",
        groups="base.group_user",
    )

    @api.depends("rating_ids.consumed", "rating_ids.rating", "rating_ids.feedback")
    def _compute_customer_rating(self):
        """COST: one query for any number of tickets."""
        for ticket in self:
            # sudo: whoever reads the ticket reads what was said about it
            given = (
                ticket.sudo()
                .rating_ids.filtered("consumed")
                .sorted(lambda rating: (rating.rated_on, rating.id))[-1:]
            )
            ticket.customer_rating = given.rating_text
            ticket.customer_feedback = given.feedback

    def _rating_get_parent_field_name(self):
        return "team_id"

    def _send_ticket_rating_mail(self, force_send=False):
        asked = self.filtered(lambda ticket: ticket._can_be_asked())
        for ticket in asked:
            ticket._rating_get_access_token()
        return super(HelpdeskTicketRating, asked)._send_ticket_rating_mail(
            force_send=force_send
        )

    def _can_be_asked(self):
        """:return: whether to ask, and the customer has an e-mail and was not asked"""
        is_wanted = self.rating_status == "stage_change"
        template = self.stage_id.rating_mail_template_id
        is_reachable = is_wanted and template and self._rating_get_partner().email
        return bool(is_reachable and not self._find_question())

    def _find_question(self):
        """:return: the rating that the customer was asked for and has not given"""
        partner = self._rating_get_partner()
        # sudo: whether it was asked does not depend on who closes the ticket
        return self.sudo().rating_ids.filtered(
            lambda rating: rating.partner_id == partner and not rating.consumed
        )[:1]

    def _get_question_token(self):
        """Token for the e-mail. Showing or checking the template asks nobody."""
        return self._find_question().access_token or ""

    def rating_apply(self, rate, token=None, rating=None, feedback=None, **kwargs):
        """See to it that somebody talks to an unhappy customer."""
        rated = super().rating_apply(
            rate, token=token, rating=rating, feedback=feedback, **kwargs
        )
        if rated.rating >= RATING_LIMIT_OK:
            self.activity_unlink([UNHAPPY])
        elif not self.activity_search([UNHAPPY]):
            self._plan_talk(rated)
        return rated

    def _plan_talk(self, rating):
        responsible = self._get_responsible()
        if responsible:
            ticket = self.with_context(lang=responsible.lang)
            ticket.activity_schedule(
                UNHAPPY,
                user_id=responsible.id,
                summary=ticket.env._("Unhappy Customer: Talk to Them"),
                note=plaintext2html(rating.feedback or ""),
            )

    def _get_responsible(self):
        """:return: the first of those responsible who may read the ticket"""
        self.ensure_one()
        managers = self.env.ref("helpdesk_mgmt.group_helpdesk_manager").all_user_ids
        people = [
            self.user_id,
            self.team_id.user_id,
            self.partner_id.commercial_partner_id.user_id,
            *managers.filtered(lambda user: self.company_id in user.company_ids),
        ]
        return next(filter(self._is_readable_by, people), self.env["res.users"])

    def _is_readable_by(self, user):
        # the customer's page has the website's company in the context, not the user's
        ticket = self.with_user(user).with_context(allowed_company_ids=[])
        return user.active and ticket.has_access("read")
