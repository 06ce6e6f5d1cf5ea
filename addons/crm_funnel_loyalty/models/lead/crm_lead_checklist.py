from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_datetime


class CrmLead(models.Model):
    """Qualification of a lead by its team's questions (capability 001.13).

    SPECIFICATIONS
    * ``checklist`` is what the form shows: every question of the lead's team, whether
      it is passed, by whom and when. ``action_answer_checklist`` ticks one.
    * A stage that is marked *Qualified* asks for the required questions of the stages
      before it; a lead does not get there without (see ``_check_qualified``). The first
      stage of a team asks nothing: whatever comes in lands there.
    * Merging leads keeps what was found out about any of them.

    COST: three queries for any number of leads.
    """

    _inherit = "crm.lead"

    checklist_answer_ids = fields.One2many(
        "crm.lead.checklist.answer", "lead_id", string="Qualification Answers"
    )
    checklist = fields.Json(compute="_compute_checklist")
    checklist_done = fields.Integer(
        string="Questions Passed", compute="_compute_checklist_progress"
    )
    checklist_total = fields.Integer(
        string="Questions", compute="_compute_checklist_progress"
    )

    @api.depends("team_id", "checklist_answer_ids.is_passed")
    @api.depends_context("lang", "tz")
    def _compute_checklist(self):
        items = self._get_checklist_items()
        # sudo: who passed what is shown with the lead, whoever answered
        answers = {(a.lead_id, a.item_id): a for a in self.sudo().checklist_answer_ids}
        for lead in self:
            lead.checklist = [
                self._prepare_checklist_row(item, answers.get((lead._origin, item)))
                for item in items._filtered_for(lead)
            ]

    def _prepare_checklist_row(self, item, answer):
        return {
            "id": item.id,
            "name": item.name,
            "description": item.description or "",
            "stage": item.stage_id.name or "",
            "required": item.required,
            "passed": bool(answer and answer.is_passed),
            "user": answer.user_id.name if answer else "",
            "date": format_datetime(self.env, answer.date, dt_format="short")
            if answer
            else "",
        }

    @api.depends("team_id", "checklist_answer_ids.is_passed")
    def _compute_checklist_progress(self):
        items = self._get_checklist_items()
        passed = self._get_passed_items() if items else {}
        for leads in self.grouped("team_id").values():
            asked = set(items._filtered_for(leads[0]).ids)
            leads.checklist_total = len(asked)
            for lead in leads:
                answered = passed.get(lead._origin, items.browse())
                lead.checklist_done = len(asked.intersection(answered.ids))

    @api.constrains("lead_stage_id")
    def _check_qualified(self):
        """A qualified stage is reached by answering the questions before it."""
        leads = self.filtered(
            lambda lead: lead.type == "lead" and lead.lead_stage_id.is_qualified
        )
        for lead, items in leads._get_open_questions().items():
            missing = items._filtered_before(lead.lead_stage_id)
            if missing and lead.lead_stage_id != self._lead_stage_find(lead.team_id):
                raise ValidationError(
                    self.env._(
                        "“%(lead)s” cannot go to “%(stage)s” yet. Open it and answer "
                        "first:\n%(questions)s",
                        lead=lead.name,
                        stage=lead.lead_stage_id.name,
                        questions="\n".join(f"• {item.name}" for item in missing),
                    )
                )

    def action_answer_checklist(self, item_id, is_passed):
        """Answer a question about these leads in the name of the current user.

        :param int item_id: a question that the leads' teams ask
        :param bool is_passed: yes, or no (any more)
        """
        self.check_access("write")
        item = self._get_checklist_items().filtered(lambda i: i.id == item_id)
        if not item or any(not item._filtered_for(lead) for lead in self):
            raise UserError(
                self.env._(
                    "This question is not asked any more. Reload the page to see the "
                    "questions of today."
                )
            )
        self.env["crm.lead.checklist.answer"]._answer(self, item, bool(is_passed))
        self.invalidate_recordset(
            ["checklist", "checklist_done", "checklist_total", "checklist_answer_ids"]
        )
        return True

    # ------------------------------------------------------------
    # QUESTIONS
    # ------------------------------------------------------------

    def _get_checklist_items(self):
        """:return: the questions that any of the leads' teams asks, in order"""
        # sudo: which teams ask a question is no secret among those who have to answer
        items = self.env["crm.lead.checklist.item"].sudo()
        return items.search(items._get_team_domain(self.team_id))

    def _get_passed_items(self):
        """:return: dict of a lead to the questions it has passed"""
        # sudo: that a question is passed is shown with the lead, whoever answered
        rows = (
            self.env["crm.lead.checklist.answer"]
            .sudo()
            ._read_group(
                [("lead_id", "in", self._origin.ids), ("is_passed", "=", True)],
                ["lead_id"],
                ["item_id:recordset"],
            )
        )
        return {self.browse(lead.id): items for lead, items in rows}

    def _get_open_questions(self):
        """:return: dict of each lead to the required questions that are still open"""
        required = self._get_checklist_items().filtered("required")
        passed = self._get_passed_items() if required else {}
        return {
            lead: required._filtered_for(lead) - passed.get(lead, required.browse())
            for lead in self
        }

    def _merge_dependences(self, opportunities):
        """What was found out about a merged lead is known of the one that stays."""
        # sudo: as core moves the history, whoever may read it
        answers = self.sudo().checklist_answer_ids
        known = answers.filtered("is_passed").item_id
        for answer in opportunities.sudo().checklist_answer_ids.filtered("is_passed"):
            if answer.item_id not in known:
                known |= answer.item_id
                answers.filtered(lambda a, i=answer.item_id: a.item_id == i).unlink()
                answer.lead_id = self
        return super()._merge_dependences(opportunities)
