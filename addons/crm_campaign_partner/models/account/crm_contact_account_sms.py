from odoo import api, fields, models


class CrmContactAccountSms(models.Model):
    """SMS under a brand name (000.28)."""

    _inherit = "crm.contact.account"

    brand_name = fields.Char(
        size=11, help="As it was registered with the networks, at most 11 letters."
    )

    @api.model
    def _get_connection_fields(self):
        return super()._get_connection_fields() | {"brand_name", "is_sandbox"}
