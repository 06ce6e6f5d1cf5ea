from odoo import api, fields, models


class CrmPhonecall(models.Model):
    """What the telephone system says about a call.

    A call is known by the account and the system's own number for it; the report of a
    call that we began finds the record that was made then. Recordings stay with the
    system: only their address is kept.
    """

    _inherit = "crm.phonecall"

    account_id = fields.Many2one(
        "crm.contact.account",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
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
        string="Outcome",
        readonly=True,
        copy=False,
    )
    talk_seconds = fields.Integer(string="Talk Time (s)", readonly=True, copy=False)
    recording_url = fields.Char(
        string="Recording",
        readonly=True,
        copy=False,
        groups="crm_campaign_partner.group_campaign_user",
    )

    @api.model
    def _log_reported(self, account, touch, call, is_over):
        """Write a report into the log.

        :param touch: the touch that began the call, or none
        :param call: ``services.send.provider.Call``
        :return: the phonecall, as superuser
        """
        # sudo: the telephone system reports, no person does
        calls = self.sudo()
        known = touch and calls.search([("touch_id", "=", touch.id)], limit=1)
        known = known or calls.search(
            [("account_id", "=", account.id), ("external_ref", "=", call.external_id)],
            limit=1,
        )
        values = calls._prepare_reported(account, call, is_over)
        if known:
            known.write({name: v for name, v in values.items() if v})
            return known
        return calls.create({**calls._prepare_unknown(account, call), **values})

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

    @api.model
    def _clean_address(self, address):
        """Only an address of the web: it is shown as a link."""
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
