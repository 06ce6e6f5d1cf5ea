from dateutil.relativedelta import relativedelta

from odoo import Command, fields

from .common import CampaignCase


class ScorecardCase(CampaignCase):
    """A partner with one positive answer of two, and three grades: Top (10,000 and
    90 %), Good (500 and 50 %), Fair (100)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create({"name": "Serum"})
        cls.journal = cls.env["account.journal"].create(
            {
                "name": "Sales",
                "code": "REACH",
                "type": "sale",
                "company_id": cls.company.id,
            }
        )
        cls.income = cls.env["account.account"].create(
            {
                "name": "Income",
                "code": "REACH1",
                "account_type": "income",
                "company_ids": [Command.set(cls.company.ids)],
            }
        )
        cls.receivable = cls.env["account.account"].create(
            {
                "name": "Receivable",
                "code": "REACH2",
                "account_type": "asset_receivable",
                "reconcile": True,
                "company_ids": [Command.set(cls.company.ids)],
            }
        )
        cls.partners.with_company(
            cls.company
        ).property_account_receivable_id = cls.receivable
        cls.member.result_id = cls.joined
        cls.third = cls._new_member(cls.campaign, cls.partners[0])
        cls.third.result_id = cls.refused
        cls.grades = cls.env["res.partner.grade"].create(
            [
                {
                    "name": name,
                    "sequence": sequence,
                    "company_id": cls.company.id,
                    "campaign_min_sales": sales,
                    "campaign_min_response": response,
                }
                for name, sequence, sales, response in (
                    ("Top", -30, 10000, 0.9),
                    ("Good", -20, 500, 0.5),
                    ("Fair", -10, 100, 0),
                )
            ]
        )

    def _invoice(self, partner, amount, months=0, kind="out_invoice"):
        day = fields.Date.today() - relativedelta(months=months)
        move = (
            self.env["account.move"]
            .with_company(self.company)
            .create(
                {
                    "move_type": kind,
                    "partner_id": partner.id,
                    "journal_id": self.journal.id,
                    "invoice_date": day,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": self.product.id,
                                "account_id": self.income.id,
                                "price_unit": amount,
                                "tax_ids": False,
                            }
                        )
                    ],
                }
            )
        )
        move.action_post()
        return move

    def _card(self, partner, user=None):
        self.env.flush_all()
        self.env["crm.partner.scorecard"].invalidate_model()
        return (
            self.env["crm.partner.scorecard"]
            .with_user(user or self.manager)
            .search([("partner_id", "in", partner.ids)])
        )
