from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

TRIGGERS_NEED = {
    "tier_reached": "tier_id",
    "tier_left": "tier_id",
    "lead_stage": "lead_stage_id",
}


class CrmCareScenarioState(models.Model):
    """Switching a scenario on and off, and making an own one of a ready-made one.

    ON: only what can work is switched on: there are steps, each says what it needs, and
    there is an account for every channel that sends.

    PAUSED: nobody starts and nothing is sent; runs and messages wait where they are and
    go on afterwards. What is too late by then is left out.
    """

    _inherit = "crm.care.scenario"

    def action_start(self):
        """Switch on."""
        self.check_access("write")
        for scenario in self:
            scenario._check_can_start()
        # sudo: borrows the system's right to the protected fields, checked above
        scenarios = self.sudo()
        scenarios.filtered(lambda s: s.trigger == "order_delivered")._note_deliveries()
        scenarios.write(
            {
                "state": "running",
                "started_date": fields.Datetime.now(),
                "last_error": False,
            }
        )

    def action_pause(self):
        """Switch off for now; whoever is in it waits."""
        self.check_access("write")
        # sudo: as above
        self.sudo().filtered(lambda s: s.state == "running").write({"state": "paused"})

    def action_end_runs(self):
        """End the runs of a scenario that is off."""
        self.check_access("write")
        if any(scenario.state == "running" for scenario in self):
            raise UserError(self.env._("Pause the scenario first."))
        # sudo: borrows the system's right to write runs, checked above
        runs = self.sudo().run_ids.filtered(lambda run: run.state == "running")
        runs._finish("stopped", "closed")

    def action_use(self):
        """Make an own scenario of a ready-made one.

        :return: the action that opens it
        """
        self.ensure_one()
        self.check_access("read")
        new = self.copy({"name": self.name, "company_id": self.env.company.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": new.id,
            "view_mode": "form",
        }

    def action_preview(self):
        """:return: the action that shows what one customer would get, and when"""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What One Customer Gets"),
            "res_model": "crm.care.preview",
            "view_mode": "form",
            "target": "new",
            "context": {"default_scenario_id": self.id},
        }

    def action_view_runs(self):
        """:return: the action that lists who is and was in this scenario"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_care_runs"
        )
        return dict(action, domain=[("scenario_id", "=", self.id)], context={})

    def action_view_report(self):
        """:return: the action that shows the figures per step"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_care_report"
        )
        return dict(action, domain=[("scenario_id", "=", self.id)])

    def _get_late_limit(self):
        """:return: the moment since which things may have waited, not longer"""
        days = self.company_id.contact_queue_days or 1
        return fields.Datetime.now() - timedelta(days=days)

    def _check_can_start(self):
        """:raises UserError: with what is missing
        :raises RedirectWarning: without an account, with a button to the set-up"""
        self.ensure_one()
        if self.is_ready_made:
            raise UserError(
                self.env._("Make your own scenario of this ready-made one first.")
            )
        if not self.active:
            raise UserError(self.env._("Restore the scenario from the archive first."))
        if not self.step_ids:
            raise UserError(self.env._("Add at least one step first."))
        self._check_trigger()
        # the conditions are tried with the rights of whoever switches it on
        self._get_domain(self.domain)
        # sudo: whether a colleague works here is known by the system
        if not self.sender_id.sudo().active:
            raise UserError(self.env._("Choose who sends the messages first."))
        for step in self.step_ids:
            step._check_complete()
        for channel in {step._get_channel() for step in self.step_ids} - {None}:
            self.env["crm.contact.account"]._require_for(
                self.sender_id, self.company_id, channel
            )

    def _check_trigger(self):
        name = TRIGGERS_NEED.get(self.trigger)
        if name and not self[name]:
            raise UserError(
                self.env._(
                    "“%(trigger)s”: choose which one first.",
                    trigger=self._get_trigger_label(),
                )
            )

    def _get_trigger_label(self):
        labels = dict(self._fields["trigger"]._description_selection(self.env))
        return labels[self.trigger]
