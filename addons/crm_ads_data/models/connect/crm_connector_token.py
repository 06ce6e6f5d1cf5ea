import random
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...services.connect import errors

# Access that ends within this time is renewed before the next call.
REFRESH_MINUTES = 10
# The cron renews it a while before that.
PROACTIVE_MINUTES = 40
# Access that no machine can renew: when to ask a person.
ASK_DAYS = 14
# A transaction of our own: how often it is begun, and how long it waits for the row.
TRIES = 5
LOCK_SECONDS = 40


class CrmConnector(models.Model):
    """Access tokens that end, and refresh tokens that work once.

    SPECIFICATION
    - ``_with_fresh_token`` before a call: a token about to end is exchanged first.
    - The exchange runs in a transaction of its own, under the lock of the connector's
      row, and reads the row after it has the lock: of any number of workers one makes
      the call, the others find its result. The new pair is committed before anybody
      uses it, so that no rollback can lose it.
    - The caller must hold no lock on the row itself: it would wait for itself (and give
      up after ``LOCK_SECONDS``).
    - What the provider says no to is noted in that same transaction: the others do not
      ask again.
    """

    _inherit = "crm.connector"

    def _with_fresh_token(self, failed=None, minutes=REFRESH_MINUTES, is_asked=False):
        """This connector with access that is good for a while.

        :param failed: access token that the provider has just refused
        :param minutes: how long it has to be good for
        :param is_asked: True when a person wants to try, whatever was noted before
        :raise ApiError: when there is no such access
        """
        self.ensure_one()
        # sudo: the system's right to use the tokens
        connector = self.sudo()
        if not connector._require_handler()._can_refresh(connector):
            return self
        if not connector._is_stale(failed, minutes):
            return self
        values, error = self._apart("_refresh_locked", failed, minutes, is_asked)
        if error:
            raise error
        # This transaction began before that one: it cannot see the pair by itself.
        for fname, value in values.items():
            field = self._fields[fname]
            field._update_cache(
                connector, field.convert_to_cache(value or False, connector)
            )
        return self

    def _is_stale(self, failed, minutes):
        if failed:
            return self.access_token == failed
        if not self.access_token:
            return bool(self.refresh_token)
        limit = fields.Datetime.now() + timedelta(minutes=minutes)
        return bool(self.token_expiry) and self.token_expiry <= limit

    def _refresh_locked(self, failed, minutes, is_asked):
        """Exchange the tokens; the row is locked and was read after that.

        :return: ``(values of the pair, None)``, or ``(None, error)``
        """
        names = ("access_token", "refresh_token", "token_expiry", "refresh_expiry")
        if self._is_stale(failed, minutes):
            error = self._exchange(is_asked)
            if error:
                return None, error
        return {name: self[name] for name in names}, None

    def _exchange(self, is_asked):
        try:
            if self.auth_state == "reauth" and not is_asked:
                raise errors.TokenExpired(self.last_error or "reauth")
            if not self.refresh_token:
                raise errors.TokenExpired(self.env._("There is no refresh token."))
            values = self._require_handler()._refresh(self)
        except errors.ApiError as error:
            if self.auth_state != "reauth":
                self._note_error(error)
            return error
        # The row stays as it is but for the pair: what waits, waits on.
        kept = {name: self[name] for name in self._prepare_renewed_values()}
        self.write({**kept, "auth_state": "ok", **values})
        self._close_activity()
        return None

    def _apart(self, method, *args):
        """Call a method in a transaction of its own, with the row locked.

        The first statement both takes the lock and begins the snapshot, so that
        whatever is read afterwards is what the holder before has committed.

        :return: what the method returns
        :raise Transient: when the row could not be had
        """
        self.ensure_one()
        for attempt in range(TRIES):
            try:
                with self.env.registry.cursor() as cr:
                    # sudo: the system's bookkeeping, whoever has pressed the button
                    connector = self.with_env(self.env(cr=cr, su=True))
                    connector._lock_rows()
                    result = getattr(connector, method)(*args)
                    connector.env.flush_all()
                break
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                time.sleep(random.uniform(0, 0.1 * 2**attempt))  # noqa: S311
        else:
            raise errors.Transient(
                self.env._("%(name)s is busy, try again.", name=self.name)
            )
        self.invalidate_recordset()
        return result

    def _lock_rows(self):
        """Hold these connectors until the commit.

        A cron and a button may want the same connector: who comes second is met here,
        where the clash is foreseen and whoever called runs once more, and not in the
        ORM, which calls it an error in the server's log.
        """
        cr = self.env.cr
        cr.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_SECONDS}s"])
        lock = SQL(
            "SELECT id FROM crm_connector WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            self.ids,
        )
        cr.execute(lock, log_exceptions=False)
        if cr.rowcount < len(self):
            raise UserError(self.env._("Save the connector first."))

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_refresh_tokens(self):
        """Renew access before it ends; ask a person where no machine can."""
        progress = self.env["ir.cron"]._commit_progress
        connectors = self.search(self._get_ending_domain(), order="id")
        progress(remaining=len(connectors))
        for connector in connectors:
            try:
                connector._renew_or_ask()
            except errors.ApiError as error:
                # noted in a transaction of its own already; nothing was written here
                connector._log_error(error)
            except Exception as error:  # noqa: BLE001 pylint: disable=broad-exception-caught
                # whatever breaks one connector must not stop the others
                self.env.cr.rollback()
                connector._log_error(error)
            if not progress(1):
                break

    @api.model
    def _get_ending_domain(self):
        now = fields.Datetime.now()
        return [
            ("state", "!=", "draft"),
            ("auth_state", "!=", "reauth"),
            "|",
            ("token_expiry", "<=", now + timedelta(days=ASK_DAYS)),
            ("refresh_expiry", "<=", now + timedelta(days=ASK_DAYS)),
        ]

    def _renew_or_ask(self):
        handler = self._get_handler()
        if handler is None:
            return
        limit = fields.Datetime.now() + timedelta(days=ASK_DAYS)
        ends = self.token_expiry
        if handler._can_refresh(self):
            self._with_fresh_token(minutes=PROACTIVE_MINUTES)
            ends = self.refresh_expiry
        if ends and ends <= limit:
            self._apart(
                "_note_expiring",
                self.env._("The authorisation ends on %(day)s.", day=ends.date()),
            )
