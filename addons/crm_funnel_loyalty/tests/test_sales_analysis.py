from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import FunnelCommon

MILLION = 1000000
COUNTS = [
    "funnel_customer_id:count_distinct",
    "funnel_member_id:count_distinct",
    "order_reference:count_distinct",
    "price_subtotal:sum",
    "funnel_average_order:avg",
]


@tagged("post_install", "-at_install")
class TestSalesAnalysis(FunnelCommon):
    """Orders by value, and by age, gender, province and tier (003.13, 003.51)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a company of its own: no program, card or order of others is counted
        cls.company = cls.env["res.company"].create(
            {"name": "Analysis", "currency_id": cls.env.company.currency_id.id}
        )
        cls.env.user.company_ids = [Command.link(cls.company.id)]
        for user in (cls.seller, cls.manager):
            user.company_ids = [Command.link(cls.company.id)]
            user.company_id = cls.company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.hanoi = cls.env.ref("base.state_vn_VN-HN")
        cls.hoa = cls._make_buyer("Hoa", birthdate="1996-06-15", gender="female")
        cls.hoa.write({"state_id": cls.hanoi.id, "country_id": cls.vietnam.id})

    @classmethod
    def _make_buyer(cls, name, **vals):
        return cls.env["res.partner"].create({"name": name, **vals})

    @classmethod
    def _sell(cls, partner, amount, date_order="2026-03-10 05:00:00", **vals):
        order = cls.make_order(
            partner.with_env(cls.env), amount, company_id=cls.company.id, **vals
        )
        order.date_order = date_order
        return order

    def _read(self, groupby, measures=("order_reference:count_distinct",), user=None):
        self.env.flush_all()
        report = self.env["sale.report"].with_user(user or self.manager)
        groups = report._read_group(
            [("company_id", "=", self.company.id), ("state", "=", "sale")],
            [groupby],
            measures,
        )
        return {key: tuple(found) for key, *found in groups}

    # ------------------------------------------------------------
    # VALUE BANDS
    # ------------------------------------------------------------

    def test_value_bands(self):
        """From each limit on an order is in the band above; all its lines together."""
        for amount in (1, MILLION - 1, MILLION, 19 * MILLION, 100 * MILLION):
            self._sell(self.hoa, amount)
        two_lines = self._sell(self.hoa, 3 * MILLION)
        two_lines.order_line.copy({"order_id": two_lines.id})
        found = self._read("funnel_value_band")
        self.assertEqual(found, {"0": (2,), "1": (1,), "2": (2,), "4": (1,)})

    def test_value_band_counts_taxes(self):
        owner = {"company_id": self.company.id, "country_id": self.vietnam.id}
        group = self.env["account.tax.group"].create({"name": "VAT", **owner})
        tax = self.env["account.tax"].create(
            {"name": "VAT", "amount": 10, "tax_group_id": group.id, **owner}
        )
        self._sell(self.hoa, 950000).order_line.tax_ids = tax
        self.assertEqual(self._read("funnel_value_band"), {"1": (1,)})

    def test_value_band_in_the_companys_currency(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "x",
                "rate_ids": [
                    Command.create(
                        {
                            "name": "2020-01-01",
                            "rate": 0.001,
                            "company_id": self.company.id,
                        }
                    )
                ],
            }
        )
        prices = self.env["product.pricelist"].create(
            {"name": "Abroad", "currency_id": currency.id}
        )
        self._sell(self.hoa, 6000, pricelist_id=prices.id)
        self.assertEqual(
            self._read("funnel_value_band", ["price_subtotal:sum"]),
            {"2": (6.0 * MILLION,)},
        )

    def test_limits_are_the_companys(self):
        self._sell(self.hoa, 3 * MILLION)
        limits = {f"order_value_limit_{place}": place * 10 for place in range(1, 5)}
        self.company.write(limits)
        self.assertEqual(self._read("funnel_value_band"), {"4": (1,)})
        bands = dict(
            self.env["sale.report"].fields_get(["funnel_value_band"])[
                "funnel_value_band"
            ]["selection"]
        )
        self.assertEqual(list(bands), ["0", "1", "2", "3", "4"])
        self.assertRegex(bands["0"], r"^Under .*10")
        self.assertRegex(bands["1"], r"10.* to under .*20")
        self.assertRegex(bands["4"], r"40.* and more$")

    def test_bands_in_dong(self):
        dong = self.env.ref("base.VND")
        dong.active = True
        company = self.env["res.company"].create(
            {"name": "Dong", "currency_id": dong.id}
        )
        self.assertEqual(
            [
                label.replace("\N{NO-BREAK SPACE}", " ")
                for _key, label in company._get_order_value_bands()
            ],
            [
                "Under 1,000,000 ₫",
                "1,000,000 ₫ to under 5,000,000 ₫",
                "5,000,000 ₫ to under 20,000,000 ₫",
                "20,000,000 ₫ to under 100,000,000 ₫",
                "100,000,000 ₫ and more",
            ],
        )

    def test_limits_rise(self):
        for limits in (
            {"order_value_limit_2": MILLION},
            {"order_value_limit_1": 0},
            {"order_value_limit_1": -1},
            {"order_value_limit_3": 200 * MILLION},
        ):
            with self.assertRaisesRegex(ValidationError, "each higher"):
                self.company.write(limits)

    def test_settings_move_all_limits_at_once(self):
        """Each new limit is above all the old ones: no step between may be judged."""
        with Form(self.env["res.config.settings"]) as settings:
            self.assertEqual(settings.order_value_limit_1, MILLION)
            for place in range(1, 5):
                setattr(settings, f"order_value_limit_{place}", place * 200 * MILLION)
        settings.record.execute()
        self.assertEqual(
            self.company._get_order_value_limits(),
            [place * 200.0 * MILLION for place in range(1, 5)],
        )
        with (
            self.assertRaisesRegex(ValidationError, "each higher"),
            Form(self.env["res.config.settings"]) as settings,
        ):
            settings.order_value_limit_4 = 1

    # ------------------------------------------------------------
    # WHO BUYS
    # ------------------------------------------------------------

    def test_age_on_the_day_of_the_order(self):
        """25 from midnight of the birthday in Vietnam, in UTC the day before."""
        self.hoa.birthdate = "2001-06-15"
        self._sell(self.hoa, MILLION, "2026-06-14 16:59:59")
        self.assertEqual(self._read("funnel_age_band"), {"1": (1,)})
        self._sell(self.hoa, MILLION, "2026-06-14 17:00:00")
        self.assertEqual(self._read("funnel_age_band"), {"1": (1,), "2": (1,)})

    def test_every_age_band(self):
        for year in (2008, 2007, 2002, 2001, 1992, 1991, 1982, 1981, 1972, 1971, 1930):
            self._sell(
                self._make_buyer(str(year), birthdate=f"{year}-06-01"),
                MILLION,
                "2026-06-01 05:00:00",
            )
        # 18, 19 | 24 | 25 | 34 | 35 | 44 | 45 | 54 | 55 | 96
        self.assertEqual(
            self._read("funnel_age_band"),
            {"1": (3,), "2": (2,), "3": (2,), "4": (2,), "5": (2,)},
        )

    def test_no_band_without_a_birthday_that_can_be(self):
        self._sell(self._make_buyer("Unknown"), MILLION)
        self._sell(self._make_buyer("Typo", birthdate="2062-01-01"), MILLION)
        child = self._make_buyer("Child", birthdate="2026-03-10")
        self._sell(child, MILLION)
        self.assertEqual(self._read("funnel_age_band"), {False: (2,), "0": (1,)})

    def test_gender_province_and_tier(self):
        self._sell(self.hoa, MILLION)
        self._sell(self._make_buyer("Nobody"), MILLION)
        self.assertEqual(self._read("funnel_gender"), {"female": (1,), False: (1,)})
        self.assertEqual(
            self._read("state_id"),
            {self.hanoi: (1,), self.env["res.country.state"]: (1,)},
        )
        self.assertEqual(self._read("funnel_tier_id"), {self.tiers["contract"]: (2,)})

    def test_customers_members_orders_and_average(self):
        """Two contacts of one company are one customer; two products one order."""
        self._sell(self.hoa, 2 * MILLION)
        repeated = self._sell(self.hoa, 4 * MILLION, "2026-04-10 05:00:00")
        repeated.order_line.copy({"order_id": repeated.id})
        firm = self._make_buyer("Firm", is_company=True)
        contacts = [
            self._make_buyer(name, parent_id=firm.id, gender="male") for name in "AB"
        ]
        for contact in contacts:
            self._sell(contact, 5 * MILLION)
        program = self.env["loyalty.program"].create(
            {
                "name": "Members",
                "program_type": "loyalty",
                "company_id": self.company.id,
            }
        )
        self.env["loyalty.card"].create(
            {
                "program_id": program.id,
                "partner_id": self.hoa.id,
                "member_since": "2026-01-01",
            }
        )
        found = self._read("funnel_gender", COUNTS)
        self.assertEqual(found["female"], (1, 1, 2, 10.0 * MILLION, 5.0 * MILLION))
        self.assertEqual(found["male"], (1, 0, 2, 10.0 * MILLION, 5.0 * MILLION))
        by_purchase = self._read("funnel_purchase", COUNTS)
        self.assertEqual(by_purchase["first"], (2, 1, 2, 7.0 * MILLION, 3.5 * MILLION))
        self.assertEqual(by_purchase["repeat"][2:], (2, 13.0 * MILLION, 6.5 * MILLION))

    def test_profit_by_age_is_the_managers(self):
        self.product.with_company(self.company).standard_price = 400000.0
        self._sell(self.hoa, MILLION)
        found = self._read("funnel_age_band", ["funnel_profit:sum"])
        self.assertEqual(found, {"2": (600000.0,)})

    def test_one_statement(self):
        """Whatever the number of orders and customers: one statement."""
        measures = tuple(COUNTS)
        self._sell(self.hoa, MILLION)
        self._read("funnel_age_band", measures)
        for number in range(8):
            self._sell(self._make_buyer(str(number), gender="male"), MILLION)
        self.env.flush_all()
        with self.assertQueryCount(1):
            self._read("funnel_age_band", measures)

    def test_sale_margin_where_it_is_installed(self):
        """Core's margin comes by the same bands; tests/install runs this."""
        if "margin" not in self.env["sale.report"]._fields:
            self.skipTest("sale_margin is not installed")
        self.product.with_company(self.company).standard_price = 400000.0
        self._sell(self.hoa, MILLION)
        found = self._read("funnel_age_band", ["margin:sum"])
        self.assertEqual(found, {"2": (600000.0,)})
