from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain


class CrmAdsData(models.Model):
    """Data that nobody has handled for too long (issue "Collect", alerts).

    SPECIFICATION
    - After ``res.company.ads_alert_minutes`` the sale admins are told, each data once.
    """

    _inherit = "crm.ads.data"

    is_alerted = fields.Boolean(readonly=True, copy=False)

    @api.model
    def _alert_untouched(self, company):
        """Tell the company's sale admins of data that became overdue; mark them."""
        minutes = company.ads_alert_minutes
        if not minutes:
            return
        before = fields.Datetime.now() - timedelta(minutes=minutes)
        overdue = self.search(
            self._get_untouched_domain()
            & Domain("company_id", "=", company.id)
            & Domain("is_alerted", "=", False)
            & Domain("transfer_date", "<=", before),
            limit=10000,
        )
        if not overdue:
            return
        overdue._tell_sale_admins(company, self.env._("Nobody has handled new data"))
        overdue.is_alerted = True

    def _tell_sale_admins(self, company, subject):
        """Put a notification about these data into the sale admins' inboxes."""
        group = self.env.ref("crm_ads_data.group_distributor")
        admins = group.all_user_ids.filtered(
            lambda user: company in user.company_ids and user.active and not user.share
        )
        self.lead_id[:1].message_notify(
            partner_ids=admins.partner_id.ids,
            subject=f"{subject}: {len(self)}",
            body=self._get_names(),
        )
