from contextlib import suppress

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools import format_amount, format_date

from ...services import commission
from ...tools import local_date
from .statement_run import StatementRun

PAYERS = ("sales_team.group_sale_manager", "account.group_account_invoice")


class CrmSalesStatement(models.Model):
    """What one person, or one team, has earned in one period (003.24, 003.29, N7).

    SPECIFICATIONS
    * Each amount is a line that points at its order, invoice, payment or credit note;
      bonuses stand apart (003.11).
    * STATES: draft > confirmed > paid. Drafts are computed anew as often as anybody
      wants, which writes only what differs. What is confirmed never changes.
    * CLAW-BACK: what changes in the documents of a closed period (credit notes,
      cancelled orders, payments taken back, another seller) is booked in the next
      draft: the difference to what that period would pay today.
    * CREDIT: a sale counts for whoever had it when it happened, see
      ``crm.sales.credit.mixin``.
    * TEAMS deal out what they have to who belonged to them in the period, or to who led
      them when the statement was first made; see ``StatementTeam``.
    * PERIODS are months or quarters of the company's time zone; money is company
      currency, without taxes, rounded once; parts add up to the whole.
    * RIGHTS: a salesperson reads the own statement, a leader the team's, sales managers
      and accountants all; nobody writes one but by these methods.
    """

    _name = "crm.sales.statement"
    _description = "Commission Statement"
    _inherit = ["mail.thread"]
    _order = "date_from desc, team_id nulls first, total desc, id"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    policy_id = fields.Many2one(
        "crm.sales.policy", required=True, readonly=True, ondelete="restrict"
    )
    date_from = fields.Date(string="From", required=True, readonly=True, index=True)
    date_to = fields.Date(string="To", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Salesperson", readonly=True, index="btree_not_null"
    )
    team_id = fields.Many2one("crm.team", readonly=True)
    leader_id = fields.Many2one(
        "res.users",
        string="Team Leader",
        readonly=True,
        help="Who led the team when this statement was first made, and gets what goes "
        "to the leader.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("confirmed", "Confirmed"), ("paid", "Paid")],
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
    )
    confirmed_by_id = fields.Many2one("res.users", readonly=True)
    paid_date = fields.Date(string="Paid On", readonly=True)
    line_ids = fields.One2many(
        "crm.sales.statement.line", "statement_id", readonly=True
    )
    revenue = fields.Monetary(readonly=True)
    commission = fields.Monetary(readonly=True)
    bonus = fields.Monetary(readonly=True)
    team_part = fields.Monetary(
        string="From the Team",
        readonly=True,
        help="What the team has dealt out; below zero on the team's own statement.",
    )
    correction = fields.Monetary(
        string="Corrections",
        readonly=True,
        help="What has changed in periods that are closed: returns, cancelled orders.",
    )
    total = fields.Monetary(readonly=True, tracking=True)
    outlook = fields.Char(compute="_compute_outlook", string="Sell More")

    _owner_uniq = models.UniqueIndex(
        "(company_id, date_from, COALESCE(user_id, 0), COALESCE(team_id, 0))",
        "There is a statement of that period already.",
    )
    _one_owner = models.Constraint(
        "CHECK ((user_id IS NULL) <> (team_id IS NULL))",
        "A statement is a person's or a team's.",
    )

    @api.depends("user_id", "team_id", "date_from")
    def _compute_name(self):
        for statement in self:
            # sudo: the name of a colleague or team is no secret
            owner = statement.sudo().user_id.name or statement.sudo().team_id.name
            statement.name = self.env._(
                "%(owner)s, %(month)s",
                owner=owner,
                month=format_date(self.env, statement.date_from, date_format="MM/yyyy"),
            )

    @api.depends("state", "policy_id", "line_ids.base", "line_ids.team_id")
    def _compute_outlook(self):
        """The seller's question: what does selling more by the bands bring?"""
        for statement in self:
            statement.outlook = (
                statement._get_outlook()
                if statement.state == "draft" and statement.user_id
                else False
            )

    def _get_outlook(self):
        # sudo: borrows the right to read the bands of the own policy
        statement = self.sudo()
        policy = statement.policy_id
        sales = statement.line_ids.filtered(lambda line: line.kind == "sale")
        team = sales.team_id if sales else statement.user_id.sale_team_id
        steps = commission.get_next_steps(
            sum(map(commission.to_decimal, sales.mapped("base")), commission.ZERO),
            policy._get_bands("person"),
            commission.to_decimal(policy.person_share) if team else commission.HUNDRED,
        )
        return " · ".join(
            self.env._(
                "%(more)s more = %(gain)s more",
                more=format_amount(self.env, float(more), self.currency_id),
                gain=format_amount(self.env, float(gain), self.currency_id),
            )
            for more, gain in steps
        )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_refresh(self):
        """Compute the drafts of these periods anew; what is closed stays."""
        self.check_access("read")
        for company, statements in self.grouped("company_id").items():
            for date_from in sorted(set(statements.mapped("date_from"))):
                self._generate(company, date_from)

    def action_confirm(self):
        """Close the statements: what changes later is corrected in the next ones.

        :raises UserError: when one of them is not a draft, or its period is not over
        """
        self._check_may_pay()
        self._check_state("draft")
        for statement in self:
            if statement.date_to >= fields.Date.context_today(statement):
                raise UserError(
                    self.env._(
                        "%(name)s: the period ends on %(day)s. Confirm it afterwards.",
                        name=statement.name,
                        day=format_date(self.env, statement.date_to),
                    )
                )
        self.action_refresh()
        # sudo: statements are written by these methods only
        self.sudo().write({"state": "confirmed", "confirmed_by_id": self.env.uid})

    def action_pay(self):
        """Note that the statements are paid.

        :raises UserError: when one of them is not confirmed
        """
        self._check_may_pay()
        self._check_state("confirmed")
        # sudo: statements are written by these methods only
        self.sudo().write(
            {"state": "paid", "paid_date": fields.Date.context_today(self)}
        )

    def _check_may_pay(self):
        self.check_access("read")
        if not any(self.env.user.has_group(group) for group in PAYERS):
            raise AccessError(
                self.env._("Sales managers and accountants close statements.")
            )

    def _check_state(self, state):
        wrong = self.filtered(lambda statement: statement.state != state)
        if wrong:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(name)s” is %(state)s; this is for those that are %(wanted)s.",
                    name=wrong[0].name,
                    state=labels[wrong[0].state],
                    wanted=labels[state],
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_if_draft(self):
        self._check_state("draft")

    def _get_owner(self):
        """:return: ``("user", id)`` or ``("team", id)``: how a computation calls it"""
        self.ensure_one()
        if self.team_id:
            return ("team", self.team_id.id)
        return ("user", self.user_id.id)

    # ------------------------------------------------------------------
    # Computation
    # ------------------------------------------------------------------

    @api.model
    def _generate(self, company, day):
        """Compute the drafts of the period that holds a day.

        COST: a number of queries that depends on the versions of the policy within a
        year, not on people or documents.

        :return: all statements of the period
        :raises UserError: when no approved policy holds on that day
        :raises LockError: when somebody else is computing them at this moment
        """
        policies = self.env["crm.sales.policy"]
        # sudo: the computation reads all documents, whoever asks for it
        policy = policies.sudo()._get_for(company, day)
        if not policy:
            raise UserError(
                self.env._(
                    "No approved sales policy of %(company)s holds on %(day)s. Make "
                    "one under Commission > Sales Policies and approve it.",
                    company=company.name,
                    day=format_date(self.env, day),
                )
            )
        begin, end = policy._get_bounds(day)
        statements = StatementRun(policy, begin, end).run()
        return self.browse(statements.ids)

    @api.model
    def _cron_refresh(self):
        """Bring the drafts of the current period up to date, company by company; what
        somebody else is computing is being brought up to date."""
        policies = self.env["crm.sales.policy"]
        approved = policies.search([("state", "=", "approved")])
        companies = approved.company_id
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=len(companies))
        for company in companies:
            today = local_date(fields.Datetime.now(), company)
            if policies._get_for(company, today):
                with suppress(LockError):
                    self._generate(company, today)
            if not commit(1):
                return
