from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_pay import FEBRUARY, JANUARY, MARCH, MILLION, PayCase


@tagged("post_install", "-at_install")
class TestCrmSalesStatement(PayCase):
    def test_no_policy(self):
        with self.assertRaisesRegex(UserError, "No approved sales policy"):
            self._generate(JANUARY)

    def test_bands_over_the_period(self):
        """150 million in two orders: 100 at 2 %, 50 at 3 %; each line has its order."""
        self._make_policy()
        first = self._sell(self.an, 80 * MILLION, "2026-01-05 03:00")
        second = self._sell(self.an, 70 * MILLION, "2026-01-20 03:00")
        self._generate(JANUARY)
        statement = self._get(self.an, JANUARY)
        self.assertEqual(statement.revenue, 150 * MILLION)
        self.assertEqual(statement.commission, 3.5 * MILLION)
        self.assertEqual(statement.total, 3.5 * MILLION)
        lines = statement.line_ids
        self.assertEqual(
            [(line.res_model, line.res_id, line.amount) for line in lines],
            [
                ("sale.order", first.id, 1.6 * MILLION),
                ("sale.order", second.id, 1.9 * MILLION),
            ],
        )
        self.assertEqual(lines[1].document, second.name)
        self.assertAlmostEqual(lines[1].effective_rate, 100 * 1.9 / 70, 3)
        self.assertIn("3", lines[1].note)

    def test_month_of_the_company(self):
        """31 January 18:00 UTC is February in Vietnam."""
        self._make_policy()
        self._sell(self.an, MILLION, "2026-01-31 16:59")
        self._sell(self.an, 5 * MILLION, "2026-01-31 18:00")
        self._generate(JANUARY)
        self._generate(FEBRUARY)
        self.assertEqual(self._get(self.an, JANUARY).revenue, MILLION)
        self.assertEqual(self._get(self.an, FEBRUARY).revenue, 5 * MILLION)

    def test_credit_stays_with_who_sold(self):
        """A change of salesperson after the order takes nothing along."""
        self._make_policy()
        order = self._sell(self.an, 10 * MILLION, "2026-01-05")
        order.user_id = self.binh
        self._generate(JANUARY)
        self.assertEqual(self._get(self.an, JANUARY).revenue, 10 * MILLION)
        self.assertFalse(self._get(self.binh, JANUARY))

    def test_recompute_writes_only_differences(self):
        self._make_policy()
        self._sell(self.an, 80 * MILLION, "2026-01-05")
        self._generate(JANUARY)
        line = self._get(self.an, JANUARY).line_ids
        stamp = "2001-01-01 00:00:00"
        self.env.cr.execute(
            "UPDATE crm_sales_statement_line SET write_date = %s", [stamp]
        )
        self.env.cr.execute("UPDATE crm_sales_statement SET write_date = %s", [stamp])
        self.env.invalidate_all()
        self._generate(JANUARY)
        self.assertEqual(str(line.write_date), stamp)
        self.assertEqual(str(line.statement_id.write_date), stamp)
        self._sell(self.an, 10 * MILLION, "2026-01-06")
        self._generate(JANUARY)
        self.assertEqual(str(line.write_date), stamp)
        self.assertEqual(line.statement_id.revenue, 90 * MILLION)
        self.assertEqual(len(line.statement_id.line_ids), 2)

    def test_cancelled_order_leaves_a_draft(self):
        self._make_policy()
        order = self._sell(self.an, 80 * MILLION, "2026-01-05")
        self._generate(JANUARY)
        order._action_cancel()
        self._generate(JANUARY)
        statement = self._get(self.an, JANUARY)
        self.assertFalse(statement.line_ids)
        self.assertFalse(statement.total)

    def test_closed_never_changes_and_next_one_corrects(self):
        """120 million paid 2.6; without the last 50 it is 1.4: 1.2 comes back, once."""
        self._make_policy()
        self._sell(self.an, 70 * MILLION, "2026-01-05")
        returned = self._sell(self.an, 50 * MILLION, "2026-01-20")
        self._close(JANUARY)
        returned._action_cancel()
        self._sell(self.an, 10 * MILLION, "2026-02-05")
        self._generate(JANUARY)
        january = self._get(self.an, JANUARY)
        self.assertEqual(january.total, 2.6 * MILLION)
        for _attempt in range(2):
            self._generate(FEBRUARY)
            february = self._get(self.an, FEBRUARY)
            self.assertEqual(february.correction, -1.2 * MILLION)
            self.assertEqual(february.total, 0.2 * MILLION - 1.2 * MILLION)
        line = february.line_ids.filtered(lambda line: line.kind == "correction")
        self.assertEqual(
            (line.res_id, line.base, line.origin_date),
            (returned.id, -50 * MILLION, JANUARY),
        )
        self._close(FEBRUARY)
        self._generate(MARCH)
        self.assertFalse(self._get(self.an, MARCH).correction)

    def test_order_confirmed_late_for_a_closed_period(self):
        """Somebody without a statement gets what belongs to a closed month."""
        self._make_policy()
        self._sell(self.an, 10 * MILLION, "2026-01-05")
        self._close(JANUARY)
        self._sell(self.binh, 20 * MILLION, "2026-01-25")
        self._generate(FEBRUARY)
        self.assertEqual(self._get(self.binh, FEBRUARY).correction, 0.4 * MILLION)

    def test_manager_gives_a_closed_sale_to_another(self):
        self._make_policy()
        order = self._sell(self.an, 20 * MILLION, "2026-01-05")
        self._close(JANUARY)
        order.with_user(self.boss).credit_user_id = self.binh
        self._generate(FEBRUARY)
        self.assertEqual(self._get(self.an, FEBRUARY).correction, -0.4 * MILLION)
        self.assertEqual(self._get(self.binh, FEBRUARY).correction, 0.4 * MILLION)

    def test_other_currency(self):
        """An order in dollars counts at the rate of its day."""
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": dollar.id,
                "company_id": self.company.id,
                "name": "2026-01-01",
                "inverse_company_rate": 25000,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "USD", "currency_id": dollar.id, "company_id": self.company.id}
        )
        self._make_policy()
        self._sell(self.an, 1000, "2026-01-05", pricelist_id=pricelist.id)
        self._generate(JANUARY)
        self.assertEqual(self._get(self.an, JANUARY).revenue, 25 * MILLION)

    def test_special_rates(self):
        """A category at 10 % counts not in the bands; first purchases at 4 %."""
        category = self.env["product.category"].create({"name": "Course"})
        child = self.env["product.category"].create(
            {"name": "Short Course", "parent_id": category.id}
        )
        course = self.env["product.product"].create(
            {"name": "Course", "categ_id": child.id, "taxes_id": False}
        )
        policy = self._make_policy(
            rate_ids=[
                Command.create({"sequence": 1, "categ_id": category.id, "rate": 10}),
                Command.create({"sequence": 2, "first_purchase": True, "rate": 4}),
            ]
        )
        order = self._sell(self.an, 90 * MILLION, "2026-01-05")
        with freeze_time("2026-01-05"):
            order.order_line = [
                Command.create({"product_id": course.id, "price_unit": 10 * MILLION})
            ]
        self._sell(self.an, 110 * MILLION, "2026-01-06")
        self._generate(JANUARY)
        lines = self._get(self.an, JANUARY).line_ids
        self.assertEqual(
            [
                (line.kind, line.rate_id.sequence, line.base, line.amount)
                for line in lines
            ],
            [
                ("sale", 0, 110 * MILLION, 2.3 * MILLION),
                ("rate", 1, 10 * MILLION, MILLION),
                ("rate", 2, 90 * MILLION, 3.6 * MILLION),
            ],
        )
        self.assertEqual(lines.rate_id, policy.rate_ids)

    def test_tier_rate_is_that_of_the_day(self):
        """The rate for a tier asks what the customer was when buying."""
        customer = self.customers[1]
        tier = self.tiers["loyal"]
        self.env["crm.funnel.tier.move"].search(
            [("partner_id", "=", customer.id)]
        ).sudo().unlink()
        self.env.cr.execute(
            """INSERT INTO crm_funnel_tier_move
                      (partner_id, to_tier_id, date, direction)
               VALUES (%s, %s, '2026-01-10', 'up')""",
            [customer.id, tier.id],
        )
        self._make_policy(rate_ids=[Command.create({"tier_id": tier.id, "rate": 1})])
        self._sell(self.an, 10 * MILLION, "2026-01-05", customer)
        self._sell(self.an, 10 * MILLION, "2026-01-15", customer)
        self.env.cr.execute(
            "DELETE FROM crm_funnel_tier_move WHERE partner_id = %s AND date > %s",
            [customer.id, "2026-01-10"],
        )
        self._generate(JANUARY)
        self.assertEqual(
            self._get(self.an, JANUARY).line_ids.mapped("amount"),
            [0.2 * MILLION, 0.1 * MILLION],
        )

    def test_bonuses(self):
        self._make_policy(
            bonus_ids=[
                Command.create(
                    {"name": "First", "kind": "first_order", "amount": 500_000}
                ),
                Command.create({"name": "Top", "kind": "top_revenue", "amount": 1001}),
                Command.create(
                    {
                        "name": "Reach",
                        "kind": "reach",
                        "amount": 300_000,
                        "threshold": 40 * MILLION,
                    }
                ),
                Command.create(
                    {"name": "New", "kind": "new_customer", "amount": 100_000}
                ),
                Command.create(
                    {
                        "name": "Big",
                        "kind": "rule",
                        "amount": 7_000,
                        "domain": "[('amount_untaxed', '>=', 30000000)]",
                    }
                ),
            ]
        )
        self._sell(self.binh, 10 * MILLION, "2026-01-02", self.customers[1])
        self._sell(self.an, 40 * MILLION, "2026-01-05", self.customers[2])
        self._sell(self.binh, 30 * MILLION, "2026-01-06", self.customers[2])
        self._generate(JANUARY)
        an, binh = (self._get(one, JANUARY) for one in (self.an, self.binh))

        def bonuses(statement):
            lines = statement.line_ids.filtered(lambda line: line.kind == "bonus")
            return sorted((line.bonus_id.name, line.amount) for line in lines)

        self.assertEqual(
            bonuses(an),
            [("Big", 7_000), ("New", 100_000), ("Reach", 300_000), ("Top", 501)],
        )
        self.assertEqual(
            bonuses(binh),
            [
                ("Big", 7_000),
                ("First", 500_000),
                ("New", 100_000),
                ("Reach", 300_000),
                ("Top", 500),
            ],
        )
        self.assertEqual(an.commission, 0.8 * MILLION)
        self.assertEqual(an.total, an.commission + an.bonus)

    def test_quarter(self):
        self._make_policy(period="quarter")
        self._sell(self.an, 80 * MILLION, "2026-01-05")
        self._sell(self.an, 70 * MILLION, "2026-03-20")
        self._generate(date(2026, 2, 14))
        statement = self._get(self.an, JANUARY)
        self.assertEqual(statement.date_to, date(2026, 3, 31))
        self.assertEqual(statement.commission, 3.5 * MILLION)

    def test_outlook(self):
        self._make_policy()
        self._sell(self.an, 60 * MILLION, "2026-01-05")
        self._generate(JANUARY)
        outlook = self._get(self.an, JANUARY).outlook
        # up to the next band 40 million at 2 %
        self.assertIn("40", outlook)
        self.assertIn("800", outlook)

    def test_outlook_climbs_from_what_the_bands_pay(self):
        """95 million by the bands and 10 at a rate of their own: 5 to the next band."""
        course = self.env["product.product"].create(
            {"name": "Course", "taxes_id": False}
        )
        self._make_policy(
            rate_ids=[Command.create({"product_id": course.id, "rate": 10})]
        )
        order = self._sell(self.an, 95 * MILLION, "2026-01-05")
        order.order_line = [
            Command.create({"product_id": course.id, "price_unit": 10 * MILLION})
        ]
        self._generate(JANUARY)
        outlook = self._get_outlook(self.an)
        self.assertIn("5,000,000 more = 100,000 more · ", outlook)
        self.assertIn("9,500,000 more = 235,000 more", outlook)

    def test_outlook_without_a_team(self):
        """Who sells in no team gets all of it."""
        self._make_policy(person_share=50)
        self._sell(self.binh, 60 * MILLION, "2026-01-05")
        self.team.member_ids -= self.an
        with freeze_time("2026-01-05"):
            self.make_order(
                self.customers[0],
                60 * MILLION,
                company_id=self.company.id,
                user_id=self.an.id,
                team_id=False,
            )
        self._generate(JANUARY)
        step = "15,000,000 more = %s more"
        self.assertIn(step % "300,000", self._get_outlook(self.an))
        self.assertIn(step % "150,000", self._get_outlook(self.binh))

    def _get_outlook(self, user):
        outlook = self._get(user, JANUARY).with_user(user).outlook
        return outlook.replace("\u00a0₫", "").replace("₫\u00a0", "")

    def test_queries_do_not_grow(self):
        """As many for one seller and order as for three with thirty."""
        self._make_policy(person_share=80, team_split="equal")
        self._sell(self.an, MILLION, "2026-01-05")
        self._generate(JANUARY)

        def count(day):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._generate(day)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few = count(JANUARY)
        for number in range(30):
            self._sell(
                self.sellers[number % 3],
                MILLION,
                "2026-01-06",
                self.customers[number % 6],
            )
        self._generate(JANUARY)
        self.assertLessEqual(count(JANUARY), few)
