from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmContactComposeZalo(models.TransientModel):
    """Zalo messages: a template that Zalo has approved, filled in for each person.

    The text itself is Zalo's; what is kept with the touch is the approved text, and the
    values that were filled in. The template's purpose is that of the message.
    """

    _inherit = "crm.contact.compose"

    zalo_template_id = fields.Many2one(
        "crm.contact.zalo.template", domain="[('company_id', 'in', company_ids)]"
    )
    company_ids = fields.Json(compute="_compute_account_text")

    @api.depends("channel", "res_model", "res_ids")
    def _compute_account_text(self):
        for wizard in self:
            wizard.company_ids = wizard._get_companies().ids
        return super()._compute_account_text()

    @api.depends("zalo_template_id")
    def _compute_kind(self):
        result = super()._compute_kind()
        for wizard in self:
            template = {"zalo": wizard.zalo_template_id}.get(wizard.channel)
            if template:
                wizard.kind = template.kind
        return result

    @api.depends("zalo_template_id")
    def _compute_preview_html(self):
        return super()._compute_preview_html()

    def _check_zalo(self):
        if not self.zalo_template_id:
            raise UserError(self.env._("Choose a Zalo template first."))
        self.zalo_template_id.check_access("read")

    def _render_zalo(self, _company, records):
        template = self.zalo_template_id
        if not template:
            return [{"body": ""} for _record in records]
        return [
            {
                "body": self._fill_in(template.preview or template.name, values),
                "payload": {"template_id": template.id, "values": values},
            }
            for values in template._render_values(records)
        ]

    @api.model
    def _fill_in(self, text, values):
        """The approved text, where Zalo writes ``<name>`` for a parameter; values that
        have no place in it follow below."""
        below = []
        for name, value in values.items():
            if f"<{name}>" in text:
                text = text.replace(f"<{name}>", value)
            else:
                below.append(f"{name}: {value}")
        return "\n".join([text, *below])
