from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


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

    ads_pool_look_date = fields.Datetime(
        string="Last Look at the Pool", readonly=True, copy=False
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

    def _lock_pool_looks(self):
        """One look at a time for one person: many windows do not pass the limit.

        The row is written, not only locked: who waited then fails with a serialization
        error and runs once more, counting what the other window did.
        """
        self.ensure_one()
        # a conflict here is foreseen and retried: it is no error for the server's log
        self.env.cr.execute(
            SQL(
                "UPDATE res_users SET ads_pool_look_date = %s WHERE id = %s",
                fields.Datetime.now(),
                self.id,
            ),
            log_exceptions=False,
        )
        self.invalidate_recordset(["ads_pool_look_date"])

    def write(self, vals):
        """Who leaves and still holds data: the sale admins are told."""
        leaving = self.filtered("active") if vals.get("active") is False else self[:0]
        result = super().write(vals)
        if leaving:
            leaving._tell_held_ads_data()
        return result

    def _tell_held_ads_data(self):
        """Tell the sale admins how many data these people still hold."""
        # sudo: whoever archives a user need not deal data out
        data = self.env["crm.ads.data"].sudo()
        held = data.search(
            data._get_untouched_domain() & Domain("user_id", "in", self.ids)
        )
        for user, records in held.grouped("user_id").items():
            for company, of_company in records.grouped("company_id").items():
                of_company._tell_sale_admins(
                    company,
                    self.env._("%(user)s has left and holds data", user=user.name),
                )

    @api.constrains("ads_cover_user_id")
    def _check_ads_cover(self):
        for user in self:
            if user.ads_cover_user_id == user:
                raise ValidationError(self.env._("Nobody covers for oneself."))
