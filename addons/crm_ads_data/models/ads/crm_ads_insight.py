from odoo import api, fields, models


class CrmAdsInsight(models.Model):
    """What one ad cost and did on one day, as its channel reports it.

    SPECIFICATION (002.27)
    - One row per ad and day (unique); a later report of the day replaces it.
    - ``spend`` is in the ad account's currency, ``spend_company`` the same money in
      the company's currency at the rate of that day.
    - Days are those of the ad account's time zone, as reported.
    """

    _name = "crm.ads.insight"
    _description = "Ad Insight"
    _order = "date desc, ad_id"

    ad_id = fields.Many2one("crm.ads.ad", required=True, index=True, ondelete="cascade")
    campaign_id = fields.Many2one(related="ad_id.campaign_id", store=True, index=True)
    account_id = fields.Many2one(related="ad_id.account_id", store=True, index=True)
    company_id = fields.Many2one(related="ad_id.company_id", store=True, index=True)
    date = fields.Date(required=True, index=True, default=fields.Date.context_today)
    currency_id = fields.Many2one(related="account_id.currency_id")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    spend = fields.Monetary(currency_field="currency_id")
    spend_company = fields.Monetary(
        string="Spend (Company Currency)",
        currency_field="company_currency_id",
        compute="_compute_spend_company",
        store=True,
    )
    impressions = fields.Integer()
    reach = fields.Integer(aggregator=None, help="People reached; days do not add up.")
    clicks = fields.Integer()
    messages = fields.Integer(help="Conversations started from the ad.")
    leads = fields.Integer(string="Leads Reported")

    _ad_date_uniq = models.UniqueIndex(
        "(ad_id, date)", "This ad already has figures for that day."
    )
    _spend_positive = models.Constraint(
        "CHECK(spend >= 0)", "The spend of a day cannot be negative."
    )

    @api.depends("spend", "date", "account_id.currency_id", "company_id.currency_id")
    def _compute_spend_company(self):
        for insight in self:
            insight.spend_company = insight.currency_id._convert(
                insight.spend,
                insight.company_currency_id,
                insight.company_id,
                insight.date,
            )
