from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .const import CHANNELS, KINDS


class CrmContactTouch(models.Model):
    """Every outgoing contact on any channel: who, whom, how, what came of it (N1).

    LEDGER: whom, how and what stays as it was written; only the outcome is added.
    Nobody but the system writes here: there is no access line for it, and
    administrators are refused too. All touches are made by ``_open``, with the contact
    guard's answer.

    STATES: ``queued`` waits for its allowed hour; ``sending`` is handed to the provider
    and may have gone out; ``sent``, ``delivered``, ``failed`` is what the provider
    said;
    ``unknown`` means that no answer came: a person decides, it is never sent again by
    itself; ``blocked`` was never sent, with the reason.

    RIGHTS: campaign users see their own touches, those of their members and of the
    campaigns that they run; managers all of the company.
    """

    _name = "crm.contact.touch"
    _description = "Contact Touch"
    _inherit = ["crm.contact.ledger"]
    _order = "date desc, id desc"
    _rec_name = "address"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Contacted By", index=True, readonly=True
    )
    campaign_id = fields.Many2one(
        "crm.campaign",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    member_id = fields.Many2one(
        "crm.campaign.member",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    res_model = fields.Char(string="Source Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Source", model_field="res_model", readonly=True
    )
    address = fields.Char(
        index="btree_not_null",
        readonly=True,
        help="The phone number or e-mail address that was contacted.",
    )
    phone_key = fields.Char(string="Phone", readonly=True)
    email_key = fields.Char(string="E-mail", readonly=True)
    subject = fields.Char(readonly=True)
    body = fields.Text(string="Message", readonly=True)
    payload = fields.Json(
        readonly=True,
        groups="base.group_system",
        help="What the sender of the channel needs besides the message.",
    )
    date = fields.Datetime(
        required=True, index=True, readonly=True, default=fields.Datetime.now
    )
    state = fields.Selection(
        [
            ("queued", "Waiting"),
            ("sending", "Sending"),
            ("sent", "Sent"),
            ("delivered", "Delivered"),
            ("failed", "Failed"),
            ("unknown", "Unknown"),
            ("blocked", "Blocked"),
        ],
        string="Status",
        required=True,
        index=True,
        readonly=True,
    )
    reason = fields.Text(readonly=True)
    planned_date = fields.Datetime(string="Goes Out On", readonly=True)
    counted_date = fields.Datetime(
        string="Counted On",
        readonly=True,
        help="The moment that counts to the cap; empty when it does not count.",
    )
    sending_date = fields.Datetime(string="Handed Over On", readonly=True)
    sent_date = fields.Datetime(string="Sent On", readonly=True)
    provider_ref = fields.Char(
        string="Provider's Number", index="btree_not_null", readonly=True
    )

    _queue_idx = models.Index("(planned_date) WHERE state = 'queued'")
    _sending_idx = models.Index("(sending_date) WHERE state = 'sending'")

    @api.model
    def _get_open_fields(self):
        return super()._get_open_fields() | {
            "state",
            "reason",
            "planned_date",
            "counted_date",
            "sending_date",
            "sent_date",
            "provider_ref",
        }

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_confirm_sent(self):
        """A person found out that these did go out."""
        self._decide_unknown("sent")

    def action_confirm_failed(self):
        """A person found out that these did not go out."""
        self._decide_unknown("failed")

    def _decide_unknown(self, state):
        self.check_access("read")
        manager = self.env.user.has_group("crm_campaign_partner.group_campaign_manager")
        if not manager and any(touch.user_id != self.env.user for touch in self):
            raise AccessError(
                self.env._("Only whoever sent it, or a campaign manager, can tell.")
            )
        if any(touch.state != "unknown" for touch in self):
            raise UserError(
                self.env._("The outcome of these contacts is known already.")
            )
        # sudo: borrows the system's right to write the outcome, checked above.
        self.sudo()._settle(
            state, reason=self.env._("Decided by %s.", self.env.user.name)
        )

    # ------------------------------------------------------------------
    # Outcome
    # ------------------------------------------------------------------

    @api.model
    def _get_transitions(self):
        """:return: dict of a state to the states that may follow it"""
        return {
            "queued": {"sending", "failed", "blocked"},
            "sending": {"sent", "delivered", "failed", "unknown"},
            "sent": {"delivered", "failed"},
            "unknown": {"sent", "delivered", "failed"},
        }

    def _settle(self, state, reason=None, **values):
        """Write what came of the touches. Reports that come twice or too late (sent
        after delivered) change nothing. What never went out does not count.

        :param values: ``provider_ref``
        :return: the touches that changed
        """
        following = self._get_transitions()
        touches = self.filtered(lambda t: state in following.get(t.state, ()))
        if state == "failed":
            touches.filtered(
                lambda t: t.state in ("queued", "sending", "unknown")
            )._give_back()
        if state in ("sent", "delivered"):
            values["sent_date"] = fields.Datetime.now()
        for known, changed in touches.grouped(lambda t: bool(t.sent_date)).items():
            changed.write(
                {
                    name: value
                    for name, value in {
                        **values,
                        "state": state,
                        "reason": reason or False,
                    }.items()
                    if not (known and name == "sent_date")
                }
            )
        return touches

    def _give_back(self):
        """These did not happen: they no longer count to the caps."""
        counted = self.filtered("counted_date")
        for (company, channel, kind), touches in counted.grouped(
            lambda t: (t.company_id, t.channel, t.kind)
        ).items():
            self.env["crm.contact.counter"]._give_back(
                company, channel, kind, [(t.address, t.counted_date) for t in touches]
            )
        counted.write({"counted_date": False})
