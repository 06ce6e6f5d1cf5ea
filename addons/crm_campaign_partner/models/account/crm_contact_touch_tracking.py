from odoo import api, models
from odoo.tools import hmac


class CrmContactTouchTracking(models.Model):
    """The id by which a provider knows a touch, and tells of it again.

    It is the touch's own and never changes, so that a second try with it reaches nobody
    twice where the provider looks at it; and it is signed, so that a report cannot name
    a touch at will.
    """

    _inherit = "crm.contact.touch"

    def _get_tracking_id(self):
        """:return: the id, at most 40 characters"""
        self.ensure_one()
        # sudo: the signature reads the database's secret
        secret = hmac(self.env(su=True), "crm_contact_touch", str(self.id))
        return f"t{self.id}-{secret[:16]}"

    @api.model
    def _find_by_tracking(self, account, tracking_id):
        """:return: the touch of that account, or none"""
        number = (tracking_id or "").partition("-")[0].removeprefix("t")
        if not number.isdecimal() or len(number) > 9:
            return self.browse()
        touch = self.browse(int(number)).exists()
        if touch.account_id != account or touch._get_tracking_id() != tracking_id:
            return self.browse()
        return touch

    @api.model
    def _find_reported(self, account, tracking_id, provider_ref):
        """:return: the touch that a report of this account's provider is about, as
        superuser; none when it is not known here (yet)"""
        # sudo: the system's right to write the outcome into the ledger
        touches = self.sudo()
        touch = touches._find_by_tracking(account, tracking_id)
        if not touch and provider_ref:
            touch = touches.search(
                [("account_id", "=", account.id), ("provider_ref", "=", provider_ref)],
                limit=1,
            )
        return touch

    def _is_advertising(self):
        """Whether it is advertising, and no care."""
        self.ensure_one()
        return self.kind == "marketing"
