from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmCareRun(models.Model):
    """One customer (or lead) going through one scenario once.

    WHERE IT IS: ``step_id`` is the next step and ``next_date`` when it is due;
    everything is in the database, so a server that stops loses nothing.

    WHAT IT DID: one line per step, ``crm.care.run.line``.

    RIGHTS: salespeople see the care of their own customers, managers all of their
    companies. Nobody writes here but the system and the buttons.
    """

    _name = "crm.care.run"
    _description = "Care of a Customer"
    _inherit = ["rating.mixin"]
    _order = "start_date desc, id desc"

    scenario_id = fields.Many2one(
        "crm.care.scenario",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    lead_id = fields.Many2one(
        "crm.lead",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    user_id = fields.Many2one(
        "res.users", string="Salesperson", compute="_compute_user_id"
    )
    res_model = fields.Char(string="Started By (model)", readonly=True)
    res_id = fields.Many2oneReference(
        string="Started By", model_field="res_model", readonly=True
    )
    slot = fields.Char(required=True, readonly=True)
    trigger_key = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        [
            ("running", "Running"),
            ("done", "Done"),
            ("exited", "Goal Met"),
            ("stopped", "Stopped"),
            ("failed", "Failed"),
        ],
        string="Status",
        required=True,
        readonly=True,
        default="running",
        index=True,
    )
    exit_reason = fields.Selection(
        [
            ("bought", "Has bought again"),
            ("answered", "Has answered"),
            ("paid", "Has paid"),
            ("opted_out", "Does not want to be contacted"),
            ("archived", "Archived"),
            ("moved_on", "The lead has moved on"),
            ("cancelled", "What started it no longer holds"),
            ("merged", "Merged with another customer"),
            ("closed", "The scenario was ended"),
            ("by_hand", "Stopped by hand"),
            ("fault", "A step could not be done"),
        ],
        string="Why It Ended",
        readonly=True,
    )
    start_date = fields.Datetime(string="Started", required=True, readonly=True)
    end_date = fields.Datetime(string="Ended", readonly=True)
    step_id = fields.Many2one(
        "crm.care.step",
        string="Next Step",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    next_date = fields.Datetime(string="Next Step On", readonly=True)
    last_step_id = fields.Many2one(
        "crm.care.step",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    attempts = fields.Integer(readonly=True)
    last_error = fields.Char(readonly=True)
    answered_date = fields.Datetime(string="Answered", readonly=True)
    answered_step_id = fields.Many2one(
        "crm.care.step", readonly=True, index="btree_not_null", ondelete="set null"
    )
    bought_date = fields.Datetime(string="Bought", readonly=True)
    bought_step_id = fields.Many2one(
        "crm.care.step", readonly=True, index="btree_not_null", ondelete="set null"
    )
    bought_order_id = fields.Many2one(
        "sale.order",
        string="Order",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    line_ids = fields.One2many("crm.care.run.line", "run_id", string="What Was Done")

    _trigger_uniq = models.UniqueIndex("(scenario_id, trigger_key)")
    _running_uniq = models.UniqueIndex("(scenario_id, slot) WHERE state = 'running'")
    _slot_idx = models.Index("(scenario_id, slot, start_date)")
    _due_idx = models.Index("(next_date) WHERE state = 'running'")

    @api.depends("partner_id.user_id", "lead_id.user_id")
    def _compute_user_id(self):
        for run in self:
            run.user_id = (run.lead_id or run.partner_id).user_id

    @api.depends("scenario_id", "partner_id", "lead_id")
    def _compute_display_name(self):
        for run in self:
            who = run.lead_id or run.partner_id
            run.display_name = f"{who.display_name} – {run.scenario_id.name}"

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_stop(self):
        """Nothing more happens to these customers in this scenario."""
        self.check_access("read")
        # sudo: borrows the system's right to end a run that the user may see
        self.sudo().filtered(lambda r: r.state == "running")._finish(
            "stopped", "by_hand"
        )

    def action_retry(self):
        """Try the step again that could not be done."""
        self.check_access("read")
        failed = self.filtered(lambda run: run.state == "failed")
        if not failed:
            raise UserError(self.env._("Only what has failed is tried again."))
        # sudo: who is in it again is known by the system
        again = self.sudo().search(
            [
                ("scenario_id", "in", failed.scenario_id.ids),
                ("slot", "in", failed.mapped("slot")),
                ("state", "=", "running"),
            ]
        )
        taken = {(run.scenario_id, run.slot) for run in again}
        for run in failed:
            if (run.scenario_id, run.slot) in taken:
                raise UserError(
                    self.env._("%s is in this scenario again.", run.display_name)
                )
        # sudo: borrows the system's right to write runs that the user may see
        failed.sudo().write(
            {
                "state": "running",
                "exit_reason": False,
                "end_date": False,
                "attempts": 0,
                "last_error": False,
                "next_date": fields.Datetime.now(),
            }
        )

    # ------------------------------------------------------------------
    # Who and what
    # ------------------------------------------------------------------

    def _get_records(self):
        """:return: the customers or leads, in the order of the runs"""
        model = self.scenario_id.target_model or "res.partner"
        name = {"crm.lead": "lead_id"}.get(model, "partner_id")
        return self.env[model].browse(run[name].id for run in self)

    def _get_record(self):
        """:return: the one customer or lead, fetched with those of the batch"""
        self.ensure_one()
        return self.lead_id or self.partner_id

    def _get_sources(self):
        """COST: one query for each kind of document.

        :return: dict of run to what started it, without those that are gone
        """
        found = {}
        for model, runs in self.grouped("res_model").items():
            if model not in self.env:
                continue
            there = self.env[model].browse(runs.mapped("res_id")).exists()
            by_id = {record.id: record for record in there}
            for run in runs:
                if run.res_id in by_id:
                    found[run] = by_id[run.res_id]
        return found

    # ------------------------------------------------------------------
    # Rating
    # ------------------------------------------------------------------

    def _get_rating_token(self):
        self.ensure_one()
        return self._rating_get_access_token(self.partner_id)

    def _rating_get_parent_field_name(self):
        return "scenario_id"

    def _rating_get_operator(self):
        """Who is rated: the salesperson, else whoever sent the question."""
        self.ensure_one()
        return (self.user_id or self.scenario_id.sender_id).partner_id

    def rating_apply(self, rate, token=None, rating=None, feedback=None, **kwargs):
        """A rating is an answer."""
        result = super().rating_apply(
            rate, token=token, rating=rating, feedback=feedback, **kwargs
        )
        self._note_answers(fields.Datetime.now())
        return result

    # ------------------------------------------------------------------
    # Merging
    # ------------------------------------------------------------------

    @api.model
    def _move_to_partner(self, sources, target):
        """The customers become one: of two runs of one scenario one goes on.

        Called before the rows are given to the target, so no unique index stops it.
        """
        self.flush_model()
        slots = [f"p{partner.id}" for partner in (target | sources)]
        # the oldest run goes on, the target's own first
        self.env.cr.execute(
            SQL(
                """
                WITH ranked AS (
                    SELECT id, row_number() OVER (
                               PARTITION BY scenario_id
                               ORDER BY slot != %(mine)s, start_date, id) AS place
                      FROM crm_care_run
                     WHERE state = 'running' AND slot = ANY(%(slots)s))
                UPDATE crm_care_run SET state = 'stopped', exit_reason = 'merged',
                       end_date = %(now)s, next_date = NULL
                  FROM ranked WHERE ranked.id = crm_care_run.id AND place > 1
                """,
                mine=f"p{target.id}",
                slots=slots,
                now=fields.Datetime.now(),
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE crm_care_run SET slot = %s WHERE slot = ANY(%s)",
                f"p{target.id}",
                slots,
            )
        )
        self.invalidate_model()
