"""Rows of opening balances, read from a file or pasted text: no ORM."""

import csv
import io
import math
import re
from datetime import date, datetime

import openpyxl

from odoo.addons.crm_campaign_partner.services.send.message import strip_accents

# What people call the columns.
HEADERS = {
    "customer": ("customer", "khach hang", "ma khach hang", "ref", "name", "ten"),
    "phone": ("phone", "mobile", "dien thoai", "so dien thoai", "sdt"),
    "email": ("email", "e-mail", "mail"),
    "number": ("card", "card number", "so the", "ma the", "the"),
    "points": ("points", "balance", "diem", "so diem", "so du"),
    "since": ("since", "member since", "ngay cap", "ngay tham gia"),
    "until": ("until", "valid until", "han dung", "ngay het han", "het han"),
}


class UnreadableError(ValueError):
    """The file or the text is not a table; the message says what is wrong."""


def plain(text):
    """Return the words without accents, as headers are compared.

    >>> plain("  Số Điểm ")
    'so diem'
    """
    return " ".join(strip_accents(str(text or "")).lower().split())


def find_columns(header):
    """Return the place of each column we know.

    >>> find_columns(["Số điện thoại", "Ghi chú", "Điểm"])
    {'phone': 0, 'points': 2}
    """
    columns = {}
    for place, title in enumerate(header):
        for name, titles in HEADERS.items():
            if plain(title) in titles and name not in columns:
                columns[name] = place
    return columns


def parse_points(value):
    """Return a number of points, however thousands are written; None when it is none.

    >>> [parse_points(points) for points in ("1.250", "12,5", 300, "x", "nan", "inf")]
    [1250.0, 12.5, 300.0, None, None, None]
    """
    text = "" if value is None else str(value).replace(" ", "")
    if isinstance(value, str) and re.fullmatch(r"\d{1,3}([.,]\d{3})+", text):
        text = re.sub(r"[.,]", "", text)
    try:
        points = float(text.replace(",", "."))
    except ValueError:
        return None
    return points if math.isfinite(points) else None


def parse_day(value):
    """Return a date; None when there is none; raise ValueError when it is no date.

    >>> parse_day("31/12/2026"), parse_day("2026-12-31"), parse_day("")
    (datetime.date(2026, 12, 31), datetime.date(2026, 12, 31), None)
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value or "").strip()
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise ValueError(text)


def read_table(content, limit):
    """Return the rows of an XLSX file or of a text with tabs, commas or semicolons.

    >>> read_table(b"phone;points\\n0901234567;20", 10)
    [['phone', 'points'], ['0901234567', '20']]
    """
    rows = _read_sheet(content) if content[:2] == b"PK" else _read_text(content)
    rows = [row for row in rows if any(str(cell or "").strip() for cell in row)]
    if len(rows) > limit + 1:
        raise UnreadableError(f"more than {limit} rows")
    return rows


def _read_sheet(content):
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        return [list(row) for row in book.active.iter_rows(values_only=True)]
    except Exception as error:
        raise UnreadableError(str(error)) from error


def _read_text(content):
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError("not UTF-8") from error
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max("\t;,", key=first.count)
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))
