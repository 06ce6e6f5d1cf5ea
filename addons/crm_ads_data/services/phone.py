"""Phone numbers out of a cell, as E.164, in the order in which they stand there.

Plainly written Vietnamese mobiles are decided by one pattern (1 µs); every other
spelling is taken apart (10 to 25 µs), and ``phonenumbers`` judges landlines and numbers
abroad (60 µs, once for each number). What was just parsed is not parsed again: a row on
its way in is looked at more than once.

>>> parse_phones("p:0901 234 567").numbers
('+84901234567',)
>>> parse_phones("0825.156.169 - 0763092960").numbers
('+84825156169', '+84763092960')
>>> parse_phones("01637888791 (Zalo)")  # a number from before 2018
PhoneResult(numbers=('+84337888791',), reason=None, rest='Zalo')
>>> [parse_phones(text).reason for text in ("", "09012345", "chưa có", "0412345678")]
['phone_missing', 'phone_too_short', 'phone_not_a_number', 'phone_bad_prefix']
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType, ValidationResult

from .numbering import MOBILE, PLAIN_MOBILE, PREFIXES_2018

MISSING = "phone_missing"
TOO_SHORT = "phone_too_short"
TOO_LONG = "phone_too_long"
BAD_PREFIX = "phone_bad_prefix"
NOT_A_NUMBER = "phone_not_a_number"
PRECISION_LOST = "phone_precision_lost"

# What stands behind so much text is not looked at: no phone cell is that long.
MAX_TEXT = 1000
MAX_DIGITS = 17

_LIBRARY_REASONS = {
    ValidationResult.TOO_SHORT: TOO_SHORT,
    ValidationResult.TOO_LONG: TOO_LONG,
}
_PERSONAL_TYPES = {
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
}

_MARK = re.compile(r"\s*'?\s*(?:p:)?\s*'?\s*")
_WHOLE_FLOAT = re.compile(r"([0-9]{6,})[.,]0+")
_SCIENTIFIC = re.compile(r"([0-9])(?:[.,]([0-9]*))?[eE]\+?([0-9]{1,2})")
_GROUP = re.compile(r"(?:\+ ?)?[0-9]+")
_GAP_INSIDE = re.compile(r"[ .()_·\-]*")
_GAP_BETWEEN = re.compile(r" *- +| +- *| {2,}")
_LETTER_O = re.compile(r"[oO]+")
_LOOKS_LIKE_DIGITS = re.compile(r"[oOxXlI]+")
_LABEL = re.compile(
    r"\b(?:p|sđt|sdt|số điện thoại|so dien thoai|số đt|so dt|điện thoại|dien thoai"
    r"|đtdđ|dtdd|đt|dt|di động|di dong|tel|phone|mobile|hoặc|hay|or|và|and)\b\s*[:.]?",
    re.IGNORECASE,
)
_EDGES = " \t\r\n-/,;:.|_+'"


@dataclass(frozen=True, slots=True)
class PhoneResult:
    """What a cell holds.

    ``numbers`` are E.164 in the order of the cell, each once. Without any, ``reason``
    says why: ``phone_missing``, ``phone_too_short``, ``phone_too_long``,
    ``phone_bad_prefix``, ``phone_not_a_number``, ``phone_precision_lost``. ``rest`` is
    what stood beside the numbers: an extension, a remark.
    """

    numbers: tuple[str, ...] = ()
    reason: str | None = None
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a run of digits stands in a text, and the number that it is, if any."""

    start: int
    end: int
    number: str | None


@lru_cache(4096)
def parse_phones(text, default_region="VN"):
    """Every phone number in a cell; numbers without country are of the region.

    A letter O is never taken for a zero, and digits that a spreadsheet rounded away are
    not made up.

    >>> parse_phones("+84 (0) 901-234-567").numbers
    ('+84901234567',)
    >>> parse_phones(901234567.0).numbers == parse_phones("9.01234567E8").numbers
    True
    >>> parse_phones("8.49E+10").reason, parse_phones("O845798541").reason
    ('phone_precision_lost', 'phone_not_a_number')
    >>> parse_phones("02833694433 máy lẻ 12")
    PhoneResult(numbers=('+842833694433',), reason=None, rest='máy lẻ 12')
    >>> parse_phones("+61 412 345 678").numbers
    ('+61412345678',)
    """
    value = _as_text(text)
    if default_region == "VN":
        match = PLAIN_MOBILE.fullmatch(value)
        if match:
            return PhoneResult((f"+84{match[1]}",))
    return _parse(value, default_region)


