from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmSalesPolicyPart(models.AbstractModel):
    """A row of a sales policy: what is approved is not changed any more."""

    _name = "crm.sales.policy.part"
    _description = "Part of a Sales Policy"
    _order = "sequence, id"

    policy_id = fields.Many2one(
        "crm.sales.policy", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related="policy_id.company_id")
    currency_id = fields.Many2one(related="policy_id.currency_id")

    @api.model_create_multi
    def create(self, vals_list):
        """Parts are added to drafts only."""
        parts = super().create(vals_list)
        parts.policy_id._check_open()
        return parts

    def write(self, vals):
        """Parts of drafts are changed, and stay with drafts."""
        self.policy_id._check_open()
        result = super().write(vals)
        self.policy_id._check_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_if_open(self):
        # a draft that is deleted takes its parts along
        self.policy_id._check_open()

    def _check_amounts(self, *names):
        """Money and numbers of a policy are never below zero."""
        for part in self:
            for name in names:
                if part[name] < 0:
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” cannot be below zero.",
                            field=part._fields[name]._description_string(self.env),
                        )
                    )
