from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date


class CrmContactZaloTemplateParam(models.Model):
    """One place of a Zalo template."""

    _name = "crm.contact.zalo.template.param"
    _description = "Parameter of a Zalo Template"
    _order = "sequence, id"

    template_id = fields.Many2one(
        "crm.contact.zalo.template", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, help="As it is called in the template.")
    field_path = fields.Char(
        help="A field of the campaign's customer or of the partner, such as "
        "partner_id.name or partner_id.city."
    )
    fixed_text = fields.Char(help="Stands there as it is, where no field is chosen.")
    max_length = fields.Integer(default=100, help="Zalo cuts nothing: it refuses.")

    @api.constrains("field_path")
    def _check_field_path(self):
        for param in self.filtered("field_path"):
            param._get_path()

    def _get_path(self):
        """:return: names of the fields, checked from the member on

        :raises ValidationError: for a name that is none, or leads to many
        """
        names = self.field_path.split(".")
        model = self.env["crm.campaign.member"]
        for name in names:
            field = model._fields.get(name)
            if not field or field.groups or field.type in ("one2many", "many2many"):
                raise ValidationError(
                    self.env._(
                        "“%(path)s” leads to no field of a campaign's customer.",
                        path=self.field_path,
                    )
                )
            model = self.env[field.comodel_name] if field.relational else None
            if model is None and name != names[-1]:
                raise ValidationError(
                    self.env._("“%s” cannot be followed further.", name)
                )
        return names

    def _render(self, record):
        self.ensure_one()
        value = self.fixed_text or ""
        if self.field_path:
            value = self._read_path(record)
        value = " ".join(str(value or "").split())[: self.max_length or None]
        if not value:
            raise UserError(
                self.env._(
                    "%(record)s has nothing to put into “%(param)s”.",
                    record=record.display_name,
                    param=self.name,
                )
            )
        return value

    def _read_path(self, record):
        """The value at the end of the path; a path from the member also works for a
        partner or a lead, from its own ``partner_id`` on."""
        names = self._get_path()
        value = record
        if record._name == "res.partner" and names[0] == "partner_id":
            names = names[1:] or ["display_name"]
        for name in names:
            if name not in value._fields:
                return ""
            field = value._fields[name]
            value = value[name]
        if isinstance(value, models.BaseModel):
            return value.display_name
        if field.type in ("date", "datetime") and value:
            return format_date(self.env, value)
        return value
