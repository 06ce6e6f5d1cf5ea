"""What Meta's error codes and usage headers mean.

https://developers.facebook.com/docs/graph-api/guides/error-handling and
…/graph-api/overview/rate-limiting, as of 2026. A code found wrong is one line here.
"""

import json

from . import errors
from .http import BUSY_PERCENT
from .payload import dig, text
from .provider import find_class

# How long to pause where Meta says that it is enough, but not until when.
PAUSE = 300
UNSUPPORTED = "100"
# "Object does not exist, or a permission is missing"
NOT_THERE = "33"


class MissingPermission(errors.Permanent):
    """A person has to grant something; ``permissions`` says what, where it is known."""

    permissions = ""


CODES = {
    "190": errors.TokenExpired,
    "102": errors.TokenExpired,
    "1": errors.Transient,
    "2": errors.Transient,
    "4": errors.Throttled,
    "17": errors.Throttled,
    "32": errors.Throttled,
    "341": errors.Throttled,
    "613": errors.Throttled,
    "800*": errors.Throttled,
    "3": MissingPermission,
    "10": MissingPermission,
    **{str(code): MissingPermission for code in range(200, 300)},
    UNSUPPORTED: errors.Permanent,
    "368": errors.Permanent,
}


class NotThere(errors.Permanent):
    """The object is not there, not yet there, or not for this token."""


def judge(error, message, status, wait=None):
    """The error that an ``error`` object of Meta is.

    >>> judge({"code": 17}, "limit reached", 400, 420).retry_after
    420
    >>> type(judge({"code": 190}, "expired", 400)).__name__
    'TokenExpired'
    >>> type(judge({"code": 100, "error_subcode": 33}, "no", 400)).__name__
    'NotThere'
    >>> type(judge({"code": 99999, "is_transient": True}, "no", 400)).__name__
    'Transient'
    """
    code = text(dig(error, "code"), 16)
    is_lost = text(dig(error, "error_subcode"), 16) == NOT_THERE or (
        message.startswith("Unsupported get request")
    )
    if code == UNSUPPORTED and is_lost:
        return NotThere(message, code)
    is_passing = dig(error, "is_transient") is True
    default = errors.Transient if is_passing else errors.Permanent
    kind = find_class(code or status, CODES, default)
    return kind(message, code or status, wait if kind is errors.Throttled else None)


def usage_wait(headers):
    """Seconds to pause when more than 75 % of an allowance is used; else None.

    >>> usage_wait({"X-App-Usage": '{"call_count": 12, "total_time": 80}'})
    300
    >>> usage_wait({"x-business-use-case-usage": '{"1": [{"call_count": 100,'
    ...     ' "estimated_time_to_regain_access": 7}]}'})
    420
    >>> usage_wait({"X-Ad-Account-Usage": '{"acc_id_util_pct": 9.6,'
    ...     ' "reset_time_duration": 100}'})
    >>> usage_wait({"X-App-Usage": "none"})
    """
    waits = [
        _get_wait(usage)
        for name, value in headers.items()
        if name.lower() in _USAGE_HEADERS
        for usage in _iter_usages(value)
    ]
    return max(filter(None, waits), default=None)


_USAGE_HEADERS = {
    "x-app-usage",
    "x-page-usage",
    "x-ad-account-usage",
    "x-business-use-case-usage",
    "x-fb-ads-insights-throttle",
}
_SHARES = (
    "call_count",
    "total_time",
    "total_cputime",
    "acc_id_util_pct",
    "app_id_util_pct",
)


def _iter_usages(value):
    """The objects of a usage header, at whatever depth they stand."""
    try:
        found = [json.loads(value)]
    except (TypeError, ValueError, RecursionError):
        return
    while found:
        item = found.pop()
        if isinstance(item, list):
            found += item
        elif isinstance(item, dict):
            yield item
            found += [part for part in item.values() if isinstance(part, (list, dict))]


def _get_wait(usage):
    minutes = _number(usage.get("estimated_time_to_regain_access"))
    if minutes:
        return int(minutes * 60)
    if max(_number(usage.get(name)) for name in _SHARES) <= BUSY_PERCENT:
        return None
    return int(_number(usage.get("reset_time_duration"))) or PAUSE


def _number(value):
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if is_number else 0
