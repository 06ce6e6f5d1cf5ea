from odoo import fields, models


class ResCompany(models.Model):
    """How a company works its opportunities."""

    _inherit = "res.company"

    order_wins_opportunity = fields.Boolean(
        string="Order Wins the Opportunity",
        default=True,
        help="Confirming an order moves its opportunity to the stage that is won.",
    )
