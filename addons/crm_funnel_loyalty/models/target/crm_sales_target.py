from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...services.targets import PERIOD_MONTHS, get_first_day, shift
from .target_facts import TRAITS
from .target_sources import ACTIVITY_METRICS


class CrmSalesTarget(models.Model):
    """What a person or a team is to achieve in a period (003.40, 003.58–003.63).

    SPECIFICATIONS
    - OWNER: either a person or a team, never both, never neither.
    - PERIOD: a month, a quarter or a year; any day in it may be given, kept is the
      first one.
    - METRIC: revenue, orders, quantity, new customers, calls held, or part of closed
      opportunities that was won, in percent.
    - TRAITS narrow what counts: product, category (with those below it), channel,
      region, tier, customer tag (with those below it); several must all fit. Calls and
      opportunities have no products.
    - NO DOUBLES: one target per owner, period, metric and traits.
    - RIGHTS: sales managers write; a salesperson reads the own ones and those of the
      own team, a leader also those of the members; whoever sees all sales documents
      reads all. Each change of the figure is written in the chatter.

    What has been achieved: see ``crm_sales_target_figures``.
    """

    _name = "crm.sales.target"
    _description = "Sales Target"
    _inherit = ["mail.thread"]
    _order = "date_from desc, period, team_id, user_id, metric, id"
    _check_company_auto = True

    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
    )
    team_id = fields.Many2one(
        "crm.team",
        index="btree_not_null",
        check_company=True,
        tracking=True,
    )
    period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        default="month",
        required=True,
    )
    date_from = fields.Date(
        string="From",
        required=True,
        index=True,
        default=lambda self: get_first_day("month", fields.Date.context_today(self)),
        help="Any day of the period will do; its first day is kept.",
    )
    date_to = fields.Date(string="To", compute="_compute_date_to", store=True)
    metric = fields.Selection(
        [
            ("revenue", "Revenue"),
            ("orders", "Orders"),
            ("quantity", "Quantity"),
            ("new_customers", "New customers"),
            ("calls", "Calls"),
            ("conversion", "Conversion rate (%)"),
        ],
        default="revenue",
        required=True,
    )
    product_id = fields.Many2one(
        "product.product", index="btree_not_null", ondelete="cascade"
    )
    categ_id = fields.Many2one(
        "product.category",
        string="Product Category",
        index="btree_not_null",
        ondelete="cascade",
    )
    medium_id = fields.Many2one(
        "utm.medium", string="Channel", index="btree_not_null", ondelete="cascade"
    )
    state_id = fields.Many2one(
        "res.country.state",
        string="Region",
        index="btree_not_null",
        ondelete="cascade",
        domain=lambda self: self._get_region_domain(),
    )
    tier_id = fields.Many2one(
        "crm.funnel.tier", index="btree_not_null", ondelete="cascade"
    )
    tag_id = fields.Many2one(
        "res.partner.category",
        string="Customer Tag",
        index="btree_not_null",
        ondelete="cascade",
    )
    target = fields.Float(required=True, digits=(16, 2), tracking=True, aggregator=None)
    note = fields.Text()

    _one_owner = models.Constraint(
        "CHECK ((user_id IS NULL) <> (team_id IS NULL))",
        "A target is a person's or a team's: fill in one of the two, not both.",
    )
    _positive = models.Constraint(
        "CHECK (target > 0)",
        "A target is above zero. Delete the target where nothing is asked for.",
    )
    _no_double = models.UniqueIndex(
        "(company_id, period, date_from, metric, COALESCE(user_id, 0),"
        " COALESCE(team_id, 0), COALESCE(product_id, 0), COALESCE(categ_id, 0),"
        " COALESCE(medium_id, 0), COALESCE(state_id, 0), COALESCE(tier_id, 0),"
        " COALESCE(tag_id, 0)) WHERE active",
        "There is such a target already: same owner, period, metric and traits. Change"
        " that one instead.",
    )

    @api.model
    def _get_region_domain(self):
        country = self.env.company.country_id or self.env.ref("base.vn")
        return [("country_id", "=", country.id)]

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("period", "date_from")
    def _compute_date_to(self):
        for target in self:
            target.date_to = target.date_from and target._get_end() - timedelta(days=1)

    @api.depends("user_id", "team_id", "period", "date_from", "metric", *TRAITS)
    @api.depends_context("lang")
    def _compute_display_name(self):
        for target in self:
            parts = [target._get_label(), target._get_period_label()]
            target.display_name = " · ".join(filter(None, parts))

    def _get_label(self):
        """:return: owner, metric and traits in words, without the period"""
        metrics = dict(self._fields["metric"]._description_selection(self.env))
        # sudo: the names of colleagues, teams and products are no secret
        shown = self.sudo()
        parts = [
            shown.user_id.name or shown.team_id.name,
            metrics.get(self.metric),
            *(shown[name].display_name for name in TRAITS if shown[name]),
        ]
        return " · ".join(filter(None, parts))

    def _get_period_label(self):
        if not self.date_from:
            return ""
        if self.period == "year":
            return str(self.date_from.year)
        if self.period == "quarter":
            return self.env._(
                "Q%(quarter)s %(year)s",
                quarter=(self.date_from.month + 2) // 3,
                year=self.date_from.year,
            )
        return format_date(self.env, self.date_from, date_format="MM/yyyy")

    def _get_end(self):
        """:return: the first day after the period"""
        return shift(self.period, get_first_day(self.period, self.date_from))

    # ------------------------------------------------------------
    # ONCHANGE AND CONSTRAINTS
    # ------------------------------------------------------------

    @api.onchange("period", "date_from")
    def _onchange_period(self):
        if self.period and self.date_from:
            self.date_from = get_first_day(self.period, self.date_from)

    @api.onchange("user_id")
    def _onchange_user_id(self):
        if self.user_id:
            self.team_id = False

    @api.onchange("team_id")
    def _onchange_team_id(self):
        if self.team_id:
            self.user_id = False

    @api.constrains("metric", "product_id", "categ_id")
    def _check_metric(self):
        for target in self:
            if target.metric in ACTIVITY_METRICS and (
                target.product_id or target.categ_id
            ):
                raise ValidationError(
                    self.env._(
                        "Calls and opportunities have no products: take product and "
                        "category out of “%s”, or choose another metric.",
                        target.display_name,
                    )
                )

    @api.constrains("metric", "target")
    def _check_rate(self):
        for target in self:
            if target.metric == "conversion" and target.target > 100:
                raise ValidationError(self.env._("A conversion rate is at most 100 %."))

    @api.constrains("user_id", "company_id")
    def _check_user_company(self):
        for target in self:
            user = target.user_id.sudo()  # sudo: only the companies of the person
            if user and target.company_id not in user.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(person)s does not work in %(company)s.",
                        person=user.name,
                        company=target.company_id.name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """A target begins on the first day of its period."""
        targets = super().create(vals_list)
        targets._settle_first_day()
        return targets

    def write(self, vals):
        """A target begins on the first day of its period."""
        result = super().write(vals)
        if {"period", "date_from"} & vals.keys():
            self._settle_first_day()
        return result

    def _settle_first_day(self):
        """Keep the first day of the period, whatever day of it was given."""
        for target in self:
            first = get_first_day(target.period, target.date_from)
            if first != target.date_from:
                target.date_from = first

    # ------------------------------------------------------------
    # WHAT WIZARDS ASK
    # ------------------------------------------------------------

    def _get_key(self, date_from=None, period=None):
        """:return: what must not be there twice"""
        self.ensure_one()
        return (
            self.company_id.id,
            period or self.period,
            date_from or self.date_from,
            self.metric,
            self.user_id.id,
            self.team_id.id,
            *(self[name].id for name in TRAITS),
        )

    def _prepare_copy_values(self, period, date_from, target):
        """:return: values of the same target in another period"""
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "team_id": self.team_id.id,
            "period": period,
            "date_from": date_from,
            "metric": self.metric,
            "target": target,
            **{name: self[name].id for name in TRAITS},
        }

    def _get_step(self):
        """:return: the smallest part of the figure"""
        self.ensure_one()
        if self.metric == "revenue":
            return self.currency_id.rounding
        return 0.01 if self.metric == "conversion" else 1.0

    @api.model
    def get_import_templates(self):
        """Give the file to fill in to whoever opens the import."""
        return [
            {
                "label": self.env._("Import Template for Targets"),
                "template": "/crm_funnel_loyalty/static/xls/sales_targets.xlsx",
            }
        ]

    @api.model
    def _get_spreadable_periods(self):
        return [period for period, months in PERIOD_MONTHS.items() if months > 1]
