from odoo.addons.sms.tools.sms_api import SmsApiBase


class TouchSmsApi(SmsApiBase):
    """Core's SMS become touches: the guard looks at them, and they go out by the
    account of whoever sends, at their hour."""

    PROVIDER_TO_SMS_FAILURE_TYPE = SmsApiBase.PROVIDER_TO_SMS_FAILURE_TYPE | {
        "contact_guard": "sms_contact_guard"
    }

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        """:param messages: list of ``{"content", "numbers": [{"uuid", "number"}]}``
        :return: list of ``{"uuid", "state", "failure_reason"?}``"""
        uuids = [one["uuid"] for message in messages for one in message["numbers"]]
        # sudo: core's queue of SMS is the system's
        waiting = self.env["sms.sms"].sudo().search([("uuid", "in", uuids)])
        results = []
        for (user, kind, _body), group in waiting.grouped(
            lambda sms: (sms.create_uid, sms._get_touch_kind(), sms.body)
        ).items():
            touches = self.env["crm.contact.touch"]._open(
                self.company,
                "sms",
                kind,
                [sms._prepare_touch_recipient() for sms in group],
                user=user,
            )
            for sms, touch in zip(group, touches, strict=True):
                is_blocked = touch.state == "blocked"
                results.append(
                    {
                        "uuid": sms.uuid,
                        "state": "contact_guard" if is_blocked else "processing",
                        "failure_reason": touch.reason if is_blocked else False,
                    }
                )
        return results
