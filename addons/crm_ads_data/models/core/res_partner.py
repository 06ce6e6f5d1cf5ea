from odoo import models


class ResPartner(models.Model):
    """Customers are found by phone or e-mail when data comes in (003.36)."""

    _inherit = "res.partner"

    _ads_phone_idx = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")
    _ads_email_idx = models.Index(
        "(email_normalized) WHERE email_normalized IS NOT NULL"
    )
