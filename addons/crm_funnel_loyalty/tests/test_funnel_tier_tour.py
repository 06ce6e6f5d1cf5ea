from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo.tests import HttpCase, new_test_user, tagged

from .common import FunnelCommon


@tagged("post_install", "-at_install")
class TestFunnelTierTour(FunnelCommon, HttpCase):
    """In the real browser: the whole way up and down, and the funnel picture."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.user = new_test_user(
            cls.env,
            "funnel_tour",
            "sales_team.group_sale_salesman,agreement.group_agreement_user",
            lang="en_US",
            name="Tour Seller",
        )
        cls.product.name = "Tour tea"
        cls.buyer = cls._make_customer("Tour Buyer")

    @classmethod
    def _make_customer(cls, name, **vals):
        return cls.env["res.partner"].create(
            {"name": name, "user_id": cls.user.id, "phone": "0912345678", **vals}
        )

    def _tour(self, name, partner):
        self.start_tour(f"/odoo/res.partner/{partner.id}", name, login="funnel_tour")
        partner.invalidate_recordset()

    def _nights(self, moment):
        cron = type(self.env["ir.cron"])
        with (
            self.at(moment),
            patch.object(cron, "_commit_progress", lambda *_args, **_kw: 60.0),
        ):
            self.env["res.partner"]._cron_recompute_funnel_tier()
        self.buyer.invalidate_recordset()

    def test_up_by_documents_and_down_after_the_window(self):
        self._tour("crm_funnel_climb", self.buyer)
        self.assertTier(self.buyer, "loyal")
        friends = [
            self._make_customer(name, referrer_id=self.buyer.id) for name in "AB"
        ]
        orders = [self.make_order(friend) for friend in friends]
        self.assertTier(self.buyer, "fan")
        orders[1]._action_cancel()
        self.assertTier(self.buyer, "loyal")
        last = self.buyer.last_order_date
        self._nights(last + relativedelta(months=12))
        self.assertTier(self.buyer, "loyal")
        self._nights(last + relativedelta(months=12, days=1))
        self.assertTier(self.buyer, "repeat")
        self.assertEqual(
            [move.to_tier_id.code for move in self.moves(self.buyer)],
            [
                "opportunity",
                "quotation",
                "contract",
                "repeat",
                "loyal",
                "fan",
                "loyal",
                "repeat",
            ],
        )
        self._tour("crm_funnel_went_down", self.buyer)

    def test_picture_with_click_through_and_back_into_the_funnel(self):
        medium = self.env["utm.medium"].create({"name": "Tour Fair"})
        vals = {"user_id": self.user.id}
        self.make_quotation(self._make_customer("Tour Quoted"), **vals)
        need = self.make_opportunity(self.buyer, medium_id=medium.id, **vals)
        order = self.make_order(self.buyer, opportunity_id=need.id, **vals)
        need.action_set_won()
        self.start_tour("/odoo", "crm_funnel_picture", login="funnel_tour")
        again = self.buyer.opportunity_ids - need
        self.assertEqual(len(again), 1)
        self.assertEqual(again.previous_order_id, order)
        self.assertEqual(again.need_product_ids, self.product)
        self.assertEqual(again.user_id, self.user)
