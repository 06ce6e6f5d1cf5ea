from datetime import UTC, datetime

from odoo import models

from ....services.connect.meta_insights import account_today, fetch_insights
from ....services.connect.meta_tree import fetch_accounts, fetch_ads, fetch_campaigns
from ...ads.crm_ads_insight import FIGURES


class CrmConnectorFacebook(models.AbstractModel):
    """The ad tree and its daily figures, page by page.

    SPECIFICATION
    - Accounts, campaigns and ads are found by their ids, then by their names where they
      have no id yet; missing ones are made. No name that is there is changed.
    - What is shown at Facebook switches the switches here (``crm.ads.channel.state``).
    - Figures of the last 28 days are replaced by what Facebook says now; days are those
      of the account's time zone, money is in its currency.

    COST: a page takes the same number of queries however many rows it has, besides one
    batched UPDATE of what has changed.
    """

    _inherit = "crm.connector.facebook"

    def _sync_accounts(self, connector, api, cursor):
        """One page of the ad accounts that the token leads to."""
        accounts, following = fetch_accounts(api, cursor)
        found = self._get_or_create_accounts(connector, accounts)
        for one in accounts:
            account = found[one.external_ref]
            values = {"tz": one.tz} if one.tz and account.tz != one.tz else {}
            if not account.connector_id:
                values["connector_id"] = connector.id
            if values:
                account.write(values)
        return len(accounts), following

    def _get_account_ref(self, account):
        return account.external_ref.removeprefix("act_")

    def _sync_campaigns(self, account, api, cursor):
        """One page of an account's campaigns."""
        campaigns, following = fetch_campaigns(
            api, self._get_account_ref(account), account.currency_id.name, cursor
        )
        pairs = [(one.external_ref, one.name) for one in campaigns]
        found = self.env["crm.ads.campaign"]._get_or_create(account, pairs)
        for one, pair in zip(campaigns, pairs, strict=True):
            campaign = found[pair]
            campaign._follow_channel(one.is_running)
            budgets = {
                fname: float(getattr(one, fname) or 0)
                for fname in ("daily_budget", "lifetime_budget")
            }
            if any(campaign[fname] != value for fname, value in budgets.items()):
                campaign.write(budgets)
        return len(campaigns), following

    def _sync_ads(self, account, api, cursor):
        """One page of an account's ads."""
        ads, following = fetch_ads(api, self._get_account_ref(account), cursor)
        rows = [self._prepare_ad_row(one) for one in ads]
        model = self.env["crm.ads.ad"]
        model._place(account, rows)
        found = model._get_or_create(account, rows)
        for one, row, ad in zip(ads, rows, found, strict=True):
            ad._fill_in(row)
            ad._follow_channel(one.is_running)
        return len(ads), following

    def _prepare_ad_row(self, ad):
        return {
            "ad_ref": ad.external_ref,
            "ad_name": ad.name,
            "adset_ref": ad.adset_ref,
            "adset_name": ad.adset_name,
            "campaign_ref": ad.campaign_ref,
            "campaign_name": ad.campaign_name,
        }

    def _sync_insights(self, account, api, cursor):
        """One page of the figures of an account's ads."""
        today = account_today(datetime.now(UTC), account.tz)
        insights, following = fetch_insights(
            api, self._get_account_ref(account), today, cursor
        )
        ads = self.env["crm.ads.ad"]._get_or_create(
            account, [insight.ad for insight in insights]
        )
        currency = account.currency_id
        self.env["crm.ads.insight"]._upsert(
            [
                {
                    "ad_id": ad.id,
                    "date": insight.day,
                    **insight.figures,
                    "spend": round(
                        insight.figures["spend"], currency.decimal_places or None
                    ),
                }
                for ad, insight in zip(ads, insights, strict=True)
            ],
            FIGURES,
        )
        return len(insights), following
