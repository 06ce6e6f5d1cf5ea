from dateutil.relativedelta import relativedelta

from odoo import api, fields, models


class LoyaltyHistory(models.Model):
    """Line of a card's history: points in, points out, and how long they last.

    SPECIFICATIONS
    * Points gained on a membership card carry the day they expire. Points that are used
      are always the oldest ones (see ``PointLots``), so nothing else has to be kept.
    * A credit note takes points back once for each order (unique index).
    * Over RPC only a sales manager writes history of loyalty cards: a salesperson's
      orders do it for him.
    """

    _inherit = "loyalty.history"

    kind = fields.Selection(
        [
            ("opening", "Opening balance"),
            ("expiry", "Expired"),
            ("credit", "Credit note"),
            ("referral", "Referral"),
        ],
        readonly=True,
        help="Empty: an order, or a correction by hand.",
    )
    expiry_date = fields.Date(
        string="Valid Until",
        readonly=True,
        help="The last day on which the points of this line can be used.",
    )
    is_expiry_done = fields.Boolean(readonly=True, export_string_translation=False)
    is_expiry_warned = fields.Boolean(readonly=True, export_string_translation=False)
    expired = fields.Float(string="Of These Expired", readonly=True)
    credit_move_id = fields.Many2one(
        "account.move",
        string="Credit Note",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    credit_order_id = fields.Many2one(
        "sale.order",
        string="Credited Order",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    credit_ratio = fields.Float(
        readonly=True, digits=0, export_string_translation=False
    )

    _credit_uniq = models.UniqueIndex(
        "(credit_move_id, credit_order_id, card_id) WHERE credit_move_id IS NOT NULL",
        "This credit note has taken its points back already.",
    )
    _opening_uniq = models.UniqueIndex(
        "(card_id) WHERE kind = 'opening'",
        "This card has an opening balance already.",
    )
    _expiry_idx = models.Index(
        "(expiry_date, card_id) WHERE is_expiry_done IS NOT TRUE"
        " AND expiry_date IS NOT NULL"
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Say how long points gained will last.

        :raises AccessError: for whoever may not write points of the cards, however the
            lines came to them
        """
        lines = super().create(
            [{**self._prepare_expiry(vals), **vals} for vals in vals_list]
        )
        lines.card_id._check_may_write_points()
        return lines

    def write(self, vals):
        """Refuse it over RPC to whoever may not write points.

        :raises AccessError: also when the lines only come to such a card by this
        """
        self.card_id._check_may_write_points()
        result = super().write(vals)
        self.card_id._check_may_write_points()
        return result

    @api.model
    def _prepare_expiry(self, vals):
        if vals.get("issued", 0) <= 0 or "expiry_date" in vals:
            return {}
        # sudo: how long points last is no secret of the program
        card = self.env["loyalty.card"].sudo().browse(vals.get("card_id"))
        program = card.program_id
        if not program.is_membership or not program.point_lifetime_months:
            return {}
        return {
            "expiry_date": card._get_today()
            + relativedelta(months=program.point_lifetime_months)
        }

    def _get_credit_values(self):
        """:return: what this line of a credit note did, as it was booked"""
        self.ensure_one()
        return {
            "card_id": self.card_id.id,
            "used": self.used,
            "issued": self.issued,
            "credit_order_id": self.credit_order_id.id,
            "credit_ratio": self.credit_ratio,
        }
