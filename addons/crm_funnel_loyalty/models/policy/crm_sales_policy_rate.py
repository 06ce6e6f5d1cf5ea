from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmSalesPolicyRate(models.Model):
    """A rate of its own for some revenue, which then counts for nothing in the bands.

    All that is filled in must fit; of several rates the first one in the order holds.
    What a rate is for cannot be deleted: an approved rate would fit everything then.
    ``rate`` is percent of the revenue; the shares of the policy hold for it, too.
    """

    _name = "crm.sales.policy.rate"
    _description = "Special Commission Rate"
    _inherit = ["crm.sales.policy.part"]

    product_id = fields.Many2one(
        "product.product", check_company=True, ondelete="restrict"
    )
    categ_id = fields.Many2one(
        "product.category", string="Category", ondelete="restrict"
    )
    tier_id = fields.Many2one(
        "crm.funnel.tier",
        ondelete="restrict",
        help="Tier of the customer on the day of the sale.",
    )
    first_purchase = fields.Boolean(
        string="First Purchase Only", help="The first order of a customer."
    )
    rate = fields.Float(string="Rate (%)", digits=(6, 3), required=True)

    @api.depends("product_id", "categ_id", "tier_id", "first_purchase")
    def _compute_display_name(self):
        for rate in self:
            names = [
                rate.product_id.display_name,
                rate.categ_id.display_name,
                rate.tier_id.display_name,
                rate.first_purchase and self.env._("first purchase"),
            ]
            rate.display_name = ", ".join(filter(None, names))

    @api.constrains("product_id", "categ_id", "tier_id", "first_purchase", "rate")
    def _check_rate(self):
        self._check_amounts("rate")
        for rate in self:
            if rate.rate > 100:
                raise ValidationError(self.env._("A rate lies between 0 and 100 %."))
            if not (
                rate.product_id or rate.categ_id or rate.tier_id or rate.first_purchase
            ):
                raise ValidationError(
                    self.env._(
                        "Say what the rate is for: a product, a category, a tier or "
                        "first purchases."
                    )
                )
