from odoo import api, models


class CrmAdsAd(models.Model):
    """An ad that is made, or gets its id, after the orders that name it."""

    _inherit = "crm.ads.ad"

    @api.model_create_multi
    def create(self, vals_list):
        """New ads claim the platform orders that name them."""
        ads = super().create(vals_list)
        ads._claim_platform_orders()
        return ads

    def write(self, vals):
        """An ad that gets another id claims the platform orders that name it."""
        result = super().write(vals)
        if vals.get("external_ref"):
            self._claim_platform_orders()
        return result

    def _claim_platform_orders(self):
        """The platform orders that name these ads count for them from now on."""
        refs = [ad.external_ref for ad in self if ad.external_ref]
        if not refs:
            return
        # sudo: a marketer's ad earns what is sold, whose orders are not the marketer's
        waiting = self.env["crm.connector.order"].sudo()
        waiting.search(
            [
                ("ad_id", "=", False),
                ("ad_ref", "in", refs),
                ("company_id", "in", self.company_id.ids),
            ]
        )._match_ads()