def phone_key(text):
    """The first number of the cell, by which two people are the same; else None.

    >>> phone_key("(090)1234567 / 0912345678"), phone_key("abc")
    ('+84901234567', None)
    """
    numbers = parse_phones(text).numbers
    return numbers[0] if numbers else None


def mask_phone(number):
    """The number with its middle hidden, for people who may only know that it is there.

    >>> mask_phone("+84901234567"), mask_phone("+61412345678"), mask_phone("12345")
    ('+84 901 *** 567', '+61 412 *** 678', '***45')
    """
    number = number or ""
    digits = "".join(char for char in number if char.isdigit())
    if len(digits) < 9 or not number.startswith("+"):
        return f"***{digits[-2:]}" if len(digits) > 4 else "***"
    size = 2 if number.startswith("+84") else _country_code_size(number)
    return f"+{digits[:size]} {digits[size : size + 3]} *** {digits[-3:]}"


def plain_text(text):
    """The text with every digit, blank and dash in its plain form.

    >>> plain_text("０９０\\u200b１\\u00a0–\\u202c２")
    '0901 -2'
    """
    return text if text.isascii() else "".join(map(_plain_char, text))


def find_spans(plain, default_region="VN"):
    """Every run of digits in a plain text that could be a number, in order."""
    return [
        span
        for groups in _clusters(plain)
        for span in _read_cluster(plain, groups, default_region)
    ]


def _as_text(value):
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None or value is False else str(value)
    return text[:MAX_TEXT].strip()


def _parse(value, region):
    plain = plain_text(value)
    plain = _unfold_float(plain[_MARK.match(plain).end() :].strip())
    if plain is None:
        return PhoneResult(reason=PRECISION_LOST)
    found = [span for span in find_spans(plain, region) if span.number]
    found = found or _join_all(plain, region)
    if found:
        numbers = tuple(dict.fromkeys(span.number for span in found))
        return PhoneResult(numbers, rest=_rest(plain, found))
    return PhoneResult(reason=_reason(plain, region))


@lru_cache(4096)
def _plain_char(char):
    if "！" <= char <= "～":  # the full-width forms of ASCII
        char = chr(ord(char) - 0xFEE0)
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "Pd" or char == "−":
        return "-"
    if category == "Zs":
        return " "
    return "" if category in ("Cf", "Cs") and char != "\u200d" else char


def _unfold_float(plain):
    """Digits that a spreadsheet wrote as a float; None when it rounded some away."""
    match = _WHOLE_FLOAT.fullmatch(plain)
    if match:
        return match[1]
    match = _SCIENTIFIC.fullmatch(plain)
    if not match:
        return plain
    decimals, exponent = match[2] or "", int(match[3])
    if len(decimals) < exponent or decimals[exponent:].strip("0"):
        return None
    return match[1] + decimals[:exponent]


def _clusters(plain):
    """Runs of digit groups with nothing between them but blanks, dots and the like."""
    cluster = []
    for group in _GROUP.finditer(plain):
        if cluster and (
            group[0].startswith("+")
            or not _GAP_INSIDE.fullmatch(plain, cluster[-1].end(), group.start())
        ):
            yield cluster
            cluster = []
        cluster.append(group)
    if cluster:
        yield cluster


def _read_cluster(plain, groups, region):
    """The cluster's numbers; one span without number when it holds none."""
    whole = Span(groups[0].start(), groups[-1].end(), None)
    if _touches(plain, whole, _LETTER_O):
        return [whole]
    found = _segment(groups, region)
    if not found:
        found = [
            span
            for part in _split_at_dashes(plain, groups)
            for span in _segment(part, region)
        ]
    return found or [whole]


def _segment(groups, region):
    """Spans of numbers that take up all the groups; none when that is impossible."""
    found = []
    position, count = 0, len(groups)
    while position < count:
        # the whole first (spellings in small groups), then the shortest number
        for end in (count, *range(position + 1, min(position + MAX_DIGITS, count))):
            number = _joined_number(groups[position:end], region)
            if number:
                break
        else:
            return []
        found.append(Span(groups[position].start(), groups[end - 1].end(), number))
        position = end
    return found


def _joined_number(groups, region):
    if len(groups) > MAX_DIGITS:
        return None
    digits = _join(groups)
    return _to_e164(digits, region) if len(digits) <= MAX_DIGITS else None


def _join(groups):
    return "".join(group[0] for group in groups).replace(" ", "")


def _split_at_dashes(plain, groups):
    part = [groups[0]]
    for left, right in pairwise(groups):
        if _GAP_BETWEEN.fullmatch(plain, left.end(), right.start()):
            yield part
            part = []
        part.append(right)
    if len(part) < len(groups):
        yield part


