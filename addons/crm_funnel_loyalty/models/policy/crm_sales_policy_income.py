from odoo import api, fields, models


class CrmSalesPolicyIncome(models.Model):
    """What a person gets each month without selling anything: the base of the rule
    that revenue is 3 to 5 times the income (003.06). For sales managers only."""

    _name = "crm.sales.policy.income"
    _description = "Base Income"
    _inherit = ["crm.sales.policy.part"]

    user_id = fields.Many2one("res.users", string="Salesperson", required=True)
    amount = fields.Monetary(string="Each Month", required=True)

    _user_uniq = models.UniqueIndex(
        "(policy_id, user_id)", "A person has one base income."
    )

    @api.constrains("amount")
    def _check_amount(self):
        self._check_amounts("amount")
