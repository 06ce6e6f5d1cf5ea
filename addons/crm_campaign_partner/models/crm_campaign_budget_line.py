from odoo import api, fields, models


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
    actual = fields.Monetary(copy=False)
    company_id = fields.Many2one(related="campaign_id.company_id", store=True)
    currency_id = fields.Many2one(related="campaign_id.currency_id")

    _amounts_positive = models.Constraint(
        "CHECK (planned >= 0 AND actual >= 0)",
        "Budget amounts cannot be negative.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Add expenses, and warn where they are more than planned."""
        lines = super().create(vals_list)
        lines.campaign_id._warn_over_budget()
        return lines

    def write(self, vals):
        """Refuse to move a line into a campaign that is not one's own; warn where more
        is spent than planned."""
        self.env["crm.campaign"].browse(vals.get("campaign_id")).check_access("write")
        result = super().write(vals)
        if not vals.keys().isdisjoint({"planned", "actual", "campaign_id"}):
            self.campaign_id._warn_over_budget()
        return result

    def _shift_days(self, delta):
        """Move the planned days by a number of days (timedelta)."""
        for day, lines in self.filtered("date").grouped("date").items():
            lines.date = day + delta
