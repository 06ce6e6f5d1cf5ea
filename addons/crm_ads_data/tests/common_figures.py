from odoo.fields import Command

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .common import AdsDataCommon


class AdsFiguresCommon(AdsDataCommon, AccountTestInvoicingCommon):
    """One ad over two weeks, with all that can happen to its money.

    The company counts in its own currency ($), the ad account is billed in euros:
    2 € = 1 $ until 9 October 2026, 4 € = 1 $ from then on. Today is 21 October. Tea
    costs 30 $ and sells at 100 $.

    ======  ========  =========================================================
    week    spend     data
    ======  ========  =========================================================
    5 Oct   200 €     A, B, C, a duplicate of A, one without usable number
            = 100 $
    12 Oct  100 €     D (18:00 UTC on the 11th is the 12th in Viet Nam), E
            = 25 $
    ======  ========  =========================================================

    A  3 teas = 300 $: invoiced, paid; one comes back: credit note of 100 $, not yet
       paid back. Invoiced 200, collected 200 (of 300 paid, 100 must go back),
       cost of goods (3 - 1) x 30 = 60.
    B  2 teas at 100 € = 200 € = 50 $: invoiced, not paid. Invoiced 50, collected 0,
       cost of goods 2 x 30 = 60.
    C  only called. E: nothing yet.
    D  1 tea = 100 $: delivered, not invoiced. Cost of goods 1 x 30 = 30.

    A second ad, of a second campaign: 120 € = 60 $ in the first week, one data, F.
    """

    @classmethod
    def get_default_groups(cls):
        return (
            super().get_default_groups()
            | cls.quick_ref("base.group_system")
            | cls.quick_ref("sales_team.group_sale_manager")
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.partner_id.tz = "Asia/Ho_Chi_Minh"
        cls.euro = cls.setup_other_currency(
            "EUR", rates=[("2026-01-01", 2.0), ("2026-10-10", 4.0)]
        )
        cls.account.currency_id = cls.euro
        cls.product.write(
            {"standard_price": 30, "invoice_policy": "order", "taxes_id": False}
        )
        cls.other_campaign = cls.env["crm.ads.campaign"].create(
            {"title": "Other", "account_id": cls.account.id, "is_running": True}
        )
        cls.other_ad = cls.env["crm.ads.ad"].create(
            {
                "name": "Other Ad",
                "campaign_id": cls.other_campaign.id,
                "is_running": True,
            }
        )
        cls._tell_story()
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _tell_story(cls):
        first, second = "2026-10-06 03:00:00", "2026-10-11 18:00:00"
        cls.a, cls.b, cls.c = cls._create_data(3, date=first)
        cls.duplicate = cls._create_data(1, date=first)
        cls.invalid = cls._create_data(1, date=first, phone="abc", source="webhook")
        cls.d, cls.e = cls._create_data(2, start=10, date=second)
        cls.f = cls._create_data(1, start=20, date=first, ad_id=cls.other_ad.id)
        (cls.a | cls.b | cls.c | cls.d | cls.e).action_transfer()
        cls.c.lead_id.with_user(cls.c.user_id).message_post(
            body="Called", message_type="comment"
        )
        cls._spend(cls.ad, "2026-10-06", 200, impressions=4000, clicks=80, messages=9)
        cls._spend(cls.ad, "2026-10-13", 100, impressions=1000, clicks=20, messages=1)
        cls._spend(cls.other_ad, "2026-10-06", 120)
        order = cls._sell(cls.a, 3)
        cls._pay(cls._invoice(order))
        cls._credit(order.invoice_ids, 1)
        cls._invoice(cls._sell(cls.b, 2, cls.euro))
        cls._sell(cls.d, 1).order_line.qty_delivered = 1

    @classmethod
    def _spend(cls, ad, date, spend, **values):
        return cls.env["crm.ads.insight"].create(
            {"ad_id": ad.id, "date": date, "spend": spend, **values}
        )

    @classmethod
    def _sell(cls, data, quantity, currency=None):
        """Confirm an order of ``quantity`` teas at 100 for the data's lead."""
        pricelist = cls.env["product.pricelist"].create(
            {"name": "P", "currency_id": (currency or cls.env.company.currency_id).id}
        )
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.partner_a.id,
                "opportunity_id": data.lead_id.id,
                "pricelist_id": pricelist.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "product_uom_qty": quantity,
                            "price_unit": 100,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        return order

    @classmethod
    def _invoice(cls, order):
        invoice = order._create_invoices()
        invoice.invoice_date = "2026-10-20"
        invoice.action_post()
        return invoice

    @classmethod
    def _pay(cls, move, **values):
        cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create(values)._create_payments()

    @classmethod
    def _credit(cls, invoice, quantity):
        refund = invoice._reverse_moves([{"invoice_date": "2026-10-21"}])
        refund.invoice_line_ids.quantity = quantity
        refund.action_post()
        return refund
