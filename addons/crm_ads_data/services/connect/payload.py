"""Bodies from outside as Python values: whatever comes, nothing raises by surprise.

>>> parse_json(b'{"a": [1, "x"]}')
{'a': [1, 'x']}
"""

import json
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 50


class PayloadError(ValueError):
    """The body is no JSON that we take."""


def parse_json(raw, limit=MAX_BYTES):
    """The value of a JSON body; numbers with a fraction are ``Decimal``, never floats.

    :raise PayloadError: when it is empty, no UTF-8, no JSON, too large or too deep

    >>> deep, half = b"[" * 60 + b"]" * 60, b'"\\\\ud800"'
    >>> for body in (b"", b"{", deep, half, b"NaN", b"\\xff"):
    ...     try:
    ...         parse_json(body)
    ...     except PayloadError as error:
    ...         print(error)
    empty
    no JSON
    nested too deeply
    no storable text
    no JSON
    no UTF-8
    """
    if not raw or not raw.strip():
        raise PayloadError("empty")
    if len(raw) > limit:
        raise PayloadError("too large")
    if _depth(raw) > MAX_DEPTH:
        raise PayloadError("nested too deeply")
    try:
        value = json.loads(
            raw.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refuse
        )
    except UnicodeDecodeError as error:
        raise PayloadError("no UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise PayloadError("no JSON") from error
    if not _is_storable(value):
        raise PayloadError("no storable text")
    return value


def _refuse(name):
    raise ValueError(name)


def _depth(raw):
    """The deepest nesting of brackets, strings not looked into (an upper bound)."""
    depth = deepest = 0
    for char in raw:
        if char in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in b"]}":
            depth -= 1
    return deepest


def _is_storable(value):
    """No NUL and no half of a surrogate pair: PostgreSQL could not hold them."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, dict):
        return all(_is_storable(k) and _is_storable(v) for k, v in value.items())
    if isinstance(value, list):
        return all(map(_is_storable, value))
    return True


def to_plain(value):
    """The parsed value as JSON can store it: ``Decimal`` as int, else as text.

    >>> to_plain({"a": Decimal("259000.0"), "b": [Decimal("1.5")]})
    {'a': 259000, 'b': ['1.5']}
    """
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_plain(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    return value


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

    >>> records([{"a": 1}, 2, None]), records({"a": 1}), records(None)
    ([{'a': 1}], [], [])
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


def amount(value):
    """A number or its text as an exact ``Decimal``; zero for anything else.

    >>> amount("1290000"), amount(259000.0), amount(None), amount("x")
    (Decimal('1290000'), Decimal('259000.0'), Decimal('0'), Decimal('0'))
    """
    if value is None or isinstance(value, (bool, dict, list)):
        return Decimal()
    try:
        number = Decimal(str(value).strip() or "0")
    except InvalidOperation:
        return Decimal()
    return number if number.is_finite() else Decimal()


def moment(value):
    """Unix seconds, or an ISO text (without zone: UTC), as naive UTC; None else.

    >>> print(moment(1791961086), moment("2026-10-13T02:24:28.808Z"))
    2026-10-14 06:58:06 2026-10-13 02:24:28
    >>> print(moment("2026-01-02T03:04:05+0700"), moment("2026-10-13T09:03:53.413296"))
    2026-01-01 20:04:05 2026-10-13 09:03:53
    >>> moment(None), moment("x"), moment(10**20)
    (None, None, None)
    """
    if isinstance(value, bool) or value in (None, "", 0):
        return None
    try:
        if isinstance(value, (int, Decimal)) or str(value).isdigit():
            found = datetime.fromtimestamp(int(value), UTC)
        else:
            found = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError, TypeError):
        return None
    if found.tzinfo:
        found = found.astimezone(UTC).replace(tzinfo=None)
    return found.replace(microsecond=0)
