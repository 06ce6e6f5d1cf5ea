from odoo import api, fields, models

from .res_company import VALUE_LIMITS


class ResConfigSettings(models.TransientModel):
    """Value bands of orders.

    The four limits are written together: one by one, each step of moving them all
    would have to rise, too.
    """

    _inherit = "res.config.settings"

    order_value_limit_1 = fields.Monetary(
        string="First Limit",
        compute="_compute_order_value_limits",
        inverse="_inverse_order_value_limits",
    )
    order_value_limit_2 = fields.Monetary(
        string="Second Limit",
        compute="_compute_order_value_limits",
        inverse="_inverse_order_value_limits",
    )
    order_value_limit_3 = fields.Monetary(
        string="Third Limit",
        compute="_compute_order_value_limits",
        inverse="_inverse_order_value_limits",
    )
    order_value_limit_4 = fields.Monetary(
        string="Fourth Limit",
        compute="_compute_order_value_limits",
        inverse="_inverse_order_value_limits",
    )

    @api.depends("company_id")
    def _compute_order_value_limits(self):
        for settings in self:
            for name in VALUE_LIMITS:
                settings[name] = settings.company_id[name]

    def _inverse_order_value_limits(self):
        for settings in self:
            settings.company_id.write({name: settings[name] for name in VALUE_LIMITS})
