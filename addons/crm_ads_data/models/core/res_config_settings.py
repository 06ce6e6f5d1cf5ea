from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """What each company decides for its ads data."""

    _inherit = "res.config.settings"

    ads_duplicate_policy = fields.Selection(
        related="company_id.ads_duplicate_policy", readonly=False
    )
    ads_claim_minutes = fields.Integer(
        related="company_id.ads_claim_minutes", readonly=False
    )
    ads_claims_per_hour = fields.Integer(
        related="company_id.ads_claims_per_hour", readonly=False
    )
    ads_alert_spend = fields.Monetary(
        related="company_id.ads_alert_spend",
        readonly=False,
        currency_field="company_currency_id",
    )
    ads_alert_cost = fields.Monetary(
        related="company_id.ads_alert_cost",
        readonly=False,
        currency_field="company_currency_id",
    )
    ads_alert_minutes = fields.Integer(
        related="company_id.ads_alert_minutes", readonly=False
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
