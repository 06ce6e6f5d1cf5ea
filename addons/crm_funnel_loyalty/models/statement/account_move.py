from odoo import models


class AccountMove(models.Model):
    """The credit is noted when the invoice is posted: the one of its orders, a credit
    note's that of the invoice it takes back."""

    _name = "account.move"
    _inherit = ["account.move", "crm.sales.credit.mixin"]

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted.filtered(lambda move: move.is_sale_document())._set_credit()
        return posted

    def button_draft(self):
        """Who is on it when it is posted again has sold it."""
        result = super().button_draft()
        self._clear_credit()
        return result

    def _get_credit(self):
        origin = self.reversed_entry_id
        orders = self.line_ids.sale_line_ids.order_id
        for document in (*origin, *orders):
            if document.credit_user_id:
                return document.credit_user_id, document.credit_team_id
        user = self.invoice_user_id
        return user, self.team_id or self._get_home_team(user)
