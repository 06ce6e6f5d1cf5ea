from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmSalesPolicyKpi(models.Model):
    """What a salesperson is measured by, and how much of the whole it is (003.56)."""

    _name = "crm.sales.policy.kpi"
    _description = "KPI of the Sales Policy"
    _inherit = ["crm.sales.policy.part"]

    metric = fields.Selection(
        [
            ("revenue", "Revenue"),
            ("orders", "Orders"),
            ("quantity", "Quantity"),
            ("new_customers", "New customers"),
            ("calls", "Calls"),
            ("conversion", "Conversion rate"),
        ],
        required=True,
    )
    weight = fields.Float(string="Weight (%)", digits=(5, 2), required=True)

    _metric_uniq = models.UniqueIndex(
        "(policy_id, metric)", "A policy has each KPI once."
    )

    @api.constrains("weight")
    def _check_weight(self):
        if any(not 0 < kpi.weight <= 100 for kpi in self):
            raise ValidationError(
                self.env._("The weight of a KPI lies between 0 and 100 %.")
            )
