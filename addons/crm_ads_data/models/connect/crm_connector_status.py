from datetime import timedelta

from odoo import api, fields, models

from ...services.connect import errors
from ...services.connect.scrub import scrub_text
from ...services.connect.words import read_words

# How long the longest wait after repeated failures is.
MAX_WAIT_MINUTES = 6 * 60
# A provider that says "too often" without saying how long.
DEFAULT_WAIT_SECONDS = 60
MAX_ERROR_LENGTH = 1000
REAUTH_TYPE = "crm_ads_data.mail_activity_type_reauth"


class CrmConnector(models.Model):
    """How a connector does, and what follows from an error.

    SPECIFICATION
    - ``_note_error`` and ``_note_success`` are the only ones that say so.
    - ``TokenExpired`` and ``Ambiguous`` (nobody knows whether a single-use token was
      used up): access is to be renewed; no call is made until the credentials were
      written anew or a test has passed; one open activity asks the administrator.
    - ``Throttled``: no call before the moment the provider names.
    - Everything else: the next fetch waits longer with every failure in a row.
    - Errors are kept without secrets.
    """

    _inherit = "crm.connector"

    next_step = fields.Char(compute="_compute_next_step")

    @api.model
    def _selection_error_kind(self):
        return [
            ("reauth", self.env._("Access refused")),
            ("throttled", self.env._("Too many calls")),
            ("transient", self.env._("No answer")),
            ("permanent", self.env._("Refused")),
            ("unexpected", self.env._("Our own error")),
        ]

    @api.depends("last_error_kind", "wait_until", "next_poll", "auth_state")
    def _compute_next_step(self):
        steps = self._get_next_steps()
        for connector in self:
            kind = connector.last_error_kind
            connector.next_step = steps.get(kind, "") if connector.last_error else ""

    def _get_next_steps(self):
        """What a person does about each kind of error."""
        return {
            "reauth": self.env._(
                "Nothing is fetched until access is renewed: authorise the app at the"
                " provider once more, paste what it gives into Access and press Test"
                " Connection. Nothing is lost meanwhile."
            ),
            "throttled": self.env._(
                "Nothing to do: it goes on by itself as soon as the provider allows."
            ),
            "transient": self.env._(
                "Nothing to do yet: it tries again by itself, less and less often. If"
                " this stays for hours, look whether the provider has an outage."
            ),
            "permanent": self.env._(
                "Compare the settings with the steps under Set Up, put right what is"
                " wrong and press Test Connection."
            ),
            "unexpected": self.env._(
                "This is an error of the software. Give this text to who maintains it."
                " Fetching goes on by itself once it is mended."
            ),
        }

    # ------------------------------------------------------------
    # NOTES
    # ------------------------------------------------------------

    def _note_error(self, error):
        """Keep what went wrong and do what follows from it."""
        self.ensure_one()
        kind = self._get_error_kind(error)
        now = fields.Datetime.now()
        failures = self.failure_count + 1
        values = {
            "last_error": self._describe_error(error),
            "last_error_kind": kind,
            "last_error_date": now,
        }
        if kind == "reauth":
            values["auth_state"] = "reauth"
        elif kind == "throttled":
            seconds = error.retry_after or DEFAULT_WAIT_SECONDS
            values["wait_until"] = now + timedelta(seconds=seconds)
        else:
            minutes = min(2 ** min(failures, 10), MAX_WAIT_MINUTES)
            values["failure_count"] = failures
            values["next_poll"] = now + timedelta(minutes=minutes)
        self.write(values)
        if kind == "reauth":
            self._ask_for_access(values["last_error"])

    def _note_success(self):
        """Keep that the provider has answered well."""
        self.ensure_one()
        values = self._prepare_success_values()
        values = {name: value for name, value in values.items() if self[name] != value}
        if values:
            self.write(values)
        if values.get("auth_state") == "ok":
            self._close_activity()

    def _prepare_success_values(self):
        return {
            "auth_state": "expiring" if self.auth_state == "expiring" else "ok",
            "last_error": False,
            "last_error_kind": False,
            "last_error_date": False,
            "failure_count": 0,
            "wait_until": False,
        }

    def _prepare_renewed_values(self):
        """What new credentials change: everything may be tried again, at once."""
        return {
            "auth_state": "unset",
            "wait_until": False,
            "next_poll": False,
            "failure_count": 0,
        }

    def _note_expiring(self, message):
        """Access still works but ends soon: ask for it to be renewed."""
        self.ensure_one()
        if self.auth_state != "expiring":
            self.write({"auth_state": "expiring"})
        self._ask_for_access(message)

    @api.model
    def _get_error_kind(self, error):
        kinds = (
            (errors.TokenExpired, "reauth"),
            (errors.Ambiguous, "reauth"),
            (errors.Throttled, "throttled"),
            (errors.Transient, "transient"),
            (errors.Permanent, "permanent"),
        )
        found = (kind for klass, kind in kinds if isinstance(error, klass))
        return next(found, "unexpected")

    def _describe_error(self, error):
        """The error's text for people, without secrets."""
        text = read_words(scrub_text(error, self._get_secrets()))
        if not isinstance(error, errors.ApiError):
            text = f"{type(error).__name__}: {text}"
        return text[:MAX_ERROR_LENGTH]

    # ------------------------------------------------------------
    # THE ADMINISTRATOR
    # ------------------------------------------------------------

    def _get_activities(self):
        """The open activities that ask for access."""
        # sudo: whoever's activity it is, there is one for all
        return self.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(REAUTH_TYPE)
        )

    def _ask_for_access(self, why):
        """Ask the administrator, unless that was done already."""
        if self._get_activities():
            return
        user = self.user_id
        # sudo: the system asks, whoever has pressed the button
        connector = self.sudo().with_context(lang=user.lang)
        connector.activity_schedule(
            REAUTH_TYPE,
            summary=connector.env._("Renew the access of %(name)s", name=self.name),
            note=why,
            user_id=user.id,
        )

    def _close_activity(self):
        self._get_activities().action_feedback()
