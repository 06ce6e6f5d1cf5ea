from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


class CrmCareStepTask(models.Model):
    """Steps that our own people do, or that only mark the customer.

    ACTIVITIES go to the person that the step names, else to the customer's salesperson,
    else to whoever sends the messages: never to somebody who has left or does not work
    for the company.

    CALL: an activity, unless the customer does not want to be called; whoever dials
    makes the touch.
    """

    _inherit = "crm.care.step"

    def _do_call(self, runs):
        """Plan a call for each run whose customer may be called."""
        scenario, touches = self.scenario_id, self.env["crm.contact.touch"]
        found = touches._prepare_recipients(runs._get_records())
        recipients = dict(zip(runs, found, strict=True))
        lines = {}
        callable_runs = runs.browse()
        for group in self._split_by_address("call", recipients):
            verdicts = touches._guard(
                scenario.company_id,
                "call",
                scenario.kind,
                [recipients[run] for run in group],
            )
            for run, verdict in zip(group, verdicts, strict=True):
                if verdict.state == "blocked":
                    lines[run] = {"state": "blocked", "note": verdict.reason}
                else:
                    callable_runs += run
        return {**lines, **self._plan_activities(callable_runs)}

    def _do_activity(self, runs):
        """Plan an activity for each run."""
        return self._plan_activities(runs)

    def _plan_activities(self, runs):
        kind = self._get_activity_type()
        deadline = self.scenario_id._get_today() + timedelta(days=self.activity_days)
        # quick: nobody gets an e-mail per customer, the list of activities is enough
        activities = self.env["mail.activity"].with_context(
            mail_activity_quick_update=True
        )
        made = activities.create(
            [self._prepare_activity(run, kind, deadline) for run in runs]
        )
        return {
            run: {"state": "done", "activity_id": activity.id}
            for run, activity in zip(runs, made, strict=True)
        }

    def _get_activity_type(self):
        call = self.env.ref("mail.mail_activity_data_call", False)
        todo = self.env.ref("mail.mail_activity_data_todo")
        usual = {"call": call}.get(self.action)
        return self.activity_type_id or usual or todo

    def _prepare_activity(self, run, kind, deadline):
        record = run._get_record()
        user = self._get_person(record)
        step = self.with_context(lang=user.lang)
        return {
            "res_model_id": self.env["ir.model"]._get_id(record._name),
            "res_id": record.id,
            "activity_type_id": kind.id,
            "summary": step.activity_summary or step.scenario_id.name,
            "date_deadline": deadline,
            "user_id": user.id,
        }

    def _get_person(self, record):
        company = self._get_company()
        for user in (self.user_id, record.user_id, self._get_sender()):
            if user.active and company in user.company_ids:
                return user
        raise UserError(
            self.env._(
                "“%(step)s”: nobody who works here is left to do it. Choose somebody "
                "in the step, or somebody else to send the messages.",
                step=self.name,
            )
        )

    def _describe_task(self, record):
        """:return: what would be done for this customer, in words"""
        if self.action == "tag":
            tags = self.partner_tag_ids.mapped("name") + self.lead_tag_ids.mapped(
                "name"
            )
            return ", ".join(tags)
        return self.env._(
            "%(what)s, for %(who)s",
            what=self.activity_summary or self._get_activity_type().name,
            who=self._get_person(record).name,
        )

    def _do_tag(self, runs):
        """Add the tags, in one write for any number of customers."""
        if self.partner_tag_ids:
            runs.partner_id.write(
                {"category_id": [Command.link(tag.id) for tag in self.partner_tag_ids]}
            )
        if self.lead_tag_ids:
            runs.lead_id.write(
                {"tag_ids": [Command.link(tag.id) for tag in self.lead_tag_ids]}
            )
        return {run: {"state": "done"} for run in runs}
