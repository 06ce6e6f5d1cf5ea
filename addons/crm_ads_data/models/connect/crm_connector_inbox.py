import json
from hashlib import sha256

from odoo import api, fields, models
from odoo.tools import SQL

from ...services.connect.payload import to_plain
from ...services.connect.scrub import scrub_payload
from .crm_connector import CREDENTIAL_FIELDS

MAX_KEY = 200


class CrmConnector(models.Model):
    """Taking events into the inbox.

    SPECIFICATION
    - An event is kept once per connector and key, by the database itself; who brings it
      again, at the same moment or years later, adds nothing.
    - The payload is kept without secrets.
    - The cron is triggered only when no trigger waits: a trigger per event costs more
      than the event. One that the running cron is just using up does not count.

    COST: one INSERT, one look for a trigger, seldom one INSERT of it.
    """

    _inherit = "crm.connector"

    @api.model
    def _get_webhook_fields(self):
        """What proving and keeping an event takes of its connector, in one query."""
        return ["provider", "state", "company_id", "webhook_uuid", *CREDENTIAL_FIELDS]

    def _receive(self, events):
        """Put events into the inbox.

        :param events: list of ``Event`` of ``services.connect``
        :return: number of those that are new
        """
        self.ensure_one()
        if not events:
            return 0
        secrets = self._get_secrets()
        now = fields.Datetime.now()
        rows = [self._prepare_event_row(event, secrets, now) for event in events]
        query = SQL(
            """
            INSERT INTO crm_connector_event (
                connector_id, company_id, topic, idempotency_key, external_id,
                account_ref, payload, state, attempts, next_try, received,
                create_uid, create_date, write_uid, write_date
            ) VALUES %s
            ON CONFLICT (connector_id, idempotency_key) DO NOTHING
            """,
            SQL(", ").join(rows),
        )
        # A conflict with another transaction is repeated by whoever called us.
        self.env.cr.execute(query, log_exceptions=False)
        count = self.env.cr.rowcount
        self.invalidate_recordset(["event_ids"], flush=False)
        if count and self.state == "running":
            self.env["crm.connector.event"]._trigger_cron()
        return count

    def _prepare_event_row(self, event, secrets, now):
        payload = scrub_payload(to_plain(event.payload), secrets)
        return SQL(
            "(%s, %s, %s, %s, %s, %s, %s::jsonb, 'pending', 0, %s, %s, 1, %s, 1, %s)",
            self.id,
            self.company_id.id,
            event.topic[:64],
            self._shorten_key(event.key),
            event.external_id,
            event.account_ref,
            json.dumps(payload) if payload else None,
            now,
            now,
            now,
            now,
        )

    @api.model
    def _shorten_key(self, key):
        """The key, or what stands for one that no index could hold."""
        if len(key) <= MAX_KEY:
            return key
        return f"{key[:100]}#{sha256(key.encode()).hexdigest()}"

    @api.model
    def _trigger_once(self, xmlid):
        """Have a cron of ours begin at once, unless that is asked for already."""
        # sudo: names of records are the system's; this one is ours
        names = self.env["ir.model.data"].sudo()
        cron_id = names._xmlid_to_res_id(xmlid, raise_if_not_found=True)
        query = SQL(
            """
            SELECT 1 FROM ir_cron_trigger WHERE cron_id = %s AND call_at <= %s
             LIMIT 1 FOR KEY SHARE SKIP LOCKED
            """,
            cron_id,
            fields.Datetime.now(),
        )
        self.env.cr.execute(query, log_exceptions=False)
        if not self.env.cr.rowcount:
            # sudo: crons are the administrator's; this one is ours
            self.env["ir.cron"].sudo().browse(cron_id)._trigger()

    @api.model
    def _trigger_at(self, xmlid, moment):
        """Have a cron of ours run at that moment (naive UTC)."""
        # sudo: crons are the administrator's; this one is ours
        self.env.ref(xmlid).sudo()._trigger(moment)
