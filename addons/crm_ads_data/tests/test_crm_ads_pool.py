from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ..services.phone import mask_phone
from .common import AdsDataCommon

NUMBER = "+84905111222"
MASKED = "090 *** 222"


@tagged("post_install", "-at_install")
class TestCrmAdsPool(AdsDataCommon):
    """The pool: masked numbers, claims, looks (hazards 2.4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.data = cls._create_data(
            phone="0905111222",
            name="Hoa 0905111222",
            note="second number 0906000111",
            email="hoa@khach.example",
        )
        cls.data.with_user(cls.thu).action_to_pool()
        cls.env.flush_all()

    def _pool(self, user=None, domain=()):
        return self.env["crm.ads.pool"].with_user(user or self.lan).search(list(domain))

    def _view(self, user=None):
        action = self._pool(user).action_view_number()
        claims = self.env[action["res_model"]].with_user(user or self.lan)
        return claims.browse(action["res_id"])

    def test_masked(self):
        [row] = self._pool().read()
        self.assertEqual(row["masked_phone"], MASKED)
        self.assertEqual(row["name"], "Hoa ***")
        text = str(row)
        for secret in ("905111", "111222", "0906", "hoa@"):
            self.assertNotIn(secret, text)

    def test_no_other_way_to_the_number(self):
        pool = self.env["crm.ads.pool"].with_user(self.lan)
        for fname in ("phone", "phone_key", "email", "note", "data_id"):
            self.assertNotIn(fname, pool._fields)
        self.assertFalse(pool.search([("masked_phone", "like", "0905")]))
        self.lan.group_ids += self.env.ref("base.group_allow_export")
        exported = str(self._pool().export_data(["name", "masked_phone"]))
        self.assertNotIn("905111", exported)
        groups = pool.formatted_read_group([], ["masked_phone"], ["__count"])
        self.assertEqual([group["masked_phone"] for group in groups], [MASKED])
        self.assertEqual(self._pool().display_name, "Hoa ***")
        data = self.env["crm.ads.data"].with_user(self.lan)
        self.assertFalse(data.search([("phone", "=", NUMBER)]))
        with self.assertRaises(AccessError):
            data.browse(self.data.id).read(["phone"])
        with self.assertRaises(AccessError):
            self.env["crm.ads.pool.view"].with_user(self.lan).search([])

    def test_lead_in_the_pool_is_hidden_from_salespeople(self):
        data = self._create_data(start=7)
        data.action_transfer()
        data.with_user(self.thu).action_to_pool()
        leads = self.env["crm.lead"].with_user(self.hung)
        found = leads.with_context(active_test=False).search(
            [("id", "=", data.lead_id.id)]
        )
        self.assertFalse(found, "core shows leads without a salesperson to all of them")

    def test_view_number(self):
        claim = self._view()
        self.assertEqual(claim.phone, NUMBER)
        self.assertEqual(claim.note, "second number 0906000111")
        look = self.env["crm.ads.pool.view"].search([])
        self.assertRecordValues(
            look, [{"user_id": self.lan.id, "data_id": self.data.id}]
        )
        self.assertEqual(self._pool(self.hung).claim_user_id, self.lan)

    def test_nobody_else_meanwhile(self):
        claim = self._view()
        with self.assertRaisesRegex(UserError, "looking at"):
            self._pool(self.hung).action_view_number()
        with self.assertRaises(AccessError):
            claim.with_user(self.hung).read(["phone"])
        with self.assertRaises(AccessError):
            claim.with_user(self.hung).action_take()
        self.assertFalse(
            self.env["crm.ads.pool.claim"]
            .with_user(self.hung)
            .create({"pool_id": self.data.id})
            .phone
        )

    def test_claim_ends_by_itself(self):
        claim = self._view()
        self.data.claim_until = fields.Datetime.now() - timedelta(seconds=1)
        claim.invalidate_recordset()
        self.env.flush_all()
        self.assertFalse(claim.phone)
        with self.assertRaisesRegex(UserError, "over"):
            claim.action_take()
        self.assertEqual(self._view(self.hung).phone, NUMBER)

    def test_take_it(self):
        action = self._view().action_take()
        self.assertEqual(self.data.state, "transferred")
        self.assertEqual(self.data.user_id, self.lan)
        self.assertEqual(action["res_id"], self.data.lead_id.id)
        self.assertEqual(self.data.lead_id.user_id, self.lan)
        self.env.flush_all()
        self.assertFalse(self._pool())
        log = self.env["crm.ads.distribution.log"].search(
            [("data_id", "=", self.data.id)]
        )
        self.assertEqual(log.reason, "claim")

    def test_take_brings_the_old_lead_back(self):
        data = self._create_data(start=7)
        data.action_transfer()
        lead = data.lead_id
        data.with_user(self.thu).action_to_pool()
        self.env.flush_all()
        pool = self._pool(self.minh, [("id", "=", data.id)])
        action = pool.action_view_number()
        self.env["crm.ads.pool.claim"].with_user(self.minh).browse(
            action["res_id"]
        ).action_take()
        self.assertEqual(data.lead_id, lead)
        self.assertTrue(lead.active)
        self.assertEqual(lead.user_id, self.minh)
        self.assertEqual(lead.activity_ids.user_id, self.minh)

    def test_give_it_back(self):
        self._view().action_give_back()
        self.assertFalse(self.data.claim_user_id)
        self.assertEqual(self.data.state, "pool")

    def test_who_may_not_receive_does_not_take(self):
        claim = self._view()
        self.rule.member_ids.filtered(lambda m: m.user_id == self.lan).daily_cap = 1
        other = self._create_data(start=7)
        other._assign_to(self.lan, "manual", self.rule)
        with self.assertRaisesRegex(UserError, "daily limit"):
            claim.action_take()
        self.rule.member_ids.daily_cap = 0
        self.lan.receive_ads_data = False
        with self.assertRaisesRegex(UserError, "receiving"):
            claim.action_take()

    def test_looks_are_limited(self):
        self.account.company_id.ads_claims_per_hour = 1
        self._view().action_give_back()
        with self.assertRaisesRegex(UserError, "within the hour"):
            self._pool().action_view_number()
        self.env["crm.ads.pool.view"].search([]).date -= timedelta(hours=2)
        self.assertEqual(self._view().phone, NUMBER)

    def test_looks_are_append_only(self):
        self._view()
        look = self.env["crm.ads.pool.view"].search([]).with_user(self.thu)
        with self.assertRaises(UserError):
            look.write({"user_id": self.hung.id})
        with self.assertRaises(UserError):
            look.unlink()

    def test_looks_outlive_their_data(self):
        self._view()
        self.data.with_user(self.thu).unlink()
        look = self.env["crm.ads.pool.view"].search([])
        self.assertEqual((look.user_id, look.name), (self.lan, mask_phone(NUMBER)))
        self.assertFalse(look.data_id)

    def test_who_sees_the_pool(self):
        for user in (self.lan, self.thu, self.quan):
            self.assertTrue(self._pool(user))
        with self.assertRaises(AccessError):
            self._pool(new_test_user(self.env, "pool_nobody", "base.group_user"))

    def test_other_company_does_not(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "pool_stranger",
            "sales_team.group_sale_salesman",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertFalse(self._pool(stranger))
        row = self.env["crm.ads.pool"].with_user(stranger).browse(self.data.id)
        with self.assertRaises(AccessError):
            row.action_view_number()


@tagged("post_install", "-at_install")
class TestCrmAdsPoolTour(HttpCase):
    def test_salesperson_takes_a_number(self):
        """In the real browser: masked, view, take; the lead opens."""
        new_test_user(
            self.env, "pool_tour", "sales_team.group_sale_salesman", lang="en_US"
        )
        account = self.env["crm.ads.account"].create(
            {"name": "Tour Account", "is_running": True}
        )
        campaign = self.env["crm.ads.campaign"].create(
            {"title": "Tour", "account_id": account.id, "is_running": True}
        )
        ad = self.env["crm.ads.ad"].create(
            {"name": "Tour Ad", "campaign_id": campaign.id, "is_running": True}
        )
        data = self.env["crm.ads.data"].create(
            {"name": "Pool Customer", "phone": "0905111222", "ad_id": ad.id}
        )
        data.action_to_pool()
        self.start_tour("/odoo/ads-pool", "crm_ads_data_pool", login="pool_tour")
        self.assertEqual(data.state, "transferred")
        self.assertEqual(data.user_id.login, "pool_tour")
