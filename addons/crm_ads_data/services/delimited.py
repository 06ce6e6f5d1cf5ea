"""CSV, TSV and the like as rows of cells.

>>> list(read_rows("a;b\\n1;'x;y'\\n", ";"))
[(1, ['a', 'b']), (2, ['1', "'x", "y'"])]
>>> find_delimiter("Tên;Số tiền\\nLan;1,5\\nHoa;2,5\\n")
';'
"""

import csv
import io
from collections import Counter, deque
from itertools import chain, islice

from .columns import match_columns
from .exceptions import TableError

DELIMITERS = "\t,;|"
# Twice what a spreadsheet's cell can hold.
MAX_CELL = 65_536
_SAMPLE = 65_536
_SAMPLE_ROWS = 40
# A row that no file holds: seen last, it tells that no quotation was left open.
_END = "\x1fend of file\x1f"


def read_rows(text, delimiter):
    """``(line, cells)`` per record; ``line`` is where the record begins, from 1.

    A quotation that is never closed is no quotation: then quotes are ordinary letters.

    :raise TableError: ``cell_too_large``
    """
    if _is_balanced(text, delimiter):
        return _records(text, delimiter, csv.QUOTE_MINIMAL)
    return _records(text, delimiter, csv.QUOTE_NONE)


def find_delimiter(text):
    """The delimiter by which the first lines make the best table."""
    hint = text[:6].lower()
    if hint[:4] == "sep=" and hint[4:5] in tuple(DELIMITERS):
        return hint[4]
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    return max(DELIMITERS, key=lambda delimiter: _score(sample, delimiter))


def _records(text, delimiter, quoting):
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting
    )
    line = 1
    try:
        for cells in reader:
            if any(len(cell) > MAX_CELL for cell in cells):
                raise TableError("cell_too_large", line=line, limit=MAX_CELL)
            yield line, [cell.replace("\r\n", "\n") for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:  # over the module's own limit, which anybody may set
        raise TableError("cell_too_large", line=line, limit=MAX_CELL) from error


def _is_balanced(text, delimiter):
    if '"' not in text:
        return True
    lines = chain(io.StringIO(text, newline=""), (_END,))
    try:
        records = deque(csv.reader(lines, delimiter=delimiter), maxlen=1)
    except csv.Error:
        return False
    return list(records) == [[_END]]


def _score(sample, delimiter):
    """How well it parts: known titles, records of one width, that width."""
    try:
        rows = [cells for _line, cells in _first(_records(sample, delimiter, 0))]
    except TableError:
        return (0, 0, 0)
    titles = max((len(match_columns(cells)) for cells in rows[:30]), default=0)
    widths = Counter(len(cells) for cells in rows if len(cells) > 1)
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    return (titles if titles > 1 else 0, count, width)


def _first(records):
    return islice(records, _SAMPLE_ROWS)
