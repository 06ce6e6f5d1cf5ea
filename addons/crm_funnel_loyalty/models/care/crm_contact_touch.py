from odoo import api, fields, models
from odoo.fields import Domain

from ...tools import in_language_of


class CrmContactTouch(models.Model):
    """Contact that a care scenario made.

    WAITING for its hour it still belongs to the run: while the scenario is off it
    waits; when the run is over by then, or it is too late, it does not go out.
    """

    _inherit = "crm.contact.touch"

    care_scenario_id = fields.Many2one(
        "crm.care.scenario",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    care_step_id = fields.Many2one(
        "crm.care.step",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )

    @api.model
    def _prepare_touch_values(self, company, channel, kind, user, recipient, verdict):
        values = super()._prepare_touch_values(
            company, channel, kind, user, recipient, verdict
        )
        for name in ("care_scenario_id", "care_step_id"):
            if recipient.get(name):
                values[name] = recipient[name]
        return values

    @api.model
    def _get_due_domain(self):
        on = Domain("care_scenario_id.state", "=", "running")
        none = Domain("care_scenario_id", "=", False)
        return Domain(super()._get_due_domain()) & (none | on)

    def _recheck(self):
        """Before the guard is asked, leave out care that is over or too late.

        COST: as ``crm.care.run._check_goals`` for any number
        """
        care = self.filtered(lambda touch: touch.res_model == "crm.care.run")
        for company, touches in care.grouped("company_id").items():
            in_language_of(company, touches)._leave_out_care()
        waiting = self.filtered(lambda touch: touch.state == "queued")
        return super(CrmContactTouch, waiting)._recheck()

    def _leave_out_care(self):
        runs = self.env["crm.care.run"].browse(set(self.mapped("res_id"))).exists()
        runs._check_goals()
        there = set(runs.ids)
        self.filtered(lambda touch: touch.res_id not in there)._call_off(
            self.env._("The customer or lead was deleted.")
        )
        for scenario, touches in self.grouped("care_scenario_id").items():
            limit = scenario._get_late_limit()
            touches.filtered(
                lambda touch, limit=limit: touch.planned_date < limit
            )._call_off(self.env._("Too late by now."))

    def _call_off(self, reason):
        """Those that still wait do not go out, and no longer count to the caps."""
        waiting = self.filtered(lambda touch: touch.state == "queued")
        waiting._give_back()
        waiting._settle("blocked", reason=reason)
