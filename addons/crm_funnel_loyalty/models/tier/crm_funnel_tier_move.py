from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_amount


class CrmFunnelTierMove(models.Model):
    """Receipt of one change of tier: who, from where, to where, when, and the proof.

    SPECIFICATIONS
    * Append only. Only ``res.partner._recompute_funnel_tier()`` adds rows, and nobody
      but the superuser changes or deletes one.
    * The figures that decided are kept in the row, so the reason in plain words
      (``rule``) stays true when thresholds or documents change later. It is put into
      words when it is read, in the reader's language.
    * ``document`` is what proves the new tier: the opportunity, the quotation, the last
      order or the referred customer; on the way down the document whose cancellation
      caused it, if that happened in the same transaction.
    """

    _name = "crm.funnel.tier.move"
    _description = "Tier Move"
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    from_tier_id = fields.Many2one(
        "crm.funnel.tier", readonly=True, ondelete="restrict"
    )
    to_tier_id = fields.Many2one(
        "crm.funnel.tier",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    to_tier_color = fields.Integer(
        related="to_tier_id.color", export_string_translation=False
    )
    direction = fields.Selection(
        [("up", "Up"), ("down", "Down")], required=True, readonly=True
    )
    date = fields.Datetime(required=True, readonly=True, index=True)
    document = fields.Reference(
        selection=[
            ("crm.lead", "Opportunity"),
            ("sale.order", "Sales Order"),
            ("res.partner", "Customer"),
        ],
        string="Proof",
        readonly=True,
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    order_count = fields.Integer(string="Orders Counted", readonly=True)
    order_amount = fields.Monetary(string="Amount Counted", readonly=True)
    referral_count = fields.Integer(string="Referrals Counted", readonly=True)
    window_months = fields.Integer(
        string="Period Counted (months)", readonly=True, aggregator=None
    )
    rule = fields.Char(string="Why", compute="_compute_rule")

    @api.depends("from_tier_id", "to_tier_id", "direction", "order_count")
    @api.depends_context("lang")
    def _compute_rule(self):
        for move in self:
            move.rule = move._get_rule_text()

    def write(self, vals):
        """Refuse it to everybody but the superuser: a receipt is not edited."""
        if not self.env.su:
            raise AccessError(self.env._("Tier moves are receipts: nobody edits them."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_superuser(self):
        if not self.env.su:
            raise AccessError(
                self.env._("Tier moves are receipts: nobody deletes them.")
            )

    def action_open_document(self):
        """Open the document that proves this move."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.document._name,
            "res_id": self.document.id,
            "view_mode": "form",
        }

    def _get_rule_text(self):
        """Say in plain words, in the reader's language, why the customer moved."""
        self.ensure_one()
        reason = self._get_reason_text()
        if self.direction == "down":
            return self.env._(
                "No longer meets “%(tier)s”. Now: %(reason)s",
                tier=self.from_tier_id.name,
                reason=reason,
            )
        return reason

    def _get_reason_text(self):
        code = self.to_tier_id.code
        if code == "target":
            return self.env._("No open opportunity, quotation or order")
        if code == "opportunity":
            return self.env._("An opportunity is open")
        if code == "quotation":
            return self.env._("A quotation is waiting for an answer")
        return self._get_figures_text()

    def _get_figures_text(self):
        values = {
            "orders": self.order_count,
            "amount": format_amount(
                self.env, self.order_amount, self.currency_id or self._get_currency()
            ),
            "months": self.window_months,
        }
        if self.window_months:
            text = self.env._(
                "Confirmed orders in the last %(months)s months: %(orders)s, "
                "worth %(amount)s",
                **values,
            )
        else:
            text = self.env._(
                "Confirmed orders: %(orders)s, worth %(amount)s", **values
            )
        if not self.referral_count:
            return text
        return self.env._(
            "%(text)s. Referred customers who bought: %(referrals)s",
            text=text,
            referrals=self.referral_count,
        )

    def _get_currency(self):
        return (self.company_id or self.env.company).currency_id
