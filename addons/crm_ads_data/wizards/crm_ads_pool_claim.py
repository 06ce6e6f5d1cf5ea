from odoo import api, fields, models
from odoo.exceptions import AccessError


class CrmAdsPoolClaim(models.TransientModel):
    """The number of a claimed data, shown to the one who claimed it.

    SPECIFICATION
    - Contact and note are computed for whoever holds the claim at this moment, and for
      nobody else: not for another user, and not after the time is over.
    """

    _name = "crm.ads.pool.claim"
    _description = "Number from the Pool"

    pool_id = fields.Integer(required=True, readonly=True)
    name = fields.Char(string="Customer", compute="_compute_contact")
    phone = fields.Char(compute="_compute_contact")
    phone2 = fields.Char(string="Second Phone", compute="_compute_contact")
    email = fields.Char(compute="_compute_contact")
    note = fields.Text(compute="_compute_contact")
    product_name = fields.Char(string="Product", compute="_compute_contact")
    claim_until = fields.Datetime(string="Yours Until", compute="_compute_contact")

    def _get_data(self):
        # sudo: data of the pool is nobody's; each use checks the claim itself
        return self.env["crm.ads.data"].sudo().browse(self.pool_id).exists()

    @api.depends("pool_id")
    @api.depends_context("uid")
    def _compute_contact(self):
        for claim in self:
            data = claim._get_data()
            if not data or not data._is_claimed_by(self.env.user):
                data = data.browse()
            claim.name = data.name
            claim.phone = data.phone
            claim.phone2 = data.phone2
            claim.email = data.email
            claim.note = data.note
            claim.product_name = data.product_id.display_name
            claim.claim_until = data.claim_until

    def _check_own(self):
        self.ensure_one()
        if self.create_uid != self.env.user:
            raise AccessError(self.env._("This number is shown to somebody else."))

    def action_take(self):
        """Take the data: it becomes this person's lead.

        :return: action that opens the lead
        :raise UserError: when the time is over or the daily limit is reached
        """
        self._check_own()
        data = self._get_data()
        data._take_from_pool(self.env.user)
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": data.lead_id.id,
            "view_mode": "form",
        }

    def action_give_back(self):
        """Leave the data in the pool for others."""
        self._check_own()
        self._get_data()._release_claim(self.env.user)
        return {"type": "ir.actions.act_window_close"}
