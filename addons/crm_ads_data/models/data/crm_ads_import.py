import base64

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...services.columns import map_rows, match_columns
from ...services.exceptions import TableError
from ...services.rows import classify
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
    """Import of a file of customer data, such as a Meta lead-form export.

    SPECIFICATION (002.19, N10)
    - CSV, TSV or XLSX in any of the encodings they come in; columns are found by
      their names in Vietnamese and English (see ``services``).
    - ``draft`` > ``action_preview`` > ``ready``: every row stands as a line with what
      will become of it > ``action_start`` > ``running`` > ``done``.
    - A bad row never stops a good one: it stays a line in error with its reason, and
      ``action_download_errors`` gives those rows as a file to mend and load again.
    - Each row goes to the ad that it names, made in ``account_id`` when missing; rows
      that name none go to ``ad_id``, else to the account's organic ad.
    - Runs in batches of 500, each committed by the cron: a killed server goes on with
      the first row that is not finished, and a lead id is never taken in twice.

    COST per batch: one search for the ads, three INSERTs for the claims, the ORM's
    batch create of the data and one UPDATE of the lines.
    """

    _name = "crm.ads.import"
    _description = "Ads Data Import"
    _order = "id desc"
    _rec_name = "filename"

    file = fields.Binary(required=True, attachment=True, copy=False)
    filename = fields.Char(required=True, copy=False)
    kind = fields.Selection([("data", "Customer data")], required=True, default="data")
    account_id = fields.Many2one(
        "crm.ads.account",
        string="Ad Account",
        required=True,
        index=True,
        ondelete="cascade",
        compute="_compute_account_id",
        store=True,
        readonly=False,
        precompute=True,
        domain=[("is_running", "=", True)],
    )
    ad_id = fields.Many2one(
        "crm.ads.ad",
        string="Ad for Rows without One",
        domain="[('is_open', '=', True), ('account_id', '=?', account_id)]",
        help="Empty: such rows go to the account's organic ad.",
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("ready", "Ready"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
    )
    header = fields.Json(readonly=True, copy=False)
    encoding = fields.Char(readonly=True, copy=False)
    columns_text = fields.Text(
        string="Columns", compute="_compute_columns_text", help="How columns were read."
    )
    failure = fields.Char(readonly=True, copy=False)
    line_ids = fields.One2many("crm.ads.import.line", "import_id", readonly=True)
    total_count = fields.Integer(string="Rows", compute="_compute_counts")
    done_count = fields.Integer(
        string="Taken In", compute="_compute_counts", help="Rows that became data."
    )
    error_count = fields.Integer(string="Errors", compute="_compute_counts")
    duplicate_count = fields.Integer(
        string="Duplicates",
        compute="_compute_counts",
        help="Rows whose person, or whose lead id, was there before.",
    )
    progress = fields.Float(
        compute="_compute_counts", help="Finished rows, in percent of all."
    )

    @api.depends("ad_id")
    def _compute_account_id(self):
        for record in self:
            record.account_id = record.ad_id.account_id or record.account_id

    @api.constrains("ad_id", "account_id")
    def _check_ad_account(self):
        for record in self.filtered("ad_id"):
            if record.ad_id.account_id != record.account_id:
                raise ValidationError(
                    self.env._(
                        "%(ad)s is no ad of %(account)s.",
                        ad=record.ad_id.display_name,
                        account=record.account_id.display_name,
                    )
                )

    @api.depends("line_ids.state", "line_ids.is_handled")
    def _compute_counts(self):
        counts = {record.id: {} for record in self}
        for record, state, handled, count in self.env[
            "crm.ads.import.line"
        ]._read_group(
            [("import_id", "in", self.ids)],
            ["import_id", "state", "is_handled"],
            ["__count"],
        ):
            counts[record.id][state, handled] = count
        for record in self:
            per_state = counts.get(record.id) or counts.get(record._origin.id) or {}
            record._set_counts(per_state)

    def _set_counts(self, per_state):
        def total(states=None, handled=None):
            return sum(
                count
                for (state, is_handled), count in per_state.items()
                if (states is None or state in states)
                and (handled is None or is_handled == handled)
            )

        self.total_count = total()
        self.done_count = total({"done", "duplicate"}, handled=True)
        self.error_count = total({"error"})
        self.duplicate_count = total({"duplicate", "repeated"})
        self.progress = 100.0 * total(handled=True) / (self.total_count or 1)

    @api.depends("header")
    def _compute_columns_text(self):
        labels = self._get_column_labels()
        note = self.env._("note")
        for record in self:
            header = record.header or []
            found = {
                index: labels[fname]
                for fname, index in match_columns(header).items()
                if fname in labels
            }
            record.columns_text = "\n".join(
                f"{title} → {found.get(index, note)}"
                for index, title in enumerate(header)
                if title
            )

    @api.model
    def _get_column_labels(self):
        line = self.env["crm.ads.import.line"]
        descriptions = line.fields_get(attributes=["string"])
        return {
            fname: description["string"] for fname, description in descriptions.items()
        }

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        if self.filtered(lambda record: record.state == "running"):
            raise UserError(self.env._("A running import cannot be deleted."))

    # ------------------------------------------------------------
    # PREVIEW
    # ------------------------------------------------------------

    def action_preview(self):
        """Read the file and show what will become of each row; nothing is taken in yet.

        :raise UserError: when the file cannot be read, with what to do about it
        """
        for record in self:
            record.check_access("write")
            if record.state not in ("draft", "ready"):
                raise UserError(
                    self.env._("%(file)s was already loaded.", file=record.filename)
                )
            record._preview()
        return True

    def _preview(self):
        table = self._read_file()
        timezone = self.company_id._get_ads_timezone()
        rows = classify(map_rows(table, match_columns(table.header), tz=timezone))
        if not rows:
            raise UserError(self.env._("%(file)s holds no rows.", file=self.filename))
        # sudo: lines are written by the import only; the import itself was checked
        lines = self.env["crm.ads.import.line"].sudo()
        self.line_ids.sudo().unlink()
        lines.create([self._prepare_line_values(row) for row in rows])
        self.write(
            {
                "state": "ready",
                "header": list(table.header),
                "encoding": table.encoding or False,
                "failure": False,
            }
        )

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
        return table.without_columns(
            index
            for index, title in enumerate(table.header)
            if title.startswith(OWN_COLUMN_MARK)
        )

    def _prepare_line_values(self, row):
        phones = [*row.phones, None, None]
        return {
            "import_id": self.id,
            "row_number": row.row_number,
            "raw": list(row.raw.values()),
            "date": row.created_time,
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
