from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import FunnelCommon

START = datetime(2026, 2, 2, 2, 0)


@tagged("post_install", "-at_install")
class TestFunnelPicture(FunnelCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a medium of their own sets these customers apart from the database's
        cls.medium = cls.env["utm.medium"].create({"name": "Fair"})
        cls.filters = {"medium_id": cls.medium.id}

    def _make_customers(self):
        """Four come in February: two are quoted, one buys later, one is lost."""
        with self.at(START):
            partners = self.env["res.partner"].create(
                [{"name": name, "user_id": self.seller.id} for name in "ABCD"]
            )
            leads = [
                self.make_opportunity(p, medium_id=self.medium.id) for p in partners
            ]
        with self.at(START + timedelta(days=2)):
            quotations = [self.make_quotation(partner) for partner in partners[:2]]
        with self.at(START + timedelta(days=12)):
            quotations[0].action_confirm()
        with self.at(START + timedelta(days=20)):
            leads[3].action_set_lost()
        return partners

    def _picture(self, user=None, first="2026-02-01", last="2026-02-28", **filters):
        tiers = self.env["crm.funnel.tier"].with_user(user or self.manager)
        return tiers.get_funnel_picture(first, last, {**self.filters, **filters})

    def _layers(self, *args, **kwargs):
        return {one["code"]: one for one in self._picture(*args, **kwargs)["layers"]}

    def test_counts_conversion_and_days(self):
        self._make_customers()
        layers = self._layers()
        self.assertEqual(
            {code: layer["count"] for code, layer in layers.items() if layer["count"]},
            {"target": 1, "opportunity": 1, "quotation": 1, "contract": 1},
        )
        self.assertEqual(layers["target"]["entered"], 4)
        self.assertEqual(layers["target"]["conversion"], 1.0)
        self.assertEqual(layers["opportunity"]["entered"], 4)
        self.assertEqual(layers["opportunity"]["conversion"], 0.5)
        self.assertEqual(layers["opportunity"]["days"], 2.0)
        self.assertEqual(layers["opportunity"]["left"], 1)
        self.assertEqual(layers["quotation"]["onward"], 1)
        self.assertEqual(layers["quotation"]["days"], 10.0)
        self.assertEqual(layers["contract"]["entered"], 1)
        self.assertEqual(layers["contract"]["conversion"], 0.0)
        self.assertIsNone(layers["repeat"]["conversion"])
        picture = self._picture()
        self.assertEqual((picture["total"], picture["up"], picture["down"]), (4, 7, 1))

    def test_a_jump_passes_what_lies_between(self):
        with self.at(START):
            partner = self.env["res.partner"].create({"name": "Quick"})
            self.make_opportunity(partner, medium_id=self.medium.id).action_set_lost()
        with self.at(START + timedelta(days=3)):
            self.make_order(partner)
        layers = self._layers()
        for code in ("opportunity", "quotation", "contract"):
            self.assertEqual(layers[code]["entered"], 1, code)
        self.assertFalse(layers["repeat"]["entered"])

    def test_period_ends_with_its_last_day_in_viet_nam(self):
        with self.at(datetime(2026, 2, 28, 16, 59)):  # one minute to midnight
            partner = self.env["res.partner"].create({"name": "Late"})
            self.make_opportunity(partner, medium_id=self.medium.id)
        self.assertEqual(self._layers()["opportunity"]["up"], 1)
        march = self._layers(first="2026-03-01", last="2026-03-31")
        self.assertEqual(march["opportunity"]["up"], 0)

    def test_click_through_shows_the_same_customers(self):
        partners = self._make_customers()
        picture = self._picture()
        Partner = self.env["res.partner"].with_user(self.manager)
        for layer in picture["layers"]:
            domain = ["&", ("funnel_tier_id", "=", layer["id"]), *picture["domain"]]
            self.assertEqual(Partner.search_count(domain), layer["count"])
        left = [
            ("date", ">=", picture["moment_from"]),
            ("date", "<", picture["moment_to"]),
            ("from_tier_id", "=", self.tiers["opportunity"].id),
            ("direction", "=", "down"),
        ]
        gone = Partner.search(
            ["&", ("funnel_move_ids", "any", left), *picture["domain"]]
        )
        self.assertEqual(gone, partners[3].with_user(self.manager))

    def test_filters(self):
        partners = self._make_customers()
        partners[0].user_id = self.other
        self.assertEqual(self._picture(user_id=self.other.id)["total"], 1)
        self.assertEqual(self._picture(team_id=self.team.id)["total"], 4)
        empty = self.env["crm.team"].create({"name": "Empty"})
        self.assertEqual(self._picture(team_id=empty.id)["total"], 0)
        options = self._picture()["options"]
        self.assertIn(self.other.id, [one["id"] for one in options["user_id"]])
        self.assertIn(self.medium.id, [one["id"] for one in options["medium_id"]])

    def test_salespeople_see_their_own_and_nobodys(self):
        partners = self._make_customers()
        partners[0].user_id = self.other
        partners[1].user_id = False
        mine = self._picture(user=self.seller)
        self.assertEqual(mine["total"], 3)
        self.assertFalse(mine["options"]["user_id"])
        asked = self._picture(user=self.seller, user_id=self.other.id)
        self.assertEqual(asked["total"], 3, "asking for a colleague shows no more")

    def test_not_for_others(self):
        portal = new_test_user(self.env, "picture_portal", "base.group_portal")
        employee = new_test_user(self.env, "picture_employee", "base.group_user")
        for user in (portal, employee):
            with self.assertRaises(AccessError):
                self._picture(user=user)

    def test_other_company_sees_neither_customers_nor_moves(self):
        partners = self._make_customers()
        partners.company_id = self.env.company
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        foreigner = new_test_user(
            self.env,
            "picture_foreigner",
            "sales_team.group_sale_manager",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        picture = self._picture(user=foreigner)
        self.assertFalse(picture["total"])
        self.assertFalse(picture["up"])

    def test_statements_do_not_grow(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._picture()
            return self.env.cr.sql_log_count - before

        self._make_customers()
        count()
        few = count()
        for __ in range(4):
            self._make_customers()
        self.assertEqual(count(), few)

    def test_default_is_the_current_year(self):
        picture = self._picture(first=False, last=False)
        today = fields.Date.to_date(picture["today"])
        self.assertEqual(picture["date_from"], f"{today.year}-01-01")
        self.assertEqual(picture["date_to"], picture["today"])
