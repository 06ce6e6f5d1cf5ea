from odoo import fields, models


class CrmCareRunLine(models.Model):
    """What one step did for one customer: written once, by the system alone.

    The unique index is the reason why no step is ever done twice for a run: the line
    and what the step did are one transaction.
    """

    _name = "crm.care.run.line"
    _description = "Step Done for a Customer"
    _order = "date desc, id desc"
    _rec_name = "step_id"

    run_id = fields.Many2one(
        "crm.care.run", required=True, readonly=True, index=True, ondelete="cascade"
    )
    step_id = fields.Many2one(
        "crm.care.step", required=True, readonly=True, index=True, ondelete="restrict"
    )
    scenario_id = fields.Many2one(related="run_id.scenario_id", store=True, index=True)
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    date = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, index=True
    )
    state = fields.Selection(
        [
            ("done", "Done"),
            ("blocked", "Not Contacted"),
            ("skipped", "Left Out"),
            ("failed", "Failed"),
        ],
        string="Status",
        required=True,
        readonly=True,
    )
    note = fields.Char(string="Remark", readonly=True)
    touch_id = fields.Many2one(
        "crm.contact.touch",
        string="Message",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    touch_state = fields.Selection(related="touch_id.state", string="Message Status")
    touch_message = fields.Html(related="touch_id.message_html", string="Text")
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, index="btree_not_null", ondelete="set null"
    )

    _step_uniq = models.UniqueIndex("(run_id, step_id)")
