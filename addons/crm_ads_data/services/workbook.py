"""A sheet of an .xlsx as rows of cell texts.

The sheet is streamed, so that a large one does not fill the memory; merged cells, which
a stream does not tell, are read from the sheet's own part of the archive.
"""

import math
import re
import warnings
import zipfile
import zlib
from datetime import date, datetime, time
from io import BytesIO
from itertools import islice

from openpyxl.cell.cell import ERROR_CODES
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from .columns import match_columns
from .exceptions import TableError

MEGABYTE = 1024 * 1024
# What a spreadsheet can hold at all: blank rows beyond it are made to keep us busy.
MAX_SHEET_ROWS = 1_048_576
MAX_PARTS = 5000
MAX_FILLED = 2_000_000
_HEAD = 30
_HEAD_LINES = 1000
_CHUNK = 256 * 1024
_OVERLAP = 200
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}\d+:[A-Z]{1,3}\d+)"')
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
# Everything that damaged archives and XML make openpyxl stumble over.
_DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    InvalidFileException,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
# openpyxl tells what it leaves out of a workbook; none of it matters for reading cells.
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")


def read_sheet(content, limits, sheet=None):
    """``(rows, name, other)``: rows as ``(line, texts)``, sheet name, the others.

    Without ``sheet`` it is the first visible one with known titles, else the first one
    that holds anything. Cells merged downwards all say what the top one says.

    :raise TableError: for anything that is no readable workbook within the limits
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_archive(archive, limits)
            return _read(content, archive, limits, sheet)
    except _DAMAGE as error:
        raise TableError("not_readable") from error


def cell_text(value):
    """What a cell shows: digits of numbers, ISO dates, nothing for errors.

    >>> [cell_text(value) for value in (901234567.0, 1.25, True, None, "#N/A", " a ")]
    ['901234567', '1.25', 'true', '', '', ' a ']
    >>> cell_text(datetime(2026, 10, 1)), cell_text(datetime(2026, 10, 1, 8, 30))
    ('2026-10-01', '2026-10-01T08:30:00')
    >>> cell_text(1.2021028347945251e17)  # the last digits are gone
    '1.20210283479453E+17'
    """
    if isinstance(value, str):
        return "" if value in ERROR_CODES else value.replace("\r\n", "\n")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, datetime):
        is_day = value.time() == time.min
        return value.date().isoformat() if is_day else value.isoformat("T", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return "" if value is None else str(value)


def _float_text(value):
    if not value.is_integer():
        return repr(value) if math.isfinite(value) else ""
    return str(int(value)) if abs(value) < 1e15 else f"{value:.14E}"


def _check_archive(archive, limits):
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if sum(part.file_size for part in parts) > limits.max_unzipped:
        raise TableError("too_large", limit=limits.max_unzipped // MEGABYTE)
    if len(parts) > MAX_PARTS:
        raise TableError("not_readable")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise TableError("macro")
    if "[Content_Types].xml" not in names or "xl/workbook.bin" in names:
        raise TableError("unsupported_format", format="ZIP")
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as stream:
                if _DOCTYPE.search(stream.read(_CHUNK)):
                    raise TableError("not_readable")


def _read(content, archive, limits, wanted):
    reader = ExcelReader(
        BytesIO(content), read_only=True, data_only=True, keep_links=False
    )
    reader.read()
    paths = {found.name: rel.target for found, rel in reader.parser.find_sheets()}
    sheets = [sheet for sheet in reader.wb.worksheets if sheet.title in paths]
    chosen = _choose(sheets, limits, wanted)
    rows = list(_rows(chosen, limits))
    _fill_merged(rows, _merged_ranges(archive, paths[chosen.title]), limits)
    others = [sheet.title for sheet in sheets if sheet is not chosen]
    return rows, chosen.title, others


def _choose(sheets, limits, wanted):
    if wanted:
        for sheet in sheets:
            if sheet.title == wanted:
                return sheet
        raise TableError("sheet_missing", sheet=wanted)
    visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"] or sheets
    if not visible:
        raise TableError("empty")
    heads = {
        sheet: list(islice(_rows(sheet, limits, _HEAD_LINES), _HEAD))
        for sheet in visible
    }
    for sheet, head in heads.items():
        if any(len(match_columns(cells)) > 1 for _line, cells in head):
            return sheet
    return next((sheet for sheet, head in heads.items() if head), visible[0])


def _rows(sheet, limits, last=MAX_SHEET_ROWS):
    """``(line, texts)`` of the sheet's rows up to a line, without the blank ones."""
    sheet.reset_dimensions()  # what a sheet says of its size is often wrong
    width, count = limits.max_columns, 0
    for line, cells in enumerate(sheet.iter_rows(max_row=last, values_only=True), 1):
        if not cells:
            continue
        texts = [cell_text(cell) for cell in cells]
        if not any(text.strip() for text in texts):
            continue
        count += 1
        if count > limits.max_rows + _HEAD:
            raise TableError("too_many_rows", limit=limits.max_rows)
        if any(texts[width:]):
            raise TableError("too_many_columns", limit=width)
        yield line, texts[:width]


def _merged_ranges(archive, path):
    """Bounds of the cells merged downwards: first column, first row, last row."""
    with archive.open(path) as stream:
        tail = b""
        while chunk := stream.read(_CHUNK):
            text = tail + chunk
            end = 0
            for match in _MERGE.finditer(text):
                end = match.end()
                column, first, _last_column, last = range_boundaries(match[1].decode())
                if last > first:
                    yield column - 1, first, last
            tail = text[max(end, len(text) - _OVERLAP) :]


def _fill_merged(rows, ranges, limits):
    by_line = None
    filled = 0
    for column, first, last in ranges:
        if column >= limits.max_columns:
            continue
        by_line = by_line or dict(rows)
        top = by_line.get(first, [])
        text = top[column] if column < len(top) else ""
        below = range(first + 1, min(last, rows[-1][0]) + 1) if text else ()
        filled += len(below)
        if filled > MAX_FILLED:
            raise TableError("not_readable")
        for line in below:
            if line in by_line:
                _fill(by_line[line], column, text)


def _fill(cells, column, text):
    cells.extend([""] * (column + 1 - len(cells)))
    cells[column] = cells[column] or text
