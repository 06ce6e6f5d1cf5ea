from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS


class CrmPhonecall(models.Model):
    """What the telephone system says about a call.

    A call is known by the account and the system's own number for it; the report of a
    call that we began finds the record that was made then. Reports come in any order
    and several times: nothing that is known is taken back by one that knows less.

    RECORDINGS stay with the system: only their address is kept, and opened by whoever
    called, the organisers of the campaign and campaign managers.
    """

    _inherit = "crm.phonecall"

    account_id = fields.Many2one(
        "crm.contact.account",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
        groups="crm_campaign_partner.group_campaign_user",
    )
    external_ref = fields.Char(
        string="Number at the System", readonly=True, copy=False, index="btree_not_null"
    )
    disposition = fields.Selection(
        [
            ("answered", "Answered"),
            ("busy", "Busy"),
            ("missed", "Not Answered"),
            ("failed", "Failed"),
        ],
        string="Call Outcome",
        readonly=True,
        copy=False,
    )
    talk_seconds = fields.Integer(string="Talk Time (s)", readonly=True, copy=False)
    recording_url = fields.Char(readonly=True, copy=False, groups=NO_ACCESS)
    has_recording = fields.Boolean(
        string="Recorded", compute="_compute_has_recording", compute_sudo=True
    )

    _external_ref_uniq = models.UniqueIndex(
        "(account_id, external_ref) WHERE external_ref IS NOT NULL",
        "This call is in the log already.",
    )

    @api.depends("recording_url")
    def _compute_has_recording(self):
        for call in self:
            call.has_recording = bool(call.recording_url)

    def action_open_recording(self):
        """Open the recording at the telephone system.

        :return: the action that opens it
        :raises AccessError: for the calls of others
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: the address is shut to everybody; who may open it is checked here
        call = self.sudo()
        manager = self.env.user.has_group("crm_campaign_partner.group_campaign_manager")
        campaign = call.member_id.campaign_id.with_user(self.env.user)
        if not (manager or call.user_id == self.env.user or campaign.user_is_organiser):
            raise AccessError(
                self.env._("A recording is for whoever called and for managers.")
            )
        return {
            "type": "ir.actions.act_url",
            "url": call.recording_url,
            "target": "new",
        }

    # ------------------------------------------------------------------
    # Reports
    # ------------------------------------------------------------------

    @api.model
    def _log_reported(self, account, touch, call, is_over):
        """Write a report into the log.

        :param touch: the touch that began the call, or none
        :param call: ``services.send.provider.Call``
        :return: the phonecall, as superuser
        """
        # sudo: the telephone system reports, no person does
        calls = self.sudo()
        values = calls._prepare_reported(account, call, is_over)
        numbered = calls.search(
            [("account_id", "=", account.id), ("external_ref", "=", call.external_id)],
            limit=1,
        )
        begun = touch and calls.search([("touch_id", "=", touch.id)], limit=1)
        known = begun or numbered
        if not known:
            return calls.create({**calls._prepare_unknown(account, call), **values})
        if begun and numbered and begun != numbered:
            # logged before its touch was known: the number stays where it is
            values.pop("external_ref")
        known.write(known._prepare_news(values))
        return known

    @api.model
    def _prepare_reported(self, account, call, is_over):
        values = {
            "account_id": account.id,
            "external_ref": call.external_id,
            "disposition": call.disposition,
            "talk_seconds": call.talk_seconds,
            "recording_url": self._clean_address(call.recording_url),
        }
        if is_over:
            values |= {"state": "done", "duration": call.talk_seconds / 60.0}
        if call.started:
            values["date"] = call.started
        return values

    def _prepare_news(self, values):
        """:return: what of a report is new; a talk that is known is not taken back"""
        self.ensure_one()
        (known,) = self.read(list(values), load=None)
        if self.talk_seconds > values["talk_seconds"]:
            values = {
                name: value
                for name, value in values.items()
                if name not in ("disposition", "duration", "talk_seconds")
            }
        news = {
            name: value
            for name, value in values.items()
            if value and known[name] != value
        }
        if "state" in news:
            # closing a call makes up a length unless it is told
            news["duration"] = values.get("duration", self.duration)
        return news

    @api.model
    def _clean_address(self, address):
        """Only an address of the web: it is opened as a link."""
        is_web = (address or "").startswith(("https://", "http://"))
        return address[:500] if is_web else False

    @api.model
    def _prepare_unknown(self, account, call):
        """A call that was not begun here: somebody called, or dialled by hand."""
        partner = self._find_caller(account, call.phone)
        person = self._find_extension(account, call.extension)
        is_inbound = call.direction == "inbound"
        return {
            "name": partner.name
            or call.phone
            or self.env._("Call %s", call.external_id),
            "partner_id": partner.id,
            "partner_phone": call.phone,
            "user_id": person.id,
            "company_id": account.company_id.id,
            "direction": "in" if is_inbound else "out",
            "state": "open",
        }

    @api.model
    def _find_caller(self, account, phone):
        if not phone:
            return self.env["res.partner"]
        return self.env["res.partner"].search(
            [
                ("phone_sanitized", "=", phone),
                ("company_id", "in", [account.company_id.id, False]),
            ],
            limit=1,
        )

    @api.model
    def _find_extension(self, account, extension):
        if account.user_id:
            return account.user_id
        if not extension:
            return self.env["res.users"]
        return self.env["res.users"].search(
            [
                ("contact_extension", "=", extension),
                ("company_ids", "in", account.company_id.ids),
            ],
            limit=1,
        )
