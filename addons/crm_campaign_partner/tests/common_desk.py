from odoo import Command

from .common_contact import ContactCase


class DeskCase(ContactCase):
    """An assignee with three own members, of whom one refused advertising by SMS."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.members = cls.member
        for partner in cls.partners[2:]:
            cls.members += cls._new_member(
                cls.sub_campaign, partner, user_id=cls.assignee.id
            )
        cls.own = cls.members.with_user(cls.assignee).with_context(
            allowed_company_ids=cls.company.ids
        )

    def _compose(self, records, channel, user=None, **values):
        """The composer as the screen opens it."""
        wizard = self.env["crm.contact.compose"].with_user(user or self.assignee)
        return wizard.create(
            {
                "res_model": records._name,
                "res_ids": records.ids,
                "channel": channel,
                **values,
            }
        )

    def _sms(self, records, text="Hello {{ object.partner_id.name }}", **values):
        return self._compose(records, "sms", sms_body=text, **values)

    def _record(self, members, **values):
        return (
            self.env["crm.campaign.result.record"]
            .with_user(self.assignee)
            .create({"member_ids": [Command.set(members.ids)], **values})
        )

    def _touches(self, **criteria):
        self.env.flush_all()
        return self.touches.sudo().search(
            [(name, "=", value) for name, value in criteria.items()], order="id"
        )
