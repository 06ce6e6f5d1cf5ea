from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from ...services.funnel import TierRule
from ...tools import company_tz
from .funnel_recompute import FunnelRecompute
from .funnel_statement import FunnelParams, PreparedStatement


class FunnelSettings(NamedTuple):
    """What every recomputation needs, kept until a tier or a company changes."""

    rules: tuple
    company_id: int
    currency_id: int
    digits: int
    tz: str
    is_monocurrency: bool


class CrmFunnelTier(models.Model):
    """One of the seven tiers of the sales funnel (capability 004.01).

    SPECIFICATIONS: RULES
    * ``target``: every customer on file. ``opportunity``: has an open or won
      opportunity. ``quotation``: has a quotation that is neither confirmed nor
      cancelled.
    * ``contract``, ``repeat``, ``loyal``, ``fan``: all thresholds that are set hold:
      number and untaxed amount of the orders confirmed in the last
      ``window_months`` (0: ever), and number of referred customers who bought.
    * The highest tier whose rule holds is the customer's tier.
    * A tier that only time takes away (its orders leave the period) is kept for
      ``grace_days`` more: it holds on a day when its rule was met on that day or on one
      of the ``grace_days`` before. A cancelled order counts for no day, so it takes the
      tier away at once. ``warn_days`` before the fall the salesperson gets an activity.
    * Amounts are in the currency, days in the time zone of the first company, whoever
      confirms the order: a customer is on one tier only.

    SPECIFICATIONS: RECORDS
    * The seven records and their codes are fixed: other code refers to them. Managers
      change names, colours, thresholds and descriptions.
    """

    _name = "crm.funnel.tier"
    _description = "Customer Tier"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(
        [
            ("target", "Target customer"),
            ("opportunity", "Opportunity"),
            ("quotation", "Quotation"),
            ("contract", "Contract"),
            ("repeat", "Repeat customer"),
            ("loyal", "Loyal customer"),
            ("fan", "Raving fan"),
        ],
        required=True,
        readonly=True,
    )
    sequence = fields.Integer(required=True, readonly=True)
    color = fields.Integer()
    min_orders = fields.Integer(
        string="Orders",
        help="Confirmed orders the customer needs. 0: does not matter.",
    )
    min_amount = fields.Monetary(
        string="Amount",
        help="Untaxed amount of the confirmed orders, in the currency of your company. "
        "0: does not matter.",
    )
    window_months = fields.Integer(
        string="Period (months)",
        help="Only orders of the last so many months count. 0: all orders ever.",
    )
    min_referrals = fields.Integer(
        string="Referrals",
        help="Customers who bought and were brought by this customer. "
        "0: does not matter.",
    )
    grace_days = fields.Integer(
        string="Grace (days)",
        help="A customer whose orders leave the period keeps the tier for so many days "
        "more.",
    )
    warn_days = fields.Integer(
        string="Warn (days before)",
        default=14,
        help="So many days before the customer goes down, the salesperson gets an "
        "activity. 0: no warning.",
    )
    description = fields.Text(translate=True)
    has_thresholds = fields.Boolean(compute="_compute_has_thresholds")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    partner_count = fields.Integer(string="Customers", compute="_compute_partner_count")

    _code_uniq = models.UniqueIndex("(code)", "There is one tier of each kind.")
    _check_thresholds = models.Constraint(
        "CHECK (min_orders >= 0 AND min_amount >= 0 AND window_months >= 0"
        " AND min_referrals >= 0 AND grace_days >= 0 AND warn_days >= 0)",
        "Thresholds and days cannot be negative.",
    )

    @api.depends("code")
    def _compute_has_thresholds(self):
        for tier in self:
            tier.has_thresholds = tier.code in self._get_threshold_codes()

    def _compute_currency_id(self):
        self.currency_id = self._get_funnel_settings().currency_id

    def _compute_partner_count(self):
        counts = dict(
            self.env["res.partner"]._read_group(
                self.env["res.partner"]._get_funnel_customer_domain()
                & self.env["res.partner"]._get_tier_domain(self),
                ["funnel_tier_id"],
                ["__count"],
            )
        )
        for tier in self:
            tier.partner_count = counts.get(tier, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_the_seven(self):
        raise UserError(
            self.env._("The seven tiers cannot be deleted; change their thresholds.")
        )

    def action_view_partners(self):
        """Open the customers that are on this tier now."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_customers_by_tier"
        )
        action["domain"] = list(
            self.env["res.partner"]._get_funnel_customer_domain()
            & self.env["res.partner"]._get_tier_domain(self)
        )
        action["context"] = {"group_by": False}
        action["views"] = sorted(action["views"], key=lambda view: view[1] != "list")
        action["display_name"] = self.name
        return action

    @api.model_create_multi
    def create(self, vals_list):
        """The rules of the engine are read anew."""
        tiers = super().create(vals_list)
        self.env.registry.clear_cache()
        return tiers

    def write(self, vals):
        """The rules of the engine are read anew."""
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    @api.model
    def _get_threshold_codes(self):
        return ("contract", "repeat", "loyal", "fan")

    @api.model
    @tools.ormcache()
    def _get_funnel_settings(self):
        """Return the rules, lowest tier first, with the company that measures them."""
        # sudo: the same for everybody, whoever asks and whatever that person may read
        companies = self.sudo().env["res.company"].with_context(active_test=False)
        companies = companies.search([("currency_id", "!=", False)], order="id")
        company = companies.filtered("active")[:1] or companies[:1]
        # sudo: as above
        tiers = self.sudo().search([("code", "!=", False)], order="sequence, id")
        return FunnelSettings(
            rules=tuple(tier._prepare_rule() for tier in tiers),
            company_id=company.id,
            currency_id=company.currency_id.id,
            digits=company.currency_id.decimal_places,
            tz=str(company_tz(company)),
            is_monocurrency=len(companies.currency_id) == 1,
        )

    @api.model
    @tools.ormcache("today")
    def _get_prepared_recompute(self, today):
        """Return the statement that recomputes few customers on this day."""
        worker = FunnelRecompute(
            self.env["res.partner"], params=FunnelParams.numbered()
        )
        return PreparedStatement.of(self.env, worker.get_statement())

    def _prepare_rule(self):
        self.ensure_one()
        return TierRule(
            self.id,
            self.code,
            self.min_orders,
            self.min_amount,
            self.min_referrals,
            self.window_months,
            self.grace_days,
        )
