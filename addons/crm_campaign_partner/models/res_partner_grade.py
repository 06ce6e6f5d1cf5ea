from odoo import fields, models


class ResPartnerGrade(models.Model):
    """What a grade asks for (N12); without a demand it is never proposed."""

    _inherit = "res.partner.grade"

    campaign_min_sales = fields.Float(
        string="Sales in 12 Months",
        help="Invoiced less credited, without taxes, in the company's currency.",
    )
    campaign_min_response = fields.Float(
        string="Positive Answers", help="Part of those contacted, 0.4 is 40 %."
    )

    _demands_positive = models.Constraint(
        "CHECK (campaign_min_sales >= 0 AND campaign_min_response BETWEEN 0 AND 1)",
        "A grade asks for sales above 0, and for 0 to 100 % positive answers.",
    )
