from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """What each company decides about its opportunities."""

    _inherit = "res.config.settings"

    order_wins_opportunity = fields.Boolean(
        related="company_id.order_wins_opportunity", readonly=False
    )
