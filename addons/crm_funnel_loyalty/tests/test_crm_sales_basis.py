from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .common_invoice import InvoiceCase
from .common_pay import FEBRUARY, JANUARY, MARCH, MILLION


@tagged("post_install", "-at_install")
class TestCrmSalesBasis(InvoiceCase):
    """Invoices and payments as revenue."""

    def test_invoiced_without_taxes(self):
        self._make_policy(basis="invoiced")
        move = self._invoice(self.an, 150 * MILLION, "2026-01-05")
        self._invoice(self.an, 10 * MILLION, "2026-02-01")
        move.invoice_user_id = self.binh
        self._generate(JANUARY)
        statement = self._get(self.an, JANUARY)
        self.assertEqual(statement.revenue, 150 * MILLION)
        self.assertEqual(statement.commission, 3.5 * MILLION)
        self.assertEqual(statement.line_ids.document, move.display_name)

    def test_credit_note_of_the_same_month(self):
        self._make_policy(basis="invoiced")
        move = self._invoice(self.an, 150 * MILLION, "2026-01-05")
        note = self._credit(move, "2026-01-20", 50 * MILLION)
        self._generate(JANUARY)
        statement = self._get(self.an, JANUARY)
        self.assertEqual(statement.commission, 2 * MILLION)
        self.assertEqual(
            [(line.res_id, line.amount) for line in statement.line_ids],
            [(move.id, 3.5 * MILLION), (note.id, -1.5 * MILLION)],
        )

    def test_credit_note_of_a_closed_month(self):
        """It takes back what that month paid for it, at that month's bands."""
        self._make_policy(basis="invoiced")
        move = self._invoice(self.an, 150 * MILLION, "2026-01-05")
        self._close(JANUARY)
        note = self._credit(move, "2026-02-10", 60 * MILLION)
        self._invoice(self.an, 10 * MILLION, "2026-02-15")
        self._generate(FEBRUARY)
        statement = self._get(self.an, FEBRUARY)
        # 50 million at 3 %, 10 million at 2 %
        self.assertEqual(statement.correction, -1.7 * MILLION)
        self.assertEqual(statement.commission, 0.2 * MILLION)
        line = statement.line_ids.filtered(lambda line: line.kind == "correction")
        self.assertEqual((line.res_id, line.base), (note.id, -60 * MILLION))

    def test_credit_note_counts_for_who_sold(self):
        """Whoever books the return: it is the seller's."""
        self._make_policy(basis="invoiced")
        move = self._invoice(self.an, 20 * MILLION, "2026-01-05")
        note = self._credit(move, "2026-01-06", 5 * MILLION)
        self.assertEqual(note.credit_user_id, self.an)

    def test_return_of_a_month_without_statements(self):
        """Where there never was a statement, the return counts when it happens."""
        self._make_policy(basis="invoiced")
        move = self._invoice(self.an, 20 * MILLION, "2026-01-05")
        self._credit(move, "2026-02-06", 5 * MILLION)
        self._generate(FEBRUARY)
        statement = self._get(self.an, FEBRUARY)
        self.assertEqual(statement.revenue, -5 * MILLION)
        self.assertEqual(statement.total, -0.1 * MILLION)

    def test_collected(self):
        """Two parts of an invoice of 110 million with taxes; 100 without."""
        self._make_policy(basis="collected")
        move = self._invoice(self.an, 100 * MILLION, "2026-01-05")
        self._pay(move, 33 * MILLION, "2026-01-15")
        second = self._pay(move, 77 * MILLION, "2026-02-15")
        self._generate(JANUARY)
        self._generate(FEBRUARY)
        self.assertEqual(self._get(self.an, JANUARY).revenue, 30 * MILLION)
        statement = self._get(self.an, FEBRUARY)
        self.assertEqual(statement.revenue, 70 * MILLION)
        self.assertEqual(statement.line_ids.res_id, second.move_id.id)

    def test_credit_notes_are_no_money(self):
        self._make_policy(basis="collected")
        move = self._invoice(self.an, 100 * MILLION, "2026-01-05")
        self._credit(move, "2026-01-06")
        self.assertEqual(move.payment_state, "reversed")
        self._generate(JANUARY)
        self.assertFalse(self._get(self.an, JANUARY).revenue)

    def test_payment_taken_back(self):
        """A payment that is undone after the month was closed is taken back."""
        self._make_policy(basis="collected")
        move = self._invoice(self.an, 100 * MILLION, "2026-01-05")
        payment = self._pay(move, 110 * MILLION, "2026-01-15")
        self._close(JANUARY)
        move.line_ids.remove_move_reconcile()
        payment.action_cancel()
        self._generate(FEBRUARY)
        self.assertEqual(self._get(self.an, FEBRUARY).correction, -2 * MILLION)

    def test_payment_used_over_two_months(self):
        """What is paid in advance is collected when each invoice takes its part, and
        stays there when both months are closed."""
        self._make_policy(basis="collected")
        first = self._invoice(self.an, 100 * MILLION, "2026-01-12")
        second = self._invoice(self.an, 100 * MILLION, "2026-02-03")
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.customers[0].id,
                "amount": 220 * MILLION,
                "date": "2026-01-10",
                "journal_id": self.bank.id,
            }
        )
        payment.action_post()
        moves = payment.move_id | first | second
        moves.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        for day in (JANUARY, FEBRUARY):
            self._close(day)
            self.assertEqual(self._get(self.an, day).total, 2 * MILLION)
        self._generate(MARCH)
        self.assertFalse(self._get(self.an, MARCH).line_ids)

    def test_invoice_of_an_order_is_the_sellers_of_the_order(self):
        self._make_policy(basis="invoiced")
        order = self._sell(self.an, 40 * MILLION, "2026-01-05")
        order.user_id = self.binh
        with freeze_time("2026-01-20"):
            order.order_line.qty_delivered = 1
            move = order._create_invoices()
            move.invoice_date = "2026-01-20"
            move.action_post()
        self.assertEqual(move.credit_user_id, self.an)

    def test_a_month_by_hand(self):
        """Three people, a team, returns, a new customer: to the dong.

        Bands 0–100 at 2 %, 100–300 at 3 %, above 5 %; 70 % to the person, 30 % to the
        team, dealt out by revenue; 1,000,000 for the first order, 200,000 for each new
        customer, a category at 10 %.

        January, invoiced without taxes
          An    120,000,001 + 230,000,000 – 50,000,000 (credit note) = 300,000,001
                100 × 2 % + 200 × 3 % + 1 × 5 % = 8,000,000.05
          Bình  80,333,333 by the bands = 1,606,666.66; 5,000,000 of the category
                = 500,000
          Chi   nothing
        Persons  An 5,600,000.035 → 5,600,000; Bình 1,124,666.662 → 1,124,667 and
                 350,000
        Pot      2,400,000.015 + 481,999.998 + 150,000 = 3,032,000.013 → 3,032,000
        Dealt    An 300,000,001 / 385,333,334 = 2,360,554 (2,360,553.64…)
                 Bình 85,333,333 / 385,333,334 = 671,446 (671,446.36…)
        Bonuses  An: first order, new customer; Bình: new customer
        """
        category = self.env["product.category"].create({"name": "Course"})
        course = self.env["product.product"].create(
            {"name": "Course", "categ_id": category.id, "list_price": 1}
        )
        self._make_policy(
            basis="invoiced",
            person_share=70,
            team_split="revenue",
            rate_ids=[Command.create({"categ_id": category.id, "rate": 10})],
            bonus_ids=[
                Command.create(
                    {"name": "First", "kind": "first_order", "amount": MILLION}
                ),
                Command.create(
                    {"name": "New", "kind": "new_customer", "amount": 200_000}
                ),
            ],
        )
        self._sell(self.an, 10, "2026-01-02", self.customers[1])
        self._sell(self.binh, 10, "2026-01-03", self.customers[2])
        self._invoice(self.an, 120_000_001, "2026-01-05")
        returned = self._invoice(self.an, 230_000_000, "2026-01-10")
        self._invoice(self.binh, 80_333_333, "2026-01-12")
        course_move = self._invoice(
            self.binh,
            0,
            "2026-01-13",
            invoice_line_ids=[
                Command.create(
                    {"product_id": course.id, "price_unit": 5_000_000, "tax_ids": False}
                )
            ],
        )
        self._credit(returned, "2026-01-28", 50_000_000)
        self._generate(JANUARY)
        an, binh, team = (
            self._get(one, JANUARY) for one in (self.an, self.binh, self.team)
        )
        self.assertEqual(course_move.amount_untaxed, 5_000_000)
        self.assertEqual(an.revenue, 300_000_001)
        self.assertEqual(an.commission, 5_600_000)
        self.assertEqual(an.bonus, 1_200_000)
        self.assertEqual(an.team_part, 2_360_554)
        self.assertEqual(an.total, 5_600_000 + 1_200_000 + 2_360_554)
        self.assertEqual(binh.revenue, 85_333_333)
        self.assertEqual(binh.commission, 1_124_667 + 350_000)
        self.assertEqual(binh.bonus, 200_000)
        self.assertEqual(binh.team_part, 671_446)
        self.assertEqual(team.revenue, 385_333_334)
        self.assertEqual(team.commission, 3_032_000)
        self.assertEqual(team.team_part, -3_032_000)
        self.assertEqual(team.total, 0)
        for statement in an | binh | team:
            self.assertEqual(sum(statement.line_ids.mapped("amount")), statement.total)
        return returned

    def test_the_month_after(self):
        """A return of the closed month: An and the team give back, to the dong.

        An had 300,000,001. Without 20,000,001 more it is 280,000,000: 7,400,000 instead
        of 8,000,000.05. Persons 5,180,000 instead of 5,600,000; pot 2,220,000.00 +
        631,999.998 = 2,852,000 instead of 3,032,000.
        """
        returned = self.test_a_month_by_hand()
        self._close(JANUARY)
        self._credit(returned, "2026-02-10", 20_000_001)
        self._generate(FEBRUARY)
        an, team = (self._get(one, FEBRUARY) for one in (self.an, self.team))
        self.assertEqual(an.correction, -420_000)
        self.assertEqual(team.correction, -180_000)
        self._close(FEBRUARY)
        self._generate(MARCH)
        self.assertFalse(sum(self._generate(MARCH).mapped("total")))

    def test_posted_again_for_another(self):
        """An invoice that was a draft again is the sale of who is on it then."""
        move = self._invoice(self.an, MILLION, "2026-01-05")
        move.with_user(self.accountant).button_draft()
        self.assertFalse(move.credit_user_id)
        move.invoice_user_id = self.binh
        move.action_post()
        self.assertEqual(move.credit_user_id, self.binh)

    def test_invoice_of_a_colleagues_order(self):
        """Who posts the invoice need not be allowed to read the order."""
        order = self._sell(self.an, MILLION, "2026-01-05")
        move = order._create_invoices()
        move.invoice_user_id = self.chi
        self.binh.group_ids |= self.env.ref("account.group_account_invoice")
        move.with_user(self.binh).action_post()
        self.assertEqual(move.credit_user_id, self.an)
