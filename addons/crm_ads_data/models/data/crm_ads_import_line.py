import json

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import split_every

from ...services.text import clean_text

CHUNK_SIZE = 1000
# The columns that a preview fills, with their types in the database.
TEXT, WHOLE = SQL("varchar"), SQL("int")
COLUMNS = {
    "row_number": WHOLE,
    "raw": SQL("jsonb"),
    "date": SQL("timestamp"),
    "day": SQL("date"),
    "spend": SQL("numeric"),
    **dict.fromkeys(("impressions", "reach", "clicks", "messages", "leads"), WHOLE),
    **dict.fromkeys(("name", "phone", "phone2", "email", "province", "note"), TEXT),
    **dict.fromkeys(("external_ref", "ad_ref", "ad_name", "adset_name"), TEXT),
    **dict.fromkeys(("campaign_ref", "campaign_name", "state", "reason"), TEXT),
}
# JSON of what PostgreSQL cannot store: NUL and halves of surrogate pairs.
UNSTORABLE = ("\\u0000", "\\ud")


class CrmAdsImportLine(models.Model):
    """One row of an imported file: what it says and what came of it.

    SPECIFICATION
    - ``raw`` keeps the row's cells as they stood, for the error file.
    - ``state``: ``ready`` and ``duplicate`` rows are taken in; ``repeated`` (this lead
      id is already there) and ``error`` rows are not, ``reason`` says why. Before the
      import runs, the state is what the preview expects; after, what happened.
    - Rows of a report hold ``day``, ``spend`` (in the ad account's currency) and
      counts; ``repeated`` are those whose ad and day stand further down once more.
    - ``is_handled``: this row is finished; a restarted import goes on with the others.
    """

    _name = "crm.ads.import.line"
    _description = "Import Row"
    _order = "import_id, row_number"
    _rec_name = "row_number"
    _log_access = False

    import_id = fields.Many2one(
        "crm.ads.import", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    row_number = fields.Integer(string="Row", aggregator=None)
    raw = fields.Json()
    name = fields.Char(string="Customer")
    phone = fields.Char()
    phone2 = fields.Char(string="Second Phone")
    email = fields.Char()
    province = fields.Char()
    note = fields.Text()
    date = fields.Datetime(string="Received")
    external_ref = fields.Char(string="Lead ID")
    ad_ref = fields.Char(string="Ad ID")
    ad_name = fields.Char(string="Ad")
    adset_name = fields.Char(string="Ad Set")
    campaign_ref = fields.Char(string="Campaign ID")
    campaign_name = fields.Char(string="Campaign")
    day = fields.Date()
    currency_id = fields.Many2one(related="import_id.account_id.currency_id")
    spend = fields.Monetary()
    impressions = fields.Integer()
    reach = fields.Integer(aggregator=None)
    clicks = fields.Integer()
    messages = fields.Integer()
    leads = fields.Integer()
    state = fields.Selection(
        [
            ("ready", "Ready"),
            ("done", "Taken In"),
            ("duplicate", "Duplicate"),
            ("repeated", "Already There"),
            ("error", "Error"),
        ],
        required=True,
        default="ready",
    )
    reason = fields.Char()
    message = fields.Char(string="Why", compute="_compute_message")
    data_id = fields.Many2one("crm.ads.data", index="btree_not_null")
    is_handled = fields.Boolean()

    _unhandled_idx = models.Index(
        "(import_id, row_number) WHERE is_handled IS NOT TRUE"
    )

    @api.depends("reason")
    def _compute_message(self):
        reasons = self.env["crm.ads.data"]._get_reasons() | self._get_report_reasons()
        for line in self:
            line.message = reasons.get(line.reason, line.reason)

    @api.model
    def _get_report_reasons(self):
        """Why a row of a report is not booked, in the reader's language."""
        return {
            "day_missing": self.env._("the day is missing"),
            "bad_date": self.env._("there is no such day"),
            "bad_number": self.env._("a figure is not a number, or below zero"),
            "no_spend_column": self.env._(
                "no column says what was spent; choose it under Columns"
            ),
            "ad_missing": self.env._(
                "the row names no ad; export the report at the level of ads"
            ),
            "replaced": self.env._("a later row has this ad and day; that one holds"),
        }

    # ------------------------------------------------------------
    # MANY AT ONCE
    # ------------------------------------------------------------

    @api.model
    def _insert(self, record, rows):
        """Write the lines of an import.

        :param record: the ``crm.ads.import``
        :param rows: iterable of dicts with any of ``COLUMNS``, values as JSON has them
        """
        columns = SQL(", ").join(map(SQL.identifier, COLUMNS))
        types = SQL(", ").join(
            SQL("%s %s", SQL.identifier(name), kind) for name, kind in COLUMNS.items()
        )
        for chunk in split_every(CHUNK_SIZE, rows, list):
            text = json.dumps(chunk)
            if any(mark in text for mark in UNSTORABLE):
                text = json.dumps(
                    [{**row, "raw": list(map(clean_text, row["raw"]))} for row in chunk]
                )
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO crm_ads_import_line
                           (import_id, company_id, is_handled, %s)
                    SELECT %s, %s, false, %s FROM json_to_recordset(%s::json) AS r(%s)
                    """,
                    columns,
                    record.id,
                    record.company_id.id,
                    columns,
                    text,
                    types,
                )
            )
        self.invalidate_model(flush=False)
        record.invalidate_recordset(["line_ids", "shown_line_ids"])

    @api.model
    def _get_next_ids(self, record, limit):
        """Ids of the next lines that are not finished, in the order of the file."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM crm_ads_import_line
                 WHERE import_id = %s AND is_handled IS NOT TRUE
                 ORDER BY row_number LIMIT %s
                """,
                record.id,
                limit,
            )
        )
        return [line_id for (line_id,) in rows]

    def _finish(self, outcomes=()):
        """Write down what came of these lines.

        :param outcomes: iterable of ``(line, state, reason, data)``; lines without one
            keep the state that they have
        """
        rows = [
            (line.id, state, reason, data.id or None)
            for line, state, reason, data in outcomes
        ]
        without = set(self.ids) - {row[0] for row in rows}
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_ads_import_line l
                   SET is_handled = true, state = w.state, reason = w.reason,
                       data_id = w.data_id
                  FROM unnest(%s::int[], %s::varchar[], %s::varchar[], %s::int[])
                       AS w(id, state, reason, data_id)
                 WHERE l.id = w.id
                """,
                *(list(column) for column in zip(*rows, strict=True)),
            )
            if rows
            else SQL("SELECT 1")
        )
        self.env.cr.execute(
            SQL(
                "UPDATE crm_ads_import_line SET is_handled = true WHERE id = ANY(%s)",
                list(without),
            )
        )
        self.invalidate_recordset(flush=False)

    # ------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------

    def _prepare_data_values(self, ad):
        """The row as ``crm.ads.data._ingest`` takes it."""
        self.ensure_one()
        return {
            "date": self.date or fields.Datetime.now(),
            "ad_id": ad.id,
            "name": self.name,
            "phone": self.phone,
            "phone2": self.phone2,
            "email": self.email,
            "province": self.province,
            "note": self.note,
            "external_ref": self.external_ref,
        }

    def _prepare_insight_values(self, ad, fnames):
        """The row as ``crm.ads.insight._upsert`` takes it."""
        self.ensure_one()
        figures = {fname: self[fname] for fname in fnames}
        return {"ad_id": ad.id, "date": self.day, **figures}

    def _prepare_ad_key(self):
        """What the row says of its ad, as ``crm.ads.ad._get_or_create`` takes it."""
        self.ensure_one()
        fnames = ("ad_ref", "ad_name", "adset_name", "campaign_ref", "campaign_name")
        return {fname: self[fname] or None for fname in fnames}
