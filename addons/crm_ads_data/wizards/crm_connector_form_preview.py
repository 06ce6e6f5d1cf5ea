from odoo import api, fields, models

from ..services.connect.meta_leads import Lead


class CrmConnectorFormPreview(models.TransientModel):
    """What the last lead of a form becomes with the choices made for its questions."""

    _name = "crm.connector.form.preview"
    _description = "Preview of a Lead"

    form_id = fields.Many2one("crm.connector.form", required=True, readonly=True)
    answers = fields.Json(string="Answers of the Lead", readonly=True)
    answers_text = fields.Text(string="Answers", compute="_compute_outcome")
    name = fields.Char(string="Customer", compute="_compute_outcome")
    phone = fields.Char(compute="_compute_outcome")
    phone2 = fields.Char(string="Second Phone", compute="_compute_outcome")
    email = fields.Char(compute="_compute_outcome")
    province = fields.Char(compute="_compute_outcome")
    note = fields.Text(compute="_compute_outcome")
    reason = fields.Char(string="Not Usable", compute="_compute_outcome")

    @api.depends("answers", "form_id")
    def _compute_outcome(self):
        reasons = self.env["crm.ads.data"]._get_reasons()
        for preview in self:
            answers = tuple(map(tuple, preview.answers or []))
            row = Lead("", answers=answers).get_row(preview.form_id._get_mapping())
            phones = [*row.phones, False, False]
            preview.answers_text = "\n".join(": ".join(pair) for pair in answers)
            preview.name = row.name
            preview.phone = phones[0] or row.phone_text
            preview.phone2 = phones[1]
            preview.email = row.email
            preview.province = row.province
            preview.note = row.note
            preview.reason = reasons.get(row.reason, row.reason)
