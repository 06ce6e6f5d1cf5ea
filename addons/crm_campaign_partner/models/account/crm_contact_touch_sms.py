from odoo import models

# How the state of a touch reads for core's notifications of an SMS.
SMS_STATES = {"sent": "pending", "delivered": "sent", "failed": "error"}


class CrmContactTouchSms(models.Model):
    """What becomes of a touch is told to core's notification of the SMS."""

    _inherit = "crm.contact.touch"

    def _settle(self, state, reason=None, **values):
        touches = super()._settle(state, reason=reason, **values)
        touches._tell_sms(SMS_STATES.get(state), reason)
        return touches

    def _get_sms_uuids(self):
        return [
            touch.payload["sms_uuid"]
            for touch in self
            if touch.payload and touch.payload.get("sms_uuid")
        ]

    def _tell_sms(self, sms_state, reason):
        uuids = self._get_sms_uuids() if sms_state else []
        if not uuids:
            return
        # sudo: notifications of others are the system's to write
        trackers = self.env["sms.tracker"].sudo().search([("sms_uuid", "in", uuids)])
        trackers._action_update_from_sms_state(
            sms_state,
            failure_type="unknown" if reason else False,
            failure_reason=reason or False,
        )
