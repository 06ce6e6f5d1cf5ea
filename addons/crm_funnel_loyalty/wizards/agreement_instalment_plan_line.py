from odoo import fields, models


class AgreementInstalmentPlanLine(models.TransientModel):
    """One instalment in the preview of a plan."""

    _name = "agreement.instalment.plan.line"
    _description = "Planned Instalment"
    _order = "sequence, id"

    plan_id = fields.Many2one(
        "agreement.instalment.plan", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char()
    due_date = fields.Date(required=True)
    currency_id = fields.Many2one(related="plan_id.currency_id")
    fixed_amount = fields.Monetary(
        string="Agreed Amount",
        help="Those without an agreed amount share the rest; the last one takes what "
        "remains.",
    )
    amount = fields.Monetary(readonly=True)
