from contextlib import contextmanager
from unittest.mock import patch

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon


class FunnelCommon(BaseCommon):
    """A small sales department.

    funnel_seller   salesperson, own documents only, team A
    funnel_other    salesperson, own documents only, team A
    funnel_manager  sales manager
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vietnam = cls.env.ref("base.vn")
        cls.seller = new_test_user(
            cls.env, "funnel_seller", "sales_team.group_sale_salesman"
        )
        cls.other = new_test_user(
            cls.env, "funnel_other", "sales_team.group_sale_salesman"
        )
        cls.manager = new_test_user(
            cls.env, "funnel_manager", "sales_team.group_sale_manager"
        )
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Team A",
                "use_leads": True,
                "use_opportunities": True,
                "member_ids": [Command.set((cls.seller | cls.other).ids)],
            }
        )
        cls.product = cls.env["product.product"].create(
            {"name": "Detox tea", "list_price": 6000000.0, "taxes_id": False}
        )
        cls.tiers = {t.code: t for t in cls.env["crm.funnel.tier"].search([])}
        cls.tiers["loyal"].write(
            {
                "min_orders": 4,
                "min_amount": 20000000.0,
                "window_months": 12,
                "grace_days": 0,
            }
        )
        cls.tiers["repeat"].min_orders = 2
        cls.tiers["fan"].min_referrals = 2
        cls.customer = cls.env["res.partner"].create(
            {"name": "Nguyễn Thị Hoa", "user_id": cls.seller.id}
        )

    @classmethod
    def make_lead(cls, **vals):
        return cls.env["crm.lead"].create(
            {
                "name": "Detox tea",
                "type": "lead",
                "contact_name": "Trần Văn Bình",
                "country_id": cls.vietnam.id,
                "user_id": cls.seller.id,
                "team_id": cls.team.id,
                **vals,
            }
        )

    @classmethod
    def make_opportunity(cls, partner, **vals):
        return cls.env["crm.lead"].create(
            {
                "name": "Need",
                "type": "opportunity",
                "partner_id": partner.id,
                "user_id": cls.seller.id,
                "team_id": cls.team.id,
                **vals,
            }
        )

    @classmethod
    def make_quotation(cls, partner, price=6000000.0, **vals):
        return cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": cls.seller.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "product_uom_qty": 1.0,
                            "price_unit": price,
                        }
                    )
                ],
                **vals,
            }
        )

    @classmethod
    def make_order(cls, partner, price=6000000.0, date_order=None, **vals):
        order = cls.make_quotation(partner, price, **vals)
        order.action_confirm()
        if date_order:
            order.date_order = date_order
        return order

    @contextmanager
    def at(self, moment):
        """It is this moment (naive UTC), for Odoo and for the database's now."""
        with (
            freeze_time(moment),
            patch.object(type(self.env.cr), "now", lambda _cr: moment),
        ):
            yield

    def assertTier(self, partner, code):
        self.assertEqual(partner.funnel_tier_id.code, code)

    def moves(self, partner):
        """Moves of the partner, oldest first."""
        return self.env["crm.funnel.tier.move"].search(
            [("partner_id", "=", partner.id)], order="id"
        )
