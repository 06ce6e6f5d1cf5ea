from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount, format_date

from ..services.targets import get_first_day, shift


class CrmSalesAppraisal(models.TransientModel):
    """Print the appraisal of salespeople for a period (003.57).

    SPECIFICATION
    - One page a person: score and KPIs, the months, the place among all, how the weekly
      reports were handed in, the appraiser's words, room for signatures.
    - RIGHTS: one's own; a leader prints the team's members, managers all. Income is not
      on it.

    COST: that of the scorecards, plus one search for the weekly reports, whatever the
    number of people.
    """

    _name = "crm.sales.appraisal"
    _description = "Appraisal Report"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    period = fields.Selection(
        selection=lambda self: self._get_periods(), default="quarter", required=True
    )
    date = fields.Date(
        string="In the Period Of", required=True, default=fields.Date.context_today
    )
    date_from = fields.Date(compute="_compute_days")
    date_to = fields.Date(compute="_compute_days")
    user_ids = fields.Many2many(
        "res.users",
        "crm_sales_appraisal_user_rel",
        string="Salespeople",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        default=lambda self: self.env.user,
    )
    words = fields.Text(
        string="Appraiser's Words", help="Printed on each page, below the figures."
    )

    @api.model
    def _get_periods(self):
        field = self.env["crm.sales.target"]._fields["period"]
        return field._description_selection(self.env)

    @api.depends("period", "date")
    def _compute_days(self):
        for wizard in self:
            first = wizard.date and get_first_day(wizard.period, wizard.date)
            wizard.date_from = first
            wizard.date_to = first and shift(wizard.period, first) - timedelta(days=1)

    def action_print(self):
        """Print one page for each person."""
        self.ensure_one()
        self._check_people()
        return self.env.ref(
            "crm_funnel_loyalty.action_report_sales_appraisal"
        ).report_action(self, config=False)

    def _check_people(self):
        if not self.user_ids:
            raise UserError(self.env._("Choose at least one salesperson."))
        board = self.env["crm.sales.board"].with_company(self.company_id)
        board._check_salesperson()
        for user in self.user_ids:
            if not board._may_see(user):
                # sudo: a colleague's name is no secret
                raise AccessError(
                    self.env._(
                        "You print your own appraisal and those of your team, not that "
                        "of %(person)s.",
                        person=user.sudo().name,
                    )
                )

    def _get_pages(self):
        """:return: list of cards for the report, with the weekly reports of each"""
        self.ensure_one()
        self._check_people()
        board = self.env["crm.sales.board"].with_company(self.company_id)
        # sudo: names are no secret; the right to see the figures has just been checked
        users = self.user_ids.sudo()
        cards = board._get_cards(users, self.company_id, self.period, self.date_from)
        weeks = self._get_weeks()
        return [{**cards[user.id], "weeks": weeks[user.id]} for user in users]

    def _get_weeks(self):
        """:return: dict of user id to the weekly reports: all, handed in, in time"""
        # sudo: the right to see the figures of these people has been checked
        reports = (
            self.env["crm.sales.weekly.report"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("user_id", "in", self.user_ids.ids),
                    ("date_from", ">=", self.date_from),
                    ("date_from", "<=", self.date_to),
                ]
            )
        )
        return {
            user.id: {
                "all": len(own),
                "handed_in": len(own.filtered("submit_date")),
                "in_time": len(
                    own.filtered(lambda one: one.submit_date and not one.is_late)
                ),
            }
            for user in self.user_ids
            for own in [reports.filtered(lambda one, user=user: one.user_id == user)]
        }

    def _format_metric(self, metric, figure):
        if metric == "revenue":
            return format_amount(self.env, figure, self.currency_id)
        digits = 0 if float(figure).is_integer() else 2
        text = self.env["ir.qweb.field.float"].value_to_html(
            figure, {"precision": digits}
        )
        return f"{text} %" if metric == "conversion" else text

    def _format_month(self, day):
        return format_date(self.env, day, date_format="MM/yyyy")

    def _get_verdict(self, code):
        """:return: what the months say about the KPI, in words"""
        return {
            "too_low": self.env._(
                "The target was reached in every month: it can be set higher."
            ),
            "too_high": self.env._(
                "Less than 70 % in every month: either the target is too high or the "
                "sale is blocked. Talk about the cause."
            ),
            "fine": self.env._("The target is set right: good and weaker months."),
            "too_few": self.env._("Too few months with a target to say more."),
        }[code]

    def _get_report_name(self):
        return self.env._(
            "Appraisal %(begin)s – %(end)s",
            begin=format_date(self.env, self.date_from),
            end=format_date(self.env, self.date_to),
        )
