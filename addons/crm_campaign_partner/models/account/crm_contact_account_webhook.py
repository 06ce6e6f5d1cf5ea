import json
from hashlib import sha256
from uuid import uuid4

from odoo import api, fields, models
from odoo.tools import SQL

from ...services.send.scrub import scrub_value

MAX_KEY = 200


class CrmContactAccountWebhook(models.Model):
    """Where a provider reports what became of messages and calls.

    The address is a secret of the account: providers that sign nothing are proven by it
    alone. Whoever may change the account sees it, and may have a new one made.
    """

    _inherit = "crm.contact.account"

    webhook_address = fields.Char(compute="_compute_webhook_address")

    @api.depends_context("uid")
    @api.depends("webhook_uuid", "provider")
    def _compute_webhook_address(self):
        editable = self._origin._filtered_access("write")
        for account in self:
            account.webhook_address = (
                account._get_webhook_address()
                if account._origin and account._origin in editable
                else False
            )

    def _get_webhook_address(self):
        """:return: the secret address to which the provider reports"""
        self.ensure_one()
        # sudo: the system's right to tell the provider the account's own address
        return f"{self.get_base_url()}/contact/webhook/{self.sudo().webhook_uuid}"

    def action_renew_address(self):
        """Make a new address; the old one is nobody's from now on."""
        self.ensure_one()
        self.check_access("write")
        # sudo: the field is the administrator's; write access was checked above
        self.sudo().webhook_uuid = uuid4().hex

    def _scrub_report(self, payload):
        """:return: the report without this account's secrets, or others by name"""
        return scrub_value(payload, self._get_secrets().values())

    def _receive(self, events, payload):
        """Put reports into the inbox; what is there already is not added.

        COST: one INSERT, one look for a trigger.

        :param events: list of ``services.send.provider.Event``
        :param payload: the report they were read from
        :return: number of new ones
        """
        self.ensure_one()
        if not events:
            return 0
        now = fields.Datetime.now()
        body = json.dumps(payload, default=str)
        rows = [
            SQL(
                "(%s, %s, %s, %s, %s::jsonb, 'pending', 0, %s, 1, %s, 1, %s)",
                self.id,
                self.company_id.id,
                event.topic[:64],
                self._shorten_key(event.key),
                body,
                now,
                now,
                now,
            )
            for event in events
        ]
        # A conflict with another transaction is repeated by whoever called us.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_contact_event (
                    account_id, company_id, topic, idempotency_key, payload, state,
                    attempts, next_try, create_uid, create_date, write_uid, write_date
                ) VALUES %s
                ON CONFLICT (account_id, idempotency_key) DO NOTHING
                """,
                SQL(", ").join(rows),
            ),
            log_exceptions=False,
        )
        count = self.env.cr.rowcount
        if count:
            self.env["crm.contact.event"]._trigger_processing()
        return count

    @api.model
    def _shorten_key(self, key):
        """The key, or what stands for one that no index could hold."""
        if len(key) <= MAX_KEY:
            return key
        return f"{key[:100]}#{sha256(key.encode()).hexdigest()}"
