from odoo import api, fields, models


class CrmPhonecall(models.Model):
    """A call of a campaign in the call log: whose answer it was, and its touch.

    LOG: every call from a campaign is logged when it is dialled, by hand or by the
    account's telephone system. The result that is recorded afterwards closes it.
    """

    _inherit = "crm.phonecall"

    member_id = fields.Many2one(
        "crm.campaign.member",
        string="Campaign Member",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    touch_id = fields.Many2one(
        "crm.contact.touch",
        string="Ledger Entry",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
    )
    result_id = fields.Many2one(
        "crm.campaign.result",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )

    @api.model
    def _log_touches(self, touches):
        """:param touches: touches of the channel "call", as superuser
        :return: the calls, one for each"""
        # sudo: borrows the salesperson's right to log calls; whoever contacts for a
        # campaign need not be one, and has just been allowed to call.
        return self.sudo().create([self._prepare_touch_call(t) for t in touches])

    @api.model
    def _prepare_touch_call(self, touch):
        member = touch.member_id
        return {
            "name": self.env._(
                "%(partner)s – %(campaign)s",
                partner=touch.partner_id.name or touch.address,
                campaign=member.campaign_id.title,
            ),
            "member_id": member.id,
            "touch_id": touch.id,
            "partner_id": touch.partner_id.id,
            "partner_phone": touch.address,
            "opportunity_id": member.lead_id.id,
            "campaign_id": member.campaign_id.utm_campaign_id.id,
            "company_id": touch.company_id.id,
            "user_id": touch.user_id.id,
            "direction": "out",
            "state": "open",
        }

    def _close_with_result(self, member):
        """The result of a member is known: his open calls are over."""
        calls = self.filtered(lambda call: call.state == "open")
        calls.write(
            {
                "result_id": member.result_id.id,
                "description": member.note,
            }
        )
        # A call that the telephone system measured is closed by its own report.
        calls.filtered(lambda call: not call.duration).write({"state": "done"})
