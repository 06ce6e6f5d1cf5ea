from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount

ALERT_DAYS = 3


class CrmAdsAd(models.Model):
    """Ads that need somebody's eye (issue "Collect", alerts).

    SPECIFICATION
    - An ad that has spent more than ``res.company.ads_alert_spend`` in the last three
      days without bringing data, or whose data cost more than ``ads_alert_cost`` each,
      becomes an activity of its marketer; not again while that is open.

    COST: the figures of all running ads of a company at once, one create.
    """

    _name = "crm.ads.ad"
    _inherit = ["crm.ads.ad", "mail.thread", "mail.activity.mixin"]

    @api.model
    def _cron_alert(self):
        """Tell marketers of ads that spend badly, and sale admins of untouched data."""
        companies = self.env["res.company"].search([], limit=1000)
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(companies))
        for company in companies:
            env_company = self.with_company(company)
            env_company._alert_marketers(company)
            self.env["crm.ads.data"].with_company(company)._alert_untouched(company)
            if not progress(1):
                return

    @api.model
    def _alert_marketers(self, company):
        """Plan an activity for each ad of the company that spends badly."""
        if not (company.ads_alert_spend or company.ads_alert_cost):
            return
        first_day = company._get_ads_today() - timedelta(days=ALERT_DAYS - 1)
        ads = self.search(
            Domain("company_id", "=", company.id)
            & Domain("insight_ids.date", ">=", first_day)
        ).with_context(ads_date_from=fields.Date.to_string(first_day))
        todo = self.env.ref("mail.mail_activity_data_warning")
        quiet = ads.filtered(lambda ad: todo not in ad.activity_ids.activity_type_id)
        for ad in quiet:
            text = ad._get_alert_text(company)
            if text:
                ad.activity_schedule(
                    "mail.mail_activity_data_warning",
                    summary=text,
                    user_id=ad.account_id.user_id.id,
                    date_deadline=company._get_ads_today(),
                )

    def _get_alert_text(self, company):
        """What is wrong with the ad's last days; None when nothing is."""
        self.ensure_one()
        currency = company.currency_id
        spend = format_amount(self.env, self.spend, currency)
        most, dearest = company.ads_alert_spend, company.ads_alert_cost
        is_idle = most and not self.data_count
        if is_idle and currency.compare_amounts(self.spend, most) > 0:
            return self.env._("%(spend)s spent, no data", spend=spend)
        is_priced = dearest and self.data_count
        if is_priced and currency.compare_amounts(self.cost_per_data, dearest) > 0:
            cost = format_amount(self.env, self.cost_per_data, currency)
            return self.env._("%(cost)s for each data", cost=cost)
        return None
