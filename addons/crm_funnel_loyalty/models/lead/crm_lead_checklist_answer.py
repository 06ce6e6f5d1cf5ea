from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class CrmLeadChecklistAnswer(models.Model):
    """Who found out about a lead what, and when.

    SPECIFICATIONS
    * One row per lead and question; it is written by
      ``crm.lead.action_answer_checklist`` only, so that nobody answers in another's
      name or on another day. Of two who answer at once the later one counts.

    COST: one statement for any number of leads.
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
        if not leads:
            return
        self.env.flush_all()
        # plain SQL, because the rows are closed to everybody: who and when is always
        # what really happened
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_lead_checklist_answer AS answer (
                    lead_id, item_id, is_passed, user_id, date,
                    create_uid, create_date, write_uid, write_date)
                SELECT lead_id, %(item)s, %(is_passed)s, %(uid)s, %(now)s,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(leads)s) lead_id
                ON CONFLICT (lead_id, item_id) DO UPDATE
                   SET is_passed = excluded.is_passed, user_id = excluded.user_id,
                       date = excluded.date, write_uid = excluded.write_uid,
                       write_date = excluded.write_date
                """,
                item=item.id,
                is_passed=is_passed,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                leads=leads.ids,
            )
        )
        self.invalidate_model()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_lead(self):
        if not self.env.su:
            raise AccessError(
                self.env._("Answers stay. Take the tick away to answer with no.")
            )
