from odoo import api, fields, models
from odoo.tools import SQL

# What a report can say of an ad on a day.
FIGURES = ("spend", "impressions", "reach", "clicks", "messages", "leads")


class CrmAdsInsight(models.Model):
    """What one ad cost and did on one day, as its channel reports it.

    SPECIFICATION (002.27)
    - One row per ad and day (unique); a later report of the day replaces it.
    - ``spend`` is in the ad account's currency, ``spend_company`` the same money in
      the company's currency at the rate of that day.
    - Days are those of the ad account's time zone, as reported.
    - Reports come in through ``_upsert``.
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

    @api.model
    def _upsert(self, rows, fnames):
        """Book figures of ads and days; those that are there already are replaced.

        :param rows: list of dicts: ``ad_id`` (id), ``date`` and each of ``fnames``; of
            rows of one ad and day the last holds
        :param fnames: the fields of ``FIGURES`` that the rows have; others stay
        :return: the ``crm.ads.insight``
        :raise AccessError: when the user may not book figures, or not of these ads

        COST: one INSERT … ON CONFLICT and one UPDATE of the company's money, however
        many rows; one rate a day where the account has another currency.
        """
        self.check_access("create")
        fnames = [fname for fname in FIGURES if fname in fnames]
        rows = list({(row["ad_id"], row["date"]): row for row in rows}.values())
        self.env["crm.ads.ad"].browse({row["ad_id"] for row in rows}).check_access(
            "read"
        )
        if not rows or not fnames:
            return self.browse()
        self.flush_model()
        ids = self.env.execute_query(self._get_upsert_query(rows, fnames))
        insights = self.browse(insight_id for (insight_id,) in ids)
        insights.invalidate_recordset(flush=False)
        insights.modified([*fnames, "ad_id", "date"])
        return insights

    def _get_upsert_query(self, rows, fnames):
        """The statement that books the rows, each ad and day once."""
        columns = [SQL.identifier(fname) for fname in fnames]
        arrays = SQL(", ").join(
            SQL("%s::numeric[]", [row[fname] for row in rows]) for fname in fnames
        )
        return SQL(
            """
            INSERT INTO crm_ads_insight (
                ad_id, date, campaign_id, account_id, company_id,
                create_uid, write_uid, create_date, write_date, %(columns)s
            )
            SELECT w.ad_id, w.date, ad.campaign_id, ad.account_id, ad.company_id,
                   %(uid)s, %(uid)s, %(now)s, %(now)s, %(columns)s
              FROM unnest(%(ads)s::int[], %(days)s::date[], %(arrays)s)
                   AS w(ad_id, date, %(columns)s)
              JOIN crm_ads_ad ad ON ad.id = w.ad_id
                ON CONFLICT (ad_id, date) DO UPDATE
               SET write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date,
                   %(updates)s
            RETURNING id
            """,
            columns=SQL(", ").join(columns),
            uid=self.env.uid,
            now=self.env.cr.now(),
            ads=[row["ad_id"] for row in rows],
            days=[row["date"] for row in rows],
            arrays=arrays,
            updates=SQL(", ").join(
                SQL("%s = EXCLUDED.%s", column, column) for column in columns
            ),
        )
