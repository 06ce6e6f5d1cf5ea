from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts: the survivor gets the tier of all their documents."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        # The documents have just been moved: with the figures right before values are
        # compared, nothing of the merged contacts' figures is carried over.
        partners = src_partners | dst_partner
        partners.invalidate_recordset()
        partners._recompute_funnel_tier()
        return super()._update_values(src_partners, dst_partner)
