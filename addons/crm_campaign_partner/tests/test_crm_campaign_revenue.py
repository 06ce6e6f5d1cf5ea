from odoo import Command
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


@tagged("post_install", "-at_install")
class TestCrmCampaignRevenue(AccountTestInvoicingCommon):
    @classmethod
    def get_default_groups(cls):
        return (
            super().get_default_groups()
            | cls.quick_ref("crm_campaign_partner.group_campaign_manager")
            | cls.quick_ref("sales_team.group_sale_salesman")
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign, cls.sub_campaign = cls.env["crm.campaign"].create(
            [{"title": "Dealers"}, {"title": "Dealers North"}]
        )
        cls.sub_campaign.parent_id = cls.campaign

    def _new_invoice(self, amount, **values):
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner_a.id,
                "invoice_date": "2026-02-01",
                "campaign_id": self.sub_campaign.utm_campaign_id.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.product_a.id,
                            "price_unit": amount,
                            "tax_ids": [Command.set(self.tax_sale_a.ids)],
                        }
                    )
                ],
                **values,
            }
        )

    def _credit(self, invoice, amount):
        refund = invoice._reverse_moves()
        self.assertEqual(refund.campaign_id, invoice.campaign_id)
        refund.invoice_date = "2026-02-02"
        refund.invoice_line_ids.price_unit = amount
        refund.action_post()

    def test_posted_invoices_less_credit_notes(self):
        invoice = self._new_invoice(1000)
        self.assertEqual(self.campaign.revenue, 0)
        invoice.action_post()
        self._new_invoice(5000, campaign_id=False).action_post()
        self._new_invoice(7000)
        self.campaign.invalidate_recordset()
        self.assertEqual(self.campaign.revenue, 1000)
        self._credit(invoice, 300)
        self.campaign.invalidate_recordset()
        self.assertEqual(self.campaign.revenue, 700)
        self.assertEqual(self.sub_campaign.revenue, 700)
        report = self.env["crm.campaign.report"].search(
            [("campaign_id", "child_of", self.campaign.id)]
        )
        self.assertEqual(sum(report.mapped("revenue")), 700)

    def test_return_on_investment(self):
        self._new_invoice(1000).action_post()
        self.assertEqual(self.campaign.roi, 0)
        self.env["crm.campaign.budget.line"].create(
            {"campaign_id": self.campaign.id, "name": "Gifts", "actual": 400}
        )
        self.assertEqual(self.campaign.roi, 1.5)

    def test_foreign_currency(self):
        currency = self.setup_other_currency("EUR", rates=[("2026-01-01", 2.0)])
        self._new_invoice(1000, currency_id=currency.id).action_post()
        self.assertEqual(self.campaign.revenue, 500)

    def test_from_member_to_revenue(self):
        """Opportunity, quotation, order and invoice carry the campaign (000.34)."""
        member = self.env["crm.campaign.member"].create(
            {"campaign_id": self.sub_campaign.id, "partner_id": self.partner_a.id}
        )
        member.action_create_opportunity()
        lead = member.lead_id
        order = (
            self.env["sale.order"]
            .with_context(**lead.action_new_quotation()["context"])
            .create(
                {
                    "partner_id": self.partner_a.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.product_a.id,
                                "product_uom_qty": 3,
                                "price_unit": 100.0,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
            )
        )
        self.assertEqual(order.opportunity_id, lead)
        self.assertEqual(self.campaign.opportunity_count, 1)
        self.assertEqual(self.campaign.quotation_amount, 300.0)
        order.action_confirm()
        order.order_line.qty_delivered = 3
        invoice = order._create_invoices()
        self.assertEqual(invoice.campaign_id, self.sub_campaign.utm_campaign_id)
        invoice.action_post()
        self.campaign.invalidate_recordset()
        self.assertEqual(self.campaign.revenue, 300.0)
