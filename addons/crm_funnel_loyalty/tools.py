"""Days of the company: shared by whatever counts by day."""

from datetime import datetime, time

import pytz

from odoo.tools import SQL

DEFAULT_TZ = "Asia/Ho_Chi_Minh"


def company_tz(company):
    """Return the time zone of the company: its contact's, else Vietnam's."""
    # sudo: whose day it is must not depend on who asks
    return pytz.timezone(company.sudo().partner_id.tz or DEFAULT_TZ)


def local_date(moment, company):
    """Return the company's calendar day of a naive UTC moment."""
    return pytz.utc.localize(moment).astimezone(company_tz(company)).date()


def local_day(moment, tz):
    """Return the calendar day of a naive UTC moment in the time zone of that name."""
    return pytz.utc.localize(moment).astimezone(pytz.timezone(tz)).date()


def day_begin(day, company):
    """Return the naive UTC moment at which a calendar day of the company begins."""
    midnight = company_tz(company).localize(datetime.combine(day, time.min))
    return midnight.astimezone(pytz.utc).replace(tzinfo=None)


def day_sql(moment, tz):
    """Return the SQL of the calendar day of a naive UTC moment (SQL)."""
    return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, tz)


def moment_sql(day, tz):
    """Return the SQL of the naive UTC moment at which a calendar day begins."""
    return SQL("(%s::timestamp AT TIME ZONE %s) AT TIME ZONE 'UTC'", day, tz)
