from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.sale.tests.common import TestSaleCommon


@tagged("post_install", "-at_install")
class TestAgreementInvoice(TestSaleCommon):
    """Instalments and their invoices, with a chart of accounts and taxes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.company_data["company"]
        cls.seller = new_test_user(
            cls.env,
            "invoice_seller",
            "sales_team.group_sale_salesman",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        cls.service = cls.env["product.product"].create(
            {
                "name": "Course",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 1000.0,
                "taxes_id": [Command.set(cls.company_data["default_tax_sale"].ids)],
            }
        )
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.partner_a.id,
                "user_id": cls.seller.id,
                "order_line": [
                    Command.create({"product_id": cls.service.id, "product_uom_qty": 3})
                ],
            }
        )
        cls.order.action_confirm()
        action = cls.order.with_user(cls.seller).action_create_agreement()
        cls.contract = cls.env["agreement"].browse(action["res_id"])
        wizard = (
            cls.env["agreement.instalment.plan"]
            .with_user(cls.seller)
            .create({"agreement_id": cls.contract.id, "count": 3})
        )
        wizard.action_apply()
        cls.parts = cls.contract.instalment_ids.sorted()
        cls.contract.with_user(cls.seller).action_sign()

    def _invoice(self, part, post=True):
        action = part.with_user(self.seller).action_create_invoice()
        invoice = self.env["account.move"].browse(action["res_id"])
        if post:
            invoice.action_post()
        return invoice

    def _pay(self, invoice):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()

    def test_three_invoices(self):
        self.assertEqual(self.contract.amount, self.order.amount_total)
        self.assertEqual(self.contract.amount, 3450.0)
        for part in self.parts:
            invoice = self._invoice(part)
            self.assertEqual(invoice.amount_total, part.amount)
            self.assertEqual(invoice.invoice_date_due, part.due_date)
            self.assertEqual(part.state, "invoiced")
        self.assertEqual(
            sum(self.order.invoice_ids.mapped("amount_total")), self.order.amount_total
        )
        self.assertEqual(self.order.invoice_status, "invoiced")

    def test_paid_follows_the_invoice(self):
        part = self.parts[0]
        invoice = self._invoice(part)
        self.assertEqual(part.amount_open, part.amount)
        self._pay(invoice)
        self.assertEqual(part.state, "paid")
        self.assertEqual(part.amount_paid, part.amount)
        self.assertEqual(part.open_company, 0)
        self.assertEqual(self.contract.paid_amount, part.amount)

    def test_part_paid(self):
        part = self.parts[0]
        invoice = self._invoice(part)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": 150.0})._create_payments()
        self.assertEqual(part.state, "invoiced")
        self.assertEqual(part.amount_paid, 150.0)
        self.assertEqual(part.amount_open, 1000.0)

    def test_credited_invoice_is_made_anew(self):
        part = self.parts[0]
        invoice = self._invoice(part)
        with self.assertRaisesRegex(UserError, "invoiced already"):
            self._invoice(part)
        invoice._reverse_moves(cancel=True)
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertEqual(part.state, "planned")
        self.assertNotEqual(self._invoice(part), invoice)
        self.assertEqual(part.state, "invoiced")

    def test_cancelled_draft(self):
        part = self.parts[0]
        invoice = self._invoice(part, post=False)
        self.assertEqual(part.state, "invoiced")
        invoice.button_cancel()
        self.assertEqual(part.state, "planned")

    def test_invoiced_part_stays(self):
        manager = new_test_user(
            self.env,
            "invoice_manager",
            "sales_team.group_sale_manager",
            company_id=self.env.company.id,
        )
        self._invoice(self.parts[0])
        with self.assertRaisesRegex(UserError, "its amount stays"):
            self.parts[0].with_user(manager).amount = 5
        with self.assertRaisesRegex(UserError, "invoiced"):
            self.contract.with_user(manager).action_draft()
        wizard = (
            self.env["agreement.instalment.plan"]
            .with_user(manager)
            .create({"agreement_id": self.contract.id, "count": 5})
        )
        self.assertEqual(wizard.amount, 2300.0)
        wizard.action_apply()
        self.assertEqual(len(self.contract.instalment_ids), 6)
        self.assertEqual(sum(self.contract.instalment_ids.mapped("amount")), 3450.0)

    def test_last_one_before_delivery(self):
        """Not all is delivered: the last part is a down payment, not a wrong sum."""
        self.service.invoice_policy = "delivery"
        for part in self.parts:
            invoice = self._invoice(part)
            self.assertEqual(invoice.amount_total, part.amount)

    def test_not_yet(self):
        order = self.order.copy()
        action = order.with_user(self.seller).action_create_agreement()
        contract = self.env["agreement"].browse(action["res_id"])
        with self.assertRaisesRegex(UserError, "Sign the contract"):
            self._invoice(contract.instalment_ids)
        contract.with_user(self.seller).action_sign()
        with self.assertRaisesRegex(UserError, "not confirmed"):
            self._invoice(contract.instalment_ids)

    def test_overdue_and_paid(self):
        part = self.parts[0]
        self.env["agreement.instalment"].browse(part.id).sudo().due_date -= timedelta(
            days=3
        )
        invoice = self._invoice(part)
        self.assertEqual(part.state, "overdue")
        self._pay(invoice)
        self.assertEqual(part.state, "paid")

    def _credit(self, invoice, amount):
        note = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        note.invoice_line_ids[0].write(
            {"quantity": 1, "price_unit": amount, "tax_ids": False}
        )
        note.invoice_line_ids[1:].unlink()
        note.action_post()
        lines = (invoice | note).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        lines.reconcile()
        return note

    def test_credit_note_is_not_a_payment(self):
        """What is credited is neither paid nor to be paid."""
        part = self.parts[0]
        invoice = self._invoice(part)
        note = self._credit(invoice, 150.0)
        self.assertEqual(note.amount_total, 150.0)
        self.assertEqual(part.amount_paid, 0.0)
        self.assertEqual(part.amount_credited, 150.0)
        self.assertEqual(part.amount_open, 1000.0)
        self.assertEqual(part.state, "invoiced")
        self._pay(invoice)
        self.assertEqual(part.state, "paid")
        self.assertEqual(part.amount_paid, 1000.0)
        self.assertEqual(part.amount_open, 0.0)
        self.assertEqual(self.contract.paid_amount, 1000.0)
        self.assertEqual(self.contract.open_amount, 2300.0)

    def test_payment_taken_back(self):
        part = self.parts[0]
        invoice = self._invoice(part)
        self._pay(invoice)
        self.assertEqual(part.state, "paid")
        invoice.line_ids.remove_move_reconcile()
        self.assertEqual(part.state, "invoiced")
        self.assertEqual(part.amount_open, part.amount)

    def test_deleted_draft(self):
        part = self.parts[0]
        invoice = self._invoice(part, post=False)
        self.assertEqual(part.state, "invoiced")
        invoice.unlink()
        self.assertEqual(part.state, "planned")
        self.assertFalse(part.invoice_id)
        self._invoice(part)
        self.assertEqual(part.state, "invoiced")

    def test_another_currency_than_the_order(self):
        order = self.order.copy()
        order.action_confirm()
        action = order.with_user(self.seller).action_create_agreement()
        contract = self.env["agreement"].browse(action["res_id"])
        contract.sudo().currency_id = self.setup_other_currency("EUR")
        contract.sudo().action_sign()
        with self.assertRaisesRegex(UserError, "Invoice the order itself"):
            self._invoice(contract.instalment_ids)

    def test_order_in_another_currency(self):
        """Invoice, payment and cash plan of a contract in foreign money."""
        other = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "EUR", "currency_id": other.id}
        )
        order = self.order.copy({"pricelist_id": pricelist.id})
        order.order_line.price_unit = 333.33
        order.action_confirm()
        action = order.with_user(self.seller).action_create_agreement()
        contract = self.env["agreement"].browse(action["res_id"])
        self.assertEqual(contract.currency_id, other)
        self.assertEqual(contract.amount, order.amount_total)
        self.env["agreement.instalment.plan"].with_user(self.seller).create(
            {"agreement_id": contract.id, "count": 3}
        ).action_apply()
        contract.with_user(self.seller).action_sign()
        parts = contract.instalment_ids.sorted()
        own = self.env.company.currency_id
        self.assertEqual(parts.company_currency_id, own)
        whole = own.round(contract.amount / 2)
        self.assertAlmostEqual(sum(parts.mapped("amount_company")), whole, 2)
        invoice = self._invoice(parts[0])
        self.assertEqual(invoice.currency_id, other)
        self.assertEqual(invoice.amount_total, parts[0].amount)
        self._pay(invoice)
        self.assertEqual(parts[0].state, "paid")
        self.assertEqual(parts[0].open_company, 0.0)
        groups = self.env["agreement.instalment"].formatted_read_group(
            [("agreement_id", "=", contract.id)],
            ["due_date:month"],
            ["amount_company:sum", "open_company:sum"],
        )
        planned = sum(group["amount_company:sum"] for group in groups)
        self.assertAlmostEqual(planned, whole, 2)
