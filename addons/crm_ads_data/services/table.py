"""A file or a pasted text as a table: its titles and its data rows.

What is no data is left out: title lines above, blank lines, totals. Cost: about 30 µs
per row of a CSV file with 18 columns, 300 µs of an .xlsx (nearly all of it openpyxl's).

>>> table = read_table("DATA MES;\\nTên;SĐT\\n;\\nLan;0901234567\\nTổng;1\\n".encode())
>>> table.header, table.rows, table.lines, table.delimiter
(('Tên', 'SĐT'), ((1, ('Lan', '0901234567')),), (4,), ';')
"""

from dataclasses import dataclass, replace

from .chat import HEADER, split_line
from .delimited import find_delimiter, read_rows
from .encoding import decode
from .exceptions import TableError
from .layout import SEARCH, find_header, is_filled, not_data
from .phone import parse_phones
from .text import clean_text
from .workbook import MEGABYTE, read_sheet

_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP = b"PK\x03\x04"
# Titles of a paste are its very first lines; further down a known word is a name.
_PASTE_SEARCH = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read; more is refused, never cut off."""

    max_bytes: int = 50 * MEGABYTE
    max_unzipped: int = 400 * MEGABYTE
    max_rows: int = 200_000
    max_columns: int = 200


@dataclass(frozen=True, slots=True)
class Table:
    """Titles and rows.

    ``rows`` are ``(number, cells)``: numbers count the data rows from 1, every row has
    as many cells as ``header``. ``lines`` are where the rows stand in the file.
    ``encoding`` is Python's name of it (None for a workbook), ``delimiter`` is
    None where there is none, ``sheet`` the workbook sheet's name. ``warnings`` are
    ``(code, detail)``: ``no_header``, ``other_sheets``, ``undecodable``.
    """

    header: tuple[str, ...] = ()
    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()
    lines: tuple[int, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    warnings: tuple[tuple[str, str], ...] = ()

    def without_columns(self, indexes):
        """The same table without the columns at ``indexes``.

        >>> Table(("a", "b"), ((1, ("x", "y")),)).without_columns([0]).rows
        ((1, ('y',)),)
        """
        left_out = set(indexes)
        kept = [index for index in range(len(self.header)) if index not in left_out]
        rows = ((number, tuple(cells[i] for i in kept)) for number, cells in self.rows)
        return replace(
            self, header=tuple(self.header[i] for i in kept), rows=tuple(rows)
        )


DEFAULT_LIMITS = Limits()


def read_table(content, filename="", limits=DEFAULT_LIMITS, sheet=None):
    """Read a file; what it is, its bytes decide.

    :param content: bytes of a CSV, TSV or XLSX file
    :param filename: decides only where the bytes do not (an .xls without any mark)
    :param limits: ``Limits``
    :param sheet: name of the sheet to read, else the first one with known titles
    :return: ``Table``
    :raise TableError: when it cannot be read or is over a limit
    """
    if not content or not content.strip():
        raise TableError("empty")
    if len(content) > limits.max_bytes:
        raise TableError("too_large", limit=limits.max_bytes // MEGABYTE)
    if content.startswith(_OLD_EXCEL):
        raise TableError("encrypted" if _ENCRYPTED in content else "old_excel")
    if content.startswith(_ZIP):
        return _read_workbook(content, limits, sheet)
    return _read_text_file(content, filename, limits)


def read_pasted(text, limits=DEFAULT_LIMITS):
    """Read pasted rows: copied from a sheet, with titles or not, or from chats.

    Without titles each line is one person (``services.chat``).

    :raise TableError: when there is nothing in it or too much

    >>> read_pasted("Mai\\t981504166\\nc Nhung 0322335911, hỏi ship").rows[1]
    (2, ('', 'c Nhung', '0322335911', '', 'hỏi ship'))
    """
    text = "\n".join(map(clean_text, (text or "").splitlines()))
    if not text.strip():
        raise TableError("empty")
    if len(text) > limits.max_bytes:
        raise TableError("too_large", limit=limits.max_bytes // MEGABYTE)
    delimiter = find_delimiter(text)
    rows = _check(read_rows(text, delimiter), limits)
    if find_header([cells for _line, cells in rows], _PASTE_SEARCH) is None:
        return _read_lines(text, limits)
    return replace(_build(rows, _PASTE_SEARCH), delimiter=delimiter)


def _read_workbook(content, limits, sheet):
    rows, name, others = read_sheet(content, limits, sheet)
    warnings = (("other_sheets", ", ".join(others)),) if others else ()
    table = _build(rows)
    return replace(table, sheet=name, warnings=table.warnings + warnings)


def _read_text_file(content, filename, limits):
    text, encoding = decode(content)
    if not text.strip():
        raise TableError("empty")
    delimiter = find_delimiter(text)
    if text[:4].lower() == "sep=":
        text = text.split("\n", 1)[-1]
    rows = _check(read_rows(text, delimiter), limits)
    warnings = (("undecodable", encoding),) if "\ufffd" in text else ()
    if _has_no_titles(rows):
        table = _read_lines(text, limits)
    else:
        table = replace(_build(rows), delimiter=delimiter)
    return replace(table, encoding=encoding, warnings=table.warnings + warnings)


def _check(records, limits):
    """The records that are not blank, as long as they are within the limits."""
    rows = []
    for line, cells in records:
        if not is_filled(cells):
            continue
        if len(cells) > limits.max_columns:
            raise TableError("too_many_columns", limit=limits.max_columns)
        if len(rows) > limits.max_rows + SEARCH:
            raise TableError("too_many_rows", limit=limits.max_rows)
        rows.append((line, cells))
    return rows


def _has_no_titles(rows):
    """True when the first row is somebody already."""
    head = [cells for _line, cells in rows[:SEARCH]]
    if not head or find_header(head) is not None:
        return False
    return any(parse_phones(cell).numbers for cell in head[0])


def _read_lines(text, limits):
    """A table of lines without titles, one person each."""
    lines = [
        (number, split_line(line))
        for number, line in enumerate(text.splitlines(), 1)
        if is_filled([line])
    ]
    if len(lines) > limits.max_rows:
        raise TableError("too_many_rows", limit=limits.max_rows)
    rows = tuple((number, cells) for number, (_line, cells) in enumerate(lines, 1))
    origins = tuple(line for line, _cells in lines)
    return Table(HEADER, rows, origins, warnings=(("no_header", ""),))


def _build(rows, search=SEARCH):
    """The titles and the numbered data rows below them."""
    if not rows:
        raise TableError("empty")
    head = [cells for _line, cells in rows[:search]]
    position = find_header(head, search) or 0
    data = rows[position + 1 :]
    width = max((_width(cells) for _line, cells in data), default=0)
    titles = [*head[position]]
    titles = titles[: max(_width(titles), width)]
    header = tuple(titles + [""] * (width - len(titles)))
    skip = not_data(header)
    kept = []
    for line, cells in data:
        padded = tuple(cells[: len(header)]) + ("",) * (len(header) - len(cells))
        if not skip(padded):
            kept.append((line, padded))
    numbered = tuple((number, cells) for number, (_line, cells) in enumerate(kept, 1))
    return Table(header, numbered, tuple(line for line, _cells in kept))


def _width(cells):
    """How many cells there are up to the last one that says anything."""
    width = len(cells)
    while width and not cells[width - 1].strip():
        width -= 1
    return width
