from datetime import date

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_amount

from ...services import commission
from ...services.targets import get_first_day, shift

# Revenue of a period for which the form shows what a person would earn.
EXAMPLE_STEPS = (0.5, 1, 1.5, 2)


class CrmSalesPolicy(models.Model):
    """The sales rules of one company and year (003.08): how revenue becomes money.

    SPECIFICATIONS
    * STATES: draft > approved. Who approves and when stays with it; an approved policy
      and its parts are not changed or deleted any more, by nobody.
    * VERSIONS: one approved policy per company and first day. A later change is a new
      version that holds from the first day of a later period of the same year; what
      came before stays as it was, and drafts from then on are computed anew.
    * BASIS: revenue is what was ordered (day of the order), invoiced (day of the
      invoice) or collected (day of the payment), without taxes, in company currency;
      the same one all year.
    * BANDS (003.07): progressive over the total of a person in a period. A second set
      of bands may pay the team for its total.
    * SHARES: the person gets a part of the own commission, the rest goes to the team.
      What the team has stays with it, or is dealt out: equally, by revenue, to the
      leader.
    * RATES: revenue of a product, category, tier or of first purchases can have a rate
      of its own. It then counts for nothing in the bands.
    * BONUSES (003.09–003.11) are booked apart from commission.
    * KPIs have weights that add up to 100 % (003.56).
    """

    _name = "crm.sales.policy"
    _description = "Sales Policy"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, version desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    year = fields.Integer(
        required=True,
        default=lambda self: fields.Date.context_today(self).year,
        aggregator=None,
    )
    version = fields.Integer(default=1, readonly=True, copy=False, aggregator=None)
    previous_id = fields.Many2one(
        "crm.sales.policy", string="Version Before", readonly=True, copy=False
    )
    date_from = fields.Date(
        string="Holds From",
        compute="_compute_date_from",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        copy=False,
    )
    period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter")],
        default="month",
        required=True,
        help="The total of such a period climbs through the bands.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_date = fields.Datetime(string="Approved On", readonly=True, copy=False)
    basis = fields.Selection(
        [
            ("ordered", "Ordered"),
            ("invoiced", "Invoiced"),
            ("collected", "Collected"),
        ],
        string="Revenue Basis",
        default="invoiced",
        required=True,
        help="Ordered: confirmed orders. Invoiced: posted invoices less credit notes. "
        "Collected: what customers have paid of them. Always without taxes.",
    )
    person_share = fields.Float(
        string="Person's Share",
        default=100.0,
        digits=(5, 2),
        help="Percent of the own commission; the rest goes to the team.",
    )
    team_share = fields.Float(
        string="Team's Share", compute="_compute_team_share", digits=(5, 2)
    )
    team_split = fields.Selection(
        [
            ("fund", "Stays with the team"),
            ("equal", "Equally to its members"),
            ("revenue", "To its members by revenue"),
            ("leader", "To its leader"),
        ],
        string="What the Team Has",
        default="fund",
        required=True,
    )
    band_ids = fields.One2many(
        "crm.sales.policy.band",
        "policy_id",
        string="Bands",
        domain=[("scope", "=", "person")],
        context={"default_scope": "person"},
    )
    team_band_ids = fields.One2many(
        "crm.sales.policy.band",
        "policy_id",
        string="Team's Bands",
        domain=[("scope", "=", "team")],
        context={"default_scope": "team"},
    )
    rate_ids = fields.One2many("crm.sales.policy.rate", "policy_id", copy=True)
    bonus_ids = fields.One2many("crm.sales.policy.bonus", "policy_id", copy=True)
    kpi_ids = fields.One2many("crm.sales.policy.kpi", "policy_id", copy=True)
    income_ids = fields.One2many("crm.sales.policy.income", "policy_id", copy=True)
    kpi_weight = fields.Float(
        string="Sum of Weights", compute="_compute_kpi_weight", digits=(5, 2)
    )
    example = fields.Html(compute="_compute_example", sanitize=False)
    note = fields.Html(string="Rules in Words")

    _first_day_uniq = models.UniqueIndex(
        "(company_id, date_from) WHERE state = 'approved'",
        "There is an approved policy from that day on already.",
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("year", "version")
    @api.depends_context("lang")
    def _compute_name(self):
        for policy in self:
            policy.name = self.env._(
                "Sales Policy %(year)s, version %(version)s",
                year=policy.year,
                version=policy.version,
            )

    @api.depends("year")
    def _compute_date_from(self):
        for policy in self:
            given = policy.date_from
            if not given or given.year != policy.year:
                policy.date_from = policy._get_first_day()

    def _get_first_day(self):
        if not 1900 < self.year < 3000:
            return False
        return date(self.year, 1, 1)

    @api.depends("person_share")
    def _compute_team_share(self):
        for policy in self:
            policy.team_share = 100.0 - policy.person_share

    @api.depends("kpi_ids.weight")
    def _compute_kpi_weight(self):
        for policy in self:
            policy.kpi_weight = sum(policy.kpi_ids.mapped("weight"))

    @api.depends("band_ids.lower", "band_ids.upper", "band_ids.rate", "person_share")
    def _compute_example(self):
        for policy in self:
            policy.example = policy._get_example()

    def _get_example(self):
        """:return: a table of what a person earns at some totals, or False"""
        bands = self._get_bands("person")
        try:
            commission.check_bands(bands)
        except commission.BandError:
            return False
        top = float(bands[-1].lower) or 100_000_000.0
        rows = Markup().join(
            Markup("<tr><td>%s</td><td>%s</td><td>%s %%</td></tr>")
            % self._get_example_row(top * step, bands)
            for step in EXAMPLE_STEPS
        )
        return Markup(
            "<table class='table table-sm w-auto'><thead><tr><th>%s</th><th>%s</th>"
            "<th>%s</th></tr></thead><tbody>%s</tbody></table>"
        ) % (
            self.env._("Revenue"),
            self.env._("Commission"),
            self.env._("Of Revenue"),
            rows,
        )

    def _get_example_row(self, revenue, bands):
        earned = (
            float(commission.get_commission(commission.to_decimal(revenue), bands))
            * self.person_share
            / 100
        )
        return (
            format_amount(self.env, revenue, self.currency_id),
            format_amount(self.env, earned, self.currency_id),
            f"{100 * earned / revenue:.2f}",
        )

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("person_share")
    def _check_person_share(self):
        if any(not 0 <= policy.person_share <= 100 for policy in self):
            raise ValidationError(
                self.env._("The person's share lies between 0 and 100 %.")
            )

    @api.constrains("year", "date_from", "period")
    def _check_date_from(self):
        for policy in self:
            if policy.date_from.year != policy.year:
                raise ValidationError(
                    self.env._("A policy holds from a day of its own year.")
                )
            if policy.date_from != policy._get_bounds(policy.date_from)[0]:
                raise ValidationError(
                    self.env._("A policy begins on the first day of a period.")
                )

    # ------------------------------------------------------------------
    # What others ask
    # ------------------------------------------------------------------

    @api.model
    def _get_for(self, company, day):
        """:return: the approved policy of a company that holds on a day, or none"""
        return self._get_for_all({(company, day)})[company, day]

    @api.model
    def _get_for_all(self, pairs):
        """COST: one search.

        :param pairs: set of (company, day)
        :return: dict of pair to the approved policy that holds then, or none
        """
        companies = self.env["res.company"].union(*(company for company, _d in pairs))
        policies = self.search(
            [
                ("company_id", "in", companies.ids),
                ("state", "=", "approved"),
                ("year", "in", list({day.year for _c, day in pairs})),
            ],
            order="date_from desc",
        )
        return {
            (company, day): policies.filtered(
                lambda policy, company=company, day=day: (
                    policy.company_id == company
                    and policy.year == day.year
                    and policy.date_from <= day
                )
            )[:1]
            for company, day in pairs
        }

    def _get_bounds(self, day):
        """:return: first day of the period that holds ``day``, and of the next one"""
        first = get_first_day(self.period, day)
        return first, shift(self.period, first)

    def _get_bands(self, scope):
        """:return: list of ``services.commission.Band``, in their order"""
        bands = self.band_ids if scope == "person" else self.team_band_ids
        return [
            commission.Band(
                commission.to_decimal(band.lower),
                commission.to_decimal(band.upper) if band.upper else None,
                commission.to_decimal(band.rate),
            )
            for band in bands.sorted(lambda band: (band.lower, band.id))
        ]

    def _check_open(self):
        """:raises UserError: when one of the policies is approved"""
        for policy in self:
            if policy.state == "approved":
                raise UserError(
                    self.env._(
                        "“%s” is approved and stays as it is. Make a new version for "
                        "what changes.",
                        policy.name,
                    )
                )
