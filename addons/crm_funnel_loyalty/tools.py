"""What several subjects share: days and language of the company, and whether values
change."""

from datetime import datetime, time, timedelta

import pytz

from odoo.fields import Datetime
from odoo.tools import SQL

DEFAULT_TZ = "Asia/Ho_Chi_Minh"


def company_tz(company):
    """Return the time zone of the company: its contact's, else Vietnam's."""
    # sudo: whose day it is must not depend on who asks
    return pytz.timezone(company.sudo().partner_id.tz or DEFAULT_TZ)


def in_language_of(company, records):
    """Return the records in the language of the company: a cron has none of its own,
    and what it stores is read by everybody there."""
    # sudo: how a company speaks must not depend on who asks
    return records.with_context(lang=company.sudo().partner_id.lang or records.env.lang)


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


def is_now(moment):
    """Whether a naive UTC moment is the present one: what was noted a long transaction
    ago still is."""
    return abs(Datetime.now() - moment) <= timedelta(hours=1)


def is_change(record, vals):
    """Whether writing these values changes the record: what comes back as it is, as
    forms and imports do, is harmless.

    :param record: one record
    :param dict vals: values of its fields, as ``write`` takes them
    """
    return any(
        record._fields[name].convert_to_cache(value, record)
        != record._fields[name].convert_to_cache(record[name], record)
        for name, value in vals.items()
    )


def pick(vals, names):
    """Return the values of these fields only."""
    return {name: vals[name] for name in vals.keys() & names}
