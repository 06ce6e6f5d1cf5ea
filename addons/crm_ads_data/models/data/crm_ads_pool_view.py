from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmAdsPoolView(models.Model):
    """One look at a number of the pool: who, when, which.

    SPECIFICATION
    - Written by ``crm.ads.data._claim_for`` only; nobody changes or deletes a line.
    - A look stays when its data is deleted: ``name`` says which number it was.
    """

    _name = "crm.ads.pool.view"
    _description = "Look at a Pool Number"
    _order = "date desc, id desc"

    name = fields.Char(string="Phone Number", required=True, readonly=True)
    data_id = fields.Many2one(
        "crm.ads.data", index="btree_not_null", ondelete="set null", readonly=True
    )
    user_id = fields.Many2one(
        "res.users", string="Salesperson", required=True, index=True, readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    date = fields.Datetime(required=True, readonly=True)

    _user_date_idx = models.Index("(user_id, date)")

    def write(self, vals):
        """Refused: a look is never rewritten."""
        if not self.env.su:
            raise UserError(self.env._("Looks at numbers cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        if not self.env.su:
            raise UserError(self.env._("Looks at numbers cannot be deleted."))
