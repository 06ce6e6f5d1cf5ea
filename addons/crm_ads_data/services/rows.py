"""Which rows of one file are new persons, and which ones stood there before.

>>> from .columns import LeadRow
>>> rows = [
...     LeadRow(1, phones=("+84901234567", "+84912345678"), external_ref="a"),
...     LeadRow(2, phones=("+84912345678",)),
...     LeadRow(3, phones=("+84901234567",), external_ref="a"),
...     LeadRow(4, reason="phone_missing"),
...     LeadRow(5, email="lan@a.example"),
...     LeadRow(6, email="lan@a.example"),
... ]
>>> [row.state for row in classify(rows)]
['new', 'duplicate', 'repeated', 'invalid', 'new', 'duplicate']
"""

from collections import Counter
from dataclasses import replace

NEW = "new"
DUPLICATE = "duplicate"
REPEATED = "repeated"
INVALID = "invalid"


def classify(rows):
    """The rows with their ``state``, in order, as a list: ``iter_classified``."""
    return list(iter_classified(rows))


def iter_classified(rows):
    """Each row with its ``state``, in order; one pass, one row at a time.

    - ``invalid``: nobody can be reached by it (``reason`` says why), or a test lead
    - ``repeated``: its lead id stood in an earlier row: nothing new comes of it
    - ``duplicate``: one of its phones (without phones: its e-mail) stood in an earlier
      row; ``duplicate_of`` is the first row of that person
    - ``new``: all others
    """
    persons, refs = {}, {}
    for row in rows:
        yield _judge(row, persons, refs)


def count_states(rows):
    """Totals of classified rows; a repeated lead id counts as a duplicate.

    >>> from .columns import LeadRow
    >>> rows = [LeadRow(1, phones=("+84901234567",)), LeadRow(2, reason="test_lead")]
    >>> count_states(classify(rows))
    {'total': 2, 'valid': 1, 'duplicates': 0, 'invalid': 1}
    """
    states = Counter(row.state for row in rows)
    return {
        "total": states.total(),
        "valid": states[NEW],
        "duplicates": states[DUPLICATE] + states[REPEATED],
        "invalid": states[INVALID],
    }


def _judge(row, persons, refs):
    if row.reason:
        return replace(row, state=INVALID)
    if row.external_ref:
        first = refs.setdefault(row.external_ref, row.row_number)
        if first != row.row_number:
            return replace(row, state=REPEATED, duplicate_of=first)
    keys = row.phones or filter(None, (row.email,))
    first = next((persons[key] for key in keys if key in persons), None)
    for key in (*row.phones, row.email):
        if key:
            persons.setdefault(key, first or row.row_number)
    if first is None:
        return replace(row, state=NEW)
    return replace(row, state=DUPLICATE, duplicate_of=first)
