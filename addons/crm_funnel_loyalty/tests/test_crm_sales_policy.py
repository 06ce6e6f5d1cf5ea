from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger

from .common_pay import JANUARY, MILLION, PayCase


@tagged("post_install", "-at_install")
class TestCrmSalesPolicy(PayCase):
    def test_approved_is_locked(self):
        policy = self._make_policy(
            bonus_ids=[
                Command.create({"name": "First", "kind": "first_order", "amount": 1})
            ]
        )
        self.assertEqual(policy.state, "approved")
        self.assertEqual(policy.approved_by_id, self.env.user)
        for change in (
            lambda: policy.write({"person_share": 50}),
            lambda: policy.write({"band_ids": [Command.clear()]}),
            lambda: policy.band_ids[0].write({"rate": 9}),
            policy.bonus_ids.unlink,
            lambda: self.env["crm.sales.policy.kpi"].create(
                {"policy_id": policy.id, "metric": "calls", "weight": 100}
            ),
            policy.unlink,
            policy.action_approve,
        ):
            with self.assertRaisesRegex(UserError, "is approved and stays"):
                change()
        policy.message_post(body="Explained to everybody")

    def test_nothing_moves_into_or_out_of_an_approved_one(self):
        policy = self._make_policy()
        draft = self._make_policy(approve=False, date_from="2026-07-01")
        with self.assertRaisesRegex(UserError, "is approved"):
            draft.band_ids[0].policy_id = policy
        with self.assertRaisesRegex(UserError, "is approved"):
            policy.band_ids[0].policy_id = draft

    def test_state_is_not_written_by_hand(self):
        draft = self._make_policy(approve=False).with_user(self.boss)
        with self.assertRaises(AccessError):
            draft.state = "approved"
        model = self.env["crm.sales.policy"].with_user(self.boss)
        with self.assertRaises(AccessError):
            model.create({"year": 2026, "state": "approved"})
        with self.assertRaises(AccessError):
            model.with_context(default_state="approved").create({"year": 2026})

    def test_faults_are_all_told(self):
        policy = self._make_policy(
            approve=False,
            band_ids=[
                Command.create({"lower": 0, "upper": 100, "rate": 1}),
                Command.create({"lower": 90, "upper": 0, "rate": 2}),
            ],
            team_band_ids=[Command.create({"lower": 5, "upper": 0, "rate": 2})],
            kpi_ids=[
                Command.create({"metric": "revenue", "weight": 60}),
                Command.create({"metric": "calls", "weight": 30}),
            ],
        )
        with self.assertRaises(UserError) as caught:
            policy.action_approve()
        text = str(caught.exception)
        self.assertIn("Band 2 begins before", text)
        self.assertIn("Team's bands: The first band must begin at 0", text)
        self.assertIn("90 %, not to 100 %", text)
        self.assertEqual(policy.state, "draft")
        policy.write(
            {
                "team_band_ids": [Command.clear()],
                "kpi_ids": [Command.create({"metric": "orders", "weight": 10})],
            }
        )
        policy.band_ids[1].lower = 100
        policy.action_approve()

    def test_one_approved_policy_from_a_day(self):
        self._make_policy()
        with self.assertRaisesRegex(UserError, "holds from that day on"):
            self._make_policy()

    def test_new_version_holds_later(self):
        """What is changed in May holds from June; January to May stay as they were."""
        policy = self._make_policy(
            kpi_ids=[Command.create({"metric": "revenue", "weight": 100})],
            team_band_ids=[Command.create({"lower": 0, "upper": 0, "rate": 1})],
        )
        with freeze_time("2026-05-12"):
            action = policy.action_new_version()
        version = self.env["crm.sales.policy"].browse(action["res_id"])
        self.assertEqual(version.date_from, date(2026, 6, 1))
        self.assertEqual((version.version, version.previous_id), (2, policy))
        self.assertEqual(version.band_ids.mapped("rate"), [2, 3, 5])
        self.assertEqual(version.team_band_ids.mapped("rate"), [1])
        self.assertEqual(version.kpi_ids.mapped("metric"), ["revenue"])
        self.assertEqual(len(policy.band_ids), 3)
        version.band_ids[0].rate = 2.5
        version.action_approve()
        get = self.env["crm.sales.policy"]._get_for
        self.assertEqual(get(self.company, date(2026, 5, 31)), policy)
        self.assertEqual(get(self.company, date(2026, 6, 1)), version)
        self.assertFalse(get(self.company, date(2027, 1, 1)))
        self.assertFalse(get(self.env.ref("base.main_company"), JANUARY))

    def test_not_before_closed_statements(self):
        self._make_policy()
        self._sell(self.an, MILLION, "2026-03-05")
        self._close(date(2026, 3, 1))
        late = self._make_policy(approve=False, date_from="2026-02-01")
        with self.assertRaisesRegex(UserError, "confirmed already"):
            late.action_approve()

    def test_first_day_of_a_period(self):
        with self.assertRaisesRegex(ValidationError, "first day of a period"):
            self._make_policy(approve=False, date_from="2026-02-03")
        with self.assertRaisesRegex(ValidationError, "first day of a period"):
            self._make_policy(approve=False, date_from="2026-02-01", period="quarter")
        with self.assertRaisesRegex(ValidationError, "own year"):
            self._make_policy(approve=False, date_from="2025-01-01", year=2026)

    def test_bad_parts(self):
        policy = self._make_policy(approve=False)
        for name, vals, text in (
            ("band_ids", {"lower": -1, "rate": 1}, "below zero"),
            ("rate_ids", {"rate": 5}, "Say what the rate is for"),
            ("rate_ids", {"first_purchase": True, "rate": 101}, "between 0 and 100"),
            (
                "bonus_ids",
                {"name": "x", "kind": "reach", "amount": 1},
                "which revenue must be reached",
            ),
            (
                "bonus_ids",
                {"name": "x", "kind": "rule", "amount": 1, "domain": "[("},
                "cannot be read",
            ),
            (
                "bonus_ids",
                {
                    "name": "x",
                    "kind": "rule",
                    "amount": 1,
                    "domain": "[('nothing', '=', 1)]",
                },
                "cannot be read",
            ),
            ("kpi_ids", {"metric": "calls", "weight": 0}, "weight of a KPI"),
        ):
            with self.subTest(name=name), self.assertRaisesRegex(ValidationError, text):
                policy.write({name: [Command.create(vals)]})
        with self.assertRaisesRegex(ValidationError, "between 0 and 100"):
            policy.person_share = 101

    def test_example(self):
        """What a person earns at twice the last band's begin: 600 million."""
        policy = self._make_policy()
        self.assertIn("23,000,000", policy.example.replace("\u00a0", " "))

    def test_trial_tells_the_difference(self):
        """N4: what another policy would have paid, by person; nothing written."""
        self._make_policy()
        self._sell(self.an, 150 * MILLION, "2026-01-05")
        self._sell(self.binh, 10 * MILLION, "2026-01-06")
        draft = self._make_policy(
            approve=False,
            date_from="2026-07-01",
            band_ids=[Command.create({"lower": 0, "upper": 0, "rate": 4})],
        )
        trial = (
            self.env["crm.sales.policy.trial"]
            .with_user(self.boss)
            .create({"policy_id": draft.id, "date": "2026-01-31"})
        )
        trial.action_run()
        self.assertEqual(
            {
                line.user_id: (line.revenue, line.paid_before, line.difference)
                for line in trial.line_ids
            },
            {
                self.an: (150 * MILLION, 3.5 * MILLION, 2.5 * MILLION),
                self.binh: (10 * MILLION, 0.2 * MILLION, 0.2 * MILLION),
            },
        )
        self.assertEqual(trial.total_now, 6.4 * MILLION)
        self.assertFalse(self.statements.search([("date_from", "=", JANUARY)]))
        trial.action_run()
        self.assertEqual(len(trial.line_ids), 2)

    def test_what_a_rate_is_for_stays(self):
        """Without its category or product an approved rate would fit everything."""
        category = self.env["product.category"].create({"name": "Course"})
        product = self.env["product.product"].create({"name": "Course"})
        tier = self.tiers["fan"]
        policy = self._make_policy(
            rate_ids=[
                Command.create({"categ_id": category.id, "rate": 10}),
                Command.create({"product_id": product.id, "rate": 10}),
                Command.create({"tier_id": tier.id, "rate": 10}),
            ]
        )
        for table, record in (
            ("product_category", category),
            ("product_product", product),
            ("crm_funnel_tier", tier),
        ):
            with (
                self.subTest(table),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE id = %s",
                        SQL.identifier(table),
                        record.id,
                    )
                )
        self.assertEqual(policy.rate_ids.categ_id, category)

    def test_trial_deals_out_what_the_team_has(self):
        """As the statements do: 80 % to the seller, the rest equally to three."""
        self._make_policy(person_share=80, team_split="equal")
        self._sell(self.an, 30 * MILLION, "2026-01-05")
        draft = self._make_policy(
            approve=False, date_from="2026-07-01", person_share=50, team_split="leader"
        )
        lines = self._try(draft, "2026-01-31").line_ids
        self.assertEqual(
            {line.user_id: (line.paid_before, line.paid_now) for line in lines},
            {
                self.an: (520_000, 300_000),
                self.binh: (40_000, 0),
                self.chi: (40_000, 300_000),
                self.env["res.users"]: (0, 0),
            },
        )

    def test_trial_compares_the_longer_period(self):
        """A monthly policy pays three months of the quarter, each by its bands."""
        self._make_policy()
        self._sell(self.an, 80 * MILLION, "2026-01-05")
        self._sell(self.an, 70 * MILLION, "2026-03-20")
        draft = self._make_policy(
            approve=False, date_from="2026-07-01", period="quarter"
        )
        line = self._try(draft, "2026-02-14").line_ids
        self.assertEqual(
            (line.revenue, line.paid_before, line.paid_now),
            (150 * MILLION, 3 * MILLION, 3.5 * MILLION),
        )

    def _try(self, policy, day):
        trials = self.env["crm.sales.policy.trial"].with_user(self.boss)
        trial = trials.create({"policy_id": policy.id, "date": day})
        trial.action_run()
        return trial

    def test_an_accountant_opens_it(self):
        """All that the form shows, of a policy with everything."""
        policy = self._make_policy(
            kpi_ids=[Command.create({"metric": "revenue", "weight": 100})],
            rate_ids=[
                Command.create({"tier_id": self.tiers["fan"].id, "rate": 10}),
                Command.create(
                    {
                        "categ_id": self.env.ref("product.product_category_goods").id,
                        "rate": 10,
                    }
                ),
            ],
            bonus_ids=[
                Command.create({"name": "First", "kind": "first_order", "amount": 1})
            ],
            income_ids=[Command.create({"user_id": self.an.id, "amount": MILLION})],
        )
        form = Form(policy.with_user(self.accountant))
        self.assertEqual(len(form.kpi_ids), 1)

    def test_trial_without_a_day(self):
        """Emptying the day compares with nothing, until another one is given."""
        draft = self._make_policy(approve=False)
        trial = self.env["crm.sales.policy.trial"].new({"policy_id": draft.id})
        trial.date = False
        self.assertFalse(trial.other_id)

    def test_team_bands_and_leader(self):
        """The team's own bands on its total; all of it to the leader."""
        self._make_policy(
            team_split="leader",
            team_band_ids=[
                Command.create({"lower": 0, "upper": 50 * MILLION, "rate": 1}),
                Command.create({"lower": 50 * MILLION, "upper": 0, "rate": 2}),
            ],
        )
        self._sell(self.an, 40 * MILLION, "2026-01-05")
        self._sell(self.binh, 30 * MILLION, "2026-01-06")
        self._generate(JANUARY)
        team, leader = self._get(self.team, JANUARY), self._get(self.chi, JANUARY)
        self.assertEqual(team.commission, 0.9 * MILLION)
        self.assertEqual(team.total, 0)
        self.assertEqual(leader.total, 0.9 * MILLION)
        self.assertEqual(self._get(self.an, JANUARY).total, 0.8 * MILLION)

    def test_closed_member_gets_nothing_more(self):
        """What a member with a closed statement would get more stays with the team."""
        self._make_policy(person_share=50, team_split="equal")
        self._sell(self.an, 30 * MILLION, "2026-01-05")
        self._generate(JANUARY)
        with freeze_time("2026-03-01"):
            self._get(self.binh, JANUARY).with_user(self.boss).action_confirm()
        self._sell(self.an, 30 * MILLION, "2026-01-06")
        self._generate(JANUARY)
        self.assertEqual(self._get(self.binh, JANUARY).total, 100_000)
        self.assertEqual(self._get(self.team, JANUARY).total, 100_000)
        total = sum(self._generate(JANUARY).mapped("total"))
        self.assertEqual(total, 1.2 * MILLION)
