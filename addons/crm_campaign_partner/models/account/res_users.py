from odoo import fields, models


class ResUsers(models.Model):
    """Where a person is reached at the company's telephone system."""

    _inherit = "res.users"

    contact_extension = fields.Char(
        string="Telephone Extension",
        help="Extension or user name at the company's telephone system.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        """The own extension."""
        return [*super().SELF_READABLE_FIELDS, "contact_extension"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        """The own extension."""
        return [*super().SELF_WRITEABLE_FIELDS, "contact_extension"]
