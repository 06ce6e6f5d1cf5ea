from collections import defaultdict

from odoo import fields, models

from .sms_api import TouchSmsApi


class SmsSms(models.Model):
    """Everything in Odoo that sends SMS uses the accounts of the company and its people
    (000.28), where there are any; without one, core's own way stays as it is.

    An SMS is handed over to a touch, which keeps its fate: its state comes back to
    core's notification of the SMS.
    """

    _inherit = "sms.sms"

    failure_type = fields.Selection(
        selection_add=[("sms_contact_guard", "Held Back by the Contact Guard")]
    )

    def _get_sms_company(self):
        # without a document core takes the company of the cron's user
        own = self.with_company(self.create_uid[:1].company_id)
        return super(SmsSms, own)._get_sms_company()

    def _split_by_api(self):
        """Each company's SMS by themselves; those of people who can use an account go
        to the touches."""
        touched = defaultdict(self.browse)
        rest = self.browse()
        for sms in self:
            company = sms._get_sms_company()[:1]
            accounts = self.env["crm.contact.account"]._get_candidates(
                sms.create_uid, company, "sms"
            )
            if any(account.state != "draft" for account in accounts):
                touched[company] += sms
            else:
                rest += sms
        for company, group in touched.items():
            api_ = TouchSmsApi(self.env)
            api_._set_company(company)
            yield api_, group
        if rest:
            yield from super(SmsSms, rest)._split_by_api()

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Core's cron comes here without having split the SMS by company."""
        if self.env.context.get("sms_api"):
            return super()._send(unlink_failed, unlink_sent, raise_exception)
        for sms_api, group in self._split_by_api():
            super(SmsSms, group.with_context(sms_api=sms_api))._send(
                unlink_failed, unlink_sent, raise_exception
            )
        return None

    def _get_touch_kind(self):
        """:return: mailings are advertising, anything else is care"""
        self.ensure_one()
        return "marketing" if self.mailing_id else "care"

    def _prepare_touch_recipient(self):
        self.ensure_one()
        message = self.mail_message_id
        return {
            "partner_id": self.partner_id.id,
            "phone": self.number,
            "res_model": message.model,
            "res_id": message.res_id,
            "body": self.body,
            "payload": {"sms_uuid": self.uuid},
        }
