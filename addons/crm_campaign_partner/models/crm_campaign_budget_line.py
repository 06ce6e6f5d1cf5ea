from odoo import fields, models


class CrmCampaignBudgetLine(models.Model):
    """One planned expense of a campaign and what it came to in the end (000.07)."""

    _name = "crm.campaign.budget.line"
    _description = "Campaign Budget Line"
    _order = "date, id"
    _check_company_auto = True

    campaign_id = fields.Many2one(
        "crm.campaign", required=True, index=True, ondelete="restrict"
    )
    name = fields.Char(string="Description", required=True)
    category = fields.Selection(
        [
            ("gift", "Gifts and samples"),
            ("event", "Events"),
            ("printing", "Printing"),
            ("media", "Advertising"),
            ("message", "Messages and calls"),
            ("travel", "Travel"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    date = fields.Date(default=fields.Date.context_today)
    planned = fields.Monetary()
    actual = fields.Monetary()
    company_id = fields.Many2one(related="campaign_id.company_id", store=True)
    currency_id = fields.Many2one(related="campaign_id.currency_id")

    _amounts_positive = models.Constraint(
        "CHECK (planned >= 0 AND actual >= 0)",
        "Budget amounts cannot be negative.",
    )

    def write(self, vals):
        """Refuse to move a line into a campaign that is not one's own."""
        self.env["crm.campaign"].browse(vals.get("campaign_id")).check_access("write")
        return super().write(vals)
