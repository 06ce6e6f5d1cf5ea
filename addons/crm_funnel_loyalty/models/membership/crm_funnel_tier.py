from odoo import api, fields, models, tools


class CrmFunnelTier(models.Model):
    """What customers get on a tier (capabilities 004.27, 004.36).

    SPECIFICATIONS
    * A tier that makes members, and every tier above it, gives its customers a card.
    * Price list, promotion and promise are those of one tier: the customer has what the
      tier he is on says, in each company its own.
    * A promotion that a tier names is closed to customers of other tiers.
    """

    _inherit = "crm.funnel.tier"

    makes_member = fields.Boolean(
        string="Makes Members",
        help="Customers who reach this tier, or one above it, get a membership card.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        string="Price List",
        company_dependent=True,
        help="Quotations for customers on this tier use it, unless the customer has a "
        "price list of its own.",
    )
    loyalty_program_id = fields.Many2one(
        "loyalty.program",
        string="Promotion",
        company_dependent=True,
        domain=[("program_type", "in", ("promotion", "buy_x_get_y", "promo_code"))],
        help="Only customers on the tiers that name it can use this promotion. It is "
        "applied in their quotations by itself.",
    )
    service_promise = fields.Text(
        translate=True,
        help="What your people promise these customers; shown on customer and "
        "quotation.",
    )

    @api.model
    def _get_member_tiers(self):
        """:return: the tiers whose customers are members"""
        # sudo: rules of the suite, whoever may read them
        tiers = self.sudo().search([("code", "!=", False)], order="sequence")
        first = tiers.filtered("makes_member")[:1]
        return tiers.filtered(lambda t: first and t.sequence >= first.sequence)

    @api.model
    @tools.ormcache("company_id")
    def _get_tier_program_ids(self, company_id):
        """:return: the promotion's id by tier's id, in one company"""
        # sudo: which promotion is for whom is the same for everybody
        tiers = self.sudo().with_company(company_id).search([("code", "!=", False)])
        return {
            tier.id: tier.loyalty_program_id.id
            for tier in tiers
            if tier.loyalty_program_id
        }
