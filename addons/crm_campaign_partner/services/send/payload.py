"""Bodies from outside as Python values: whatever comes, nothing raises by surprise."""

import json
import math
import re
from datetime import UTC, datetime

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 50
_MILLISECONDS = 10**11


class PayloadError(ValueError):
    """The body is none that we take."""


def parse_json(raw, limit=MAX_BYTES):
    """The value of a JSON body.

    :raise PayloadError: when it is empty, no UTF-8, no JSON, too large or too deep

    >>> parse_json('{"a": ["đ"]}'.encode())
    {'a': ['đ']}
    >>> deep, null, half = b"[" * 60 + b"]" * 60, b'"\\\\u0000"', b'"\\\\ud800"'
    >>> for body in (b"", b"{", deep, null, half, b"NaN", b"1e999", b"\\xff"):
    ...     try:
    ...         parse_json(body)
    ...     except PayloadError as error:
    ...         print(error)
    empty
    no JSON
    nested too deeply
    no storable text
    no storable text
    no JSON
    no storable number
    no UTF-8
    """
    if not raw or not raw.strip():
        raise PayloadError("empty")
    if len(raw) > limit:
        raise PayloadError("too large")
    try:
        value = json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise PayloadError("no UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise PayloadError("no JSON") from error
    return check_storable(value)


def _refuse(name):
    raise ValueError(name)


def check_storable(value):
    """The value itself, where PostgreSQL can hold it.

    :raise PayloadError: when it cannot, or when nobody would nest so deeply

    >>> check_storable({"a": "b"})
    {'a': 'b'}
    >>> try:
    ...     check_storable({"callid": "1\\x00"})
    ... except PayloadError as error:
    ...     print(error)
    no storable text
    """
    _check(value, MAX_DEPTH)
    return value


def _check(value, depth):
    if not depth:
        raise PayloadError("nested too deeply")
    if isinstance(value, float) and not math.isfinite(value):
        raise PayloadError("no storable number")
    if isinstance(value, str) and re.search("[\x00\ud800-\udfff]", value):
        raise PayloadError("no storable text")
    if isinstance(value, dict):
        for key, item in value.items():
            _check(key, depth)
            _check(item, depth - 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth - 1)


def as_dict(value):
    """The dict itself, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def dig(value, *path):
    """What stands at the end of the path; None where something is missing.

    >>> dig({"a": [{"b": 7}]}, "a", 0, "b"), dig({"a": None}, "a", "b"), dig([], 3)
    (7, None, None)
    """
    for key in path:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value


def records(value):
    """The dicts of a list; nothing for anything else.

    >>> records([{"a": 1}, 2, None]), records({"a": 1})
    ([{'a': 1}], [])
    """
    if not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, dict)]


def text(value, limit=255):
    """A scalar as trimmed text of at most ``limit`` characters; None when empty.

    >>> text(12), text(" a "), text(""), text(None), text({"a": 1}), text(True)
    ('12', 'a', None, None, None, None)
    """
    if value is None or isinstance(value, (bool, dict, list)):
        return None
    return str(value).strip()[:limit] or None


def whole(value, default=0):
    """A count, also one written as text.

    >>> whole("499"), whole(65), whole(61.0), whole(None), whole("x"), whole("", None)
    (499, 65, 61, 0, 0, None)
    """
    try:
        return int(float(text(value) or "x"))
    except (ValueError, OverflowError):
        return default


def moment(value, zone=UTC):
    """Unix seconds, milliseconds or ISO text as naive UTC; None for anything else.

    :param zone: tzinfo of a text that names none

    >>> print(moment(1791211976314), moment("1791211976"))
    2026-10-05 14:52:56 2026-10-05 14:52:56
    >>> from zoneinfo import ZoneInfo
    >>> print(moment("2026-10-05 21:52:56", ZoneInfo("Asia/Ho_Chi_Minh")))
    2026-10-05 14:52:56
    >>> moment(0), moment(""), moment("x"), moment(10**30), moment(None)
    (None, None, None, None, None)
    """
    value = text(value)
    if not value or value == "0":
        return None
    try:
        if value.isdigit():
            number = int(value)
            seconds = number // 1000 if number >= _MILLISECONDS else number
            return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
        found = datetime.fromisoformat(value)
        if found.tzinfo is None:
            found = found.replace(tzinfo=zone)
        return found.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    except (ValueError, OverflowError, OSError):
        return None
