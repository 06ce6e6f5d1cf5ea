from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import models

DEFAULT_TIMEZONE = "Asia/Ho_Chi_Minh"


class ResCompany(models.Model):
    """Company days: a day of ads and data is the company's, never UTC's."""

    _inherit = "res.company"

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
