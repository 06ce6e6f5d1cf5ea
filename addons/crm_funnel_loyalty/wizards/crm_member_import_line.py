from odoo import fields, models


class CrmMemberImportLine(models.TransientModel):
    """One row of opening balances, and what will become of it."""

    _name = "crm.member.import.line"
    _description = "Row of Opening Balances"
    _order = "row"

    import_id = fields.Many2one("crm.member.import", required=True, ondelete="cascade")
    row = fields.Integer()
    name = fields.Char(string="As Written")
    partner_id = fields.Many2one("res.partner", string="Customer")
    number = fields.Char(string="Card Number")
    points = fields.Float()
    since = fields.Date(string="Member Since")
    until = fields.Date(string="Valid Until")
    state = fields.Selection(
        [
            ("new", "New"),
            ("changed", "Changed"),
            ("known", "There already"),
            ("error", "Error"),
        ],
        required=True,
    )
    message = fields.Char()
