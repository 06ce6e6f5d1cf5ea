from odoo import models
from odoo.tools import float_round

DIGITS = 2


class AccountMove(models.Model):
    """Credit note that takes back the points of what it notes (004.32).

    SPECIFICATIONS
    * Posting a credit note of an order's invoice takes back the same share of the
      points the order gave, and gives back that share of the points it used: the
      credited part of the order's total, taxes included. Shares always add up: the last
      credit note of a fully credited order takes the rest.
    * Once per credit note and order (unique index). Resetting or cancelling the credit
      note undoes it. A card whose points are spent goes below zero and is filled by the
      next orders.
    * Points that had expired already are not taken twice.

    COST: a fixed number of queries per call, whatever the number of credit notes.
    """

    _inherit = "account.move"

    def _post(self, soft=True):
        """Take the points of what is credited back."""
        posted = super()._post(soft=soft)
        posted.filtered(lambda m: m.move_type == "out_refund")._take_points_back()
        return posted

    def button_draft(self):
        """Undo what the credit notes did to points."""
        result = super().button_draft()
        self._undo_points_taken_back()
        return result

    def button_cancel(self):
        """Undo what the credit notes did to points."""
        result = super().button_cancel()
        self._undo_points_taken_back()
        return result

    def _take_points_back(self):
        # sudo: the suite moves the points, whatever the accountant may see of orders
        history = self.env["loyalty.history"].sudo()
        orders = self.sudo().line_ids.sale_line_ids.order_id
        if not orders:
            return
        given = history.search(
            [
                ("order_model", "=", "sale.order"),
                ("order_id", "in", orders.filtered(lambda o: o.state == "sale").ids),
                ("card_id.program_id.is_membership", "=", True),
            ]
        ).grouped("order_id")
        if not given:
            return
        before = history.search([("credit_order_id", "in", list(given))])
        booked = [line._get_credit_values() for line in before]
        entries = []
        for refund in self.sudo():
            for order, ratio in refund._get_credited_ratios().items():
                for line in given.get(order.id, history):
                    entry = refund._prepare_credit(order, line, ratio, booked)
                    booked.append(entry)
                    entries.append(entry)
        self.env["loyalty.card"]._book(entries)

    def _get_credited_ratios(self):
        """:return: by order, which part of its total this credit note notes"""
        self.ensure_one()
        ratios = {}
        for line in self.invoice_line_ids:
            order = line.sale_line_ids.order_id[:1]
            if not order or not order.amount_total:
                continue
            amount = self.currency_id._convert(
                line.price_total, order.currency_id, order.company_id, self.date
            )
            ratios[order] = ratios.get(order, 0) + amount / order.amount_total
        return {order: ratio for order, ratio in ratios.items() if ratio > 0}

    def _prepare_credit(self, order, line, ratio, booked):
        """What this credit note does to one card, after what was booked before."""
        earlier = [
            entry
            for entry in booked
            if (entry["credit_order_id"], entry["card_id"])
            == (order.id, line.card_id.id)
        ]
        share = min(1, ratio + sum(entry["credit_ratio"] for entry in earlier))
        taken = sum(entry["used"] for entry in earlier)
        returned = sum(entry["issued"] for entry in earlier)
        return {
            "card_id": line.card_id.id,
            "kind": "credit",
            "used": self._round_points((line.issued - line.expired) * share) - taken,
            "issued": self._round_points(line.used * share) - returned,
            "credit_move_id": self.id,
            "credit_order_id": order.id,
            "credit_ratio": ratio,
            "order_model": self._name,
            "order_id": self.id,
            "description": self.env._(
                "Credit note %(credit)s for order %(order)s",
                credit=self.name,
                order=order.name,
            ),
        }

    def _round_points(self, points):
        return float_round(points, precision_digits=DIGITS)

    def _undo_points_taken_back(self):
        # sudo: see _take_points_back
        lines = self.env["loyalty.history"].sudo()
        notes = self.filtered(lambda m: m.move_type == "out_refund")
        if notes:
            self.env["loyalty.card"]._unbook(
                lines.search([("credit_move_id", "in", notes.ids)])
            )
