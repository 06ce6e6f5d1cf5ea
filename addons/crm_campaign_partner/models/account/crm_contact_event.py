import json
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...services.send.provider import later_state

_logger = logging.getLogger(__name__)

CRON = "crm_campaign_partner.ir_cron_contact_event"
BATCH = 100
MAX_ATTEMPTS = 6
KEEP = timedelta(days=90)


class CrmContactEvent(models.Model):
    """Inbox of what providers report about messages and calls.

    A report is kept once per account and key. It is worked off by a cron, each in a
    savepoint of its own; one that fails, or is about a message whose sending is not
    committed yet, is tried again after 1, 2, 4 … minutes and given up after
    ``MAX_ATTEMPTS``; campaign managers give it another try. Reports are removed after
    90 days.
    """

    _name = "crm.contact.event"
    _description = "Report of a Provider"
    _order = "id desc"
    _rec_name = "topic"

    account_id = fields.Many2one(
        "crm.contact.account", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    topic = fields.Char(required=True, readonly=True)
    idempotency_key = fields.Char(required=True, readonly=True)
    payload = fields.Json(readonly=True, groups="base.group_system")
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("done", "Done"),
            ("ignored", "Does Not Concern Us"),
            ("dead", "Given Up"),
        ],
        string="Status",
        required=True,
        default="pending",
        readonly=True,
        index=True,
    )
    attempts = fields.Integer(readonly=True)
    next_try = fields.Datetime(readonly=True)
    error = fields.Char(readonly=True)
    payload_text = fields.Text(
        string="Content", compute="_compute_payload_text", groups="base.group_system"
    )

    _key_uniq = models.UniqueIndex("(account_id, idempotency_key)")
    _due_idx = models.Index("(next_try) WHERE state = 'pending'")

    @api.depends("payload")
    def _compute_payload_text(self):
        for event in self:
            event.payload_text = json.dumps(event.payload, ensure_ascii=False, indent=2)

    @api.model
    def _trigger_processing(self, moment=None):
        """Have the inbox worked off at a moment, now without one; a trigger that waits
        already is enough: one per report would cost more than the report."""
        # sudo: names of records are the system's; this one is ours
        names = self.env["ir.model.data"].sudo()
        cron_id = names._xmlid_to_res_id(CRON, raise_if_not_found=True)
        self.env.cr.execute(
            SQL(
                """
                SELECT 1 FROM ir_cron_trigger WHERE cron_id = %s AND call_at <= %s
                 LIMIT 1 FOR KEY SHARE SKIP LOCKED
                """,
                cron_id,
                moment or fields.Datetime.now(),
            ),
            log_exceptions=False,
        )
        if not self.env.cr.rowcount:
            # sudo: borrows the system's right to call its own cron
            self.env["ir.cron"].sudo().browse(cron_id)._trigger(at=moment)

    @api.model
    def _cron_process_events(self):
        """Work off what has come in."""
        commit = self.env["ir.cron"]._commit_progress
        domain = self._get_due_domain()
        commit(remaining=self.search_count(domain))
        while batch := self.search(
            domain, limit=BATCH, order="id"
        ).try_lock_for_update():
            for event in batch:
                event._process()
            if not commit(len(batch)):
                return

    @api.model
    def _get_due_domain(self):
        return [("state", "=", "pending"), ("next_try", "<=", fields.Datetime.now())]

    def _process(self):
        """Work off one report; it is done, put off, or given up afterwards."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                is_done = self._apply()
        except Exception as error:  # pylint: disable=broad-exception-caught
            # whatever breaks one report must not stop the others
            _logger.info("Report %s failed", self.id, exc_info=True)
            self._put_off(type(error).__name__)
            return
        if is_done is None:
            self.state = "ignored"
        elif is_done:
            self.write({"state": "done", "error": False})
        else:
            self._put_off(self.env._("The message or call is not known here (yet)."))

    def _apply(self):
        """:return: True when done, False to try again later, None when it does not
        concern us"""
        account = self.account_id
        handler = account._get_handler()
        for event in handler._read_events(account, self.payload):
            if account._shorten_key(event.key) == self.idempotency_key:
                return handler._process_event(account, event)
        return None

    def _put_off(self, error):
        attempts = self.attempts + 1
        moment = fields.Datetime.now() + timedelta(minutes=2 ** (attempts - 1))
        self.write(
            {
                "attempts": attempts,
                "error": error,
                "next_try": moment,
                "state": "dead" if attempts >= MAX_ATTEMPTS else "pending",
            }
        )
        if self.state == "pending":
            self._trigger_processing(moment)

    def action_retry(self):
        """Work off once more what was given up.

        :raises AccessError: but for campaign managers
        """
        self.check_access("read")
        given_up = self.filtered(lambda event: event.state in ("dead", "ignored"))
        # sudo: nobody but the system writes here; managers alone may read, see above
        given_up.sudo().write(
            {
                "state": "pending",
                "attempts": 0,
                "error": False,
                "next_try": fields.Datetime.now(),
            }
        )
        if given_up:
            self._trigger_processing()

    @api.autovacuum
    def _gc_old_events(self):
        limit = fields.Datetime.now() - KEEP
        self.search([("create_date", "<", limit)], limit=10000).unlink()

    # ------------------------------------------------------------------
    # Outcome
    # ------------------------------------------------------------------

    @api.model
    def _settle_touch(self, account, event):
        """Write the state that a report gives to the touch it is about.

        :param event: ``services.send.provider.Event``
        :return: True when the touch is known
        """
        touch = self.env["crm.contact.touch"]._find_reported(
            account, event.tracking_id, event.provider_id
        )
        if not touch:
            return False
        state = later_state(touch.state, event.state)
        if state != touch.state:
            touch._settle(state, reason=event.reason)
        return True
