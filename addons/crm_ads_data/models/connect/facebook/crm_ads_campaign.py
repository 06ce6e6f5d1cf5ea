from odoo import fields, models


class CrmAdsCampaign(models.Model):
    """Campaigns as their channel says they are."""

    _inherit = ["crm.ads.campaign", "crm.ads.channel.state"]
    _name = "crm.ads.campaign"

    daily_budget = fields.Monetary(
        currency_field="currency_id", readonly=True, copy=False
    )
    lifetime_budget = fields.Monetary(
        currency_field="currency_id", readonly=True, copy=False
    )
    currency_id = fields.Many2one(related="account_id.currency_id")
