import logging
from datetime import UTC, timedelta

from odoo import api, fields, models

from ....services.connect import errors
from ....services.connect.meta_events import (
    BATCH_SIZE,
    MAX_AGE,
    StageEvent,
    send_events,
)

_logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
# A margin, so that nothing grows too old on its way.
MARGIN = 3600


class CrmConnectorFeedback(models.Model):
    """Sending stages to Facebook.

    SPECIFICATION
    - A batch is ``sending`` and committed before its call; one that was left so by a
      crash is ``unknown``. What is unknown is never sent again by itself.
    - Facebook refuses a whole batch for one bad event: then it is halved, until the bad
      one is alone.
    - Events older than seven days are never sent: Facebook takes none.
    - What surely did not arrive (too many calls, no connection) waits, longer with
      every try; what asks for new access waits for that.
    """

    _inherit = "crm.connector.feedback"

    @api.model
    def _cron_send(self):
        """Write down new stages and send what waits."""
        progress = self.env["ir.cron"]._commit_progress
        self._give_up_lost()
        connectors = self.env["crm.connector"].search(self._get_sender_domain())
        while self._fill(connectors) and progress(1):
            pass
        progress()
        for connector in connectors:
            while rows := self._claim(connector):
                # the commit comes before the call, so that no crash sends it twice
                time_left = progress(len(rows))
                self._send(connector, rows, progress)
                if not progress() or not time_left:
                    return

    @api.model
    def _get_sender_domain(self):
        return [
            ("provider", "=", "facebook"),
            ("send_stages", "=", True),
            ("state", "=", "running"),
            ("auth_state", "!=", "reauth"),
        ]

    @api.model
    def _give_up_lost(self):
        """What was being sent when the server stopped is unknown."""
        lost = self.search([("state", "=", "sending")])
        lost.write(
            {
                "state": "unknown",
                "error": self.env._("the server stopped while it was being sent"),
            }
        )

    @api.model
    def _claim(self, connector):
        """The next batch of a connector, as ``sending``; what is too old is dropped."""
        now = fields.Datetime.now()
        oldest = now - timedelta(seconds=MAX_AGE - MARGIN)
        waiting = [
            ("connector_id", "=", connector.id),
            ("state", "=", "pending"),
            "|",
            ("next_try", "=", False),
            ("next_try", "<=", now),
        ]
        stale = self.search([*waiting, ("moment", "<", oldest)])
        stale.write(
            {
                "state": "dropped",
                "error": self.env._("older than seven days: Facebook takes none"),
            }
        )
        if connector.busy_until and connector.busy_until > now:
            return self.browse()
        rows = self.search(waiting, order="id", limit=BATCH_SIZE)
        rows = rows.try_lock_for_update()
        rows.write({"state": "sending"})
        return rows

    def _send(self, connector, rows, progress):
        """Send rows that are ``sending`` and committed, and keep what came of it.

        :param progress: called after each batch, to commit what came of it
        """
        handler = connector._require_handler()
        batches = [rows]
        while batches:
            batch = batches.pop()
            try:
                with handler._explain():
                    received = self._call(connector, batch)
                batch._note_sent(received)
            except errors.Permanent as error:
                half = len(batch) // 2
                if half:
                    batches += [batch[half:], batch[:half]]
                else:
                    batch._note_outcome("failed", connector._describe_error(error))
            except errors.Ambiguous as error:
                batch._note_outcome("unknown", connector._describe_error(error))
            except errors.ApiError as error:
                (batch.union(*batches))._note_delay(connector, error)
                batches = []
            except Exception as error:  # pylint: disable=broad-exception-caught
                # whatever it was, the call may have been made
                _logger.exception("Connector %s: stages were not sent", connector.id)
                batch._note_outcome("unknown", connector._describe_error(error))
            progress()

    def _call(self, connector, rows):
        api_ = connector._get_api()
        received = send_events(
            api_,
            connector.dataset_ref,
            [row._get_stage_event() for row in rows],
            connector.test_event_code or None,
        )
        connector._require_handler()._keep_wait(connector, api_)
        return received

    def _get_stage_event(self):
        self.ensure_one()
        return StageEvent(
            event_id=self.event_id,
            lead_ref=self.lead_ref,
            stage=self.stage,
            moment=int(self.moment.replace(tzinfo=UTC).timestamp()),
            phone=self.data_id.phone_key or None,
            email=self.data_id.email or None,
        )

    def _note_sent(self, received):
        if received == len(self):
            self.write(
                {"state": "sent", "sent_date": fields.Datetime.now(), "error": False}
            )
            return
        self._note_outcome(
            "unknown",
            self.env._(
                "Facebook says that it received %(received)s of %(count)s",
                received=received,
                count=len(self),
            ),
        )

    def _note_outcome(self, state, error):
        self.write({"state": state, "error": error})

    def _note_delay(self, connector, error):
        """Nothing was done: try again later, unless that was tried often enough."""
        connector._note_error(error)
        text = connector._describe_error(error)
        now = fields.Datetime.now()
        for attempts, rows in self.grouped("attempts").items():
            attempts += not isinstance(error, errors.TokenExpired)
            wait = error.retry_after or 60 * 2**attempts
            rows.write(
                {
                    "state": "pending" if attempts < MAX_ATTEMPTS else "failed",
                    "attempts": attempts,
                    "next_try": now + timedelta(seconds=wait),
                    "error": text,
                }
            )
