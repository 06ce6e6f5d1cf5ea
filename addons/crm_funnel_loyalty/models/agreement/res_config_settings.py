from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Reminders of contract payments."""

    _inherit = "res.config.settings"

    contract_remind_before = fields.Integer(
        related="company_id.contract_remind_before", readonly=False
    )
    contract_remind_after = fields.Integer(
        related="company_id.contract_remind_after", readonly=False
    )
    contract_remind_every = fields.Integer(
        related="company_id.contract_remind_every", readonly=False
    )
    contract_remind_customer = fields.Boolean(
        related="company_id.contract_remind_customer", readonly=False
    )
    contract_remind_channel = fields.Selection(
        related="company_id.contract_remind_channel", readonly=False
    )
