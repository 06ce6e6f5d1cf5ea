from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts: of two runs of one scenario one goes on."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # sudo: borrows the system's right to write runs, as merging does
        self.env["crm.care.run"].sudo()._move_to_partner(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)
