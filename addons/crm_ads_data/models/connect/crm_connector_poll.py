from odoo import api, models


class CrmConnector(models.Model):
    """Fetching what changed, page by page."""

    _inherit = "crm.connector"

    @api.model
    def _cron_poll(self):
        """Fetch what changed, for every connector that is due."""
