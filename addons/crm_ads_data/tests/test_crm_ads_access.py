from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import AdsDataCommon


@tagged("post_install", "-at_install")
class TestCrmAdsAccess(AdsDataCommon):
    """Who sees and does what, as over RPC: every check is a call as that person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "ads_portal", "base.group_portal")
        cls.employee = new_test_user(cls.env, "ads_employee", "base.group_user")
        cls.data = cls._create_data(3)
        cls.data[0].action_transfer()
        cls.own = cls.data[0]
        cls.waiting = cls.data[1]

    def _visible(self, user, model="crm.ads.data"):
        return self.env[model].with_user(user).search([])

    def test_marketer_sees_own_accounts_only(self):
        for model in ("crm.ads.account", "crm.ads.campaign", "crm.ads.ad"):
            self.assertTrue(self._visible(self.mai, model))
            self.assertFalse(self._visible(self.bao, model))
        self.assertEqual(self._visible(self.mai), self.data)
        self.assertFalse(self._visible(self.bao))
        with self.assertRaises(AccessError):
            self.waiting.with_user(self.bao).read(["phone"])
        with self.assertRaises(AccessError):
            self.waiting.with_user(self.bao).action_transfer()
        with self.assertRaises(AccessError):
            self.waiting.with_user(self.bao).write({"note": "mine"})

    def test_marketer_cannot_put_data_into_a_foreign_ad(self):
        with self.assertRaises(AccessError):
            self.env["crm.ads.data"].with_user(self.bao).create(
                {"phone": "0905555555", "ad_id": self.ad.id}
            )

    def test_marketer_sees_status_and_amounts_but_no_lead(self):
        self.assertFalse(self.mai.has_group("sales_team.group_sale_salesman"))
        values = self.own.with_user(self.mai).read(
            ["sales_status", "order_amount", "user_id", "lead_id"]
        )[0]
        self.assertEqual(values["sales_status"], "waiting")
        with self.assertRaises(AccessError):
            self.own.lead_id.with_user(self.mai).read(["name"])

    def test_marketer_cannot_touch_the_rules(self):
        with self.assertRaises(AccessError):
            self.rule.with_user(self.mai).write({"name": "Mine"})
        with self.assertRaises(AccessError):
            self.rule.member_ids.with_user(self.mai).write({"weight": 9})

    def test_salesperson_sees_transferred_data_of_his_own_only(self):
        self.assertEqual(self._visible(self.lan), self.own)
        self.assertFalse(self._visible(self.hung))
        for call in (
            lambda data: data.read(["phone"]),
            lambda data: data.export_data(["phone"]),
            lambda data: data.action_transfer(),
            lambda data: data.write({"note": "x"}),
        ):
            with self.assertRaises(UserError):
                call(self.waiting.with_user(self.lan))
        groups = (
            self.env["crm.ads.data"]
            .with_user(self.lan)
            .formatted_read_group([], ["phone_key"], ["__count"])
        )
        self.assertEqual([group["phone_key"] for group in groups], [self.own.phone_key])
        found = (
            self.env["crm.ads.data"]
            .with_user(self.lan)
            .search([("phone_key", "=", self.waiting.phone_key)])
        )
        self.assertFalse(found)

    def test_salesperson_has_no_way_to_the_tree_or_the_keys(self):
        for model in (
            "crm.ads.account",
            "crm.ads.ad",
            "crm.ads.insight",
            "crm.ads.import",
            "crm.ads.data.key",
        ):
            with self.assertRaises(AccessError):
                self._visible(self.lan, model)
        with self.assertRaises(AccessError):
            self._visible(self.mai, "crm.ads.data.key")

    def test_salesperson_reads_the_decisions_about_himself(self):
        self.assertEqual(
            self._visible(self.lan, "crm.ads.distribution.log").data_id, self.own
        )
        self.assertFalse(self._visible(self.hung, "crm.ads.distribution.log"))

    def test_sale_admin_and_manager_see_all(self):
        for user in (self.thu, self.quan):
            self.assertEqual(self._visible(user), self.data)
            self.assertIn(self.account, self._visible(user, "crm.ads.account"))
            self.rule.with_user(user).write({"name": "Renamed"})
        self.waiting.with_user(self.thu).action_transfer()
        self.assertEqual(self.waiting.state, "transferred")

    def test_portal_and_plain_employee_see_nothing(self):
        for user in (self.portal, self.employee):
            for model in (
                "crm.ads.data",
                "crm.ads.account",
                "crm.ads.distribution.log",
            ):
                with self.assertRaises(AccessError):
                    self._visible(user, model)

    def test_other_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Other Ads Company"})
        foreign = new_test_user(
            self.env,
            "ads_foreign",
            "crm_ads_data.group_distributor,sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        for model in (
            "crm.ads.data",
            "crm.ads.account",
            "crm.ads.campaign",
            "crm.ads.ad",
            "crm.ads.distribution.rule",
            "crm.ads.distribution.member",
            "crm.ads.distribution.log",
        ):
            self.assertFalse(self._visible(foreign, model), model)
        with self.assertRaises(AccessError):
            self.waiting.with_user(foreign).action_transfer()

    def test_own_switch(self):
        self.lan.with_user(self.lan).write({"receive_ads_data": False})
        self.assertFalse(self.lan.receive_ads_data)
        with self.assertRaises(AccessError):
            self.hung.with_user(self.lan).write({"receive_ads_data": False})

    def test_what_is_typed_into_a_wizard_is_for_its_owner(self):
        self._create_data(phone="0905111222").action_transfer()
        entry = {
            "ad_id": self.ad.id,
            "line_ids": [Command.create({"name": "Hoa", "phone": "0905111222"})],
        }
        cases = (
            ("crm.ads.data.entry", self.mai, self.bao, entry),
            ("crm.ads.dossier", self.quan, self.lan, {"phone": "0905111222"}),
            ("crm.ads.redistribute", self.thu, self.quan, {"user_id": self.lan.id}),
        )
        for name, owner, other, values in cases:
            wizard = self.env[name].with_user(owner).create(values)
            if name == "crm.ads.dossier":
                wizard.action_search()
            records = [wizard]
            records += [wizard.line_ids] if "line_ids" in wizard._fields else []
            for record in records:
                self.assertTrue(record, name)
                seen = record.with_user(other)
                self.assertFalse(seen.search([("id", "in", record.ids)]))
                for call in (seen.read, seen.unlink):
                    with self.assertRaises(AccessError):
                        call()