def _join_all(plain, region):
    """A number whose groups are kept apart by something unusual: 0901/234/567."""
    if any(char.isalpha() for char in plain):
        return []
    groups = list(_GROUP.finditer(plain))
    number = _joined_number(groups, region) if len(groups) > 1 else None
    return [Span(groups[0].start(), groups[-1].end(), number)] if number else []


def _to_e164(digits, region):
    """The number that the digits (with or without ``+``) are, or None."""
    if digits.startswith("+0"):
        digits = digits[1:]
    if region != "VN":
        return _by_library(digits, region)
    if _is_foreign(digits):
        foreign = _by_library(digits if digits[0] == "+" else f"+{digits[2:]}", None)
        if foreign or digits[0] == "+":
            return foreign
    national = _national(digits)
    if len(national) == 10:
        national = PREFIXES_2018.get(national[:3], national[:3]) + national[3:]
    if MOBILE.fullmatch(national):
        return f"+84{national}"
    return _by_library(f"+84{national}", None) if len(national) in (9, 10) else None


def _is_foreign(digits):
    return digits.startswith(("+", "00")) and not digits.startswith(("+84", "0084"))


def _national(digits):
    """A Vietnamese number without country code and without the zero before it."""
    for mark in ("+84", "0084"):
        if digits.startswith(mark):
            return digits[len(mark) :].removeprefix("0")
    if digits.startswith("84") and len(digits) > 10:
        return digits[2:].removeprefix("0")
    return digits.removeprefix("0")


@lru_cache(8192)
def _by_library(digits, region):
    try:
        number = phonenumbers.parse(digits, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    is_vietnamese = number.country_code == 84
    if is_vietnamese and phonenumbers.number_type(number) not in _PERSONAL_TYPES:
        return None  # service numbers such as 1900…: nobody's own phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _rest(plain, found):
    """What stands beside the numbers, without labels and separators."""
    position, parts = 0, []
    for span in found:
        parts.append(plain[position : span.start])
        position = span.end
    parts.append(plain[position:])
    parts = [_LABEL.sub(" ", part).strip(_EDGES) for part in parts]
    rest = " ".join(" ".join(parts).split())
    if rest.startswith("(") and rest.endswith(")") and rest.count("(") == 1:
        rest = rest[1:-1]
    return rest if any(char.isalnum() for char in rest) else ""


def _touches(plain, span, pattern):
    """True when a word of these letters stands right before or behind the span."""
    start, end = span.start, span.end
    while start and plain[start - 1].isalpha():
        start -= 1
    while end < len(plain) and plain[end].isalpha():
        end += 1
    before, behind = plain[start : span.start], plain[span.end : end]
    return any(word and pattern.fullmatch(word) for word in (before, behind))


def _reason(plain, region):
    """Why the text holds no number."""
    has_letters = any(char.isalpha() for char in _LABEL.sub(" ", plain))
    clusters = list(_clusters(plain))
    if not clusters:
        return NOT_A_NUMBER if has_letters else MISSING
    groups = max(clusters, key=lambda groups: len(_join(groups)))
    digits = _join(groups).replace("+0", "0")
    span = Span(groups[0].start(), groups[-1].end(), None)
    if has_letters and (len(digits) < 6 or _touches(plain, span, _LOOKS_LIKE_DIGITS)):
        return NOT_A_NUMBER
    if region != "VN" or (digits[0] == "+" and not digits.startswith("+84")):
        return _library_reason(digits, region)
    return _length_reason(_national(digits))


def _length_reason(national):
    longest = 10 if national[:1] in ("1", "2") else 9
    shortest = 10 if national[:1] == "2" else 9
    if len(national) > longest:
        return TOO_LONG
    return TOO_SHORT if len(national) < shortest else BAD_PREFIX


def _library_reason(digits, region):
    try:
        number = phonenumbers.parse(digits[: MAX_DIGITS + 1], region)
    except NumberParseException as error:
        if error.error_type == NumberParseException.TOO_LONG:
            return TOO_LONG
        unknown = error.error_type == NumberParseException.INVALID_COUNTRY_CODE
        return BAD_PREFIX if unknown else TOO_SHORT
    possible = phonenumbers.is_possible_number_with_reason(number)
    return _LIBRARY_REASONS.get(possible, BAD_PREFIX)


def _country_code_size(number):
    try:
        return len(str(phonenumbers.parse(number, None).country_code))
    except NumberParseException:
        return 2
