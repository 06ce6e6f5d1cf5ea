from odoo import api, models

MAX_ATTEMPTS = 8


class CrmConnectorEvent(models.Model):
    """Working the inbox off."""

    _inherit = "crm.connector.event"

    @api.model
    def _trigger_cron(self):
        """Have the inbox worked off at once."""
        self.env["crm.connector"]._trigger_once("crm_ads_data.ir_cron_connector_inbox")

    @api.model
    def _cron_process(self):
        """Work off what waits, event by event."""

    @api.model
    def _cron_retention(self):
        """Blank what is older than it has to be."""
