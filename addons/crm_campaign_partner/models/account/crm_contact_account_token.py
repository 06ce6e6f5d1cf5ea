import random
import time
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...services.send import errors

# Access that ends within this time is renewed before the next call.
REFRESH_BEFORE = timedelta(minutes=10)
# A transaction of our own: how often it is begun, and how long it waits for the row.
TRIES = 5
LOCK_SECONDS = 40


class CrmContactAccountToken(models.Model):
    """Access tokens that end, and refresh tokens that work once (Zalo, apis.md §2).

    The exchange runs in a transaction of its own, under the lock of the account's row,
    and reads the row after it has the lock: of any number of workers one makes the
    call, the others find its result. The new pair is committed before anybody uses it,
    so that no rollback can lose it. The caller must hold no lock on the row itself: an
    account that is just being saved (context ``contact_account_is_saved``) is renewed
    in that same transaction, which holds the row.
    """

    _inherit = "crm.contact.account"

    token_expiry = fields.Datetime(string="Access Ends", readonly=True, copy=False)

    def _with_fresh_token(self, failed=None):
        """This account with access that is good for a while.

        :param failed: access token that the provider has just refused
        :raise ApiError: when there is no such access
        """
        self.ensure_one()
        # sudo: the system's right to use the tokens
        account = self.sudo()
        handler = account._get_handler()
        if not handler._can_refresh(account) or not account._is_stale(failed):
            return account
        if self.env.context.get("contact_account_is_saved"):
            __, error = account._refresh_locked(failed)
            if error:
                raise error
            return account
        values, error = account._refresh_apart(failed)
        if error:
            raise error
        # This transaction began before that one: it cannot see the pair by itself.
        for name, value in values.items():
            field = account._fields[name]
            field._update_cache(account, field.convert_to_cache(value, account))
        return account

    def _is_stale(self, failed):
        access = self._get_secrets().get("access_token")
        if failed or not access:
            return access == failed or not access
        limit = fields.Datetime.now() + REFRESH_BEFORE
        return bool(self.token_expiry) and self.token_expiry <= limit

    def _refresh_apart(self, failed):
        """:return: ``(values, None)`` or ``(None, ApiError)``"""
        for attempt in range(TRIES):
            try:
                with self.env.registry.cursor() as cr:
                    # sudo: the system's right to renew the tokens
                    account = self.with_env(self.env(cr=cr, su=True))
                    account._lock_row()
                    result = account._refresh_locked(failed)
                    account.env.flush_all()
                return result
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                time.sleep(random.uniform(0, 0.1 * 2**attempt))  # noqa: S311
        return None, errors.Transient(
            self.env._("%(name)s is busy, try again.", name=self.name)
        )

    def _lock_row(self):
        """Hold this account until the commit. The first statement both takes the lock
        and begins the snapshot: what is read afterwards is what the holder before has
        committed."""
        cr = self.env.cr
        cr.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_SECONDS}s"])
        lock = SQL(
            "SELECT id FROM crm_contact_account WHERE id = %s FOR NO KEY UPDATE",
            self.id,
        )
        cr.execute(lock, log_exceptions=False)
        if not cr.rowcount:
            raise UserError(self.env._("Save the account first."))

    def _refresh_locked(self, failed):
        if self._is_stale(failed):
            try:
                tokens = self._get_handler()._refresh(self)
            except errors.ApiError as error:
                return None, error
            self.write(self._prepare_token_values(tokens))
        return {name: self[name] for name in ("credentials", "token_expiry")}, None

    def _prepare_token_values(self, tokens):
        """:param tokens: ``services.send.provider.Tokens``"""
        pair = {"access_token": tokens.access_token}
        if tokens.refresh_token:
            pair["refresh_token"] = tokens.refresh_token
        return {
            "credentials": {**self._get_secrets(), **pair},
            "token_expiry": fields.Datetime.now() + timedelta(seconds=tokens.seconds),
        }
