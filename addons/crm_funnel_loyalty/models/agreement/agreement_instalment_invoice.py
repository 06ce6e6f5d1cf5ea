from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from .turns import take_turn


class NotTheWholeError(Exception):
    """A regular invoice does not come to what is agreed; it is taken back."""


class AgreementInstalment(models.Model):
    """Invoice of an instalment, by core's own ways of invoicing an order.

    SPECIFICATIONS
    * An instalment is invoiced as a down payment of its amount, taxes included. The
      last one is the regular invoice that deducts the down payments, when that comes
      to the amount agreed on; when it does not (not all is delivered yet), a down
      payment.
    * The invoice is due on the day of the instalment.
    * Whoever may invoice the order may invoice the instalment: core checks.
    """

    _inherit = "agreement.instalment"

    def action_create_invoice(self):
        """Make the invoice of this instalment and open it."""
        self.ensure_one()
        self.check_access("write")
        take_turn(self.agreement_id)
        self._check_can_invoice()
        invoice = self._create_invoice()
        # sudo: borrows the right to date the draft that core has just made for the user
        # and to link it, which only this button does
        invoice.sudo().write(
            {"invoice_payment_term_id": False, "invoice_date_due": self.due_date}
        )
        self.sudo().invoice_id = invoice
        return self.action_view_invoice()

    def action_view_invoice(self):
        """Open the invoice of this instalment."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoice"),
            "res_model": "account.move",
            "res_id": self.invoice_id.id,
            "view_mode": "form",
        }

    def action_view_agreement(self):
        """Open the contract of this instalment."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "agreement",
            "res_id": self.agreement_id.id,
            "view_mode": "form",
        }

    def _check_can_invoice(self):
        agreement = self.agreement_id
        # sudo: whether the order is confirmed does not depend on who asks
        order = agreement.sale_order_id.sudo()
        if self._has_live_invoice():
            message = self.env._("This instalment is invoiced already.")
        elif agreement.state not in ("signed", "done"):
            message = self.env._("Sign the contract before you invoice it.")
        elif not order:
            message = self.env._(
                "The contract has no order to invoice. Choose its order first."
            )
        elif order.state != "sale":
            message = self.env._(
                "Order %s is not confirmed yet. Confirm it before you invoice.",
                order.name,
            )
        elif order.currency_id != self.currency_id:
            message = self.env._(
                "The contract is in %(contract)s and its order in %(order)s. Invoice "
                "the order itself.",
                contract=self.currency_id.name,
                order=order.currency_id.name,
            )
        else:
            return
        raise UserError(message)

    def _create_invoice(self):
        """:return: the draft invoice, made with the rights of the user"""
        if self._is_last_open() and (invoice := self._create_regular_invoice()):
            return invoice
        return self._run_invoice_wizard(
            advance_payment_method="fixed", fixed_amount=self.amount
        )

    def _create_regular_invoice(self):
        """The regular invoice, if it comes to this instalment's amount."""
        try:
            with self.env.cr.savepoint():
                invoice = self._run_invoice_wizard(advance_payment_method="delivered")
                if self.currency_id.compare_amounts(
                    sum(invoice.mapped("amount_total")), self.amount
                ):
                    raise NotTheWholeError
                return invoice
        except (UserError, NotTheWholeError):
            return self.env["account.move"]

    def _run_invoice_wizard(self, **values):
        order = self.agreement_id.sale_order_id
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model=order._name, active_ids=order.ids)
            .create({"sale_order_ids": [Command.set(order.ids)], **values})
        )
        return wizard._create_invoices(order)

    def _is_last_open(self):
        self.ensure_one()
        others = self.agreement_id.instalment_ids - self
        return all(part._has_live_invoice() for part in others)
