from odoo import api, fields, models


class CrmLead(models.Model):
    """Lead that somebody brought (004.35).

    SPECIFICATIONS
    * Converting hands the referrer on to the customer: to the one who is made, and to
      one who is there already unless somebody else brought him or he has bought before.
    * Where that would close a circle the customer stays without a referrer, and the
      lead's history says why.
    """

    _inherit = "crm.lead"

    referrer_id = fields.Many2one(
        "res.partner",
        string="Brought By",
        index="btree_not_null",
        tracking=True,
        ondelete="set null",
        help="The customer who told us of this person.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """An opportunity with a customer hands its referrer on."""
        leads = super().create(vals_list)
        leads._hand_referrer_on()
        return leads

    def write(self, vals):
        """Hand the referrer on when the lead becomes an opportunity."""
        result = super().write(vals)
        if vals.keys() & {"type", "partner_id", "referrer_id"}:
            self._hand_referrer_on()
        return result

    def _hand_referrer_on(self):
        for lead in self:
            if lead.type != "opportunity" or not (lead.referrer_id and lead.partner_id):
                continue
            # sudo: who brought the customer is told by the lead that the user edits
            customer = lead.sudo().partner_id.commercial_partner_id
            if customer.referrer_id or customer.last_order_date:
                continue
            if customer._is_above_referrer(lead.referrer_id):
                lead._note_referral_circle(customer)
            else:
                customer.referrer_id = lead.referrer_id

    def _note_referral_circle(self, customer):
        self._message_log(
            body=self.env._(
                "%(referrer)s was not noted as the one who brought %(customer)s: that "
                "would close a circle of who brought whom.",
                referrer=self.referrer_id.display_name,
                customer=customer.display_name,
            )
        )

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        """A customer who is made is the referrer's from the start."""
        values = super()._prepare_customer_values(
            partner_name, is_company=is_company, parent_id=parent_id
        )
        if self.referrer_id and not parent_id:
            values["referrer_id"] = self.referrer_id.id
        return values

    def _merge_get_fields(self):
        """Merging leads keeps who brought them."""
        return [*super()._merge_get_fields(), "referrer_id"]
