import base64

from odoo import api, models
from odoo.exceptions import UserError

from ...services.columns import iter_rows
from ...services.exceptions import TableError
from ...services.report import is_report
from ...services.rows import iter_classified
from ...services.table import read_table

# Our own columns in an error file begin with this mark; a reload passes over them.
OWN_COLUMN_MARK = "#"
# What the services say of a row, as the line's state in the preview.
PREVIEW_STATES = {
    "new": "ready",
    "duplicate": "duplicate",
    "repeated": "repeated",
    "invalid": "error",
}


class CrmAdsImport(models.Model):
    """Reading the file: its columns, and what will become of each row.

    SPECIFICATION
    - Nothing is taken in by reading; it can be done again and again, with the columns
      as somebody has put them right.
    - What cannot be read is refused with what to do about it.

    COST: rows are read one at a time and written as lines, 1000 a statement; about
    0.1 ms per row of a CSV file, 0.4 ms of an .xlsx.
    """

    _inherit = "crm.ads.import"

    def action_preview(self):
        """Read the file and show what will become of each row; nothing is taken in yet.

        :raise UserError: when the file cannot be read, with what to do about it
        """
        for record in self:
            record.check_access("write")
            record._check_not_started()
            record._preview()
        return True

    def _preview(self):
        """Replace the lines by what the file says now."""
        table = self._read_file()
        if not table.rows:
            raise UserError(self.env._("%(file)s holds no rows.", file=self.filename))
        # sudo: lines, columns and counts are written by the import only; the import
        # itself was checked
        record = self.sudo()
        if (
            record.state == "draft"
            and record.kind == "data"
            and is_report(table.header)
        ):
            record.kind = "insight"
        mapping = record.column_ids._match(record, table)
        values = record._get_line_reader()(table, mapping)
        record._drop_lines()
        self.env["crm.ads.import.line"].sudo()._insert(record, values)
        record.write(
            {
                "state": "ready",
                "header": list(table.header),
                "encoding": table.encoding or False,
                "remark": self._get_remark(table),
                "failure": False,
                "attempts": 0,
                "needs_reading": False,
            }
        )
        self._update_counts()

    def _get_line_reader(self):
        """The method that gives the values of the lines for a table and its columns."""
        return {
            "data": self._iter_data_line_values,
            "insight": self._iter_insight_line_values,
        }[self.kind]

    def _drop_lines(self):
        self.line_ids.invalidate_recordset()
        self.env.cr.execute(
            "DELETE FROM crm_ads_import_line WHERE import_id = %s", [self.id]
        )
        self.invalidate_recordset(["line_ids", "shown_line_ids"])

    def _read_file(self):
        """The file as a table, without the columns that an error file of ours added.

        :raise UserError: when it cannot be read
        """
        self.ensure_one()
        try:
            content = base64.b64decode(self.with_context(bin_size=False).file or b"")
            table = read_table(content, self.filename)
        except TableError as error:
            raise UserError(self._get_table_error_text(error)) from error
        own = [
            index
            for index, title in enumerate(table.header)
            if title.startswith(OWN_COLUMN_MARK)
        ]
        return table.without_columns(own) if own else table

    def _iter_data_line_values(self, table, mapping):
        """Rows of people as values of lines, one at a time."""
        timezone = self.company_id._get_ads_timezone()
        for row in iter_classified(iter_rows(table, mapping, tz=timezone)):
            yield self._prepare_line_values(row)

    def _prepare_line_values(self, row):
        phones = [*row.phones, None, None]
        return {
            "row_number": row.row_number,
            "raw": list(row.raw.values()),
            "date": row.created_time and row.created_time.isoformat(),
            "name": row.name,
            "phone": phones[0] or row.phone_text,
            "phone2": phones[1],
            "email": row.email,
            "province": row.province,
            "note": row.note,
            "external_ref": row.external_ref,
            "ad_ref": row.ad_ref,
            "ad_name": row.ad_name,
            "adset_name": row.adset_name,
            "campaign_ref": row.campaign_ref,
            "campaign_name": row.campaign_name,
            "state": PREVIEW_STATES[row.state],
            "reason": row.reason,
        }

    def _get_remark(self, table):
        """What a person should know of how the file was read."""
        texts = {
            "other_sheets": self.env._(
                "Read was the sheet %(sheet)s; the workbook has others:",
                sheet=table.sheet,
            ),
            "undecodable": self.env._(
                "Some letters could not be read; the encoding was taken for:"
            ),
            "no_header": self.env._(
                "The file has no titles: each line was read as one person."
            ),
        }
        return "\n".join(
            f"{texts[code]} {detail}".strip()
            for code, detail in table.warnings
            if code in texts
        )

    @api.model
    def _get_table_error_text(self, error):
        """What a ``TableError`` means, in the reader's language."""
        texts = {
            "empty": self.env._("The file is empty."),
            "too_large": self.env._(
                "The file is larger than %(limit)s MB. Split it and load the parts.",
                limit=error.values.get("limit"),
            ),
            "too_many_rows": self.env._(
                "The file has more than %(limit)s rows. Split it and load the parts.",
                limit=error.values.get("limit"),
            ),
            "too_many_columns": self.env._(
                "The file has more than %(limit)s columns; is it the right sheet?",
                limit=error.values.get("limit"),
            ),
            "old_excel": self.env._(
                "This is an old Excel file (.xls). Save it as .xlsx or CSV and load"
                " that."
            ),
            "macro": self.env._(
                "Workbooks with macros are not taken in. Save it as .xlsx without"
                " macros."
            ),
        }
        texts |= {
            "encrypted": self.env._(
                "The workbook is protected by a password. Take that off and load it."
            ),
            "unsupported_format": self.env._(
                "A file of the kind %(format)s is not taken in; CSV, TSV and Excel"
                " are.",
                format=error.values.get("format"),
            ),
            "cell_too_large": self.env._(
                "Near line %(line)s a cell is far too long; is a quotation mark open?",
                line=error.values.get("line"),
            ),
        }
        unreadable = self.env._(
            "This file cannot be read as CSV, TSV or Excel. Export it once more."
        )
        return texts.get(error.code, unreadable)
