import random
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

# A person who presses "Call" again within this time means the same call.
SAME_CALL = timedelta(seconds=20)
TRIES = 5


@dataclass(frozen=True, slots=True)
class Dialled:
    """What came of a call: the touch's id and state, and why it did not come about."""

    id: int
    state: str
    reason: str | None = None


class CrmContactTouchCall(models.Model):
    """A call that is made while the person waits for it (003.18).

    ONCE: the touch is ``sending`` and committed by a transaction of its own before the
    telephone system is asked, and settled by another one. So nothing that becomes of
    the caller's transaction, which Odoo may run again, dials twice; nor does a second
    press within ``SAME_CALL``, in whichever window.

    NOW: whom the guard does not allow at this moment is not called, and nothing is
    written. A call never waits: what did not come about is ``failed`` at once.
    """

    _inherit = "crm.contact.touch"

    @api.model
    def _call_now(self, company, kind, recipient, user=None):
        """Have the telephone system of a person call somebody, and tell at once.

        The caller has checked that the person may contact this recipient. The touch is
        not visible to the caller's transaction.

        :param recipient: as ``_prepare_recipients`` makes it
        :param user: who calls; the current user when not given
        :return: ``Dialled``
        :raises RedirectWarning: without a usable account
        :raises UserError: with the guard's reason, or when it is being dialled already
        """
        user = user or self.env.user
        with self._apart() as touches:
            touch, is_new = touches._open_call(company, kind, recipient, user)
            dialled = touch._get_dialled()
        if not is_new:
            return dialled
        with self._apart() as touches:
            touch = touches.browse(dialled.id)
            outcome = touch.account_id._attempt("_send", touch)
        return self._repeat(self._settle_call, dialled.id, outcome)

    @contextmanager
    def _apart(self):
        """This model as superuser, in a transaction of its own that is committed."""
        with self.env.registry.cursor() as cr:
            # sudo: the system's right to write the ledger
            touches = self.with_env(self.env(cr=cr, su=True))
            yield touches.browse()
            touches.env.flush_all()

    @api.model
    def _open_call(self, company, kind, recipient, user):
        """:return: ``(touch in state sending, whether it is new)``"""
        company, user = company.with_env(self.env), user.with_env(self.env)
        account = self.env["crm.contact.account"]._require_for(user, company, "call")
        (verdict,) = self._guard(company, "call", kind, [recipient])
        self._lock_call(user, verdict.address)
        same = self.search(self._get_same_call_domain(user, verdict.address), limit=1)
        if same:
            return same, False
        if verdict.state != "sending":
            raise UserError(verdict.reason)
        touch = self._open(company, "call", kind, [recipient], user=user)
        touch.write(
            {
                "state": "sending",
                "sending_date": fields.Datetime.now(),
                "account_id": account.id,
            }
        )
        self.env["crm.phonecall"]._log_touches(touch)
        return touch, True

    @api.model
    def _lock_call(self, user, address):
        """One person dials a number once at a time, in however many windows."""
        key = f"crm_contact_call {user.id} {address}"
        ((is_free,),) = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(hashtext(%s))", key)
        )
        if not is_free:
            raise UserError(self.env._("%s is being dialled already.", address))

    @api.model
    def _get_same_call_domain(self, user, address):
        return [
            ("channel", "=", "call"),
            ("user_id", "=", user.id),
            ("address", "=", address),
            ("state", "in", ("sending", "sent", "delivered", "unknown")),
            ("sending_date", ">", fields.Datetime.now() - SAME_CALL),
        ]

    @api.model
    def _repeat(self, method, *args):
        """Run a method again, in a new transaction, while others are in its way."""
        for attempt in range(TRIES):
            try:
                return method(*args)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                if attempt == TRIES - 1:
                    raise
                time.sleep(random.uniform(0, 0.1 * 2**attempt))  # noqa: S311
        return None

    @api.model
    def _settle_call(self, touch_id, outcome):
        with self._apart() as touches:
            touch = touches.browse(touch_id)
            # a report may have been quicker than the answer
            if touch.state == "sending":
                touch._note_outcome(outcome)
            if touch._is_stopping(outcome):
                touch.account_id._note_stop(outcome)
            return touch._get_dialled()

    def _get_dialled(self):
        self.ensure_one()
        return Dialled(self.id, self.state, self.reason or None)
