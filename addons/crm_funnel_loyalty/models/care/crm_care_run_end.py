from odoo import fields, models

from ...tools import in_language_of

# Ends after which nothing more may reach the customer.
CALLED_OFF = ("exited", "stopped")
# How what started a run still holds.
HOLDS = {
    "sale.order": "_is_order_there",
    "agreement.instalment": "_is_instalment_there",
    "helpdesk.ticket": "_is_ticket_there",
}


class CrmCareRunEnd(models.Model):
    """Ends of runs: goal met, paid, gone, does not want it, or what started it is no
    more.

    CANCELLED: the order is not confirmed any more, the contract is not in force or the
    instalment due on another day, the ticket is open again. Such a run does not count
    to the cool-down: the new day, or the order in its place, starts another.

    MESSAGES that still wait for their hour are called off with the run. A run whose
    last step is done has nothing to end, but what is true afterwards (she ordered in
    the night) calls its waiting messages off, too.

    COST: one query for each kind of document, for any number of runs.
    """

    _inherit = "crm.care.run"

    def _end_over(self):
        """End what has no reason to go on."""
        sources = self._get_sources()
        for end, runs in self.grouped(
            lambda run: run._get_end(sources.get(run))
        ).items():
            if not end:
                continue
            running = runs.filtered(lambda run: run.state == "running")
            running._finish(*end)
            (runs - running)._call_off_messages(end[1])

    def _get_end(self, source):
        """:param source: the record that started the run, or None
        :return: the state and the reason with which it is over, or None"""
        self.ensure_one()
        if self.state in CALLED_OFF:
            return self.state, self.exit_reason
        if not self._get_record().active:
            return "stopped", "archived"
        if self.lead_id and not self._is_lead_there():
            return "exited", "moved_on"
        for goal in ("bought", "answered"):
            if self[f"{goal}_date"] and self.scenario_id[f"exit_{goal}"]:
                return "exited", goal
        return self._get_end_of_source(source)

    def _is_lead_there(self):
        lead, stage = self.lead_id, self.scenario_id.lead_stage_id
        return lead.type == "lead" and lead.lead_stage_id == stage

    def _get_end_of_source(self, source):
        holds = HOLDS.get(self.res_model)
        if not holds:
            return None
        if (
            self.res_model == "agreement.instalment"
            and source
            and source.state == "paid"
        ):
            return "exited", "paid"
        if source is None or not getattr(self, holds)(source):
            return "stopped", "cancelled"
        return None

    def _is_order_there(self, order):
        return order.state == "sale"

    def _is_instalment_there(self, part):
        """It may be due on another day by now: that starts a run of its own."""
        key = f"instalment:{part.id}:{part.due_date}"
        in_force = part.filtered_domain(part._get_in_force_domain())
        return bool(in_force) and self.trigger_key == key

    def _is_ticket_there(self, ticket):
        return ticket.active and ticket.closed

    def _end_unwilling(self, step):
        """End those who said that they do not want to be contacted that way.

        :return: the runs that go on
        """
        channel = step._get_channel() or {"call": "call"}.get(step.action)
        if not channel or not self:
            return self
        refusals = {"do_not_contact"}
        if step._get_kind() == "marketing":
            refusals.add("withdrawn")
        company = self.scenario_id.company_id
        touches = self.env["crm.contact.touch"]
        people = touches._get_people(
            company, touches._prepare_recipients(self._get_records())
        )
        decisions = self.env["crm.contact.consent"]._get_decisions(
            company, channel, people
        )
        unwilling = self.browse(
            run.id
            for run, decision in zip(self, decisions, strict=True)
            if decision in refusals
        )
        unwilling._finish("exited", "opted_out")
        return self - unwilling

    def _finish(self, state, reason=None):
        """These runs are over."""
        self.write(
            {
                "state": state,
                "exit_reason": reason or False,
                "end_date": fields.Datetime.now(),
                "next_date": False,
            }
        )
        if state in CALLED_OFF:
            self._call_off_messages(reason)

    def _call_off_messages(self, reason):
        """What waits for its hour does not go out."""
        waiting = self.filtered(
            lambda run: "queued" in run.line_ids.touch_id.mapped("state")
        )
        for company, runs in waiting.grouped("company_id").items():
            spoken = in_language_of(company, runs)
            whys = dict(self._fields["exit_reason"]._description_selection(spoken.env))
            spoken.line_ids.touch_id._call_off(
                spoken.env._("The care has ended: %s.", whys[reason])
            )
