from odoo import api, fields, models


class CrmSalesPolicyBand(models.Model):
    """A band: revenue of the period from ``lower`` up to ``upper`` is paid at ``rate``
    percent. ``upper`` 0 means that the band never ends. That they lie end to end is
    checked when the policy is approved."""

    _name = "crm.sales.policy.band"
    _description = "Commission Band"
    _inherit = ["crm.sales.policy.part"]
    _order = "lower, id"

    scope = fields.Selection(
        [("person", "Person"), ("team", "Team")], default="person", required=True
    )
    lower = fields.Monetary(string="From")
    upper = fields.Monetary(string="Up To", help="Empty: without end.")
    rate = fields.Float(string="Rate (%)", digits=(6, 3))

    @api.constrains("lower", "upper", "rate")
    def _check_band(self):
        self._check_amounts("lower", "upper", "rate")
