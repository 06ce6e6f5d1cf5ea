"""Numbers as people and programs write them, exactly.

>>> parse_number("1.234.567"), parse_number("1,234.50"), parse_number("282.379 ₫", ",")
(Decimal('1234567'), Decimal('1234.50'), Decimal('282379'))
>>> parse_number(""), parse_number("—"), parse_number("abc"), parse_number("1e5")
(Decimal('0'), Decimal('0'), None, None)
"""

import re
from decimal import Decimal

from .text import clean_text, strip_apostrophe

_BLANKS = re.compile(r"[\s\u00a0\u202f]+")
_MONEY_MARK = re.compile(r"₫|đ|vnđ|vnd|usd|us\$|\$|€|%", re.IGNORECASE)
_NOTHING = {"", "-", "–", "—"}
_NUMBER = re.compile(
    r"(?P<sign>-?)(?P<whole>[0-9]+|[0-9]{1,3}(?:(?P<mark>[.,'])[0-9]{3})"
    r"(?:(?P=mark)[0-9]{3})*)(?:(?P<point>[.,])(?P<part>[0-9]+))?"
)

# One cell alone does not tell whether this is a thousands separator.
_LONE_SEPARATOR = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")


def parse_number(text, mark="."):
    """The number exactly; 0 for an empty cell or a dash, None for anything else.

    :param mark: the decimal mark, ``.`` or ``,``: decides where one cell alone
        cannot (``282.379``)

    >>> parse_number("1.25", ","), parse_number("1.250", ","), parse_number("1.250")
    (Decimal('1.25'), Decimal('1250'), Decimal('1.250'))
    >>> parse_number("-5"), parse_number("1.2.3"), parse_number("1 234,5")
    (Decimal('-5'), None, Decimal('1234.5'))
    """
    plain = _plain(text)
    if plain in _NOTHING:
        return Decimal(0)
    match = _NUMBER.fullmatch(plain)
    if not match or (match["mark"] and match["mark"] == match["point"]):
        return None
    if _LONE_SEPARATOR.fullmatch(plain):
        other = "," if mark == "." else "."
        return Decimal(plain.replace(other, "").replace(mark, "."))
    whole, part = re.sub("[.,']", "", match["whole"]), match["part"]
    return Decimal(match["sign"] + whole + (f".{part}" if part else ""))


def find_decimal_mark(texts, whole=False):
    """The decimal mark that the numbers show; None when they do not, or differ.

    :param whole: True when these numbers have no decimals

    >>> find_decimal_mark(["282.379", "1,45"]), find_decimal_mark(["282.379"])
    (',', None)
    >>> find_decimal_mark(["3.048"], whole=True), find_decimal_mark(["1.5", "1,5"])
    (',', None)
    """
    found = {_shown_mark(_plain(text), whole) for text in texts} - {None}
    return found.pop() if len(found) == 1 else None


def _plain(text):
    text = strip_apostrophe(clean_text(text).strip())
    if text.isdecimal():
        return text
    return _BLANKS.sub("", _MONEY_MARK.sub("", text))


def _shown_mark(plain, whole):
    match = _NUMBER.fullmatch(plain) if plain else None
    if not match or plain.isdecimal():
        return None
    other = {".": ",", ",": "."}
    if _LONE_SEPARATOR.fullmatch(plain):
        separator = "." if "." in plain else ","
        return other[separator] if whole else None
    if match["point"]:
        return match["point"]
    return other.get(match["mark"])
