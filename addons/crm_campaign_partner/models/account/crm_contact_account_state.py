import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...services.send import errors
from .crm_contact_account_secret import SECRETS

HOUR = timedelta(hours=1)

_logger = logging.getLogger(__name__)


class CrmContactAccountState(models.Model):
    """Whether an account can send: tried when it is saved, watched while it sends."""

    _inherit = "crm.contact.account"

    @api.model_create_multi
    def create(self, vals_list):
        """Create accounts and try those that have what they need."""
        accounts = super().create(vals_list)
        accounts._check_settings()
        return accounts

    def write(self, vals):
        """Write; changed credentials or settings are tried at once."""
        result = super().write(vals)
        if not vals.keys().isdisjoint(self._get_connection_fields()):
            self._check_settings()
        return result

    @api.model
    def _get_connection_fields(self):
        """:return: names of the fields on which it depends whether the account works;
        each provider adds its own settings"""
        return {"provider", "host_overrides", "host_overrides_text", *SECRETS}

    def _check_settings(self):
        """Refuse what can never work, and try what may."""
        # sudo: the system's bookkeeping of what the provider says
        for account in self.sudo():
            handler = account._get_handler()
            if handler is None:
                continue
            handler._check(account)
            if account._get_missing() or self.env.context.get("install_mode"):
                account.write(
                    {"state": "draft", "last_error": False, "last_message": False}
                )
            else:
                account.with_context(contact_account_is_saved=True)._test()

    def _get_missing(self):
        """:return: labels of the settings and credentials that are still empty"""
        self.ensure_one()
        handler = self._get_handler()
        secrets = self._get_secrets()
        return [
            self._fields[name]._description_string(self.env)
            for name in handler._get_required_names()
            if not (secrets.get(name) if name in SECRETS else self[name])
        ]

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_test(self):
        """Try the credentials at the provider, and say what came of it.

        :raises UserError: when something is missing
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: the system's right to use the credentials, write access was checked
        account = self.sudo()
        if account._get_handler() is None:
            raise UserError(self.env._("Nothing serves this provider here."))
        if missing := account._get_missing():
            raise UserError(self.env._("Fill in first: %s.", ", ".join(missing)))
        is_ready = account._test()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if is_ready else "danger",
                "title": self.env._("Ready to send")
                if is_ready
                else self.env._("Not accepted"),
                "message": account.last_message if is_ready else account.last_error,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _test(self):
        """:return: whether the provider takes the credentials"""
        self.ensure_one()
        found = self._attempt("_test")
        if isinstance(found, errors.ApiError):
            self._note_failure(found)
            return False
        self._note_success(str(found))
        return True

    # ------------------------------------------------------------------
    # Calls
    # ------------------------------------------------------------------

    def _attempt(self, method, *args):
        """Make a call for this account; with an access token that has ended, renew it
        and make the call once more.

        :param method: name of a method of the handler that takes the account first
        :return: what the call returns, or the ApiError that it raised
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                return self._call_handler(method, *args)
        except errors.ApiError as error:
            return error
        except Exception as error:  # pylint: disable=broad-exception-caught
            # a fault of ours must not stop the messages of others; whether this one
            # went out, nobody knows
            _logger.exception("%s of account %s failed", method, self.id)
            return errors.Ambiguous(type(error).__name__)

    def _call_handler(self, method, *args):
        handler = self._get_handler()
        call = getattr(handler, method)
        account = self._with_fresh_token()
        used = account._get_secrets().get("access_token")
        try:
            return call(account, *args)
        except errors.TokenExpired:
            if not handler._can_refresh(account):
                raise
            return call(account._with_fresh_token(failed=used), *args)

    # ------------------------------------------------------------------
    # State
    # ------------------------------------------------------------------

    def _note_success(self, message=None):
        """The provider takes this account."""
        self.ensure_one()
        self._lock_row()
        # sudo: the system's bookkeeping
        self.sudo().write(
            {
                "state": "ready",
                "last_check": fields.Datetime.now(),
                "last_message": (message or "")[:200] or False,
                "last_error": False,
            }
        )
        self.sudo().activity_feedback(["mail.mail_activity_data_todo"])

    def _note_failure(self, error):
        """The provider refuses this account, or cannot be reached: ask its owner, once.

        :param error: ApiError
        """
        self.ensure_one()
        self._lock_row()
        # sudo: the system's bookkeeping
        account = self.sudo()
        was_ready = account.state == "ready"
        account.write(
            {
                "state": "error",
                "last_check": fields.Datetime.now(),
                "last_message": False,
                "last_error": str(error)[:1000],
            }
        )
        owner = account.user_id or account.create_uid
        if was_ready:
            # due on the day of whoever has to mend it
            account.with_context(tz=owner.tz).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("This account cannot send any more"),
                note=account.last_error,
                user_id=owner.id,
            )

    def _note_stop(self, error):
        """Sending was stopped: a full queue passes by itself, a fault does not."""
        if not isinstance(error, errors.Throttled):
            self._note_failure(error)

    # ------------------------------------------------------------------
    # Hourly limit
    # ------------------------------------------------------------------

    def _get_room(self):
        """COST: one query.

        :return: how many messages may go out now, and when the next may
        """
        self.ensure_one()
        now = fields.Datetime.now()
        if not self.hourly_limit:
            return None, now
        # sudo: borrows the system's right to count what went out, whoever sent it
        sent = (
            self.env["crm.contact.touch"]
            .sudo()
            .search_fetch(
                [
                    ("account_id", "=", self.id),
                    ("sending_date", ">", now - HOUR),
                    ("state", "in", ("sending", "sent", "delivered", "unknown")),
                ],
                ["sending_date"],
                order="sending_date",
            )
        )
        room = max(self.hourly_limit - len(sent), 0)
        return room, (sent[:1].sending_date or now) + HOUR
