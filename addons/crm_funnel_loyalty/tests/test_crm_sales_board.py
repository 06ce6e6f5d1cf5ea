from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common_pay import MILLION
from .common_team import TeamCase


@tagged("post_install", "-at_install")
class TestCrmSalesBoard(TeamCase):
    """Leaderboard, scorecard, appraisal, sanity board (003.01–003.06, 003.56, N6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._sell(cls.an, 40 * MILLION, "2026-02-05 03:00")
        cls._sell(cls.binh, 50 * MILLION, "2026-02-06 03:00")
        # after the 11th: not compared with what March has come to so far
        cls._sell(cls.an, 90 * MILLION, "2026-02-20 03:00")
        cls._sell(cls.an, 60 * MILLION, "2026-03-05 03:00")
        cls._sell(cls.binh, 20 * MILLION, "2026-03-06 03:00")
        cls._sell(cls.binh, 10 * MILLION, "2026-03-07 03:00")

    def _ask(self, user, method, *args, now=None):
        board = self.board.with_user(user).with_company(self.company)
        with self.at(now or self.NOW):
            return getattr(board, method)(*args)

    def _rows(self, data):
        return {row["user_id"]: row for row in data["rows"]}

    # ------------------------------------------------------------
    # LEADERBOARD
    # ------------------------------------------------------------

    def test_everybody_sees_the_figures_of_all(self):
        self._target(self.an, 80 * MILLION)
        data = self._ask(self.chi, "get_leaderboard")
        rows = self._rows(data)
        self.assertEqual(set(rows), set(self.sellers.ids))
        an, binh, chi = (rows[user.id] for user in self.sellers)
        self.assertEqual([row["rank"] for row in (an, binh, chi)], [1, 2, 3])
        self.assertEqual([row["orders"] for row in (an, binh, chi)], [1, 2, 0])
        self.assertEqual(an["revenue"], 60 * MILLION)
        self.assertEqual(an["rate"], 75)
        self.assertIsNone(binh["rate"])
        self.assertTrue(chi["is_me"])
        self.assertFalse(data["is_manager"])

    def test_trend_against_the_same_days_before(self):
        rows = self._rows(self._ask(self.an, "get_leaderboard"))
        self.assertEqual(rows[self.an.id]["before"], 40 * MILLION)
        self.assertEqual(rows[self.an.id]["change"], 50)
        self.assertEqual(rows[self.an.id]["climbed"], 1)
        self.assertEqual(rows[self.binh.id]["climbed"], -1)

    def test_quarter_and_earlier_months(self):
        rows = self._rows(self._ask(self.an, "get_leaderboard", "quarter"))
        self.assertEqual(rows[self.an.id]["revenue"], 190 * MILLION)
        data = self._ask(self.an, "get_leaderboard", "month", "2026-02-14")
        self.assertEqual(self._rows(data)[self.an.id]["revenue"], 130 * MILLION)
        self.assertTrue(data["has_next"])

    def test_nothing_but_figures(self):
        """What a colleague sees of another are names and numbers."""
        row = self._rows(self._ask(self.an, "get_leaderboard"))[self.binh.id]
        self.assertEqual(
            set(row),
            {
                "user_id",
                "name",
                "team",
                "is_me",
                "can_open",
                "revenue",
                "before",
                "orders",
                "target",
                "rate",
                "change",
                "rank",
                "climbed",
            },
        )
        self.assertFalse(row["can_open"])

    def test_not_for_others(self):
        portal = new_test_user(self.env, "board_portal", "base.group_portal")
        employee = new_test_user(self.env, "board_employee", "base.group_user")
        for user in (portal, employee):
            for method in ("get_leaderboard", "get_scorecard", "get_sanity"):
                with self.assertRaises(AccessError):
                    getattr(self.board.with_user(user), method)()

    def test_other_company_is_empty(self):
        main = self.env.ref("base.main_company")
        stranger = new_test_user(
            self.env,
            "board_stranger",
            "sales_team.group_sale_manager",
            company_id=main.id,
            company_ids=[Command.set(main.ids)],
        )
        board = self.board.with_user(stranger).with_context(
            allowed_company_ids=main.ids
        )
        with self.at(self.NOW):
            data = board.get_leaderboard()
        self.assertFalse(set(self._rows(data)) & set(self.sellers.ids))

    def test_bad_input(self):
        for args in (("week",), ("month", "31 February")):
            with self.assertRaises(UserError):
                self._ask(self.an, "get_leaderboard", *args)

    def test_queries_do_not_grow(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._ask(self.boss, "get_leaderboard", "year")
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        for number in range(8):
            user = self._make_user(f"board_{number}", "sales_team.group_sale_salesman")
            self.team.member_ids |= user
            self._target(user)
            self._sell(user, MILLION, "2026-03-08 03:00")
        count()
        self.assertLessEqual(count(), few)

    # ------------------------------------------------------------
    # SCORECARD AND APPRAISAL
    # ------------------------------------------------------------

    def test_score_by_the_weights_of_the_policy(self):
        """Revenue 75 % with weight 60, orders 50 % with weight 40: 65."""
        self._make_policy(
            kpi_ids=[
                Command.create({"metric": "revenue", "weight": 60}),
                Command.create({"metric": "orders", "weight": 40}),
            ]
        )
        self._target(self.an, 80 * MILLION)
        self._target(self.an, 2, metric="orders")
        card = self._ask(self.an, "get_scorecard", False, "month")
        self.assertAlmostEqual(card["score"], 65)
        self.assertEqual((card["rank"], card["people_count"]), (1, 3))
        [month] = card["months"]
        self.assertEqual((month["revenue"], month["orders"]), (60 * MILLION, 1))

    def test_kpi_without_a_target_is_left_out(self):
        self._make_policy(
            kpi_ids=[
                Command.create({"metric": "revenue", "weight": 60}),
                Command.create({"metric": "calls", "weight": 40}),
            ]
        )
        self._target(self.an, 80 * MILLION)
        card = self._ask(self.an, "get_scorecard", False, "month")
        self.assertAlmostEqual(card["score"], 75)
        self.assertEqual([kpi["weight"] for kpi in card["kpis"]], [100, 0])

    def test_whose_scorecard(self):
        """One's own, the leader's team, the manager's all."""
        for user in (self.an, self.chi, self.boss):
            self.assertTrue(self._ask(user, "get_scorecard", self.an.id))
        with self.assertRaises(AccessError):
            self._ask(self.binh, "get_scorecard", self.an.id)
        with self.assertRaises(UserError):
            self._ask(self.boss, "get_scorecard", 0x7FFFFFFF)

    def test_appraisal(self):
        wizard = self.env["crm.sales.appraisal"].with_user(self.chi)
        with self.at(self.NOW):
            page = wizard.create(
                {
                    "company_id": self.company.id,
                    "period": "quarter",
                    "user_ids": [Command.set((self.an | self.binh).ids)],
                    "words": "Keeps promises",
                }
            )
            page.action_print()
            html, _kind = self.env["ir.actions.report"]._render_qweb_html(
                "crm_funnel_loyalty.report_sales_appraisal", page.ids
            )
        text = html.decode()
        for expected in (self.an.name, self.binh.name, "Keeps promises", "190,000,000"):
            self.assertIn(expected, text)
        with self.at(self.NOW), self.assertRaises(AccessError):
            wizard.with_user(self.binh).create(
                {
                    "company_id": self.company.id,
                    "user_ids": [Command.set(self.an.ids)],
                }
            ).action_print()

    # ------------------------------------------------------------
    # SANITY BOARD
    # ------------------------------------------------------------

    def _sanity(self, months=3):
        now = datetime(2026, 4, 3, 3, 0)
        return self._ask(self.boss, "get_sanity", False, months, now=now)

    def test_kpi_that_is_always_reached_or_never(self):
        """Three months: An always above, Bình below 70 %, the team in between."""
        self._sell(self.an, 30 * MILLION, "2026-01-05 03:00")
        for day in ("2026-01-01", "2026-02-01", "2026-03-01"):
            self._target(self.an, 20 * MILLION, day)
            self._target(self.binh, 500 * MILLION, day)
            self._target(self.team, 100 * MILLION, day)
        verdicts = {row["name"]: row for row in self._sanity()["kpis"]}
        by_person = {
            user: next(row for name, row in verdicts.items() if user.name in name)
            for user in (self.an, self.binh)
        }
        self.assertEqual(by_person[self.an]["code"], "too_low")
        self.assertEqual(by_person[self.an]["successes"], 3)
        self.assertEqual(by_person[self.binh]["code"], "too_high")
        self.assertIn("Raise it", by_person[self.an]["advice"])
        team = next(row for name, row in verdicts.items() if self.team.name in name)
        self.assertEqual(team["code"], "fine")

    def test_best_and_last(self):
        """190 against 80 is fine; with Chi at 20 the best has 950 %."""
        gap = self._sanity()["gap"]
        self.assertEqual(gap["code"], "fine")
        self.assertAlmostEqual(gap["figure"], 237.5)
        self._sell(self.chi, 20 * MILLION, "2026-03-20 03:00")
        gap = self._sanity()["gap"]
        self.assertEqual(gap["code"], "too_wide")
        self.assertAlmostEqual(gap["figure"], 950)
        self.assertIn(self.chi.name, gap["advice"])

    def test_revenue_and_income(self):
        """An earned 45 + 3.9 commission million for 190: fine; Bình has 10: no."""
        self._make_policy(
            band_ids=[Command.create({"lower": 0, "upper": 0, "rate": 0})],
            income_ids=[
                Command.create({"user_id": self.an.id, "amount": 15 * MILLION}),
                Command.create({"user_id": self.binh.id, "amount": 3 * MILLION}),
                Command.create({"user_id": self.chi.id, "amount": 3 * MILLION}),
            ],
        )
        rows = {row["id"]: row for row in self._sanity()["incomes"]}
        self.assertEqual(rows[self.an.id]["income"], 45 * MILLION)
        self.assertEqual(rows[self.an.id]["code"], "fine")
        self.assertEqual(rows[self.binh.id]["code"], "too_high")
        self.assertEqual(rows[self.chi.id]["code"], "too_low")

    def test_income_counts_the_statements(self):
        self._make_policy(
            income_ids=[Command.create({"user_id": self.an.id, "amount": 10 * MILLION})]
        )
        self._generate(datetime(2026, 3, 1).date())
        rows = {row["id"]: row for row in self._sanity()["incomes"]}
        self.assertEqual(rows[self.an.id]["income"], 30 * MILLION + 1.2 * MILLION)

    def test_only_managers_see_incomes(self):
        for user in (self.an, self.chi, self.accountant):
            with self.assertRaises(AccessError):
                self._ask(user, "get_sanity")
