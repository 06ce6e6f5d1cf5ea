from odoo import fields, models


class CrmSalesPolicyTrialLine(models.TransientModel):
    """One person, or one team, in the trial of a policy."""

    _name = "crm.sales.policy.trial.line"
    _description = "Line of the Trial of a Sales Policy"

    trial_id = fields.Many2one(
        "crm.sales.policy.trial", required=True, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one(related="trial_id.currency_id")
    user_id = fields.Many2one("res.users", string="Salesperson")
    team_id = fields.Many2one("crm.team")
    revenue = fields.Monetary()
    paid_before = fields.Monetary(string="Until Now")
    paid_now = fields.Monetary(string="By This Policy")
    difference = fields.Monetary()
