from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResUsers(models.Model):
    """The person's own switches for receiving data (N11)."""

    _inherit = "res.users"

    receive_ads_data = fields.Boolean(
        string="Receives Ads Data",
        default=True,
        help="Off: distribution passes over this person, for example on a day off.",
    )
    ads_absent_until = fields.Datetime(
        string="Absent Until",
        help="Until then distribution gives this person's turns to the cover person,"
        " or passes over them.",
    )
    ads_cover_user_id = fields.Many2one(
        "res.users",
        string="Covered By",
        domain=[("share", "=", False)],
        help="Who takes this person's turns while absent, in the same rule.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + self._get_ads_self_fields()

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return super().SELF_WRITEABLE_FIELDS + self._get_ads_self_fields()

    @api.model
    def _get_ads_self_fields(self):
        return ["receive_ads_data", "ads_absent_until", "ads_cover_user_id"]

    @api.constrains("ads_cover_user_id")
    def _check_ads_cover(self):
        for user in self:
            if user.ads_cover_user_id == user:
                raise ValidationError(self.env._("Nobody covers for oneself."))
