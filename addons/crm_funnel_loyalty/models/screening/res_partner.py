from odoo import models


class ResPartner(models.Model):
    """Target customer, screened before anybody sells: ``crm.funnel.screening``."""

    _name = "res.partner"
    _inherit = ["res.partner", "crm.funnel.screening"]
