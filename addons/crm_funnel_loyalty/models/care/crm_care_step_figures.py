from odoo import fields, models


class CrmCareStepFigures(models.Model):
    """What came of a step: who reached it, who waits for it, who got something, who
    answered and who bought after it and before the next one.

    COST: four queries for any number of steps.
    """

    _inherit = "crm.care.step"

    entered_count = fields.Integer(string="Reached", compute="_compute_figures")
    waiting_count = fields.Integer(string="Waiting", compute="_compute_figures")
    sent_count = fields.Integer(string="Sent, Done", compute="_compute_figures")
    answered_count = fields.Integer(string="Answered", compute="_compute_figures")
    bought_count = fields.Integer(string="Bought", compute="_compute_figures")

    def _compute_figures(self):
        runs = self.env["crm.care.run"]
        waiting = self._count_by(runs, "step_id", [("state", "=", "running")])
        answered = self._count_by(runs, "answered_step_id", [])
        bought = self._count_by(runs, "bought_step_id", [])
        done = {
            step: (reached, sent)
            for step, reached, sent in self.env["crm.care.report"]._read_group(
                [("step_id", "in", self._origin.ids)],
                ["step_id"],
                ["__count", "sent_count:sum"],
            )
        }
        for step in self:
            mine = step._origin
            step.entered_count, step.sent_count = done.get(mine, (0, 0))
            step.waiting_count = waiting.get(mine, 0)
            step.answered_count = answered.get(mine, 0)
            step.bought_count = bought.get(mine, 0)

    def _count_by(self, runs, name, domain):
        rows = runs._read_group(
            [(name, "in", self._origin.ids), *domain], [name], ["__count"]
        )
        return dict(rows)
