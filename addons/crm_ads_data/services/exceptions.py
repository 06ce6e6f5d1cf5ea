"""What can go wrong while a file is read, as machine codes; the models word them."""


class TableError(Exception):
    """A file or a pasted text that cannot be read as a table.

    ``code`` is one of the following, ``values`` are what a message about it can name:

    - ``empty``: no bytes, or nothing but blanks
    - ``too_large``: more than ``limit`` MB, as it is or unpacked
    - ``too_many_rows``, ``too_many_columns``: more than ``limit``
    - ``cell_too_large``: a cell of more than ``limit`` characters near ``line``
    - ``macro``: a workbook that carries macros
    - ``old_excel``: a workbook of Excel 97-2003 (.xls)
    - ``encrypted``: a workbook with a password
    - ``unsupported_format``: another kind of file, its name in ``format``
    - ``sheet_missing``: the workbook has no sheet named ``sheet``
    - ``not_readable``: damaged, or neither text nor a workbook

    >>> error = TableError("too_many_rows", limit=10)
    >>> error.code, error.values, str(error)
    ('too_many_rows', {'limit': 10}, "too_many_rows {'limit': 10}")
    """

    def __init__(self, code, **values):
        self.code = code
        self.values = values
        super().__init__(f"{code} {values}" if values else code)
