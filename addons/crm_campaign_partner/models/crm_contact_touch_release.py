import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError

_logger = logging.getLogger(__name__)

BATCH = 200
# No provider answers later than this: whatever still waits then is unknown.
ANSWER_WITHIN = timedelta(hours=1)


class CrmContactTouchRelease(models.Model):
    """Touches that wait go out at their hour, after the guard has looked at them again.

    Between waiting and sending a person may have refused, or the cron may be late and
    the hours over: such touches are blocked, or wait for the next allowed moment.

    CRASH: a touch is ``sending`` and committed before its sender is called. Without an
    answer within an hour it becomes ``unknown``, and is not sent again.
    """

    _inherit = "crm.contact.touch"

    @api.model
    def _cron_release(self):
        """Release what is due, batch by batch. COST per batch: one guard per company,
        channel and kind, and one call of the sender per person who contacts."""
        commit = self.env["ir.cron"]._commit_progress
        self._mark_lost()
        domain = self._get_due_domain()
        commit(remaining=self.search_count(domain))
        while batch := self.search(
            domain, limit=BATCH, order="planned_date, id"
        ).try_lock_for_update():
            try:
                ready = batch._recheck()
                self.env.flush_all()
            except (OperationalError, ConcurrencyError) as error:
                # somebody contacts one of these people just now: the next run goes on
                self.env.cr.rollback()
                self._trigger_release()
                _logger.info("Waiting contacts are left for the next run: %s", error)
                return
            commit(len(batch))
            deliveries = ready._deliver()
            for __ in deliveries:
                if not commit(0):
                    # the time of this run is over: what is left waits for the next
                    deliveries.close()
            if not commit(0):
                return

    @api.model
    def _get_due_domain(self):
        return [
            ("state", "=", "queued"),
            ("planned_date", "<=", fields.Datetime.now()),
        ]

    def _recheck(self):
        """Ask the guard again for touches that are due.

        :return: those that go out now; they are in state ``sending``
        """
        ready = self.browse()
        now = fields.Datetime.now()
        for (company, channel, kind), touches in self.grouped(
            lambda t: (t.company_id, t.channel, t.kind)
        ).items():
            # the place that a touch holds is its own: free it, then ask
            touches._give_back()
            # one person may have several due messages: each is asked for by itself
            for group in touches._split_by_person():
                verdicts = self._guard(
                    company, channel, kind, [t._prepare_recipient() for t in group]
                )
                self._reserve(company, channel, kind, verdicts)
                for touch, verdict in zip(group, verdicts, strict=True):
                    touch.write(
                        {
                            **self._prepare_verdict_values(verdict),
                            "state": verdict.state,
                            "sending_date": verdict.state == "sending" and now,
                        }
                    )
                    if verdict.state == "sending":
                        ready += touch
        return ready

    def _split_by_person(self):
        """:return: list of recordsets, in none of which a person is twice"""
        groups, seen = [], {}
        for touch in self:
            place = seen[touch.address] = seen.get(touch.address, -1) + 1
            if place == len(groups):
                groups.append(self.browse())
            groups[place] += touch
        return groups

    def _prepare_recipient(self):
        self.ensure_one()
        return {
            "partner_id": self.partner_id.id,
            "phone": self.phone_key,
            "email": self.email_key,
        }

    @api.model
    def _mark_lost(self):
        """Touches whose sender never answered: a person has to find out."""
        lost = self.search(
            [
                ("state", "=", "sending"),
                ("sending_date", "<", fields.Datetime.now() - ANSWER_WITHIN),
            ]
        ).try_lock_for_update()
        lost._settle(
            "unknown",
            reason=self.env._(
                "No answer came. Ask the provider or the customer whether it went out."
            ),
        )

    @api.model
    def _trigger_release(self, moment=None):
        """Have what waits go out at a moment, now without one."""
        # sudo: borrows the system's right to call its own cron
        cron = self.env.ref("crm_campaign_partner.ir_cron_contact_release").sudo()
        cron._trigger(at=moment)
