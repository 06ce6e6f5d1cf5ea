import ast

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CrmSalesPolicyBonus(models.Model):
    """Money apart from commission (003.09–003.11), for persons.

    KINDS
    * first_order: whoever has the first order of the period.
    * top_revenue: whoever has the highest revenue; equals share it.
    * reach: everyone whose revenue reaches ``threshold``.
    * new_customer: for each customer who buys for the first time.
    * rule: for each order that fits ``domain``.

    A bonus is not taken back after the statement is confirmed.
    """

    _name = "crm.sales.policy.bonus"
    _description = "Sales Bonus"
    _inherit = ["crm.sales.policy.part"]

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [
            ("first_order", "First order of the period"),
            ("top_revenue", "Highest revenue of the period"),
            ("reach", "Revenue reached"),
            ("new_customer", "Each new customer"),
            ("rule", "Each order that fits a rule"),
        ],
        required=True,
        default="first_order",
    )
    amount = fields.Monetary(required=True)
    threshold = fields.Monetary(
        string="At Least",
        help="Revenue that must be reached; for the highest revenue: from which on the "
        "bonus is paid at all.",
    )
    domain = fields.Char(string="Orders", default="[]")

    @api.constrains("amount", "threshold", "kind", "domain")
    def _check_bonus(self):
        self._check_amounts("amount", "threshold")
        for bonus in self:
            if bonus.kind == "reach" and not bonus.threshold:
                raise ValidationError(
                    self.env._(
                        "Say which revenue must be reached for “%s”.", bonus.name
                    )
                )
            if bonus.kind == "rule":
                bonus._get_domain()

    def _get_domain(self):
        """:return: Domain of the orders that the rule pays for
        :raises ValidationError: when the text is no domain of orders"""
        self.ensure_one()
        try:
            domain = Domain(ast.literal_eval(self.domain or "[]"))
            domain.validate(self.env["sale.order"])
        except (ValueError, SyntaxError, TypeError) as error:
            raise ValidationError(
                self.env._("The rule of “%s” cannot be read.", self.name)
            ) from error
        return domain
