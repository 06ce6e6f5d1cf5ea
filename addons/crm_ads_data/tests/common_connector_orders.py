from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from odoo.addons.crm_ads_data.services.connect import payload
from odoo.addons.crm_ads_data.services.connect.orders import Order, OrderLine

from .common import MANIFEST, AdsDataCommon
from .test_connect_services import found_orders, make_api, read

MOMENT = datetime(2026, 10, 13, 3, 0)


def sample_orders(provider):
    """The orders of a platform's samples, with what the manifest says of them.

    :return: list of ``(Order, dict of the manifest)``; each order once
    """
    found = {}
    for entry in MANIFEST:
        wanted = entry["expect"].get("orders")
        if entry["kind"] != "reply" or entry["provider"] != provider or not wanted:
            continue
        told = found_orders(make_api(entry), payload.parse_json(read(entry)))
        for order, expect in zip(told, wanted, strict=True):
            found[order.external_id] = (order, expect)
    return list(found.values())


class ConnectorOrderCommon(AdsDataCommon):
    """A shop on Nhanh.vn of the company, whose currency is the đồng; two products."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.env
        cls.dong = env.ref("base.VND")
        cls.dong.active = True
        cls.company = env["res.company"].create(
            {"name": "Shop Company", "currency_id": cls.dong.id}
        )
        cls.company.partner_id.tz = "Asia/Ho_Chi_Minh"
        env.user.company_ids |= cls.company
        for user in cls.mai | cls.thu | cls.lan | cls.quan:
            user.company_ids |= cls.company
        cls.env = env = env(
            context={**env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.shop = cls._connect("nhanh")
        cls.serum, cls.cream = env["product.product"].create(
            [
                {"name": "Serum", "default_code": "LX-SR30", "taxes_id": False},
                {"name": "Cream", "barcode": "LX-KCN50", "taxes_id": False},
            ]
        )
        cls.shop_account = env["crm.ads.account"].create(
            {
                "name": "Shop Account",
                "user_id": cls.mai.id,
                "company_id": cls.company.id,
                "is_running": True,
            }
        )
        cls.shop_campaign = env["crm.ads.campaign"].create(
            {
                "title": "Shop Campaign",
                "account_id": cls.shop_account.id,
                "is_running": True,
            }
        )
        cls.shop_ad = cls._advertise("Shop Ad", "120210283479452499")

    @classmethod
    def _advertise(cls, name, ref):
        return cls.env["crm.ads.ad"].create(
            {
                "name": name,
                "external_ref": ref,
                "campaign_id": cls.shop_campaign.id,
                "is_running": True,
            }
        )

    @classmethod
    def _connect(cls, provider, **values):
        return cls.env["crm.connector"].create(
            {
                "name": f"Shop on {provider}",
                "provider": provider,
                "company_id": cls.company.id,
                "user_id": cls.env.ref("base.user_admin").id,
                **values,
            }
        )

    @classmethod
    def _tell(cls, number="1", minutes=0, **values):
        """An order of one serum for 389 000 đ; ``minutes`` after it was first told."""
        line = OrderLine("LX-SR30", "Serum 30ml", Decimal(1), Decimal(389000))
        order = Order(
            external_id=number,
            state="confirmed",
            raw_state="56",
            lines=(line,),
            customer="Nguyễn Thị Hoa",
            phone="+84901234567",
            created=MOMENT,
            updated=MOMENT + timedelta(minutes=minutes),
        )
        return replace(order, **values)

    @classmethod
    def _store(cls, *orders, shop=None):
        return cls.env["crm.connector.order"]._store(shop or cls.shop, list(orders))
