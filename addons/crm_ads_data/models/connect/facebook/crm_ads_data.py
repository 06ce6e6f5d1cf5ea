from odoo import fields, models


class CrmAdsData(models.Model):
    """Data that a connector brought."""

    _inherit = "crm.ads.data"

    form_id = fields.Many2one(
        "crm.connector.form", readonly=True, copy=False, index="btree_not_null"
    )
    conversation_url = fields.Char(string="Conversation", readonly=True, copy=False)
