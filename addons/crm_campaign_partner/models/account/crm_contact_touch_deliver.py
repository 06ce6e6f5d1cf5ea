from datetime import timedelta

from odoo import fields, models

from ...services.send import errors

# After how many tries that sent nothing a message is given up.
MAX_ATTEMPTS = 8
# How long it waits after the first of them; twice as long after each other one.
FIRST_WAIT = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=2)
# How long messages wait for an account that needs attention.
ACCOUNT_WAIT = timedelta(minutes=15)


class CrmContactTouchDeliver(models.Model):
    """Touches in state ``sending`` are handed to the account of whoever contacts.

    OUTCOME: the class of the provider's error decides. Nobody knows whether it went
    out: ``unknown``, for a person to decide. Nothing went out and it may work later:
    back into the queue, after a wait that grows. The account is at fault: it needs
    attention, and whatever is left waits for it. Anything else: ``failed``.

    Whoever iterates commits each outcome before the next message is sent; what is left
    when nobody goes on waits again.
    """

    _inherit = "crm.contact.touch"

    account_id = fields.Many2one(
        "crm.contact.account",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    attempts = fields.Integer(readonly=True)

    def _get_open_fields(self):
        return super()._get_open_fields() | {"account_id", "attempts"}

    def _deliver(self):
        """Send touches in state ``sending``, those of each person by the account that
        sends for this person; yields after each outcome."""
        accounts = self.env["crm.contact.account"]
        for (company, channel, user), touches in self.grouped(
            lambda t: (t.company_id, t.channel, t.user_id)
        ).items():
            account = accounts._get_for(user, company, channel)
            if account:
                yield from touches._deliver_by(account)
                continue
            broken = accounts._get_candidates(user, company, channel)[:1]
            waiting = touches._filter_young(company) if broken else self.browse()
            waiting._put_back(
                ACCOUNT_WAIT, broken.last_error or broken.name, is_attempt=False
            )
            (touches - waiting)._settle(
                "failed", reason=self._get_no_account_reason(channel)
            )

    def _filter_young(self, company):
        """:return: those that have not waited for longer than the company allows"""
        # sudo: borrows the right to read one's company; the rule is no secret
        days = company.sudo().contact_queue_days
        limit = fields.Datetime.now() - timedelta(days=days)
        return self.filtered(lambda touch: touch.date >= limit)

    def _get_no_account_reason(self, channel):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        return self.env._(
            "There is no account that can contact people by %s. Set one up first.",
            channels[channel],
        )

    def _deliver_by(self, account):
        """Send by one account, within its hourly limit."""
        room, next_room = account._get_room()
        left = self
        if room is not None:
            left = self[:room]
            self[room:]._put_back(
                next_room - fields.Datetime.now(),
                self.env._(
                    "“%(account)s” sends %(limit)s messages per hour.",
                    account=account.name,
                    limit=account.hourly_limit,
                ),
                is_attempt=False,
            )
        left.write({"account_id": account.id})
        stop = None
        try:
            for touch, outcome in account._get_handler()._send_all(account, left):
                left -= touch
                touch._note_outcome(outcome)
                if self._is_stopping(outcome):
                    left._put_back(
                        timedelta(seconds=outcome.retry_after or 0) or ACCOUNT_WAIT,
                        str(outcome),
                        is_attempt=False,
                    )
                    stop = outcome
                    break
                yield
        except GeneratorExit:
            left._put_back(timedelta(0), None, is_attempt=False)
            raise
        # committed first: access that was renewed meanwhile has changed the account
        # after this transaction began
        yield
        if stop:
            account._note_stop(stop)
            yield

    def _is_stopping(self, outcome):
        """Whether the next message by this account would fare the same."""
        return isinstance(
            outcome, errors.AccountFault | errors.TokenExpired | errors.Throttled
        )

    def _note_outcome(self, outcome):
        """Write down what came of one message.

        :param outcome: ``Sent`` or ApiError
        """
        self.ensure_one()
        waiting = (
            errors.Throttled,
            errors.Transient,
            errors.TokenExpired,
            errors.AccountFault,
        )
        if not isinstance(outcome, errors.ApiError):
            values = {"provider_ref": outcome.provider_id}
            if outcome.state == "sending":
                self.write(values)
            else:
                self._settle(outcome.state, **values)
        elif isinstance(outcome, waiting) and self._can_try_again():
            wait = min(FIRST_WAIT * 2**self.attempts, LONGEST_WAIT)
            if outcome.retry_after:
                wait = timedelta(seconds=outcome.retry_after)
            self._put_back(wait, str(outcome))
        else:
            self._settle(outcome.state, reason=str(outcome)[:1000])

    def _can_try_again(self):
        """Whether it may go out later by itself: a message does, a telephone does not
        ring when nobody expects it."""
        handler = self.account_id._get_handler() if self.account_id else None
        is_patient = handler is None or handler._can_wait
        return is_patient and self.attempts + 1 < MAX_ATTEMPTS

    def _put_back(self, wait, reason, is_attempt=True):
        """Nothing went out: these wait again.

        :param wait: timedelta
        """
        planned = fields.Datetime.now() + wait
        for attempts, touches in self.grouped("attempts").items():
            touches.write(
                {
                    "state": "queued",
                    "planned_date": planned,
                    "sending_date": False,
                    "reason": reason or False,
                    "attempts": attempts + 1 if is_attempt else attempts,
                }
            )
        if self:
            self._trigger_release(planned)
