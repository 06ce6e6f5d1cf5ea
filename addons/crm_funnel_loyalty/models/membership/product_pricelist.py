from odoo import api, models


class ProductPricelist(models.Model):
    """Price list of the customer's tier."""

    _inherit = "product.pricelist"

    @api.model
    def _get_partner_pricelist_multi(self, partner_ids):
        """Between the price list a person chose for the customer and that of the
        country comes the one of the customer's tier.

        COST: two reads, for any number of customers.
        """
        result = super()._get_partner_pricelist_multi(partner_ids)
        if not result:
            return result
        company = self.env.company
        # sudo: the benefit is the customer's, whoever may read tiers
        partners = self.env["res.partner"].sudo().browse(result.keys())
        for partner in partners.with_context(active_test=False):
            own = partner.specific_property_product_pricelist
            if own.filtered("active"):
                continue
            pricelist = partner.funnel_tier_id.with_company(company).pricelist_id
            if pricelist.active and pricelist.company_id.id in (False, company.id):
                result[partner.id] = self.browse(pricelist.id)
        return result
