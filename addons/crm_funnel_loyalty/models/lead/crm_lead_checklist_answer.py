from odoo import api, fields, models
from odoo.exceptions import AccessError


class CrmLeadChecklistAnswer(models.Model):
    """Who found out about a lead what, and when.

    SPECIFICATIONS
    * One row per lead and question; it is written by
      ``crm.lead.action_answer_checklist`` only, so that nobody answers in another's
      name or on another day.
    """

    _name = "crm.lead.checklist.answer"
    _description = "Answer to a Qualification Question"
    _order = "date, id"
    _rec_name = "item_id"

    lead_id = fields.Many2one(
        "crm.lead", required=True, readonly=True, index=True, ondelete="cascade"
    )
    item_id = fields.Many2one(
        "crm.lead.checklist.item",
        string="Question",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    is_passed = fields.Boolean(string="Passed", readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Answered By", required=True, readonly=True
    )
    date = fields.Datetime(string="Answered On", required=True, readonly=True)
    team_id = fields.Many2one(related="lead_id.team_id", string="Sales Team")
    company_id = fields.Many2one(related="lead_id.company_id")

    _lead_item_uniq = models.UniqueIndex("(lead_id, item_id)")

    @api.model
    def _answer(self, leads, item, is_passed):
        """Keep the answer of the current user.

        :param leads: leads that the user may write
        """
        # sudo: borrows the right of nobody: the row is closed to everybody, so that who
        # and when is always what really happened
        answers = self.sudo()
        values = {
            "is_passed": is_passed,
            "user_id": self.env.uid,
            "date": fields.Datetime.now(),
        }
        there = answers.search(
            [("lead_id", "in", leads.ids), ("item_id", "=", item.id)]
        )
        there.write(values)
        answers.create(
            [
                {"lead_id": lead.id, "item_id": item.id, **values}
                for lead in leads - there.lead_id
            ]
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_lead(self):
        if not self.env.su:
            raise AccessError(
                self.env._("Answers stay. Take the tick away to answer with no.")
            )
