from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

# What only the suite itself writes: read-only fields protect nothing over RPC.
PROTECTED_FIELDS = {
    "state",
    "header",
    "encoding",
    "remark",
    "failure",
    "attempts",
    "needs_reading",
    "user_id",
    "line_ids",
    "total_count",
    "done_count",
    "error_count",
    "duplicate_count",
    "progress",
}
# How many rows the form shows; the whole list is behind a button.
SHOWN_LINES = 100


class CrmAdsImport(models.Model):
    """Import of a file: customer data, or the figures of an ads manager's report.

    SPECIFICATION (002.19, 002.27, N10)
    - CSV, TSV or XLSX in any of the encodings they come in; columns are found by
      their names in Vietnamese and English, by what was once chosen for the account,
      or by hand (``crm.ads.import.column``).
    - ``kind`` is ``data`` (one person a row) or ``insight`` (one ad on one day a row);
      the preview guesses it from the titles where it was left as it stood.
    - ``draft`` > ``action_preview`` > ``ready``: every row stands as a line with what
      will become of it > ``action_start`` > ``running`` > ``done``.
    - A bad row never stops a good one: it stays a line in error with its reason, and
      ``action_download_errors`` gives those rows as a file to mend and load again.
    - Each row goes to the ad that it names, made in ``account_id`` when missing; rows
      of data that name none go to ``ad_id``, else to the account's organic ad.
    - Runs in batches of 500, each committed by the cron: a killed server goes on with
      the first row that is not finished, and a lead id is never taken in twice.

    COST per batch: one search for the ads, three INSERTs for the claims, the ORM's
    batch create of the data, one UPDATE of the lines and one count of them.
    """

    _name = "crm.ads.import"
    _description = "Ads Data Import"
    _order = "id desc"
    _rec_name = "filename"

    file = fields.Binary(required=True, attachment=True, copy=False)
    filename = fields.Char(required=True, copy=False)
    kind = fields.Selection(
        [("data", "Customer data"), ("insight", "Ad report")],
        required=True,
        default="data",
    )
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
    user_id = fields.Many2one(
        "res.users", string="Started By", readonly=True, copy=False
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("ready", "Ready"),
            ("running", "In Progress"),
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
    remark = fields.Text(readonly=True, copy=False, help="What reading has shown.")
    failure = fields.Char(readonly=True, copy=False)
    attempts = fields.Integer(
        readonly=True,
        copy=False,
        help="How often the present batch was begun and not finished.",
    )
    column_ids = fields.One2many("crm.ads.import.column", "import_id", copy=False)
    needs_reading = fields.Boolean(
        readonly=True, copy=False, help="Something was changed since the last reading."
    )
    line_ids = fields.One2many("crm.ads.import.line", "import_id", readonly=True)
    shown_line_ids = fields.Many2many(
        "crm.ads.import.line",
        compute="_compute_shown_line_ids",
        help="The first rows, those in error before the others.",
    )
    total_count = fields.Integer(string="Rows", readonly=True, copy=False)
    done_count = fields.Integer(
        string="Taken In", readonly=True, copy=False, help="Rows that became data."
    )
    error_count = fields.Integer(string="Errors", readonly=True, copy=False)
    duplicate_count = fields.Integer(
        string="Duplicates",
        readonly=True,
        copy=False,
        help="Rows whose person, or whose lead id, was there before.",
    )
    progress = fields.Float(
        readonly=True,
        copy=False,
        aggregator=None,
        help="Finished rows, in percent of all.",
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

    @api.depends("total_count", "done_count", "error_count", "state")
    def _compute_shown_line_ids(self):
        lines = self.env["crm.ads.import.line"]
        for record in self:
            domain = [("import_id", "=", record._origin.id)]
            bad = lines.search(
                [*domain, ("state", "=", "error")],
                order="row_number",
                limit=SHOWN_LINES,
            )
            good = lines.search(
                [*domain, ("state", "!=", "error")],
                order="row_number",
                limit=SHOWN_LINES,
            )
            record.shown_line_ids = (bad | good)[:SHOWN_LINES]

    def _update_counts(self):
        """Count the lines anew; COST: one query."""
        self.ensure_one()
        # sudo: the counts are the system's own bookkeeping
        groups = (
            self.env["crm.ads.import.line"]
            .sudo()
            ._read_group(
                [("import_id", "=", self.id)], ["state", "is_handled"], ["__count"]
            )
        )
        self.sudo().write(self._prepare_count_values(groups))

    @api.model
    def _prepare_count_values(self, groups):
        """The counts that ``(state, is_handled, count)`` groups of lines add up to."""

        def total(*states, handled=(True, False)):
            return sum(
                count
                for state, is_handled, count in groups
                if state in states and bool(is_handled) in handled
            )

        every = ("ready", "done", "duplicate", "repeated", "error")
        count = total(*every)
        return {
            "total_count": count,
            "done_count": total("done", "duplicate", handled=(True,)),
            "error_count": total("error"),
            "duplicate_count": total("duplicate", "repeated"),
            "progress": 100.0 * total(*every, handled=(True,)) / (count or 1),
        }

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """An import begins as a draft, whatever a client says.

        :raise AccessError: when a client sets what only the suite decides
        """
        self._check_protected(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """What decides how the file is read makes a preview out of date.

        :raise AccessError: when a client sets what only the suite decides
        :raise UserError: when the file was already loaded
        """
        self._check_protected([vals])
        if not {"file", "kind", "account_id"} & vals.keys():
            return super().write(vals)
        self._check_not_started()
        res = super().write(vals)
        # sudo: the mark is the system's own bookkeeping
        read = self.sudo().filtered(lambda record: record.state == "ready")
        read.needs_reading = True
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        if self.filtered(lambda record: record.state == "running"):
            raise UserError(self.env._("A running import cannot be deleted."))

    def _check_protected(self, vals_list):
        """Refuse values of a client for what only the suite itself decides."""
        if self.env.su:
            return
        fnames = PROTECTED_FIELDS & set().union(*vals_list)
        if fnames:
            raise AccessError(
                self.env._(
                    "These fields of an import cannot be set by hand: %(fields)s.",
                    fields=", ".join(sorted(fnames)),
                )
            )

    def _check_not_started(self):
        """
        :raise UserError: when rows were already taken in
        """
        for record in self:
            if record.state not in ("draft", "ready"):
                raise UserError(
                    self.env._("%(file)s was already loaded.", file=record.filename)
                )
