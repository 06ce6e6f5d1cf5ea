from odoo import api, models

CAMPAIGN_SEQUENCE_CODE = "crm.campaign"


class ResCompany(models.Model):
    """Each company numbers its campaigns by itself, starting anew every year."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        """Give each new company its own numbering of campaigns."""
        companies = super().create(vals_list)
        companies._create_campaign_sequences()
        return companies

    def _create_campaign_sequences(self):
        """Make the campaign sequence of the companies that have none yet."""
        # sudo: borrows the administrator's right; whoever may create a company
        # need not be allowed to edit sequences.
        sequences = self.env["ir.sequence"].sudo()
        done = sequences.search(
            [
                ("code", "=", CAMPAIGN_SEQUENCE_CODE),
                ("company_id", "in", self.ids),
            ]
        ).company_id
        sequences.create(
            [company._prepare_campaign_sequence_values() for company in self - done]
        )

    def _prepare_campaign_sequence_values(self):
        self.ensure_one()
        return {
            "name": f"Campaigns ({self.name})",
            "code": CAMPAIGN_SEQUENCE_CODE,
            "company_id": self.id,
            "prefix": "CD/%(range_year)s/",
            "padding": 4,
            "use_date_range": True,
        }
