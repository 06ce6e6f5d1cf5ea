from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...services.columns import column_keys, match_columns
from ...services.report import match_report

NOTE = "note"
IGNORE = "ignore"
AD_CHOICES = ("ad_ref", "ad_name", "adset_name", "campaign_ref", "campaign_name")
# What a column can be chosen to hold, by the kind of the import.
CHOICES = {
    "data": (
        *("name", "first_name", "last_name", "phone", "phone2", "email", "province"),
        *("created_time", "external_ref", *AD_CHOICES, NOTE, IGNORE),
    ),
    "insight": (
        *("day", "period_start", "period_end", "spend", "impressions", "reach"),
        *("clicks", "messages", "leads", *AD_CHOICES, IGNORE),
    ),
}
# Known to the services, yet best kept as a remark of the person.
REMARKS = {"product"}
SAMPLES = 3
SAMPLE_LENGTH = 40


class CrmAdsImportColumn(models.Model):
    """One column of an imported file, and what it holds.

    SPECIFICATION (N10)
    - Every column stands here with its title and its first values, so that the preview
      says how the file was read; ``field_name`` can be put right by hand.
    - A choice by hand comes before what titles say, and is remembered for the account
      (``crm.ads.import.mapping``): the next file with that title needs no hand.
    - What is in ``note`` goes into the note of the person, with its title; what is
      in ``ignore`` is passed over. The second column of phones is the second phone.
    """

    _name = "crm.ads.import.column"
    _description = "Import Column"
    _order = "import_id desc, sequence"
    _rec_name = "title"

    import_id = fields.Many2one(
        "crm.ads.import", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="import_id.company_id", store=True, index=True)
    sequence = fields.Integer(readonly=True)
    key = fields.Char(required=True, readonly=True)
    title = fields.Char(readonly=True)
    sample = fields.Char(string="First Values", readonly=True)
    field_name = fields.Selection(
        [
            ("name", "Customer"),
            ("first_name", "First Name"),
            ("last_name", "Last Name"),
            ("phone", "Phone"),
            ("phone2", "Second Phone"),
            ("email", "Email"),
            ("province", "Province"),
            ("created_time", "Received"),
            ("external_ref", "Lead ID"),
            ("day", "Day"),
            ("period_start", "Reporting Starts"),
            ("period_end", "Reporting Ends"),
            ("spend", "Spend"),
            ("impressions", "Impressions"),
            ("reach", "Reach"),
            ("clicks", "Clicks"),
            ("messages", "Messages"),
            ("leads", "Leads"),
            ("ad_ref", "Ad ID"),
            ("ad_name", "Ad"),
            ("adset_name", "Ad Set"),
            ("campaign_ref", "Campaign ID"),
            ("campaign_name", "Campaign"),
            ("note", "Note"),
            ("ignore", "Pass over"),
        ],
        string="Holds",
        required=True,
    )
    choices = fields.Json(compute="_compute_choices")
    is_manual = fields.Boolean(string="By Hand", readonly=True)

    @api.depends("import_id.kind")
    def _compute_choices(self):
        for column in self:
            column.choices = CHOICES[column.import_id.kind]

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        """Put right what a column holds, and remember it for the account.

        :raise AccessError: when anything but what the column holds is changed
        :raise UserError: when the file was already loaded, or holds no such thing
        """
        if self.env.su:
            return super().write(vals)
        if vals.keys() - {"field_name"}:
            raise AccessError(
                self.env._("Of a column only what it holds can be changed.")
            )
        self.check_access("write")
        self.import_id._check_not_started()
        for column in self:
            if vals.get("field_name") not in CHOICES[column.import_id.kind]:
                raise UserError(
                    self.env._(
                        "%(file)s cannot hold that in a column.",
                        file=column.import_id.filename,
                    )
                )
        # sudo: the marks are the system's own bookkeeping, the right was checked
        self.sudo().write({**vals, "is_manual": True})
        self.import_id.sudo().needs_reading = True
        return True

    # ------------------------------------------------------------
    # MATCHING
    # ------------------------------------------------------------

    def _match(self, record, table):
        """Say what the columns of the table hold and keep that as the import's columns.

        :param record: the ``crm.ads.import``; ``self`` are its columns so far
        :param table: a ``services.table.Table``
        :return: dict of field name to the index of its column, as the services take it
        :raise UserError: when two columns were chosen to hold the same
        """
        keys = column_keys(table.header)
        memory = self.env["crm.ads.import.mapping"]
        manual = {
            column.key: column.field_name
            for column in self
            if column.is_manual and column.field_name in CHOICES[record.kind]
        }
        memory._remember(record.account_id, record.kind, manual, keys)
        chosen = memory._get_known(record.account_id, record.kind, keys)
        names = self._get_names(record.kind, table.header, keys, chosen)
        self.unlink()
        self.create(
            [
                {
                    "import_id": record.id,
                    "sequence": index,
                    "key": key,
                    "title": title,
                    "sample": self._get_sample(table, index),
                    "field_name": name,
                    "is_manual": key in chosen,
                }
                for index, (key, title, name) in enumerate(
                    zip(keys, table.header, names, strict=True)
                )
            ]
        )
        return self._get_mapping(record.kind, table.header, names)

    @api.model
    def _get_names(self, kind, header, keys, chosen):
        """What each column holds: as chosen, else as its title says."""
        rest = IGNORE if kind == "insight" else NOTE
        names = [chosen.get(key) for key in keys]
        for name, index in self._get_matcher(kind)(header).items():
            if names[index] or name in names:
                continue
            known = name if name in CHOICES[kind] else IGNORE
            names[index] = NOTE if name in REMARKS else known
        return [name or rest for name in names]

    @api.model
    def _get_mapping(self, kind, header, names):
        """The names as the services take them: dict of field name to index."""
        mapping = {}
        for index, name in enumerate(names):
            if name == IGNORE:
                mapping[f"{IGNORE} {index}"] = index
            elif name == "phone" and name in mapping and "phone2" not in names:
                mapping["phone2"] = index
            elif name != NOTE and name in mapping:
                raise UserError(
                    self.env._(
                        "Two columns hold the same: %(first)s and %(second)s. Choose"
                        " something else for one of them.",
                        first=header[mapping[name]],
                        second=header[index],
                    )
                )
            elif name != NOTE:
                mapping[name] = index
        # a column titled "note" needs no title before what it says
        own = self._get_matcher(kind)(header).get(NOTE)
        if own is not None and names[own] == NOTE:
            mapping[NOTE] = own
        return mapping

    @api.model
    def _get_matcher(self, kind):
        return {"data": match_columns, "insight": match_report}[kind]

    @api.model
    def _get_sample(self, table, index):
        cells = (cells[index].strip() for _number, cells in table.rows[:20])
        values = list(dict.fromkeys(filter(None, cells)))[:SAMPLES]
        return " · ".join(" ".join(value.split())[:SAMPLE_LENGTH] for value in values)
