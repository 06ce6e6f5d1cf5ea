from odoo import api, fields, models


class CrmFunnelReceipt(models.TransientModel):
    """Tier receipt of a past moment (N8): tier, rule and the document that proves it.

    SPECIFICATIONS
    * Nothing is stored: the receipt is read from the documents each time.
    * Whoever may see the customer's moves may see the receipt.
    """

    _name = "crm.funnel.receipt"
    _description = "Tier Receipt"

    partner_id = fields.Many2one("res.partner", string="Customer", required=True)
    date = fields.Datetime(
        string="On",
        required=True,
        default=fields.Datetime.now,
        help="Which tier was the customer on at this moment?",
    )
    tier_id = fields.Many2one("crm.funnel.tier", compute="_compute_receipt")
    tier_color = fields.Integer(
        related="tier_id.color", export_string_translation=False
    )
    rule = fields.Char(string="Why", compute="_compute_receipt")
    document = fields.Reference(
        selection=lambda self: (
            self.env["crm.funnel.tier.move"]
            ._fields["document"]
            ._description_selection(self.env)
        ),
        string="Proof",
        compute="_compute_receipt",
    )

    @api.depends("partner_id", "date")
    @api.depends_context("lang")
    def _compute_receipt(self):
        self.update({"tier_id": False, "rule": False, "document": False})
        for receipt in self.filtered(lambda one: one.partner_id and one.date):
            moves = receipt.partner_id._get_funnel_receipts(receipt.date)
            for move in moves.values():
                if move.partner_id == receipt.partner_id.commercial_partner_id:
                    receipt.tier_id = move.to_tier_id
                    receipt.rule = move.rule
                    receipt.document = move.document

    def action_open_document(self):
        """Open the document that proves the tier."""
        self.ensure_one()
        document = self.document or self.partner_id
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "view_mode": "form",
        }
