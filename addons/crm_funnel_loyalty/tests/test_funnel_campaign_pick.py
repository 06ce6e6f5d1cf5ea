from odoo.tests import tagged

from .common import FunnelCommon


@tagged("post_install", "-at_install")
class TestFunnelCampaignPick(FunnelCommon):
    """Customers of a tier for a partner campaign (000.10)."""

    def test_tier_is_a_criterion(self):
        other = self.env["res.partner"].create({"name": "Lê Văn Tám"})
        both = self.customer | other
        other.sudo().funnel_tier_id = self.tiers["loyal"]
        campaign = self.env["crm.campaign"].create({"title": "Tri ân"})
        pick = self.env["crm.campaign.pick"].create(
            {"campaign_id": campaign.id, "criteria": repr([("id", "in", both.ids)])}
        )
        self.assertEqual(pick.partner_count, 2)
        pick.funnel_tier_ids = self.tiers["loyal"]
        self.assertEqual(pick.preview_ids, other)
