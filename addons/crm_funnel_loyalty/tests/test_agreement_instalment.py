from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged, users

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
class TestAgreementInstalment(ContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.make_contract()

    def test_equal(self):
        parts = self.plan(
            self.contract, count=3, first_date=date(2026, 12, 31), unit="months"
        )
        self.assertEqual(parts.mapped("amount"), [3333333.33, 3333333.33, 3333333.34])
        self.assertEqual(
            parts.mapped("due_date"),
            [date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28)],
        )
        self.assertEqual(parts.mapped("sequence"), [1, 2, 3])
        self.assertAlmostEqual(parts[0].percent, 33.33, 2)

    def test_percent(self):
        parts = self.plan(self.contract, method="percent", percents="30/30/40")
        self.assertEqual(parts.mapped("amount"), [3e6, 3e6, 4e6])
        for wrong, message in (("30/30", "come to 100"), ("a lot", "one after")):
            with self.assertRaisesRegex(UserError, message):
                self.plan(self.contract, method="percent", percents=wrong)

    def test_dates(self):
        days = [date(2027, 1, 5), date(2027, 3, 1), date(2027, 3, 2)]
        lines = [
            Command.create({"due_date": day, "name": f"Part {day.day}"}) for day in days
        ]
        parts = self.plan(self.contract, method="dates", line_ids=lines)
        self.assertEqual(parts.mapped("due_date"), days)
        self.assertEqual(parts.mapped("name"), ["Part 5", "Part 1", "Part 2"])
        self.assertAddsUp(self.contract)

    def test_dates_with_agreed_amounts(self):
        days = [date(2027, 1, 5), date(2027, 3, 1), date(2027, 5, 2)]

        def plan(*amounts):
            lines = [
                Command.create({"due_date": day, "fixed_amount": amount})
                for day, amount in zip(days, amounts, strict=True)
            ]
            return self.plan(self.contract, method="dates", line_ids=lines)

        self.assertEqual(plan(7e6, 0, 0).mapped("amount"), [7e6, 1.5e6, 1.5e6])
        self.assertEqual(plan(7e6, 1e6, 1e6).mapped("amount"), [7e6, 1e6, 2e6])
        with self.assertRaisesRegex(UserError, "nothing is left"):
            plan(7e6, 3e6, 0)
        with self.assertRaisesRegex(UserError, "an amount"):
            plan(-1, 0, 0)
        self.assertEqual(
            self.contract.instalment_ids.mapped("amount"), [7e6, 1e6, 2e6], "kept"
        )

    def test_whole_currency(self):
        """Parts of dong are whole dong, whatever the count."""
        dong = self.env.ref("base.VND")
        dong.active = True
        self.contract.with_user(self.manager).write(
            {"currency_id": dong.id, "amount": 10000001}
        )
        for count in (1, 2, 3, 7, 12, 36, 119):
            parts = self.plan(self.contract, user=self.manager, count=count)
            self.assertEqual(len(parts), count)
            self.assertEqual(sum(parts.mapped("amount")), 10000001)
            self.assertTrue(all(part.amount == int(part.amount) for part in parts))
            whole = dong._convert(
                10000001, self.company.currency_id, self.company, self.order.date_order
            )
            self.assertAlmostEqual(sum(parts.mapped("amount_company")), whole, 2)

    @users("funnel_seller")
    def test_preview(self):
        contract = self.contract.with_env(self.env)
        form = Form(
            self.env["agreement.instalment.plan"].with_context(
                default_agreement_id=contract.id
            )
        )
        form.count = 4
        self.assertEqual(len(form.line_ids), 4)
        form.method = "percent"
        form.percents = "50/40"
        self.assertIn("100", form.message)
        form.percents = "50/50"
        self.assertFalse(form.message)
        form.method = "dates"
        with form.line_ids.edit(0) as line:
            line.fixed_amount = 4e6
        with form.line_ids.edit(1) as line:
            line.due_date = date(2027, 5, 5)
            self.assertEqual(line.amount, 6e6)
        form.save().action_apply()
        self.assertEqual(contract.instalment_ids[-1].due_date, date(2027, 5, 5))
        self.assertEqual(contract.instalment_ids.mapped("amount"), [4e6, 6e6])

    def test_too_many(self):
        self.contract.with_user(self.manager).amount = 0.05
        with self.assertRaisesRegex(UserError, "too small"):
            self.plan(self.contract, user=self.manager, count=6)

    def test_last_takes_the_remainder(self):
        first, _second, third = self.plan(self.contract, count=3)
        first.with_user(self.seller).amount = 5000000
        self.assertEqual(third.amount, 1666666.67)
        self.assertAddsUp(self.contract)
        third.with_user(self.seller).amount = 1
        self.assertEqual(third.amount, 1666666.67, "the last one takes what remains")
        first.with_user(self.seller).percent = 10
        self.assertEqual(first.amount, 1000000)
        self.assertAddsUp(self.contract)
        with self.assertRaisesRegex(ValidationError, "nothing is left"):
            first.with_user(self.seller).amount = 9000000
        first.with_user(self.seller).unlink()
        self.assertAddsUp(self.contract)

    def test_saved_at_once(self):
        """The screen sends all lines together: only the result has to be right."""
        parts = self.plan(self.contract, count=3)
        self.contract.with_user(self.seller).write(
            {
                "instalment_ids": [
                    Command.update(parts[0].id, {"amount": 9000000}),
                    Command.update(parts[1].id, {"amount": 500000}),
                    Command.create({"name": "New", "due_date": "2030-01-01"}),
                    Command.update(parts[2].id, {"amount": 400000}),
                ]
            }
        )
        self.assertEqual(
            self.contract.instalment_ids.mapped("amount"), [9e6, 5e5, 4e5, 1e5]
        )

    def test_order_changes(self):
        """Another order of the customer brings another value."""
        parts = self.plan(self.contract, count=2)
        self.contract.with_user(self.seller).sale_order_id = self.make_order(
            self.customer, price=8000000.0
        )
        self.assertEqual(self.contract.amount, 8000000)
        self.assertEqual(parts.mapped("amount"), [5e6, 3e6])

    def test_currency_changes(self):
        """Decimals go where the new currency has none."""
        parts = self.plan(self.contract, count=3)
        self.assertEqual(parts[0].amount, 3333333.33)
        dong = self.env.ref("base.VND")
        dong.active = True
        self.contract.with_user(self.manager).currency_id = dong
        self.env.invalidate_all()
        self.assertEqual(parts.mapped("amount"), [3333333, 3333333, 3333334])

    def test_value_changes(self):
        parts = self.plan(self.contract, count=2)
        self.contract.with_user(self.manager).amount = 12000000
        self.assertEqual(parts.mapped("amount"), [5e6, 7e6])
        with self.assertRaisesRegex(ValidationError, "nothing is left"):
            self.contract.with_user(self.manager).amount = 5000000

    def test_signed_plan_is_the_managers(self):
        parts = self.plan(self.contract, count=2)
        self.contract.with_user(self.seller).action_sign()
        for change in (
            lambda: parts[0].with_user(self.seller).write({"due_date": "2030-01-01"}),
            lambda: parts[0].with_user(self.seller).write({"amount": 1}),
            lambda: parts.with_user(self.seller).unlink(),
            lambda: self.plan(self.contract, count=5),
        ):
            with self.assertRaisesRegex(UserError, "ask a manager"):
                change()
        parts[0].with_user(self.manager).due_date = "2026-01-01"
        self.assertEqual(parts[0].state, "overdue")

    def test_system_fields(self):
        part = self.contract.instalment_ids[0]
        for vals in (
            {"state": "paid"},
            {"invoice_id": False},
            {"reminder_date": "2020-01-01"},
        ):
            for user in (self.seller, self.manager):
                with self.assertRaises(AccessError):
                    part.with_user(user).write(vals)

    def test_foreign_contract(self):
        Instalment = self.env["agreement.instalment"].with_user(self.other)
        with self.assertRaises(AccessError):
            Instalment.create(
                {
                    "agreement_id": self.contract.id,
                    "due_date": "2030-01-01",
                    "amount": 5,
                }
            )
        with self.assertRaises(AccessError):
            self.plan(self.contract, user=self.other, count=2)
        mine = self.make_contract(
            self.make_order(self.customer, user_id=self.other.id), user=self.other
        )
        with self.assertRaises(AccessError):
            mine.instalment_ids.with_user(self.other).agreement_id = self.contract

    def test_overdue_by_the_companys_day(self):
        today = self.contract._get_today()
        parts = self.plan(
            self.contract, count=2, first_date=today - timedelta(days=1), unit="days"
        )
        self.assertEqual(parts.mapped("state"), ["planned", "planned"])
        self.contract.with_user(self.seller).action_sign()
        self.assertEqual(parts.mapped("state"), ["overdue", "planned"])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE agreement_instalment SET due_date = %s WHERE id = %s",
            [today - timedelta(days=1), parts[1].id],
        )
        parts.invalidate_recordset()
        self.assertEqual(self.env["agreement.instalment"]._refresh_overdue(), parts[1])
        self.assertEqual(parts[1].state, "overdue")
        self.assertFalse(self.env["agreement.instalment"]._refresh_overdue())

    def test_cost(self):
        """Adding up costs the same for few and many instalments."""
        counts = []
        for count in (3, 60):
            parts = self.plan(self.contract, count=count)
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(count=count):
                before = self.cr.sql_log_count
                parts[0].with_user(self.manager).amount += 1
                self.env.flush_all()
                counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
