"""Days of the company: shared by tiers and partners."""

from datetime import datetime, time

import pytz

DEFAULT_TZ = "Asia/Ho_Chi_Minh"


def company_tz(company):
    """Return the time zone of the company: its contact's, else Vietnam's."""
    # sudo: whose day it is must not depend on who asks
    return pytz.timezone(company.sudo().partner_id.tz or DEFAULT_TZ)


def local_date(moment, company):
    """Return the company's calendar day of a naive UTC moment."""
    return pytz.utc.localize(moment).astimezone(company_tz(company)).date()


def local_midnight(moment, company, delta):
    """Return the naive UTC moment at which the company's day ``moment + delta`` began.

    ``delta`` is a ``relativedelta`` of whole days or longer.
    """
    day = local_date(moment, company) + delta
    midnight = company_tz(company).localize(datetime.combine(day, time.min))
    return midnight.astimezone(pytz.utc).replace(tzinfo=None)
