from odoo import api, fields, models

MODELS = ("sale.order", "account.move", "crm.sales.statement")


class CrmSalesStatementLine(models.Model):
    """One amount of a statement, with the document that it comes from.

    KINDS: sale (by the bands), rate (by a rate of its own), team_share (what the
    sellers leave to the team), team_sale (by the team's bands), bonus, dealt (what the
    team gives to its members; below zero with the team), correction (of a closed
    period, ``origin_date``).
    """

    _name = "crm.sales.statement.line"
    _description = "Line of a Commission Statement"
    _order = "statement_id, sequence, date, id"

    statement_id = fields.Many2one(
        "crm.sales.statement", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    # What the amount is for, once in a statement; see StatementStore.
    key = fields.Char(required=True)
    sequence = fields.Integer()
    kind = fields.Selection(
        [
            ("sale", "Sale"),
            ("rate", "Sale at a special rate"),
            ("team_share", "Share of the team"),
            ("team_sale", "Sale of the team"),
            ("bonus", "Bonus"),
            ("dealt", "Dealt out by the team"),
            ("correction", "Correction"),
        ],
        required=True,
    )
    user_id = fields.Many2one("res.users", string="Sold By")
    team_id = fields.Many2one("crm.team", string="Sold By Team")
    res_model = fields.Char()
    res_id = fields.Many2oneReference(model_field="res_model", string="Document Number")
    document = fields.Char(compute="_compute_document")
    partner_id = fields.Many2one("res.partner", string="Customer")
    date = fields.Date()
    base = fields.Monetary(string="Revenue")
    amount = fields.Monetary(string="Earned")
    effective_rate = fields.Float(
        string="Rate (%)", compute="_compute_effective_rate", digits=(6, 3)
    )
    origin_date = fields.Date(string="Period Corrected")
    origin_kind = fields.Char()
    rate_id = fields.Many2one("crm.sales.policy.rate", ondelete="restrict")
    bonus_id = fields.Many2one("crm.sales.policy.bonus", ondelete="restrict")
    note = fields.Char()

    _key_uniq = models.UniqueIndex("(statement_id, key)")

    @api.depends("base", "amount")
    def _compute_effective_rate(self):
        for line in self:
            line.effective_rate = 100.0 * line.amount / line.base if line.base else 0.0

    @api.depends("res_model", "res_id")
    def _compute_document(self):
        """The number of the document: whoever may read the statement may know it.

        COST: one query for each kind of document.
        """
        names = {}
        for model in MODELS:
            ids = {line.res_id for line in self if line.res_model == model}
            # sudo: the number of a document stands on the statement
            records = self.env[model].sudo().browse(ids).exists()
            for record in records:
                names[model, record.id] = record.display_name
        for line in self:
            line.document = names.get((line.res_model, line.res_id), False)

    def action_open_document(self):
        """:return: the action that opens the document, for who may read it"""
        self.ensure_one()
        self.check_access("read")
        if self.res_model not in MODELS:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
