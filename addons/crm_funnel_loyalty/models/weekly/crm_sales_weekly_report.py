from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import clean_context, format_date, html2plaintext

from ...groups import ALL_DOCUMENTS, SALES
from ...services.targets import get_monday
from ...tools import local_date, pick

WORDS = {"done_text", "problem_text", "plan_text"}
COMMENT = {"manager_comment"}
# What only the system writes: no salesperson changes a figure by any call.
PROTECTED = {
    "user_id",
    "team_id",
    "company_id",
    "date_from",
    "date_to",
    "state",
    "submit_date",
    "is_late",
    "comment_user_id",
    "comment_date",
    "reminder_date",
    "figures_date",
    "call_count",
    "meeting_count",
    "lead_count",
    "quotation_count",
    "quotation_amount",
    "order_count",
    "new_customer_count",
    "revenue",
}


class CrmSalesWeeklyReport(models.Model):
    """A salesperson's report of one week (003.03).

    SPECIFICATIONS
    - ONE for each person and week (Monday to Sunday of the company's time zone).
    - FIGURES come from what happened and are frozen when it is handed in, see
      ``crm_sales_weekly_figures``; nobody types them.
    - WORDS: the person writes what was done, what was in the way and the plan, until it
      is handed in. What is empty is asked for.
    - COMMENT: of the team's leader or a manager, at any time; the person is told. They
      can also hand it back.
    - RIGHTS: a salesperson reads and writes the own ones; a leader reads those of the
      team's members; sales managers read all.
    """

    _name = "crm.sales.weekly.report"
    _description = "Weekly Sales Report"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, team_id, user_id, id"

    user_id = fields.Many2one(
        "res.users", string="Salesperson", required=True, readonly=True, index=True
    )
    team_id = fields.Many2one("crm.team", readonly=True, index="btree_not_null")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(string="Monday", required=True, readonly=True, index=True)
    date_to = fields.Date(string="Sunday", compute="_compute_date_to", store=True)
    state = fields.Selection(
        [("draft", "Not handed in"), ("submitted", "Handed in")],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
    )
    submit_date = fields.Datetime(string="Handed In On", readonly=True)
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_is_late",
        store=True,
        help="Handed in after the Sunday of the week.",
    )
    done_text = fields.Html(string="What I Did")
    problem_text = fields.Html(string="What Was in the Way")
    plan_text = fields.Html(string="Plan for Next Week")
    manager_comment = fields.Html(string="Manager's Comment")
    comment_user_id = fields.Many2one("res.users", string="Comment By", readonly=True)
    comment_date = fields.Datetime(string="Comment On", readonly=True)
    is_mine = fields.Boolean(compute="_compute_rights")
    can_comment = fields.Boolean(compute="_compute_rights")

    _week_uniq = models.UniqueIndex(
        "(user_id, company_id, date_from)",
        "There is a report of this person and week already.",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("date_from")
    def _compute_date_to(self):
        for report in self:
            report.date_to = report.date_from and report.date_from + timedelta(days=6)

    @api.depends("user_id", "date_from")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for report in self:
            report.display_name = self.env._(
                "%(person)s, week of %(day)s",
                person=report.sudo().user_id.name,  # sudo: a name is no secret
                day=format_date(self.env, report.date_from),
            )

    @api.depends("submit_date", "date_from")
    def _compute_is_late(self):
        for report in self:
            report.is_late = bool(report.submit_date) and (
                local_date(report.submit_date, report.company_id)
                > report.date_from + timedelta(days=6)
            )

    @api.depends("user_id", "team_id")
    @api.depends_context("uid")
    def _compute_rights(self):
        for report in self:
            report.is_mine = report.user_id == self.env.user
            report.can_comment = report._is_reviewer()

    def _is_reviewer(self):
        """Whether the user may comment on the report; nobody does so on the own one."""
        user = self.env.user
        if self.user_id == user:
            return False
        # sudo: borrows the right to see who leads the team
        leaders = self.sudo().team_id.user_id | self.sudo().user_id.crm_team_ids.user_id
        return user in leaders or user.has_group(ALL_DOCUMENTS)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Reports are made for people, not by them."""
        if not self.env.su:
            raise AccessError(
                self.env._("Open your report by the menu: it is made for you.")
            )
        return super().create(vals_list)

    def write(self, vals):
        """People write their words, managers their comment; nobody a figure."""
        if self.env.su:
            return super().write(vals)
        self._check_may_write(vals)
        if COMMENT & vals.keys():
            self._write_comment(pick(vals, COMMENT))
            vals = pick(vals, vals.keys() - COMMENT)
        return super().write(vals) if vals else True

    def _check_may_write(self, vals):
        if PROTECTED & vals.keys():
            raise AccessError(
                self.env._("The figures come from what happened; nobody types them.")
            )
        for report in self:
            if WORDS & vals.keys():
                if report.user_id != self.env.user:
                    raise AccessError(
                        self.env._("Only the salesperson writes this report.")
                    )
                if report.state != "draft":
                    raise UserError(
                        self.env._(
                            "The report is handed in. Ask your manager to hand it back "
                            "if something has to change."
                        )
                    )
            if COMMENT & vals.keys() and not report._is_reviewer():
                raise AccessError(
                    self.env._("Only the team's leader or a manager comments on it.")
                )

    def _write_comment(self, comment):
        """:param dict comment: the comment and nothing else, as all of it is written"""
        noted = {
            "comment_user_id": self.env.uid,
            "comment_date": fields.Datetime.now(),
        }
        # sudo: the system notes the comment, who made it and when
        self.sudo().write(comment | noted)
        for report in self:
            if html2plaintext(report.manager_comment or "").strip():
                report.sudo().message_notify(
                    author_id=self.env.user.partner_id.id,
                    partner_ids=report.sudo().user_id.partner_id.ids,
                    subject=report.display_name,
                    body=report.manager_comment,
                )

    @api.constrains("date_from")
    def _check_monday(self):
        for report in self:
            if report.date_from != get_monday(report.date_from):
                raise ValidationError(self.env._("A week begins on Monday."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        if any(report.state == "submitted" for report in self):
            raise UserError(self.env._("What was handed in is not deleted."))

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @api.model
    def action_open_mine(self):
        """Open this week's report of the user, made and filled in if there is none."""
        user, company = self.env.user, self.env.company
        if not user.has_group(SALES):
            raise AccessError(self.env._("Weekly reports are for salespeople."))
        monday = get_monday(local_date(self.env.cr.now(), company))
        report = self._make_missing(company, monday, user).with_env(self.env)
        if report.state == "draft":
            report._fill()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("My Weekly Report"),
            "res_model": self._name,
            "res_id": report.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    @api.model
    def _make_missing(self, company, monday, users):
        """:return: the reports of these people and week, made where there are none

        COST: one search and one create.
        """
        # sudo: reports are made by the system, for the person that they belong to
        # with a clean context: nobody brings own values along by default_… keys
        Report = self.with_context(clean_context(self.env.context)).sudo()
        domain = [
            ("company_id", "=", company.id),
            ("date_from", "=", monday),
            ("user_id", "in", users.ids),
        ]
        present = Report.search(domain)
        missing = users - present.user_id.with_env(users.env)
        made = Report.create(
            [self._prepare_report(company, monday, user) for user in missing]
        )
        made._fill()
        return present | made

    @api.model
    def _prepare_report(self, company, monday, user):
        teams = user.sudo().crm_team_ids  # sudo: which team the person is in
        return {
            "user_id": user.id,
            "team_id": teams.filtered(
                lambda team: not team.company_id or team.company_id == company
            )[:1].id,
            "company_id": company.id,
            "date_from": monday,
        }

    def action_refresh(self):
        """Take the figures anew, as long as it is not handed in."""
        self.check_access("read")
        self.filtered(lambda report: report.state == "draft")._fill()

    def action_submit(self):
        """Hand the report in: the figures are frozen, the leader is told."""
        for report in self:
            report._check_may_submit()
        drafts = self.filtered(lambda report: report.state == "draft")
        drafts._fill()
        # sudo: the state is the system's; whose report it is has just been checked
        drafts.sudo().write(
            {"state": "submitted", "submit_date": fields.Datetime.now()}
        )
        drafts.sudo().activity_unlink([self._get_reminder_type()])
        for report in drafts.sudo():
            leader = report.team_id.user_id - report.user_id
            if leader:
                report.message_notify(
                    author_id=report.user_id.partner_id.id,
                    partner_ids=leader.partner_id.ids,
                    subject=report.display_name,
                    body=self.env._("The weekly report is handed in."),
                )

    def _check_may_submit(self):
        self.check_access("write")
        if self.user_id != self.env.user:
            raise AccessError(self.env._("Everybody hands in the own report only."))
        if self.date_from > local_date(self.env.cr.now(), self.company_id):
            raise UserError(self.env._("This week has not begun yet."))
        for name in ("done_text", "plan_text"):
            if not html2plaintext(self[name] or "").strip():
                raise UserError(
                    self.env._(
                        "Write a few words under “%s” before you hand it in.",
                        self._fields[name]._description_string(self.env),
                    )
                )

    def action_hand_back(self):
        """Give the report back to be changed."""
        for report in self:
            report.check_access("read")
            if not report._is_reviewer():
                raise AccessError(
                    self.env._("Only the team's leader or a manager hands it back.")
                )
        # sudo: the state is the system's; the right to hand back has just been checked
        self.sudo().write({"state": "draft", "submit_date": False})
