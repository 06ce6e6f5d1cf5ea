from odoo import api, fields, models
from odoo.exceptions import UserError

TEMPLATES = "crm.contact.zalo.template"


class CrmContactComposeZalo(models.TransientModel):
    """Zalo messages: a template that Zalo has approved, filled in for each person.

    The text itself is Zalo's; what is kept with the touch is the template's name and
    the values that were filled in.
    """

    _inherit = "crm.contact.compose"

    zalo_template_model = fields.Char(compute="_compute_zalo_template_model")
    zalo_template_id = fields.Many2oneReference(model_field="zalo_template_model")

    @api.depends("channel")
    def _compute_zalo_template_model(self):
        for wizard in self:
            wizard.zalo_template_model = TEMPLATES if TEMPLATES in self.env else False

    def _check_zalo(self):
        if not self._get_zalo_template():
            raise UserError(self.env._("Choose a Zalo template first."))

    def _get_zalo_template(self):
        """:return: the template that the user may see, or None"""
        if not self.zalo_template_id or TEMPLATES not in self.env:
            return None
        template = self.env[TEMPLATES].browse(self.zalo_template_id).exists()
        template.check_access("read")
        return template or None

    def _render_zalo(self, _company, records):
        template = self._get_zalo_template()
        if not template:
            return [{"body": ""} for _record in records]
        return [
            {
                "body": "\n".join(
                    [
                        template.name,
                        *(f"{name}: {text}" for name, text in values.items()),
                    ]
                ),
                "payload": {"template_id": template.template_ref, "values": values},
            }
            for values in template._render_values(records)
        ]

    @api.depends("zalo_template_id")
    def _compute_preview_html(self):
        return super()._compute_preview_html()
