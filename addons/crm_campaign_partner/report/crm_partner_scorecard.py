from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL


class CrmPartnerScorecard(models.Model):
    """What each partner answers, buys and owes: one row per commercial partner and
    company in whose campaigns it has ever been (N12).

    CAMPAIGNS: memberships, contacts of the ledger that went out, answers; the response
    rate is positive of contacted, and of a group the ratio of its sums.

    MONEY: posted customer invoices less credit notes, without taxes, in the company's
    currency; "this year" is the last twelve months, "last year" the twelve before, so
    that a comparison is fair in January, too. Debt is what is still open of posted
    invoices, for accountants only.

    GRADE: each grade may ask for sales and for a response rate, both of the last twelve
    months. The proposal is the first grade, in the order of the grades, whose demands
    are met. A manager accepts it; the reason stands in the partner's chatter.

    DAYS: in the time zone of the reader. Who was contacted without an answer counts on
    the day on which the member was last changed.

    RIGHTS: the record rules show whose rows one may see, with the sums of all members,
    orders and invoices behind them, as on the campaign.

    COST: one query for any number of rows; accepting writes once per grade.
    """

    _name = "crm.partner.scorecard"
    _description = "Partner Scorecard"
    _auto = False
    _rec_name = "partner_id"
    _order = "sales_year desc, id"
    _depends = {
        "account.move": [
            "amount_residual_signed",
            "amount_untaxed_signed",
            "commercial_partner_id",
            "company_id",
            "invoice_date",
            "move_type",
            "state",
        ],
        "crm.campaign.member": [
            "campaign_id",
            "company_id",
            "contact_date",
            "partner_id",
            "result_id",
            "state",
        ],
        "crm.campaign.result": ["is_positive"],
        "crm.contact.touch": ["company_id", "partner_id", "state"],
        "crm.lead": ["company_id", "partner_id", "type"],
        "res.partner": ["commercial_partner_id", "grade_id", "user_id"],
        "res.partner.grade": [
            "active",
            "campaign_min_response",
            "campaign_min_sales",
            "company_id",
            "sequence",
        ],
        "sale.order": ["company_id", "date_order", "partner_id", "state"],
    }

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    grade_id = fields.Many2one("res.partner.grade", readonly=True)
    campaign_count = fields.Integer(string="Campaigns", readonly=True)
    touch_count = fields.Integer(string="Contacts", readonly=True)
    contacted_count = fields.Integer(string="Contacted", readonly=True)
    positive_count = fields.Integer(string="Positive Answers", readonly=True)
    response_rate = fields.Float(readonly=True, aggregator="avg")
    contacted_year = fields.Integer(string="Contacted in 12 Months", readonly=True)
    positive_year = fields.Integer(
        string="Positive Answers in 12 Months", readonly=True
    )
    response_year = fields.Float(
        string="Response Rate of 12 Months", readonly=True, aggregator="avg"
    )
    opportunity_count = fields.Integer(string="Opportunities", readonly=True)
    order_count = fields.Integer(string="Orders in 12 Months", readonly=True)
    last_order_date = fields.Date(string="Last Order", readonly=True)
    sales_year = fields.Monetary(string="Sales in 12 Months", readonly=True)
    sales_before = fields.Monetary(string="12 Months Before", readonly=True)
    debt = fields.Monetary(
        string="Open Debt",
        readonly=True,
        groups="account.group_account_readonly,account.group_account_invoice",
    )
    proposed_grade_id = fields.Many2one("res.partner.grade", readonly=True)
    is_proposed = fields.Boolean(string="Grade to Change", readonly=True)
    proposal_reason = fields.Char(compute="_compute_proposal_reason")

    @property
    def _table_query(self):
        return SQL("%s %s", self._select(), self._from())

    @api.model
    def _select(self):
        return SQL(
            """
            SELECT member.id,
                   member.partner_id,
                   member.company_id,
                   partner.user_id,
                   partner.grade_id,
                   member.campaigns AS campaign_count,
                   COALESCE(touch.total, 0) AS touch_count,
                   member.contacted AS contacted_count,
                   member.positive AS positive_count,
                   member.positive::float / NULLIF(member.contacted, 0)
                       AS response_rate,
                   member.contacted_year,
                   member.positive_year,
                   member.positive_year::float / NULLIF(member.contacted_year, 0)
                       AS response_year,
                   COALESCE(lead.total, 0) AS opportunity_count,
                   COALESCE(orders.total, 0) AS order_count,
                   orders.latest AS last_order_date,
                   COALESCE(sales.year, 0) AS sales_year,
                   COALESCE(sales.before, 0) AS sales_before,
                   COALESCE(sales.debt, 0) AS debt,
                   proposal.id AS proposed_grade_id,
                   proposal.id IS NOT NULL
                       AND proposal.id IS DISTINCT FROM partner.grade_id
                       AS is_proposed
            """
        )

    @api.model
    def _from(self):
        today = fields.Date.context_today(self)
        return SQL(
            """
              FROM (
                    SELECT MIN(m.id) AS id,
                           p.commercial_partner_id AS partner_id,
                           m.company_id,
                           COUNT(DISTINCT m.campaign_id) AS campaigns,
                           COUNT(*) FILTER (WHERE m.state != 'todo') AS contacted,
                           COUNT(*) FILTER (WHERE r.is_positive) AS positive,
                           COUNT(*) FILTER (
                               WHERE m.state != 'todo'
                                 AND COALESCE(m.contact_date, m.write_date::date)
                                     > %(year)s
                           ) AS contacted_year,
                           COUNT(*) FILTER (
                               WHERE r.is_positive
                                 AND COALESCE(m.contact_date, m.write_date::date)
                                     > %(year)s
                           ) AS positive_year
                      FROM crm_campaign_member m
                      JOIN res_partner p ON p.id = m.partner_id
                      LEFT JOIN crm_campaign_result r ON r.id = m.result_id
                     GROUP BY p.commercial_partner_id, m.company_id
                   ) member
              JOIN res_partner partner ON partner.id = member.partner_id
              LEFT JOIN (
                    SELECT p.commercial_partner_id AS partner_id,
                           t.company_id,
                           COUNT(*) AS total
                      FROM crm_contact_touch t
                      JOIN res_partner p ON p.id = t.partner_id
                     WHERE t.state IN ('sending', 'sent', 'delivered', 'unknown')
                     GROUP BY p.commercial_partner_id, t.company_id
                   ) touch ON touch.partner_id = member.partner_id
                          AND touch.company_id = member.company_id
              LEFT JOIN (
                    SELECT p.commercial_partner_id AS partner_id,
                           l.company_id,
                           COUNT(*) AS total
                      FROM crm_lead l
                      JOIN res_partner p ON p.id = l.partner_id
                     WHERE l.type = 'opportunity'
                     GROUP BY p.commercial_partner_id, l.company_id
                   ) lead ON lead.partner_id = member.partner_id
                         AND lead.company_id = member.company_id
              LEFT JOIN (
                    SELECT p.commercial_partner_id AS partner_id,
                           so.company_id,
                           COUNT(*) FILTER (WHERE day.local > %(year)s) AS total,
                           MAX(day.local) AS latest
                      FROM sale_order so
                     CROSS JOIN LATERAL (
                           SELECT (so.date_order AT TIME ZONE 'UTC'
                                   AT TIME ZONE %(tz)s)::date AS local
                           ) day
                      JOIN res_partner p ON p.id = so.partner_id
                     WHERE so.state = 'sale'
                     GROUP BY p.commercial_partner_id, so.company_id
                   ) orders ON orders.partner_id = member.partner_id
                           AND orders.company_id = member.company_id
              LEFT JOIN (
                    SELECT move.commercial_partner_id AS partner_id,
                           move.company_id,
                           SUM(move.amount_untaxed_signed) FILTER (
                               WHERE move.invoice_date > %(year)s
                           ) AS year,
                           SUM(move.amount_untaxed_signed) FILTER (
                               WHERE move.invoice_date <= %(year)s
                                 AND move.invoice_date > %(before)s
                           ) AS before,
                           SUM(move.amount_residual_signed) AS debt
                      FROM account_move move
                     WHERE move.state = 'posted'
                       AND move.move_type
                           IN ('out_invoice', 'out_refund', 'out_receipt')
                     GROUP BY move.commercial_partner_id, move.company_id
                   ) sales ON sales.partner_id = member.partner_id
                          AND sales.company_id = member.company_id
              LEFT JOIN LATERAL (
                    SELECT grade.id
                      FROM res_partner_grade grade
                     WHERE grade.active
                       AND (grade.campaign_min_sales > 0
                            OR grade.campaign_min_response > 0)
                       AND COALESCE(sales.year, 0)
                           >= COALESCE(grade.campaign_min_sales, 0)
                       AND COALESCE(
                               member.positive_year::float
                               / NULLIF(member.contacted_year, 0), 0
                           ) >= COALESCE(grade.campaign_min_response, 0)
                       AND (grade.company_id IS NULL
                            OR grade.company_id = member.company_id)
                     ORDER BY grade.sequence, grade.id
                     LIMIT 1
                   ) proposal ON TRUE
            """,
            year=today - relativedelta(years=1),
            before=today - relativedelta(years=2),
            tz=str(self.env.tz),
        )

    @api.model
    def _get_ratios(self):
        """:return: {aggregate: (numerator, denominator)}"""
        return {
            "response_rate:avg": ("positive_count", "contacted_count"),
            "response_year:avg": ("positive_year", "contacted_year"),
        }

    def _read_group_select(self, aggregate_spec, query):
        """The rate of a group is the ratio of its sums, not an average of rates."""
        if aggregate_spec not in self._get_ratios():
            return super()._read_group_select(aggregate_spec, query)
        part, whole = self._get_ratios()[aggregate_spec]
        return SQL(
            "COALESCE(SUM(%s)::float / NULLIF(SUM(%s), 0), 0)",
            self._field_to_sql(self._table, part, query),
            self._field_to_sql(self._table, whole, query),
        )

    @api.depends_context("lang")
    @api.depends("proposed_grade_id", "sales_year", "response_year")
    def _compute_proposal_reason(self):
        for card in self:
            grade = card.proposed_grade_id
            if not grade:
                card.proposal_reason = False
                continue
            card.proposal_reason = self.env._(
                "%(sales)s bought in 12 months (%(min_sales)s asked for), %(rate)s%% "
                "positive answers (%(min_rate)s%% asked for).",
                sales=card.currency_id.format(card.sales_year),
                min_sales=card.currency_id.format(grade.campaign_min_sales),
                rate=round(100 * card.response_year),
                min_rate=round(100 * grade.campaign_min_response),
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_accept_proposal(self):
        """Give the partners the proposed grades; the reason is kept in their chatter.

        :raises AccessError: for whoever is no campaign manager
        :raises UserError: when no other grade is proposed for any of them, or two for
            the same partner
        """
        if not self.env.user.has_group("crm_campaign_partner.group_campaign_manager"):
            raise AccessError(self.env._("Only campaign managers change grades."))
        self.check_access("read")
        proposed = self.filtered("is_proposed")
        if not proposed:
            raise UserError(self.env._("No other grade is proposed for these."))
        proposed._check_one_grade_each()
        message = self.env._(
            "%(changed)s grades changed, %(kept)s stay as they are.",
            changed=len(proposed.partner_id),
            kept=len(self.partner_id - proposed.partner_id),
        )
        by_grade = proposed.grouped(
            lambda card: (card.company_id, card.proposed_grade_id)
        )
        for (company, grade), cards in by_grade.items():
            cards._give_grade(company, grade)
        self.invalidate_model()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def _check_one_grade_each(self):
        """A partner has one grade for all companies, which may propose several."""
        for partner, cards in self.grouped("partner_id").items():
            if len(cards.proposed_grade_id) > 1:
                raise UserError(
                    self.env._(
                        "Your companies propose different grades for %s: choose the "
                        "row of one company.",
                        partner.display_name,
                    )
                )

    def _give_grade(self, company, grade):
        """Write the grade, with the price list that it brings in this company."""
        author = self.env.user.partner_id
        bodies = {
            card.partner_id.id: self.env._(
                "Grade: %(before)s → %(after)s. %(reason)s",
                before=card.grade_id.name or self.env._("none"),
                after=grade.name,
                reason=card.proposal_reason,
            )
            for card in self
        }
        # sudo: borrows the right to write partners, for the grade alone; whoever may
        # was checked before
        partners = self.partner_id.sudo().with_company(company)
        partners.with_context(mail_notrack=True).write({"grade_id": grade.id})
        partners._message_log_batch(bodies, author_id=author.id)
