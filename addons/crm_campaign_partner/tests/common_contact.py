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
