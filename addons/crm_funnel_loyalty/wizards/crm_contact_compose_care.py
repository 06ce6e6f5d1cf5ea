from odoo import fields, models

STEP_FIELDS = {"subject": "subject", "body": "body_html", "sms_body": "sms_body"}


class CrmContactComposeCare(models.TransientModel):
    """A message of a care step, filled in as the step's own text: it was checked when
    it was written (see ``crm.care.step``)."""

    _inherit = "crm.contact.compose"

    care_step_id = fields.Many2one("crm.care.step", readonly=True)

    def _render_part(self, name, template_name, records):
        step = self.care_step_id
        if not step or not self._is_templates_own(self[name], step[STEP_FIELDS[name]]):
            return super()._render_part(name, template_name, records)
        step.check_access("read")
        rendered = step._render_field(STEP_FIELDS[name], records.ids)
        return [rendered[record.id] or "" for record in records]
