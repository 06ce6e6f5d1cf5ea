from odoo import fields, models


class CrmAdsDossierLine(models.TransientModel):
    """One thing that happened with a person, and the way to its document.

    SPECIFICATION (002.32)
    - Made by ``crm.ads.dossier.action_search`` under the reader's own rights.
    """

    _name = "crm.ads.dossier.line"
    _description = "Line of a Customer Dossier"
    _order = "date desc, id desc"

    dossier_id = fields.Many2one("crm.ads.dossier", ondelete="cascade")
    date = fields.Datetime()
    kind = fields.Selection(
        [
            ("data", "Data"),
            ("lead", "Lead"),
            ("opportunity", "Opportunity"),
            ("order", "Order"),
            ("message", "Message"),
            ("ticket", "Ticket"),
        ]
    )
    text = fields.Char(string="What")
    user_id = fields.Many2one("res.users", string="By")
    amount = fields.Monetary(currency_field="currency_id")
    currency_id = fields.Many2one(related="dossier_id.currency_id")
    res_model = fields.Char()
    res_id = fields.Integer()

    def action_open(self):
        """Open the document of this line, under the reader's own rights."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
