from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...groups import SALES
from ...tools import local_day
from .funnel_rhythm import FunnelRhythm


class ResPartner(models.Model):
    """Customer with RFM score, buying rhythm and the reason to call (004.07).

    SPECIFICATIONS: FIGURES (see ``FunnelRhythm``)
    * ``rfm_score`` is three digits from 1 to 5: recency, frequency, monetary.
    * ``next_order_date`` = last order + buying cycle, moved at once by a new order;
      from ``lapse_date`` on the customer counts as lost and belongs on the win-back
      list. Scores compare everybody with everybody, so a cron makes them each night.

    SPECIFICATIONS: WORTH A CALL TODAY
    * The next order is due and the customer not lost yet, or the customer is about to
      go down a tier, or a quotation is waiting. ``call_reason`` says which.

    SPECIFICATIONS: PERSONAL DATA
    * ``birthdate``, ``gender`` and all figures are for the sales department only.
    """

    _inherit = "res.partner"

    birthdate = fields.Date(groups=SALES)
    gender = fields.Selection(
        [("female", "Female"), ("male", "Male"), ("other", "Other")], groups=SALES
    )
    rfm_recency = fields.Integer(
        string="Recency", readonly=True, copy=False, groups=SALES, aggregator="avg"
    )
    rfm_frequency = fields.Integer(
        string="Frequency", readonly=True, copy=False, groups=SALES, aggregator="avg"
    )
    rfm_monetary = fields.Integer(
        string="Monetary", readonly=True, copy=False, groups=SALES, aggregator="avg"
    )
    rfm_score = fields.Char(
        string="RFM",
        size=3,
        readonly=True,
        copy=False,
        groups=SALES,
        index="btree_not_null",
        help="Recency, frequency, monetary: 1 (lowest fifth of all customers) to 5 "
        "(highest fifth). 555 are the best customers.",
    )
    rfm_text = fields.Char(
        string="What the Score Says", compute="_compute_rfm_text", groups=SALES
    )
    buying_cycle_days = fields.Integer(
        string="Buying Cycle (days)",
        readonly=True,
        copy=False,
        groups=SALES,
        aggregator="avg",
        help="The usual number of days between two orders (median).",
    )
    next_order_date = fields.Date(
        string="Next Order",
        readonly=True,
        copy=False,
        groups=SALES,
        index="btree_not_null",
        help="When the customer buys again, if the usual rhythm goes on.",
    )
    lapse_date = fields.Date(
        string="Lost From",
        readonly=True,
        copy=False,
        groups=SALES,
        index="btree_not_null",
        help="Silent for two buying cycles (at least 60 days; 180 days after a single "
        "order): from this day on the customer has to be won back.",
    )
    call_reason = fields.Char(compute="_compute_call_reason", groups=SALES)
    is_call_due = fields.Boolean(
        string="Worth a Call Today",
        compute="_compute_call_reason",
        search="_search_is_call_due",
        groups=SALES,
    )
    is_lapsed = fields.Boolean(
        string="Win Back",
        compute="_compute_call_reason",
        search="_search_is_lapsed",
        groups=SALES,
    )

    @api.depends("rfm_score")
    @api.depends_context("lang")
    def _compute_rfm_text(self):
        self.rfm_text = False
        for partner in self.filtered("rfm_score"):
            partner.rfm_text = self.env._(
                "Bought recently: %(recency)s of 5 · often: %(frequency)s of 5 · much: "
                "%(monetary)s of 5",
                recency=partner.rfm_recency,
                frequency=partner.rfm_frequency,
                monetary=partner.rfm_monetary,
            )

    @api.depends(
        "next_order_date", "lapse_date", "funnel_tier_until", "has_open_quotation"
    )
    @api.depends_context("lang")
    def _compute_call_reason(self):
        today = self._get_funnel_today()
        for partner in self:
            reasons = partner._get_call_reasons(today)
            partner.is_lapsed = partner.lapse_date and partner.lapse_date <= today
            partner.is_call_due = bool(reasons)
            partner.call_reason = " · ".join(reasons) or partner._get_lapse_text()

    def _get_call_reasons(self, today):
        """Return the reasons to call this customer today, the most urgent first."""
        self.ensure_one()
        reasons = []
        if self.has_open_quotation:
            reasons.append(self.env._("A quotation is waiting for an answer"))
        if self.funnel_tier_until and self.funnel_tier_until >= today:
            reasons.append(
                self.env._(
                    "Falls from “%(tier)s” after %(day)s",
                    tier=self.funnel_tier_id.name,
                    day=format_date(self.env, self.funnel_tier_until),
                )
            )
        if self._is_order_due(today):
            reasons.append(
                self.env._(
                    "Buys every %(days)s days; the next order was due on %(day)s",
                    days=self.buying_cycle_days,
                    day=format_date(self.env, self.next_order_date),
                )
            )
        return reasons

    def _is_order_due(self, today):
        is_due = self.next_order_date and self.next_order_date <= today
        return is_due and (not self.lapse_date or self.lapse_date > today)

    def _get_lapse_text(self):
        self.ensure_one()
        if not self.is_lapsed:
            return False
        settings = self.env["crm.funnel.tier"]._get_funnel_settings()
        day = self.last_order_date and local_day(self.last_order_date, settings.tz)
        return self.env._(
            "Silent since %(day)s", day=format_date(self.env, day or self.lapse_date)
        )

    @api.model
    def _get_funnel_today(self):
        settings = self.env["crm.funnel.tier"]._get_funnel_settings()
        return local_day(self.env.cr.now(), settings.tz)

    @api.model
    def _search_is_call_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self._get_funnel_today()
        due = Domain("next_order_date", "<=", today) & Domain("lapse_date", ">", today)
        due |= Domain("funnel_tier_until", ">=", today)
        due |= Domain("has_open_quotation", "=", True)
        due &= self._get_funnel_recompute_domain()
        return due if True in value else ~due

    @api.model
    def _search_is_lapsed(self, operator, value):
        if operator != "in":
            return NotImplemented
        lapsed = Domain("lapse_date", "<=", self._get_funnel_today())
        return lapsed if True in value else ~lapsed

    @api.model
    def _cron_recompute_rhythm(self):
        """Make scores and rhythm of all customers anew; a second run writes nothing."""
        FunnelRhythm(self.env).run()

    @api.model
    def _get_funnel_protected_fields(self):
        return (
            *super()._get_funnel_protected_fields(),
            "rfm_recency",
            "rfm_frequency",
            "rfm_monetary",
            "rfm_score",
            "buying_cycle_days",
            "next_order_date",
            "lapse_date",
        )
