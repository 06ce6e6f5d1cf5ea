"""Lines copied from chats: one person a line, no columns, only the phone is certain.

>>> split_line("Nguyễn Văn Bình - 0349.467.391 - máy ép")
('', 'Nguyễn Văn Bình', '0349.467.391', '', 'máy ép')
>>> split_line("sđt: 84 588 220 533 tên Thảo")
('', 'Thảo', '84 588 220 533', '', '')
>>> split_line("01/10/2026\\tc ánh\\t0344672306\\tanh@khach.example")
('01/10/2026', 'c ánh', '0344672306', 'anh@khach.example', '')
>>> split_line("khách hẹn mai cho số")
('', '', '', '', 'khách hẹn mai cho số')
"""

import re

from .phone import find_spans, plain_text
from .text import clean_text, find_email

HEADER = ("created_time", "name", "phone", "email", "note")
MAX_LINE = 2000
# Fewer digits than this are an hour, a price or an age, not an attempt at a phone.
MIN_DIGITS = 6

_DATE = re.compile(
    r"\s*([0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{2,4})?|[0-9]{4}-[0-9]{2}-[0-9]{2})(?=\s)"
)
_SEPARATOR = re.compile(r"\t|[,;|\n]|\s[-–—]\s|\s[-–—]$|^[-–—]\s")
_LABEL = re.compile(
    r"^(?:tên|ten|họ tên|name)\s*:?\s+|"
    r"(?:^|\s)(?:sđt|sdt|số điện thoại|số đt|đt|dt|tel|phone|e-?mail)\s*:?\s*$",
    re.IGNORECASE,
)
_EDGES = " \t\r\n-–—,;:|/.()'"


def split_line(line):
    """The cells of a line: date, name, phone, e-mail, note (see ``HEADER``).

    The name is what stands before the phone, else right behind it; all else is the
    note. A phone that cannot be one is still given, so that its row can say why.
    """
    text = plain_text(clean_text(line)[:MAX_LINE])
    date, text = _take_date(text)
    email, text = _take_email(text)
    start, end = _phone_bounds(text)
    before = _pieces(text[:start])
    behind = _pieces(text[end:])
    if start == end:
        return date, "", "", email, ", ".join(before)
    name = (before or behind or [""])[0]
    rest = before[1:] + behind if before else behind[1:]
    return date, name, text[start:end], email, ", ".join(rest)


def _take_date(text):
    match = _DATE.match(text)
    return (match[1], text[match.end() :]) if match else ("", text)


def _take_email(text):
    match = find_email(text)
    if not match:
        return "", text
    return match[0], f"{text[: match.start()]}\t{text[match.end() :]}"


def _phone_bounds(text):
    """Where the numbers stand, else the run of digits that looks most like one."""
    spans = find_spans(text)
    found = [span for span in spans if span.number]
    if found:
        return found[0].start, found[-1].end
    sizes = {
        span: sum(char.isdigit() for char in text[span.start : span.end])
        for span in spans
    }
    longest = max(sizes, key=sizes.get, default=None)
    if longest is None or sizes[longest] < MIN_DIGITS:
        return len(text), len(text)
    return _whole_word(text, longest.start, longest.end)


def _whole_word(text, start, end):
    while start and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return start, end


def _pieces(text):
    pieces = (piece.strip(_EDGES) for piece in _SEPARATOR.split(text))
    pieces = (_LABEL.sub("", piece).strip(_EDGES) for piece in pieces)
    return [piece for piece in pieces if piece]
