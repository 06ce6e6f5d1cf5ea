from odoo import Command, fields, models
from odoo.exceptions import UserError

from ...services.send import errors
from ..const import KINDS


class CrmContactZaloTemplate(models.Model):
    """A template that Zalo has approved (ZNS), and what stands in its places.

    VALUES: each parameter is a fixed text or a path of fields from the record that is
    written to (``partner_id.name``). The paths are chosen by campaign managers; they
    are read with the rights of whoever sends, and lead to no secret: see the parameter.
    """

    _name = "crm.contact.zalo.template"
    _description = "Zalo Template"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    account_id = fields.Many2one(
        "crm.contact.account",
        string="Official Account",
        domain="[('channel', '=', 'zalo')]",
        check_company=True,
        index="btree_not_null",
        ondelete="set null",
    )
    template_ref = fields.Char(string="Template ID", required=True)
    kind = fields.Selection(KINDS, required=True, default="care")
    preview = fields.Text(help="The text as Zalo has approved it, for those who send.")
    param_ids = fields.One2many(
        "crm.contact.zalo.template.param", "template_id", string="Parameters", copy=True
    )

    _ref_uniq = models.UniqueIndex(
        "(company_id, template_ref)", "There is already a template with this ID."
    )

    def action_fetch_params(self):
        """Ask Zalo for the template's name and the names of its parameters.

        :raises UserError: with what Zalo says
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: the system's right to use the account's credentials; it is one of the
        # company, or it could not have been chosen
        account = self.account_id.sudo()
        if not account:
            raise UserError(self.env._("Choose the Official Account first."))
        found = account._attempt("_fetch_template", self.template_ref)
        if isinstance(found, errors.ApiError):
            raise UserError(self.env._("Zalo says: %s", found))
        known = {param.name: param for param in self.param_ids}
        for name, length in found.params.items():
            if name in known and length:
                known[name].max_length = length
        self.write(
            {
                "name": self.name or found.name,
                "param_ids": [
                    Command.create(
                        {"name": name, **({"max_length": length} if length else {})}
                    )
                    for name, length in found.params.items()
                    if name not in known
                ],
            }
        )

    def _render_values(self, records):
        """What stands in the places, for each record.

        :return: list of dict of parameter to text
        :raises UserError: naming the record whose value is missing
        """
        self.ensure_one()
        return [
            {param.name: param._render(record) for param in self.param_ids}
            for record in records
        ]
