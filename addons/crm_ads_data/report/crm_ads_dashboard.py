from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..services.figures import change, ratios

TILES = ("spend", "data_count", "cost_per_data", "order_count", "revenue", "roas")
SUMS = (
    "spend",
    "data_count",
    "valid_count",
    "won_count",
    "order_count",
    "revenue",
)
TREND_DAYS = 7
MAX_DAYS = 731
MAX_ADS = 20


class CrmAdsReport(models.Model):
    """The ads home: what a marketer must see in ten seconds (002.27, 003.42).

    SPECIFICATION
    - Figures of the reader's company over a period of company days, each beside the
      equally long period right before it.
    - Ads that spend without data come first, then those that spend most.
    - The trend shows the period, and at least the week that ends with it.
    - Without a tree or data yet it says which step comes next.

    RIGHTS: the reader's own, by the record rules of report, tree and data.

    COST: one query for all tiles and the trend, one each for ads, statuses and steps,
    however many ads and data there are.
    """

    _inherit = "crm.ads.report"

    @api.model
    def get_dashboard(self, date_from=False, date_to=False):
        """What the dashboard shows.

        :param date_from: first day (ISO), today when empty
        :param date_to: last day (ISO), today when empty
        :raise AccessError: when the reader is no marketer
        :raise UserError: when the period is none
        """
        self.check_access("read")
        date_from, date_to = self._get_dashboard_period(date_from, date_to)
        company = self.env.company
        days = self._get_dashboard_days(date_from, date_to)
        return {
            "date_from": fields.Date.to_string(date_from),
            "date_to": fields.Date.to_string(date_to),
            "today": fields.Date.to_string(company._get_ads_today()),
            "start": fields.Datetime.to_string(company._get_ads_day_start(date_from)),
            "stop": fields.Datetime.to_string(company._get_ads_day_start(date_to, 1)),
            "currency_id": company.currency_id.id,
            "tiles": self._get_dashboard_tiles(days, date_from, date_to),
            "trend": self._get_dashboard_trend(days, date_from, date_to),
            "ads": self._get_dashboard_ads(date_from, date_to),
            "statuses": self._get_dashboard_statuses(date_from, date_to),
            "steps": self._get_dashboard_steps(),
        }

    @api.model
    def _get_dashboard_period(self, date_from, date_to):
        today = self.env.company._get_ads_today()
        try:
            date_from = fields.Date.to_date(date_from) or today
            date_to = fields.Date.to_date(date_to) or today
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("This is not a day.")) from error
        if date_to < date_from:
            raise UserError(self.env._("The period ends before it begins."))
        if (date_to - date_from).days >= MAX_DAYS:
            raise UserError(self.env._("Choose a period of two years at most."))
        return date_from, date_to

    @api.model
    def _get_dashboard_domain(self, date_from, date_to):
        return (
            Domain("company_id", "=", self.env.company.id)
            & Domain("date", ">=", date_from)
            & Domain("date", "<=", date_to)
        )

    @api.model
    def _get_dashboard_days(self, date_from, date_to):
        """:return: dict of day to its sums, for period, period before and trend"""
        length = date_to - date_from + timedelta(days=1)
        begin = min(date_from - length, self._get_trend_begin(date_from, date_to))
        groups = self._read_group(
            self._get_dashboard_domain(begin, date_to),
            ["date:day"],
            [f"{fname}:sum" for fname in SUMS],
        )
        return {day: dict(zip(SUMS, sums, strict=True)) for day, *sums in groups}

    @api.model
    def _get_trend_begin(self, date_from, date_to):
        return min(date_from, date_to - timedelta(days=TREND_DAYS - 1))

    @api.model
    def _get_dashboard_tiles(self, days, date_from, date_to):
        length = date_to - date_from + timedelta(days=1)
        now = self._add_up(days, date_from, date_to)
        before = self._add_up(days, date_from - length, date_to - length)
        return [
            {
                "name": name,
                "value": now[name],
                "before": before[name],
                "change": change(now[name], before[name]),
            }
            for name in TILES
        ]

    @api.model
    def _add_up(self, days, date_from, date_to):
        rows = [sums for day, sums in days.items() if date_from <= day <= date_to]
        sums = {fname: sum(row[fname] for row in rows) for fname in SUMS}
        return sums | ratios(sums)

    @api.model
    def _get_dashboard_trend(self, days, date_from, date_to):
        begin = self._get_trend_begin(date_from, date_to)
        trend = []
        for offset in range((date_to - begin).days + 1):
            day = begin + timedelta(days=offset)
            sums = days.get(day, {})
            trend.append(
                {
                    "date": fields.Date.to_string(day),
                    "spend": sums.get("spend", 0),
                    "data_count": sums.get("data_count", 0),
                }
            )
        return trend

    @api.model
    def _get_dashboard_ads(self, date_from, date_to):
        groups = self._read_group(
            self._get_dashboard_domain(date_from, date_to),
            ["ad_id"],
            [f"{fname}:sum" for fname in SUMS],
        )
        rows = [
            {"ad": ad, **dict(zip(SUMS, values, strict=True))} for ad, *values in groups
        ]
        for row in rows:
            row["is_alarm"] = row["spend"] > 0 and not row["data_count"]
        rows.sort(key=lambda row: (not row["is_alarm"], -row["spend"], row["ad"].id))
        return [self._prepare_dashboard_ad(row) for row in rows[:MAX_ADS]]

    @api.model
    def _prepare_dashboard_ad(self, row):
        ad = row["ad"]
        figures = row | ratios(row)
        return {
            "id": ad.id,
            "name": ad.name,
            "campaign": ad.campaign_id.title,
            "is_alarm": row["is_alarm"],
            **{name: figures[name] for name in TILES},
        }

    @api.model
    def _get_dashboard_statuses(self, date_from, date_to):
        """How far sales are with the valid data; without status: not transferred."""
        groups = self._read_group(
            self._get_dashboard_domain(date_from, date_to),
            ["sales_status"],
            ["valid_count:sum"],
        )
        counts = dict(groups)
        labels = self._fields["sales_status"]._description_selection(self.env)
        statuses = [(False, self.env._("Not Transferred")), *labels]
        return [
            {"status": status, "label": label, "count": counts[status]}
            for status, label in statuses
            if counts.get(status)
        ]

    @api.model
    def _get_dashboard_steps(self):
        """What a new marketer does first, and whether it is done."""
        company = Domain("company_id", "=", self.env.company.id)
        steps = (
            ("account", "crm.ads.account"),
            ("campaign", "crm.ads.campaign"),
            ("ad", "crm.ads.ad"),
            ("data", "crm.ads.data"),
        )
        return [
            {"name": name, "is_done": bool(self.env[model].search(company, limit=1))}
            for name, model in steps
        ]
