from odoo import api, fields, models


class CrmNeedStatus(models.Model):
    """How far a need of tier 2 is (004.12): received, in progress, done, traded.

    SPECIFICATIONS
    * Each company has its own list or shares those without a company.
    * A new opportunity gets the first status; the one marked ``is_traded`` is set when
      an order of the opportunity is confirmed.
    """

    _name = "crm.need.status"
    _description = "Need Status"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    fold = fields.Boolean(string="Folded")
    is_traded = fields.Boolean(
        string="Traded",
        help="Set when an order of the opportunity is confirmed.",
    )
    company_id = fields.Many2one("res.company", index="btree_not_null")

    @api.model
    def _find_first(self, company, is_traded=False):
        """Return the first status of the company, its own before the shared ones."""
        # sudo: which statuses there are is no secret, and orders are confirmed by
        # portal users too
        statuses = self.sudo().search(
            [("company_id", "in", [company.id, False]), ("is_traded", "=", is_traded)]
        )
        return (statuses.filtered("company_id") or statuses)[:1]
