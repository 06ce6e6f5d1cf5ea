from datetime import datetime

from odoo.fields import Command

from .common_pay import MILLION, PayCase


class TeamCase(PayCase):
    """The sellers of ``PayCase`` with targets; the team's leader is Chi.

    It is 11 March 2026, a Wednesday, 10:00 in Vietnam, in every ``with self.at(NOW)``.
    """

    NOW = datetime(2026, 3, 11, 3, 0)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.targets = cls.env["crm.sales.target"]
        cls.board = cls.env["crm.sales.board"]
        cls.reports = cls.env["crm.sales.weekly.report"]

    @classmethod
    def _target(cls, owner, figure=100 * MILLION, day="2026-03-01", **values):
        name = "team_id" if owner._name == "crm.team" else "user_id"
        return cls.targets.create(
            {
                name: owner.id,
                "company_id": cls.company.id,
                "date_from": day,
                "target": figure,
                **values,
            }
        )

    @classmethod
    def _order(cls, seller, lines, day, customer=None, **values):
        """A confirmed order of several lines: (product, quantity, price)."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": (customer or cls.customers[0]).id,
                "company_id": cls.company.id,
                "user_id": seller.id,
                "team_id": cls.team.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                        }
                    )
                    for product, quantity, price in lines
                ],
                **values,
            }
        )
        order.action_confirm()
        order.date_order = day
        return order

    def assertAchieved(self, target, figure):
        target.invalidate_recordset()
        self.assertAlmostEqual(target.achieved, figure, 2)
