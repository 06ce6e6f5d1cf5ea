from freezegun import freeze_time

from odoo.fields import Command

from .common_pay import PayCase


class InvoiceCase(PayCase):
    """The company of ``PayCase`` with accounts: invoices, credit notes, payments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.company.currency_id = cls.env.ref("base.VND")
        cls.tax = cls.env["account.tax"].create(
            {"name": "VAT 10 %", "amount": 10, "company_id": cls.company.id}
        )
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.outstanding = cls.env["account.account"].create(
            {
                "name": "Outstanding",
                "code": "99999",
                "account_type": "asset_current",
                "reconcile": True,
                "company_ids": [Command.set(cls.company.ids)],
            }
        )
        (
            cls.bank.inbound_payment_method_line_ids
            | cls.bank.outbound_payment_method_line_ids
        ).payment_account_id = cls.outstanding

    def _invoice(self, seller, amount, day, **values):
        with freeze_time(day):
            move = self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "company_id": self.company.id,
                    "partner_id": self.customers[0].id,
                    "invoice_user_id": seller.id,
                    "team_id": self.team.id,
                    "invoice_date": day,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": self.product.id,
                                "price_unit": amount,
                                "tax_ids": [Command.set(self.tax.ids)],
                            }
                        )
                    ],
                    **values,
                }
            )
            move.action_post()
        return move

    def _credit(self, move, day, amount=None):
        """A posted credit note of an invoice, of a part of it."""
        with freeze_time(day):
            note = move._reverse_moves([{"invoice_date": day, "date": day}])
            if amount:
                note.invoice_line_ids.price_unit = amount
            note.action_post()
        return note

    def _pay(self, move, amount, day):
        with freeze_time(day):
            return (
                self.env["account.payment.register"]
                .with_context(active_model="account.move", active_ids=move.ids)
                .create(
                    {
                        "amount": amount,
                        "payment_date": day,
                        "journal_id": self.bank.id,
                    }
                )
                ._create_payments()
            )
