from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from .common_pay import MILLION
from .common_team import TeamCase


@tagged("post_install", "-at_install")
class TestCrmSalesTarget(TeamCase):
    # ------------------------------------------------------------
    # WHAT A TARGET IS
    # ------------------------------------------------------------

    def test_first_day_of_the_period_is_kept(self):
        target = self._target(self.an, day="2026-05-17", period="quarter")
        self.assertEqual(target.date_from, date(2026, 4, 1))
        self.assertEqual(target.date_to, date(2026, 6, 30))
        target.period = "year"
        self.assertEqual(target.date_from, date(2026, 1, 1))
        self.assertEqual(target.date_to, date(2026, 12, 31))

    @mute_logger("odoo.sql_db")
    def test_one_owner_and_no_doubles(self):
        self._target(self.an)
        for values in (
            {"owner": self.an},
            {"owner": self.an, "team_id": self.team.id},
            {"owner": self.an, "user_id": False},
            {"owner": self.binh, "figure": 0},
        ):
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                self._target(**values).flush_recordset()
        # other traits, another period or an archived one: no double
        self._target(self.an, state_id=self.env.ref("base.state_vn_VN-HN").id)
        self._target(self.an, period="year")
        self._target(self.an, day="2026-04-30").active = False
        self._target(self.an, day="2026-04-01")

    def test_senseless_targets_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "no products"):
            self._target(self.an, 20, metric="calls", product_id=self.product.id)
        with self.assertRaisesRegex(ValidationError, "at most 100"):
            self._target(self.an, 120, metric="conversion")
        with self.assertRaisesRegex(ValidationError, "does not work in"):
            self._target(self.seller)

    def test_regions_are_the_34_provinces(self):
        self.company.country_id = self.env.ref("base.vn")
        states = self.env["res.country.state"].search(
            self.targets.with_company(self.company)._get_region_domain()
        )
        self.assertEqual(len(states), 34)

    # ------------------------------------------------------------
    # METRICS
    # ------------------------------------------------------------

    def test_revenue_orders_and_quantity(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._order(
            self.an, [(self.product, 2, 10 * MILLION)], "2026-03-05 03:00"
        )
        second = self._order(
            self.an, [(self.product, 1, 5 * MILLION)], "2026-03-06 03:00"
        )
        second.order_line.product_uom_id = dozen
        second.order_line.price_unit = 5 * MILLION
        self._order(self.binh, [(self.product, 1, 7 * MILLION)], "2026-03-06 03:00")
        self.assertAchieved(self._target(self.an), 25 * MILLION)
        self.assertAchieved(self._target(self.an, 9, metric="orders"), 2)
        self.assertAchieved(self._target(self.an, 9, metric="quantity"), 14)
        team = self._target(self.team)
        self.assertAchieved(team, 32 * MILLION)
        order._action_cancel()
        self.assertAchieved(team, 12 * MILLION)

    def test_month_edges_are_the_company_s(self):
        """31 March 17:30 UTC is 1 April in Vietnam."""
        self._sell(self.an, 3 * MILLION, "2026-02-28 16:59:59")
        self._sell(self.an, 5 * MILLION, "2026-02-28 17:00:00")
        self._sell(self.an, 7 * MILLION, "2026-03-31 16:59:59")
        self._sell(self.an, 11 * MILLION, "2026-03-31 17:00:00")
        self.assertAchieved(self._target(self.an), 12 * MILLION)
        self.assertAchieved(self._target(self.an, day="2026-02-01"), 3 * MILLION)
        self.assertAchieved(self._target(self.an, day="2026-04-01"), 11 * MILLION)
        self.assertAchieved(
            self._target(self.an, day="2026-03-01", period="quarter"), 15 * MILLION
        )

    def test_credit_stays_with_the_seller_of_the_moment(self):
        order = self._sell(self.an, 4 * MILLION, "2026-03-05 03:00")
        order.user_id = self.binh
        self.assertAchieved(self._target(self.an), 4 * MILLION)
        self.assertAchieved(self._target(self.binh), 0)

    def test_another_currency(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create(
            {
                "name": "2026-01-01",
                "currency_id": usd.id,
                "company_id": self.company.id,
                "inverse_company_rate": 25000,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "USD", "currency_id": usd.id, "company_id": self.company.id}
        )
        self._sell(self.an, 100, "2026-03-05 03:00", pricelist_id=pricelist.id)
        self.assertAchieved(self._target(self.an), 2_500_000)

    def test_new_customers(self):
        one, two, company = self.customers[:3]
        branch = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": company.id, "type": "delivery"}
        )
        self._sell(self.an, MILLION, "2026-02-05 03:00", one)
        self._sell(self.an, MILLION, "2026-03-05 03:00", one)
        self._sell(self.an, MILLION, "2026-03-06 03:00", two)
        self._sell(self.an, MILLION, "2026-03-07 03:00", two)
        self._sell(self.binh, MILLION, "2026-03-07 03:00", company)
        self._sell(self.an, MILLION, "2026-03-08 03:00", branch)
        self.assertAchieved(self._target(self.an, 5, metric="new_customers"), 1)
        self.assertAchieved(self._target(self.binh, 5, metric="new_customers"), 1)
        target = self._target(self.team, 5, metric="new_customers")
        self.assertAchieved(target, 2)
        self.assertEqual(
            self._drill(target), self.env["res.partner"].browse((two | company).ids)
        )

    def _drill(self, target):
        action = target.action_open_documents()
        model = self.env[action["res_model"]].with_context(**action["context"])
        return model.search(action["domain"])

    def test_calls_that_were_held(self):
        Call = self.env["crm.phonecall"]
        for state, day in (
            ("done", "2026-03-05 03:00"),
            ("done", "2026-02-28 17:00"),
            ("done", "2026-03-31 17:00"),
            ("open", "2026-03-05 03:00"),
        ):
            Call.create(
                {"name": "Call", "user_id": self.an.id, "state": state, "date": day}
            )
        target = self._target(self.an, 4, metric="calls")
        self.assertAchieved(target, 2)
        self.assertEqual(target.rate, 50)
        self.assertEqual(len(self._drill(target)), 2)

    def test_conversion_rate(self):
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": f"Need {number}",
                    "type": "opportunity",
                    "user_id": self.an.id,
                    "company_id": self.company.id,
                    "team_id": self.team.id,
                }
                for number in range(5)
            ]
        )
        with self.at(self.NOW):
            leads[0].action_set_won()
            leads[1:4].action_set_lost()
            self.env.flush_all()
        target = self._target(self.an, 50, metric="conversion")
        self.assertAchieved(target, 25)
        self.assertEqual(len(self._drill(target)), 4)

    def test_nothing_counts_yet(self):
        with self.assertRaisesRegex(UserError, "Nothing counts"):
            self._target(self.an).action_open_documents()

    # ------------------------------------------------------------
    # TRAITS
    # ------------------------------------------------------------

    def test_each_trait(self):
        category = self.env["product.category"].create({"name": "Care"})
        below = self.env["product.category"].create(
            {"name": "Creams", "parent_id": category.id}
        )
        cream = self.env["product.product"].create(
            {"name": "Cream", "categ_id": below.id, "taxes_id": False}
        )
        hanoi = self.env.ref("base.state_vn_VN-HN")
        tag = self.env["res.partner.category"].create({"name": "Spa"})
        tag_below = self.env["res.partner.category"].create(
            {"name": "Spa in town", "parent_id": tag.id}
        )
        medium = self.env["utm.medium"].create({"name": "Fair"})
        self.customers[1].write(
            {"state_id": hanoi.id, "category_id": [Command.link(tag_below.id)]}
        )
        day = "2026-03-05 03:00"
        self._order(self.an, [(self.product, 1, MILLION), (cream, 1, 2 * MILLION)], day)
        self._order(
            self.an,
            [(self.product, 1, 4 * MILLION)],
            day,
            self.customers[1],
            medium_id=medium.id,
        )
        for trait, record, figure in (
            ("product_id", cream, 2 * MILLION),
            ("categ_id", category, 2 * MILLION),
            ("categ_id", below, 2 * MILLION),
            ("state_id", hanoi, 4 * MILLION),
            ("tag_id", tag, 4 * MILLION),
            ("medium_id", medium, 4 * MILLION),
        ):
            with self.subTest(trait=trait, record=record.display_name):
                target = self._target(self.an, **{trait: record.id})
                self.assertAchieved(target, figure)
        both = self._target(self.an, state_id=hanoi.id, product_id=cream.id)
        self.assertAchieved(both, 0)
        self.assertAchieved(self._target(self.an), 7 * MILLION)
        orders = self._target(self.an, 5, metric="orders", categ_id=category.id)
        self.assertAchieved(orders, 1)

    def test_tier_at_the_time_of_buying(self):
        first = self._sell(self.an, 3 * MILLION, "2026-03-05 03:00")
        self.env["crm.funnel.tier.move"].search(
            [("partner_id", "=", first.partner_id.id)]
        ).sudo().unlink()
        tiers = self.tiers
        self.env["crm.funnel.tier.move"].sudo().create(
            [
                {
                    "partner_id": first.partner_id.id,
                    "from_tier_id": tiers["target"].id,
                    "to_tier_id": tiers["loyal"].id,
                    "date": "2026-03-01",
                    "direction": "up",
                },
                {
                    "partner_id": first.partner_id.id,
                    "from_tier_id": tiers["loyal"].id,
                    "to_tier_id": tiers["fan"].id,
                    "date": "2026-03-20",
                    "direction": "up",
                },
            ]
        )
        loyal = self._target(self.an, tier_id=tiers["loyal"].id)
        fan = self._target(self.an, tier_id=tiers["fan"].id)
        self.assertAchieved(loyal, 3 * MILLION)
        self.assertAchieved(fan, 0)

    # ------------------------------------------------------------
    # RATE, PACE, STATUS
    # ------------------------------------------------------------

    def test_pace_by_working_days(self):
        """March 2026 has 22 working days; on the 11th the eighth is under way."""
        self._sell(self.an, 80 * MILLION, "2026-03-05 03:00")
        target = self._target(self.an, 220 * MILLION)
        with self.at(self.NOW):
            target.invalidate_recordset()
            self.assertEqual(target.expected, 80 * MILLION)
            self.assertEqual(target.pace, 100)
            self.assertEqual(target.status, "on_track")
            self.assertEqual(target.missing, 140 * MILLION)
            # a holiday of the company on the 10th
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Holiday",
                    "calendar_id": self.company.resource_calendar_id.id,
                    "company_id": self.company.id,
                    "date_from": "2026-03-09 17:00",
                    "date_to": "2026-03-10 17:00",
                }
            )
            target.invalidate_recordset()
            self.assertAlmostEqual(target.expected, 220 * MILLION * 7 / 21, 0)
            self.assertAlmostEqual(target.pace, 109.09, 2)

    def test_status_of_past_and_future(self):
        self._sell(self.an, 70 * MILLION, "2026-02-05 03:00")
        self._sell(self.binh, 69 * MILLION, "2026-02-05 03:00")
        self._sell(self.chi, 100 * MILLION, "2026-02-05 03:00")
        past = [
            self._target(person, day="2026-02-01")
            for person in (self.an, self.binh, self.chi)
        ]
        future = self._target(self.an, day="2026-04-01")
        behind = self._target(self.an)
        with self.at(self.NOW):
            (self.targets.concat(*past) | future | behind).invalidate_recordset()
            self.assertEqual(
                [target.status for target in past], ["passed", "missed", "reached"]
            )
            self.assertEqual(future.status, "upcoming")
            self.assertEqual(future.pace, 0)
            self.assertEqual(behind.status, "far_behind")
            found = self.targets.search([("status", "in", ["missed", "passed"])])
            self.assertLessEqual(past[0] | past[1], found)
            self.assertNotIn(future, found)

    # ------------------------------------------------------------
    # IMPORT
    # ------------------------------------------------------------

    HEADER = [
        "user_id",
        "team_id",
        "period",
        "date_from",
        "metric",
        "target",
        "state_id",
    ]

    def test_import(self):
        result = self.targets.load(
            self.HEADER,
            [
                ["pay_an", "", "Month", "2026-05-20", "Revenue", "150000000", ""],
                ["", "Team Pay", "Year", "2026-01-01", "Orders", "900", ""],
            ],
        )
        self.assertFalse(result["messages"])
        person, team = self.targets.browse(result["ids"])
        self.assertEqual(person.date_from, date(2026, 5, 1))
        self.assertEqual(person.user_id, self.an)
        self.assertEqual((team.team_id, team.metric), (self.team, "orders"))

    @mute_logger("odoo.sql_db")
    def test_import_says_what_is_wrong(self):
        good = ["pay_an", "", "Month", "2026-05-20", "Revenue", "1000", ""]
        for bad, words in (
            (["pay_an", "Team Pay", "Month", "2026-05-01", "Revenue", "1", ""], "both"),
            (["pay_an", "", "Month", "2026-05-03", "Revenue", "5", ""], "already"),
            (["pay_an", "", "Month", "2026-06-03", "Revenue", "-5", ""], "above zero"),
            (["nobody", "", "Month", "2026-06-03", "Revenue", "5", ""], "nobody"),
            (["pay_an", "", "Week", "2026-06-03", "Revenue", "5", ""], "Week"),
            (["pay_an", "", "Month", "soon", "Revenue", "5", ""], "soon"),
        ):
            with self.subTest(words=words):
                result = self.targets.load(self.HEADER, [good, bad])
                self.assertFalse(result["ids"])
                text = " ".join(message["message"] for message in result["messages"])
                self.assertIn(words, text)

    def test_import_template_is_there(self):
        template = self.targets.get_import_templates()[0]["template"]
        with file_open(template.lstrip("/"), "rb") as file:
            self.assertTrue(file.read())

    # ------------------------------------------------------------
    # ANALYSIS
    # ------------------------------------------------------------

    def test_analysis_is_live_and_its_rate_a_rate_of_sums(self):
        self._sell(self.an, 90 * MILLION, "2026-03-05 03:00")
        self._target(self.an, 100 * MILLION)
        self._target(self.binh, 300 * MILLION)
        Analysis = self.env["crm.sales.target.analysis"]
        domain = [("company_id", "=", self.company.id)]
        rows = Analysis._read_group(
            domain, [], ["target:sum", "achieved:sum", "rate:avg"]
        )
        self.assertEqual(rows, [(400 * MILLION, 90 * MILLION, 22.5)])
        by_person = Analysis._read_group(domain, ["user_id"], ["rate:avg"])
        self.assertEqual(dict(by_person), {self.an: 90, self.binh: 0})
