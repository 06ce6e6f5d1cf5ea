"""Rows of an ads manager's report as what each ad cost and did on each day.

Columns are found by their titles in Vietnamese and English, as ``services.columns``
does it; the currency stands in a title: ``Amount spent (VND)``. Numbers are whatever a
spreadsheet or a program wrote: ``1.234.567``, ``1,234.50``, ``282.379 ₫``; money is
exact (``Decimal``).

>>> from .table import Table
>>> table = Table(
...     ("Ad name", "Day", "Amount spent (USD)", "Impressions"),
...     ((1, ("A", "2026-10-01", "12.5", "1,200")), (2, ("A", "", "x", ""))),
... )
>>> rows = map_report(table)
>>> rows[0].day, rows[0].figures
(datetime.date(2026, 10, 1), {'spend': Decimal('12.5'), 'impressions': 1200})
>>> rows[1].reason, find_currency(table.header, match_report(table.header))
('day_missing', 'USD')
"""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .columns import match_columns
from .dates import is_month_first, parse_day
from .numbers import find_decimal_mark, parse_number
from .text import alias_key, clean_text, normalise_name

DAY_MISSING = "day_missing"
BAD_DATE = "bad_date"
BAD_NUMBER = "bad_number"
NO_SPEND = "no_spend_column"
AD_MISSING = "ad_missing"
REPLACED = "replaced"

# Of several titles that one field has, the first that a report holds is taken.
ALIASES = {
    "day": "day|ngày|date|reporting day|ngày báo cáo|by day|theo ngày",
    "period_start": "reporting starts|bắt đầu báo cáo|lượt bắt đầu báo cáo|start date"
    "|ngày bắt đầu báo cáo|ngày bắt đầu",
    "period_end": "reporting ends|kết thúc báo cáo|lượt kết thúc báo cáo|end date"
    "|ngày kết thúc báo cáo|ngày kết thúc",
    "spend": "amount spent|số tiền đã chi tiêu|spend|cost|total cost|chi phí|chi tiêu"
    "|đã chi tiêu|tổng chi phí|tiền quảng cáo|chi phí quảng cáo",
    "impressions": "impressions|lượt hiển thị|số lần hiển thị|số lượt hiển thị"
    "|hiển thị",
    "reach": "reach|người tiếp cận|số người tiếp cận|lượt tiếp cận|tiếp cận",
    "clicks": "clicks all|lượt click tất cả|số lần nhấp tất cả|lượt nhấp tất cả|clicks"
    "|click|lượt click|lượt nhấp|số lần nhấp|số lượt nhấp|link clicks"
    "|lượt click vào liên kết|số lượt click vào liên kết|lượt nhấp vào liên kết"
    "|số lần nhấp vào liên kết|clicks destination",
    "messages": "messaging conversations started"
    "|lượt bắt đầu cuộc trò chuyện qua tin nhắn|cuộc trò chuyện qua tin nhắn"
    "|số cuộc trò chuyện qua tin nhắn đã bắt đầu|conversations|tin nhắn|số tin nhắn",
    "leads": "leads|khách hàng tiềm năng|meta leads|on facebook leads|số lead|lead"
    "|leads form|khách hàng tiềm năng mẫu",
}
# What the report says of an ad, by the titles that lead files have too.
AD_FIELDS = ("ad_ref", "ad_name", "adset_name", "campaign_ref", "campaign_name")
COUNTS = ("impressions", "reach", "clicks", "messages", "leads")
FIGURES = ("spend", *COUNTS)
# Columns by which a day of an ad is parted further: then no row is the whole day.
BREAKDOWNS = {
    *("age", "tuoi", "do tuoi", "gender", "gioi tinh", "platform", "nen tang"),
    *("placement", "vi tri hien thi", "vi tri quang cao", "country", "quoc gia"),
    *("region", "khu vuc", "vung", "device platform", "impression device"),
    *("thiet bi hien thi", "nen tang thiet bi", "gio trong ngay", "time of day"),
    "time of day ad account time zone",
}
MAX_COUNT = 2_147_483_647
MAX_SPEND = Decimal(10) ** 13

