import json

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmContactAccountCall(models.Model):
    """A telephone system that calls: the person's telephone first, then the customer.

    Systems that are not known by name are described by the account: the address to
    call, and how their reports name things (``services.send.pbx``).
    """

    _inherit = "crm.contact.account"

    hotline = fields.Char(help="The number that customers see.")
    extension = fields.Char(
        help="Extension or user of the person at the telephone system. With the "
        "company's account everybody enters the own one in the preferences."
    )
    call_url = fields.Char(
        string="Address to Call",
        help="With places to fill: {phone}, {extension}, {hotline}, {reference}, "
        "{api_key}, {api_secret}.",
    )
    call_method = fields.Selection([("GET", "GET"), ("POST", "POST")], default="GET")
    call_body = fields.Text(
        string="Body (JSON)", help="With the same places, for POST."
    )
    id_path = fields.Char(
        string="ID in the Answer", help="Where the answer names the call: data.call_id"
    )
    mapping_text = fields.Text(
        string="Names in Reports",
        help='Where they differ from the usual: {"phone": "call.to"}',
    )
    states_text = fields.Text(
        string="States in Reports", help='{"OK": ["ended", "answered"]}'
    )

    @api.model
    def _get_connection_fields(self):
        return super()._get_connection_fields() | {
            "hotline",
            "call_url",
            "call_method",
            "call_body",
            "id_path",
            "mapping_text",
            "states_text",
        }

    @api.constrains("mapping_text", "states_text")
    def _check_pbx_texts(self):
        for account in self:
            account._get_pbx_table("mapping_text")
            states = account._get_pbx_table("states_text")
            if any(
                not isinstance(pair, list) or len(pair) != 2 for pair in states.values()
            ):
                raise ValidationError(
                    self.env._('Write states like {"OK": ["ended", "answered"]}.')
                )

    def _get_pbx_table(self, name):
        """:return: the dict that a text field holds

        :raises ValidationError: when it is none
        """
        try:
            table = json.loads(self[name] or "{}")
        except ValueError:
            table = None
        if not isinstance(table, dict):
            raise ValidationError(
                self.env._(
                    "“%s” is no JSON object.",
                    self._fields[name]._description_string(self.env),
                )
            )
        return table

    def _get_extension(self, user):
        """:return: extension of a person: that of the own account, else the own one
        with the company's account"""
        # sudo: borrows the right to read the extension of whoever calls
        return self.extension if self.user_id else user.sudo().contact_extension
