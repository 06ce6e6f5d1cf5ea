from odoo import fields, models


class ResUsers(models.Model):
    """The person's own switch for receiving data."""

    _inherit = "res.users"

    receive_ads_data = fields.Boolean(
        string="Receives Ads Data",
        default=True,
        help="Off: distribution passes over this person, for example on a day off.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + ["receive_ads_data"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return super().SELF_WRITEABLE_FIELDS + ["receive_ads_data"]
