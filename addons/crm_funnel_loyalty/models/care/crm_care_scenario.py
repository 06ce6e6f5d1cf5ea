from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.crm_campaign_partner.models.const import KINDS

EVERY_MODEL = "res.partner"


class CrmCareScenario(models.Model):
    """What happens to a customer after something happened: the plan of a care (004.26).

    SPECIFICATIONS: WHO STARTS
    * The trigger says when (``crm_care_trigger``), ``domain`` for whom. Everything is
      looked at once, when it starts. Customers of another company never start.
    * Nobody is in a scenario twice at the same time, and after one run not again
      before ``cooldown_days`` are over. One event starts one run, for ever.
    * Only what happens while the scenario is switched on counts, unless
      ``include_existing`` also takes those for whom it is so already.

    SPECIFICATIONS: WHAT HAPPENS
    * The steps, one after the other. A run follows the scenario as it is now: a step
      that was added later is done too, one that was removed is left out, one that was
      done is never done again.
    * A run ends early when its goal is met: the customer has bought again or answered;
      and always when the customer does not want to be contacted.

    SPECIFICATIONS: READY-MADE
    * Ready-made scenarios belong to no company and are never switched on: a manager
      makes an own one of them, and changes it.

    RIGHTS: salespeople read, managers of their companies change. Whether it is
    switched on is decided by the buttons alone, which check that it can work.
    """

    _name = "crm.care.scenario"
    _description = "Care Scenario"
    _inherit = ["mail.thread"]
    _order = "is_ready_made, sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    note = fields.Text(string="What It Is For", translate=True)
    is_ready_made = fields.Boolean(
        string="Ready-made", readonly=True, copy=False, default=False
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running"), ("paused", "Paused")],
        string="Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    started_date = fields.Datetime(string="Switched On", readonly=True, copy=False)
    trigger = fields.Selection(
        [
            ("order_confirmed", "An order is confirmed"),
            ("order_delivered", "An order is delivered"),
            ("silent", "Silent for some time"),
            ("reorder", "The next order is due"),
            ("birthday", "Birthday"),
            ("tier_reached", "Climbs to a tier"),
            ("tier_left", "Falls from a tier"),
            ("instalment", "An instalment is due"),
            ("ticket_closed", "A ticket is closed"),
            ("lead_stage", "A lead comes to a stage"),
        ],
        string="Starts When",
        required=True,
        default="order_confirmed",
        tracking=True,
    )
    target_model = fields.Char(compute="_compute_target_model")
    tier_id = fields.Many2one("crm.funnel.tier", ondelete="restrict")
    lead_stage_id = fields.Many2one("crm.lead.stage", ondelete="restrict")
    silent_days = fields.Integer(
        string="Days of Silence",
        default=60,
        help="Starts so many days after the last order.",
    )
    days_before = fields.Integer(
        help="Starts so many days before the day; a number below zero is after it.",
    )
    include_existing = fields.Boolean(
        string="Also Those for Whom It Is So Already",
        help="Without this, only those start for whom the day comes after the scenario "
        "was switched on.",
    )
    domain = fields.Char(
        string="Only For", default="[]", help="Nothing here means everybody."
    )
    cooldown_days = fields.Integer(
        string="Not Again Within (days)",
        default=30,
        help="Whoever was in this scenario does not start again for so many days.",
    )
    kind = fields.Selection(
        KINDS,
        string="Purpose",
        required=True,
        default="care",
        help="Advertising carries the label and the way to end it, and has stricter "
        "hours and limits.",
    )
    sender_id = fields.Many2one(
        "res.users",
        string="Messages From",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        tracking=True,
        help="Messages go out by this person's accounts, or by the company's where the "
        "person has none.",
    )
    exit_bought = fields.Boolean(
        string="Ends When the Customer Buys", default=True, tracking=True
    )
    exit_answered = fields.Boolean(
        string="Ends When the Customer Answers", default=True, tracking=True
    )
    step_ids = fields.One2many(
        "crm.care.step", "scenario_id", string="Steps", copy=True
    )
    run_ids = fields.One2many("crm.care.run", "scenario_id", string="Runs")
    last_error = fields.Text(string="Last Fault", readonly=True, copy=False)

    _company_needed = models.Constraint(
        "CHECK (is_ready_made OR company_id IS NOT NULL)",
        "Say for which company this is.",
    )
    _ready_made_off = models.Constraint(
        "CHECK (is_ready_made IS NOT TRUE OR state = 'draft')",
        "A ready-made scenario is not switched on. Make your own one of it.",
    )
    _days_positive = models.Constraint(
        "CHECK (silent_days > 0 AND cooldown_days >= 0)",
        "There must be at least one day of silence, and no days below zero.",
    )

    @api.depends("trigger")
    def _compute_target_model(self):
        for scenario in self:
            scenario.target_model = self._get_target_models().get(
                scenario.trigger, EVERY_MODEL
            )

    @api.model
    def _get_target_models(self):
        """:return: dict of the triggers that are not about customers to what they are
        about"""
        return {"lead_stage": "crm.lead"}

    @api.constrains("domain", "trigger")
    def _check_domain(self):
        for scenario in self:
            scenario._get_domain(scenario.domain)

    @api.constrains("days_before")
    def _check_days_before(self):
        for scenario in self:
            if not -365 <= scenario.days_before <= 365:
                raise ValidationError(
                    self.env._("Choose a day within a year before or after.")
                )

    @api.constrains("sender_id", "company_id")
    def _check_sender(self):
        for scenario in self:
            # sudo: which companies a colleague works for is known by the system
            companies = scenario.sudo().sender_id.company_ids
            if scenario.sender_id and scenario.company_id - companies:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work for %(company)s. Choose somebody else "
                        "to send the messages.",
                        user=scenario.sender_id.name,
                        company=scenario.company_id.name,
                    )
                )

    def _get_domain(self, text):
        """:return: the Domain that a text is
        :raises ValidationError: when it is none, or asks for what the user may not read
        """
        self.ensure_one()
        try:
            domain = Domain(literal_eval(text or "[]"))
            # its SQL is made, and nothing is read
            self.env[self.target_model]._search(domain)
        except (ValueError, SyntaxError, TypeError, KeyError) as error:
            raise ValidationError(
                self.env._(
                    "“%(text)s” is no condition that can be checked. Choose the "
                    "conditions anew.",
                    text=text,
                )
            ) from error
        return domain

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """A new scenario is a draft."""
        self._check_protected(vals_list)
        scenarios = super().create(vals_list)
        self.env.registry.clear_cache()
        return scenarios

    def write(self, vals):
        """Whether it is on is decided by the buttons; archived, it is off."""
        self._check_protected([vals])
        # sudo: the system's right to know of runs that the user may not see
        if "company_id" in vals and self.sudo().run_ids:
            raise UserError(
                self.env._(
                    "Customers are in this scenario. Duplicate it for the other "
                    "company."
                )
            )
        if "active" in vals and not vals["active"]:
            self.filtered(lambda s: s.state == "running").action_pause()
        result = super().write(vals)
        if not vals.keys().isdisjoint(("state", "active", "trigger", "company_id")):
            self.env.registry.clear_cache()
        return result

    def copy_data(self, default=None):
        """A copy has another name; one of a ready-made scenario belongs to whoever
        makes it."""
        vals_list = super().copy_data(default)
        for scenario, vals in zip(self, vals_list, strict=True):
            if not (default or {}).get("name"):
                vals["name"] = self.env._("%s (copy)", scenario.name)
            if scenario.is_ready_made and not vals.get("company_id"):
                vals["company_id"] = self.env.company.id
            if scenario.is_ready_made and not vals.get("sender_id"):
                vals["sender_id"] = self.env.uid
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: the system's right to know of runs that the user may not see
        if self.sudo().run_ids:
            raise UserError(
                self.env._(
                    "Customers have been in this scenario. Archive it: what was sent "
                    "stays on record."
                )
            )

    @api.model
    def _get_protected_fields(self):
        return ("state", "started_date", "is_ready_made", "last_error")

    def _check_protected(self, vals_list):
        if self.env.su:
            return
        context = self.env.context
        for name in self._get_protected_fields():
            usual = self._get_protected_default(name)
            for vals in vals_list:
                asked = vals.get(name, context.get(f"default_{name}", usual))
                if asked != usual or (self and name in vals):
                    raise UserError(
                        self.env._("Use the buttons to switch a scenario on or off.")
                    )

    @api.model
    def _get_protected_default(self, name):
        return {"state": "draft"}.get(name, False)
