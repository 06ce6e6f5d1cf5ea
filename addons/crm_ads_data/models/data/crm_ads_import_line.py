from odoo import api, fields, models


class CrmAdsImportLine(models.Model):
    """One row of an imported file: what it says and what came of it.

    SPECIFICATION
    - ``raw`` keeps the row's cells as they stood, for the error file.
    - ``state``: ``ready`` and ``duplicate`` rows are taken in; ``repeated`` (this lead
      id is already there) and ``error`` rows are not, ``reason`` says why. Before the
      import runs, the state is what the preview expects; after, what happened.
    - ``is_handled``: this row is finished; a restarted import goes on with the others.
    """

    _name = "crm.ads.import.line"
    _description = "Import Row"
    _order = "import_id, row_number"
    _rec_name = "row_number"

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
        reasons = self.env["crm.ads.data"]._get_reasons()
        for line in self:
            line.message = reasons.get(line.reason, line.reason)

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

    def _prepare_ad_key(self):
        """What the row says of its ad, as ``crm.ads.ad._get_or_create`` takes it."""
        self.ensure_one()
        fnames = ("ad_ref", "ad_name", "adset_name", "campaign_ref", "campaign_name")
        return {fname: self[fname] or None for fname in fnames}
