"""Where a sheet's titles stand, and which of its rows are data."""

from .columns import match_columns
from .phone import parse_phones
from .text import alias_key

# Titles stand among the first rows that are not blank.
SEARCH = 30
_TOTALS = {
    *("tong", "tong cong", "tong so", "tong ket", "cong", "total", "totals"),
    *("grand total", "sum", "tong cong cac hang", "ket qua tu"),
}
# Columns of an ad report that a row of totals leaves empty.
_REPORT_KEYS = ("campaign_name", "adset_name", "ad_name", "ad_ref", "created_time")


def find_header(rows, search=SEARCH):
    """The position of the row with the most known titles; None without such a row.

    >>> find_header([["DATA"], ["STT", "Tên KH", "SĐT"], ["1", "Lan", "0901234567"]])
    1
    >>> find_header([["SĐT"], ["0901234567"]]), find_header([["Lan", "0901234567"]])
    (0, None)
    """
    best, most = None, 0
    for position, cells in enumerate(rows[:search]):
        known = len(match_columns(cells))
        if known > most and _can_be_header(position, cells, known):
            best, most = position, known
    return best


def is_filled(cells):
    """True when a cell of the row says anything.

    >>> is_filled(["", " \\u200b"]), is_filled(["", "0"])
    (False, True)
    """
    return any(cell.strip(" \t\r\n\xa0\u200b\ufeff") for cell in cells)


def not_data(header):
    """A test for rows that are no data: totals, and titles that stand there again."""
    mapping = match_columns(header)
    phone = mapping.get("phone")
    keys = [mapping[name] for name in _REPORT_KEYS if name in mapping]
    is_report = phone is None and "created_time" in mapping and len(keys) > 1
    titles = tuple(header)

    def test(cells):
        if cells == titles or (is_report and not any(cells[key] for key in keys)):
            return True
        first = next(filter(str.strip, cells), "")
        if len(first) > 40 or alias_key(first) not in _TOTALS:
            return False
        return phone is None or not parse_phones(cells[phone]).numbers

    return test


def _can_be_header(position, cells, known):
    filled = sum(1 for cell in cells if cell.strip())
    if filled == 1:
        return position == 0
    return known > 1 or not any(char.isdigit() for cell in cells for char in cell)
