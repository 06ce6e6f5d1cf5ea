from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_time

from ...services.phone import mask_phone


class CrmAdsData(models.Model):
    """Data of the pool in the hand of whoever looks at it.

    SPECIFICATION
    - A claim lasts ``res.company.ads_claim_minutes`` and ends by itself.
    - The row is locked while it is claimed or taken, so that of two who press at once
      exactly one gets it.
    """

    _inherit = "crm.ads.data"

    claim_user_id = fields.Many2one(
        "res.users", string="Claimed By", readonly=True, copy=False
    )
    claim_until = fields.Datetime(string="Claimed Until", readonly=True, copy=False)

    def _lock_of_pool(self):
        """Lock this data, which must still be in the pool.

        :raise UserError: when it is gone, or somebody else takes it just now
        """
        self.ensure_one()
        self.flush_recordset()
        query = SQL(
            "SELECT id FROM crm_ads_data WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED",
            self.id,
        )
        # of two who press at once one is retried: nothing that belongs into the log
        self.env.cr.execute(query, log_exceptions=False)
        if not self.env.cr.rowcount or self.state != "pool":
            raise UserError(
                self.env._("Somebody else has just taken it. Choose another one.")
            )

    def _claim_for(self, user):
        """Reserve this data for the user and write the look down.

        :raise UserError: when it is claimed by another, or gone
        """
        self._lock_of_pool()
        now = fields.Datetime.now()
        if self.claim_user_id not in (user, user.browse()) and self.claim_until > now:
            raise UserError(
                self.env._(
                    "%(user)s is looking at this number until %(time)s.",
                    user=self.claim_user_id.name,
                    time=format_time(self.env, self.claim_until, time_format="short"),
                )
            )
        minutes = timedelta(minutes=max(self.company_id.ads_claim_minutes, 1))
        self.write({"claim_user_id": user.id, "claim_until": now + minutes})
        self.env["crm.ads.pool.view"].create(
            {
                "data_id": self.id,
                "name": mask_phone(self.phone) if self.phone else self.name,
                "user_id": user.id,
                "company_id": self.company_id.id,
                "date": now,
            }
        )
        self.env["crm.ads.pool"].invalidate_model()

    def _is_claimed_by(self, user):
        """Whether the claim is this user's, and still holds."""
        self.ensure_one()
        return (
            self.state == "pool"
            and self.claim_user_id == user
            and self.claim_until > fields.Datetime.now()
        )

    def _take_from_pool(self, user):
        """Give the claimed data to the one who claimed it.

        :raise UserError: when the claim is over, or the person may receive no more
        """
        self._lock_of_pool()
        if not self._is_claimed_by(user):
            raise UserError(
                self.env._("Your time for this number is over. Look at it once more.")
            )
        rule = next(iter(self.env["crm.ads.distribution.rule"]._match(self)), None)
        member = rule and rule.member_ids.filtered(lambda one: one.user_id == user)
        if not user.receive_ads_data:
            raise UserError(
                self.env._("Switch receiving on in your preferences first.")
            )
        if member and member._get_room() == 0:
            raise UserError(self.env._("You have reached your daily limit."))
        self._assign_to(user, "claim", rule)

    def _release_claim(self, user):
        """Let go of the claim, if it is this user's."""
        self._lock_of_pool()
        if self.claim_user_id == user:
            self.write({"claim_user_id": False, "claim_until": False})
            self.env["crm.ads.pool"].invalidate_model()
