from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import fields, models

DEFAULT_TIMEZONE = "Asia/Ho_Chi_Minh"


class ResCompany(models.Model):
    """What a company decides for its ads data; its days are never UTC's."""

    _inherit = "res.company"

    ads_duplicate_policy = fields.Selection(
        [
            ("keep", "Keep and mark it"),
            ("reject", "Refuse it"),
            ("reopen", "Give it back to the last salesperson"),
        ],
        string="Data of a Known Person",
        required=True,
        default="keep",
    )
    ads_claim_minutes = fields.Integer(
        string="Pool: Minutes for One Number",
        default=15,
        help="So long a number of the pool is for whoever looks at it.",
    )
    ads_claims_per_hour = fields.Integer(
        string="Pool: Numbers per Hour",
        default=20,
        help="Most numbers that one person may look at within an hour.",
    )
    ads_alert_spend = fields.Monetary(
        string="Alert: Spend without Data",
        currency_field="currency_id",
        help="An ad that has spent more than this in three days without bringing data"
        " is told to its marketer. 0: never.",
    )
    ads_alert_cost = fields.Monetary(
        string="Alert: Cost per Data",
        currency_field="currency_id",
        help="An ad whose data of the last three days cost more than this each is told"
        " to its marketer. 0: never.",
    )
    ads_alert_minutes = fields.Integer(
        string="Alert: Untouched (minutes)",
        default=30,
        help="Data that nobody has handled for so long is told to the sale admins."
        " 0: never.",
    )

    def _get_ads_timezone(self):
        """The time zone of the company's address, else Viet Nam's."""
        self.ensure_one()
        # sudo: every user's day is the company's, who may not read its address
        return ZoneInfo(self.sudo().partner_id.tz or DEFAULT_TIMEZONE)

    def _get_ads_today(self):
        """Today's date in the company's time zone."""
        return datetime.now(self._get_ads_timezone()).date()

    def _get_ads_day(self, moment):
        """The day of a naive UTC datetime in the company's time zone."""
        return moment.replace(tzinfo=UTC).astimezone(self._get_ads_timezone()).date()

    def _get_ads_day_start(self, date, days=0):
        """The beginning of ``date`` (plus ``days``) as a naive UTC datetime."""
        start = datetime.combine(
            date + timedelta(days=days), time.min, self._get_ads_timezone()
        )
        return start.astimezone(UTC).replace(tzinfo=None)
