from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..services.funnel import TierRule
from ..tools import local_midnight


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
    description = fields.Text(translate=True)
    has_thresholds = fields.Boolean(compute="_compute_has_thresholds")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    partner_count = fields.Integer(string="Customers", compute="_compute_partner_count")

    _code_uniq = models.UniqueIndex("(code)", "There is one tier of each kind.")
    _check_thresholds = models.Constraint(
        "CHECK (min_orders >= 0 AND min_amount >= 0 AND window_months >= 0"
        " AND min_referrals >= 0)",
        "Thresholds cannot be negative.",
    )

    @api.depends("code")
    def _compute_has_thresholds(self):
        for tier in self:
            tier.has_thresholds = tier.code in self._get_threshold_codes()

    @api.depends_context("company")
    def _compute_currency_id(self):
        self.currency_id = self.env.company.currency_id

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

    @api.model
    def _get_threshold_codes(self):
        return ("contract", "repeat", "loyal", "fan")

    def _get_rules(self):
        """Return the tiers as plain ``TierRule``s, lowest first."""
        return [
            TierRule(
                tier.id,
                tier.code,
                tier.min_orders,
                tier.min_amount,
                tier.min_referrals,
            )
            for tier in self.sorted("sequence")
        ]

    def _get_window_start(self, at):
        """First moment (naive UTC) of the period that this tier counts at ``at``.

        Days are the company's, never UTC's. ``None`` when all orders count.
        """
        self.ensure_one()
        if not self.window_months:
            return None
        return local_midnight(
            at, self.env.company, -relativedelta(months=self.window_months)
        )

    def _get_window_sql(self, at):
        """Return the SQL condition on ``doc`` for the orders this tier counts."""
        confirmed = SQL("doc.state = 'sale'")
        start = self._get_window_start(at)
        if not start:
            return confirmed
        return SQL("%s AND doc.date_order >= %s", confirmed, start)
