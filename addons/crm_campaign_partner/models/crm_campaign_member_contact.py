from odoo import api, fields, models
from odoo.fields import Domain

COUNTED = {
    "call": "call_count",
    "email": "email_count",
    "sms": "sms_count",
    "zalo": "zalo_count",
}
# So many partners are walked through at one sitting.
QUEUE = 200


class CrmCampaignMemberContact(models.Model):
    """The salesperson's desk: how often a member was contacted, and by what (000.22).

    COUNTS: touches that went out or will; blocked and failed ones do not count. One
    query for any number of members.

    QUEUE: whoever records a result goes on to the next: first the own open members of
    the same campaign, then those of the others; due ones first, those planned for a
    later day not at all.
    """

    _name = "crm.campaign.member"
    _inherit = ["crm.campaign.member", "crm.contact.person"]

    touch_ids = fields.One2many("crm.contact.touch", "member_id", string="Contacts")
    call_count = fields.Integer(string="Calls", compute="_compute_touch_counts")
    email_count = fields.Integer(string="E-mails", compute="_compute_touch_counts")
    sms_count = fields.Integer(string="SMS", compute="_compute_touch_counts")
    zalo_count = fields.Integer(string="Zalo", compute="_compute_touch_counts")
    last_touch_date = fields.Datetime(
        string="Last Contact", compute="_compute_touch_counts"
    )
    result_is_positive = fields.Boolean(related="result_id.is_positive")

    @api.depends("touch_ids.state", "touch_ids.sent_date")
    def _compute_touch_counts(self):
        groups = self.env["crm.contact.touch"]._read_group(
            [("member_id", "in", self.ids), ("state", "not in", ("blocked", "failed"))],
            ["member_id", "channel"],
            ["__count", "sent_date:max"],
        )
        self.update(dict.fromkeys([*COUNTED.values(), "last_touch_date"], False))
        members = {member.id: member for member in self._origin}
        found = {}
        for member, channel, count, sent_date in groups:
            values = found.setdefault(member.id, {"last_touch_date": False})
            values[COUNTED[channel]] = count
            values["last_touch_date"] = max(
                filter(None, (values["last_touch_date"], sent_date)), default=False
            )
        for member in self:
            if member._origin.id in members:
                member.update(found.get(member._origin.id, {}))

    @api.model
    def _get_person_fields(self):
        return [f"partner_id.{name}" for name in super()._get_person_fields()]

    @api.model
    def mail_allowed_qweb_expressions(self):
        """What everybody may fill in, also without the right to edit templates."""
        return (
            *super().mail_allowed_qweb_expressions(),
            "object.partner_id.city",
            "object.partner_id.email",
            "object.partner_id.phone",
            "object.campaign_id.title",
            "object.campaign_id.code",
            "object.company_id.name",
            "object.company_id.phone",
            "object.user_id.email",
            "object.user_id.phone",
        )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_send_email(self):
        """:return: the action that writes an e-mail to these (000.24)"""
        return self._action_compose("email")

    def action_send_sms(self):
        """:return: the action that writes an SMS to these (000.27)"""
        return self._action_compose("sms")

    def action_send_zalo(self):
        """:return: the action that writes a Zalo message to these"""
        return self._action_compose("zalo")

    def action_update_partner(self):
        """:return: the action that corrects the data of this member's partner"""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct Customer Data"),
            "res_model": "crm.campaign.partner.update",
            "view_mode": "form",
            "target": "new",
            "context": {"default_member_id": self.id},
        }

    def action_record_result(self):
        """:return: the action that opens “Record Result”: for one member, with the
        others of the own list to follow; for several, with one result for all"""
        queue = self._get_queue() if len(self) == 1 else self
        return self._action_record(self, queue)

    def action_work_through(self):
        """:return: the action that goes through these members one by one; without any,
        through the own open ones"""
        queue = self or self._get_queue()
        if not queue:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "success",
                    "message": self.env._("You have contacted everybody. Well done!"),
                },
            }
        return self._action_record(queue[:1], queue)

    def action_view_touches(self):
        """:return: the action that lists the contacts with this member"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign_partner.crm_contact_touch_action"
        )
        return dict(action, domain=[("member_id", "=", self.id)], context={})

    def _action_record(self, members, queue, **context):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record Result"),
            "res_model": "crm.campaign.result.record",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_member_ids": members.ids,
                "default_queue_ids": queue.ids,
                "dialog_size": "extra-large" if len(members) == 1 else "large",
                **context,
            },
        }

    def _get_queue(self):
        """:return: self, and after it whom the user contacts next"""
        others = self._get_queue_domain() & Domain("id", "not in", self.ids)
        order = "next_date, state desc, id"
        queue = self
        if self.campaign_id:
            same = Domain("campaign_id", "in", self.campaign_id.ids)
            queue += self.search(others & same, limit=QUEUE, order=order)
            others &= ~same
        return queue + self.search(
            others, limit=max(QUEUE - len(queue), 0), order=f"campaign_id, {order}"
        )

    @api.model
    def _get_queue_domain(self):
        today = fields.Date.context_today(self)
        return (
            Domain("user_id", "=", self.env.uid)
            & Domain("state", "!=", "done")
            & (Domain("next_date", "=", False) | Domain("next_date", "<=", today))
        )
