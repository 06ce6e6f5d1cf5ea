import random
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...services.send import errors

# Access that ends within this time is renewed before the next call.
REFRESH_BEFORE = timedelta(minutes=10)
# A transaction of our own: how often it is begun, and how long it waits for the row.
TRIES = 5
LOCK_SECONDS = 40
# How long a refresh token may lie unused; it ends after about three months.
UNUSED = timedelta(days=30)


class CrmContactAccountToken(models.Model):
    """Access tokens that end, and refresh tokens that work once (Zalo, apis.md §2).

    The exchange runs in a transaction of its own, under the lock of the account's row,
    and reads the row after it has the lock: of any number of workers one makes the
    call, the others find its result. The new pair is committed before anybody uses it,
    so that no rollback can lose it. The lock lets messages point at the account
    meanwhile, those of the caller's own transaction too; the caller must not have
    changed the row itself: an account that is just being saved (context
    ``contact_account_is_saved``) is renewed in that same transaction, which holds it.

    After a renewal the caller's transaction is older than the row: whoever writes the
    account then begins anew first (``_lock_row``), or has committed.

    UNUSED: a refresh token that nobody uses ends after three months, so a cron uses it
    once a month.
    """

    _inherit = "crm.contact.account"

    token_expiry = fields.Datetime(string="Access Ends", readonly=True, copy=False)
    token_date = fields.Datetime(
        string="Access Renewed On",
        readonly=True,
        copy=False,
        help="An unused access ends after three months; it is renewed once a month.",
    )

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
            # whatever can clash in this transaction does so before the token is used
            account.env.flush_all()
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
                    cr.execute(SQL("SET LOCAL lock_timeout = %s", LOCK_SECONDS * 1000))
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
        """Hold this account until the commit. Where somebody has changed it since this
        transaction began, that raises what is answered by running the transaction
        again, without an error in the log."""
        cr = self.env.cr
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
        kept = ("credentials", "token_expiry", "token_date")
        return {name: self[name] for name in kept}, None

    def _prepare_token_values(self, tokens):
        """:param tokens: ``services.send.provider.Tokens``"""
        pair = {"access_token": tokens.access_token}
        if tokens.refresh_token:
            pair["refresh_token"] = tokens.refresh_token
        now = fields.Datetime.now()
        return {
            "credentials": {**self._get_secrets(), **pair},
            "token_expiry": now + timedelta(seconds=tokens.seconds),
            "token_date": now,
        }

    # ------------------------------------------------------------------
    # Unused tokens
    # ------------------------------------------------------------------

    @api.model
    def _cron_renew_tokens(self):
        """Use the refresh tokens that nobody has used for a month."""
        commit = self.env["ir.cron"]._commit_progress
        accounts = self.search(self._get_unused_domain(), order="token_date, id")
        commit(remaining=len(accounts))
        for account in accounts:
            error = account._renew_unused()
            # the renewal is committed and newer than this transaction
            commit(0)
            if isinstance(error, errors.TokenExpired | errors.AccountFault):
                account._note_failure(error)
            if not commit(1):
                return

    @api.model
    def _get_unused_domain(self):
        limit = fields.Datetime.now() - UNUSED
        return [
            ("state", "=", "ready"),
            "|",
            ("token_date", "=", False),
            ("token_date", "<", limit),
            ("provider", "in", self._get_single_use_providers()),
        ]

    @api.model
    def _get_single_use_providers(self):
        """:return: the providers whose refresh tokens work once, and end unused"""
        return [
            provider
            for provider, _label in self._fields["provider"].selection
            if (handler := self.env.get(f"crm.contact.provider.{provider}")) is not None
            and handler._is_refresh_single_use
        ]

    def _renew_unused(self):
        """:return: the ApiError that came of it, or None"""
        self.ensure_one()
        if not self._get_handler()._can_refresh(self):
            return None
        access = self._get_secrets().get("access_token")
        __, error = self._refresh_apart(access)
        return error