_CURRENCY = re.compile(r"[(\[]\s*([A-Z]{3})\s*[)\]]\s*$")


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One ad on one day.

    ``figures`` holds the fields of ``FIGURES`` whose columns the report has, 0 for
    empty cells. ``reason`` is why the row cannot be booked: a code above, or None.
    ``raw`` holds the cells as they stood.
    """

    row_number: int
    day: date | None = None
    figures: dict = field(default_factory=dict)
    reason: str | None = None
    ad_ref: str | None = None
    ad_name: str | None = None
    adset_name: str | None = None
    campaign_ref: str | None = None
    campaign_name: str | None = None
    raw: tuple[str, ...] = ()


def match_report(header):
    """The index of each known column of a report by the name of its field.

    >>> match_report(["Ngày", "Số tiền đã chi tiêu (VND)", "Lượt click vào liên kết",
    ...     "Lượt click (tất cả)", "Tên quảng cáo"])
    {'ad_name': 4, 'day': 0, 'spend': 1, 'clicks': 3}
    """
    names = match_columns(header)
    mapping = {name: names[name] for name in AD_FIELDS if name in names}
    by_key = {}
    for index, title in enumerate(header):
        by_key.setdefault(_title_key(title), index)
    for name, aliases in ALIASES.items():
        keys = (alias_key(alias) for alias in aliases.split("|"))
        index = next((by_key[key] for key in keys if key in by_key), None)
        if index is not None:
            mapping[name] = index
    return mapping


def is_report(header):
    """True for the titles of a report: money spent, and nobody's phone or e-mail.

    >>> is_report(["Ad name", "Day", "Amount spent (VND)"]), is_report(["Tên", "SĐT"])
    (True, False)
    """
    people = match_columns(header)
    return "spend" in match_report(header) and not {"phone", "email"} & people.keys()


def find_currency(header, mapping):
    """The code that stands behind the title of the money, or None."""
    index = mapping.get("spend")
    match = index is not None and _CURRENCY.search(clean_text(header[index]))
    return match[1] if match else None


def has_breakdown(header):
    """True when a day of an ad is parted further, by age, place or the like.

    >>> has_breakdown(["Ngày", "Độ tuổi"]), has_breakdown(["Ngày"])
    (True, False)
    """
    return any(alias_key(title) in BREAKDOWNS for title in header)


def has_days(table, mapping):
    """True when each row can be booked on a day.

    There is a column of days, or each row's period is one day, or a column that nobody
    knows holds days.

    >>> from .table import Table
    >>> header = ("Ad", "Reporting starts", "Reporting ends", "Spend")
    >>> whole = Table(header, ((1, ("A", "2026-10-01", "2026-10-30", "5")),))
    >>> has_days(whole, match_report(header))
    False
    >>> one = Table(header, ((1, ("A", "2026-10-01", "2026-10-01", "5")),))
    >>> has_days(one, match_report(header))
    True
    """
    if "day" in mapping or not table.rows:
        return True
    start, end = mapping.get("period_start"), mapping.get("period_end")
    if None not in (start, end) and all(
        cells[start] == cells[end] for _number, cells in table.rows
    ):
        return True
    taken = {mapping[name] for name in (*ALIASES, *AD_FIELDS) if name in mapping}
    _number, first = table.rows[0]
    return any(
        parse_day(cell) for index, cell in enumerate(first) if index not in taken
    )


def map_report(table, mapping=None, decimals=0):
    """Every row of the table as a ``ReportRow``, in order.

    Of several rows of one ad and day the last holds; the others are ``replaced``.

    :param table: a ``services.table.Table``
    :param mapping: what ``match_report`` gave, or as a person changed it
    :param decimals: how many decimals the currency has: without any, ``282.379`` is
        a whole number
    """
    if mapping is None:
        mapping = match_report(table.header)
    mapper = _Mapper(table, mapping, decimals)
    rows, last = [], {}
    for number, cells in table.rows:
        row = mapper.map(number, cells)
        if not row.reason:
            key = (
                row.day,
                row.ad_ref or (row.campaign_name, row.adset_name, row.ad_name),
            )
            if key in last:
                rows[last[key]] = mapper.replaced(rows[last[key]])
            last[key] = len(rows)
        rows.append(row)
    return rows


class _Mapper:
    """Maps the rows of one report; knows how it writes days and numbers."""

    def __init__(self, table, mapping, decimals):
        self.mapping = mapping
        names = {mapping[name] for name in AD_FIELDS if name in mapping}
        columns = {
            index: [cells[index] for _number, cells in table.rows]
            for index in range(len(table.header))
            if index not in names
        }
        self.month_first = {
            name: is_month_first(columns[mapping[name]])
            for name in ("day", "period_start", "period_end")
            if name in mapping
        }
        known = {
            name: columns[mapping[name]]
            for name in FIGURES
            if mapping.get(name) in columns
        }
        self.marks = _find_marks(known, columns.values(), decimals)

    def map(self, number, cells):
        """The cells of one row as a ``ReportRow``."""
        ad = {name: self._name(cells, name) for name in AD_FIELDS}
        day, reason = self._day(cells)
        figures = {
            name: self._figure(name, cells[index])
            for name, index in self.mapping.items()
            if name in FIGURES
        }
        if None in figures.values():
            reason = reason or BAD_NUMBER
        if "spend" not in figures:
            reason = NO_SPEND
        elif not (ad["ad_ref"] or ad["ad_name"]):
            reason = reason or AD_MISSING
        return ReportRow(
            number, day, {} if reason else figures, reason, raw=tuple(cells), **ad
        )

    @staticmethod
    def replaced(row):
        """The row as one whose ad and day stand further down once more."""
        names = {name: getattr(row, name) for name in AD_FIELDS}
        return ReportRow(
            row.row_number, row.day, row.figures, REPLACED, raw=row.raw, **names
        )

    def _name(self, cells, name):
        index = self.mapping.get(name)
        return None if index is None else normalise_name(cells[index])

    def _day(self, cells):
        index = self.mapping.get("day")
        text = "" if index is None else cells[index].strip()
        if text:
            day = parse_day(text, self.month_first["day"])
            return day, None if day else BAD_DATE
        start, end = (
            self._bound(cells, name) for name in ("period_start", "period_end")
        )
        return (start, None) if start and start == end else (None, DAY_MISSING)

    def _bound(self, cells, name):
        index = self.mapping.get(name)
        return (
            None if index is None else parse_day(cells[index], self.month_first[name])
        )

    def _figure(self, name, text):
        """The figure; None when the cell holds no number that can be one."""
        number = parse_number(text, self.marks.get(name, "."))
        if number is None or number < 0:
            return None
        if name == "spend":
            return number if number < MAX_SPEND else None
        whole = int(number) if number <= MAX_COUNT else None
        return whole if whole == number else None


def _find_marks(known, columns, decimals):
    """The decimal mark of each figure's column.

    Its own numbers decide, else those of the whole report; counts have no decimals.
    """
    counts = [cell for name in COUNTS for cell in known.get(name, ())]
    table = find_decimal_mark(counts, whole=True) or find_decimal_mark(
        cell for cells in columns for cell in cells
    )
    return {
        name: find_decimal_mark(cells, whole=name != "spend" or not decimals)
        or table
        or "."
        for name, cells in known.items()
    }


def _title_key(title):
    return alias_key(_CURRENCY.sub("", clean_text(title)))
