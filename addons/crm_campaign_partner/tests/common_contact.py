from contextlib import nullcontext

from freezegun import freeze_time

from odoo.addons.crm_campaign_partner.services.send.provider import Sent

from .common import CampaignCase

NOON = "2026-03-02 05:00:00"  # 12:00 in Vietnam
NIGHT = "2026-03-02 16:00:00"  # 23:00


class ContactCase(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.vn")
        for number, partner in enumerate(cls.partners):
            partner.write(
                {
                    "phone": f"090123450{number}",
                    "email": f"Dealer{number}@Example.com",
                    "country_id": cls.env.ref("base.vn").id,
                }
            )
        cls.touches = cls.env["crm.contact.touch"]

    def _guard(self, channel, partners=None, kind="marketing"):
        partners = self.partners[0] if partners is None else partners
        return self.touches._guard(
            self.company, channel, kind, self.touches._prepare_recipients(partners)
        )

    def _open(self, channel, partners=None, kind="marketing", user=None, **values):
        partners = self.partners[0] if partners is None else partners
        recipients = [
            {**recipient, **values}
            for recipient in self.touches._prepare_recipients(partners)
        ]
        return self.touches._open(self.company, channel, kind, recipients, user=user)

    def _consent(self, decision, **values):
        return self.env["crm.contact.consent"].create(
            {
                "company_id": self.company.id,
                "decision": decision,
                "source": "call",
                "proof": "Recording 12",
                **values,
            }
        )

    def _one_transaction(self):
        """Cursors that are opened meanwhile are this test's."""
        is_test_mode = type(self)._registry_patched
        return nullcontext() if is_test_mode else self.enter_registry_test_mode()

    def _release(self, moment):
        """Let the cron run at a moment."""
        cron = self.env.ref("crm_campaign_partner.ir_cron_contact_release")
        self.env.flush_all()
        with freeze_time(moment), self._one_transaction():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _set_account(self, channel, outcomes=None, **values):
        """An account of the company that is ready, at a provider that takes all.

        :param outcomes: function of a touch to what its provider answers: ``Sent`` or
            an ApiError, which is raised
        """
        handler = type(self.env["crm.contact.provider"])

        def send(_self, _account, touch):
            outcome = outcomes(touch) if outcomes else Sent(f"F{touch.id}")
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        self.patch(handler, "_get_channel", lambda _self: channel)
        self.patch(handler, "_send", send)
        self.patch(
            type(self.env["crm.contact.account"]),
            "_get_handler",
            lambda account: account.env["crm.contact.provider"],
        )
        self.patch(handler, "_test", lambda _self, _account: "ok")
        return self.env["crm.contact.account"].create(
            {
                "name": "Test",
                "provider": "esms",
                "company_id": self.company.id,
                "user_id": False,
                **values,
            }
        )
