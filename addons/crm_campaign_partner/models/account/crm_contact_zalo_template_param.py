import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import formatLang

# What a template may show; names that sound like a secret are never among it.
TYPES = (
    "char",
    "date",
    "datetime",
    "float",
    "integer",
    "many2one",
    "monetary",
    "selection",
    "text",
)
SECRET = re.compile(r"token|secret|password|passkey|api_key|credential")
# How Zalo takes days, whatever the language of whoever sends.
DAY = "%d/%m/%Y"


class CrmContactZaloTemplateParam(models.Model):
    """One place of a Zalo template.

    PATH: fields of one value that a person reads (no files, no lists, nothing that is
    for some groups alone or sounds like a secret), followed by the ORM's own access of
    whoever sends. Days are written as Zalo takes them, choices by their names.
    """

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
    max_length = fields.Integer(
        default=100, help="What is longer is cut: Zalo would refuse the whole message."
    )

    _name_uniq = models.UniqueIndex(
        "(template_id, name)", "A template has each parameter once."
    )
    _max_length_positive = models.Constraint(
        "CHECK (max_length > 0)", "A parameter takes at least one character."
    )

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
            field = model._fields.get(name) if model is not None else None
            if not self._is_shown(name, field):
                raise ValidationError(
                    self.env._(
                        "“%(path)s” leads to nothing that can stand in a message: "
                        "there is no “%(name)s” to show there.",
                        path=self.field_path,
                        name=name,
                    )
                )
            model = self.env[field.comodel_name] if field.relational else None
        return names

    @api.model
    def _is_shown(self, name, field):
        return (
            field is not None
            and field.type in TYPES
            and not field.groups
            and not SECRET.search(name)
        )

    def _render(self, record):
        self.ensure_one()
        value = self._read_path(record) if self.field_path else self.fixed_text
        value = " ".join((value or "").split())[: self.max_length].rstrip()
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
        """The text at the end of the path; a path from the member also works for a
        partner or a lead, from its own ``partner_id`` on."""
        names = self._get_path()
        value = record
        if record._name == "res.partner" and names[0] == "partner_id":
            names = names[1:] or ["display_name"]
        for name in names:
            if not self._is_shown(name, value._fields.get(name)):
                return ""
            record, field = value, value._fields[name]
            value = record[name]
        return self._write_out(record, field, value)

    @api.model
    def _write_out(self, record, field, value):
        """The value as a customer reads it."""
        if field.type in ("integer", "float", "monetary"):
            return self._write_number(record, field, value) if record else ""
        if not value:
            return ""
        if isinstance(value, models.BaseModel):
            return value.display_name
        if field.type == "selection":
            return dict(field._description_selection(record.env)).get(value, value)
        if field.type == "datetime":
            value = fields.Datetime.context_timestamp(record, value)
        if field.type in ("date", "datetime"):
            return value.strftime(DAY)
        return value

    @api.model
    def _write_number(self, record, field, value):
        if field.type == "integer":
            return str(value)
        if field.type == "monetary":
            currency = record[field.get_currency_field(record)]
            return formatLang(record.env, value, currency_obj=currency)
        return f"{value:g}"
