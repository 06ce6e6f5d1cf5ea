from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...services.connect import errors
from .crm_connector_poll import CRON


class CrmConnector(models.Model):
    """What an administrator does with a connector.

    SPECIFICATION
    - ``action_test`` proves the credentials by the provider's cheapest call, whatever
      was noted before, and says in words what is wrong.
    - ``action_run`` needs the credentials that the provider names as required.
    - ``action_sync`` fetches in the background; the form shows how far it is.
    - ``action_renew_address`` makes the old webhook address worthless.
    """

    _inherit = "crm.connector"

    event_count = fields.Integer(compute="_compute_event_counts")
    waiting_count = fields.Integer(compute="_compute_event_counts")
    dead_count = fields.Integer(compute="_compute_event_counts")

    def _compute_event_counts(self):
        groups = self.env["crm.connector.event"]._read_group(
            [("connector_id", "in", self.ids)], ["connector_id", "state"], ["__count"]
        )
        counts = {(connector.id, state): count for connector, state, count in groups}
        for connector in self:
            by_state = {
                state: count
                for (connector_id, state), count in counts.items()
                if connector_id == connector._origin.id
            }
            connector.event_count = sum(by_state.values())
            connector.waiting_count = by_state.get("pending", 0)
            connector.waiting_count += by_state.get("failed", 0)
            connector.dead_count = by_state.get("dead", 0)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_test(self):
        """Ask the provider whether it takes the credentials, and say what it says."""
        self.ensure_one()
        self.check_access("write")
        self._check_complete()
        try:
            self._with_fresh_token(is_asked=True)
            answer = self._require_handler()._test(self)
        except errors.ApiError as error:
            self._apart("_note_error", error)
            return self._notify("danger", self.last_error, self.next_step)
        self._apart("_note_success")
        if self.state == "running":
            self._trigger_once(CRON)
            self.env["crm.connector.event"]._trigger_cron()
        detail = answer if answer not in (None, "", "ok") else ""
        return self._notify("success", self.env._("The provider answers."), detail)

    def action_run(self):
        """Fetch by itself from now on."""
        self.check_access("write")
        for connector in self:
            connector._check_complete()
        self._lock_rows()
        self.write({"state": "running", "next_poll": False})
        self._trigger_once(CRON)
        self.env["crm.connector.event"]._trigger_cron()
        return True

    def action_pause(self):
        """Fetch nothing and work nothing off until it is run again."""
        self.check_access("write")
        self._lock_rows()
        return self.write({"state": "paused"})

    def action_sync(self):
        """Fetch what changed now, in the background.

        :raise UserError: when nothing can be fetched
        """
        self.check_access("write")
        for connector in self:
            connector._check_can_sync()
        self._lock_rows()
        self.write({"next_poll": False, "failure_count": 0})
        self._trigger_once(CRON)
        return self._notify(
            "info", self.env._("Fetching begins. This page shows how far it is.")
        )

    def action_renew_address(self):
        """Give the webhooks another address; the old one is worth nothing any more."""
        self.check_access("write")
        for connector in self:
            names = connector._require_handler()._get_generated_credentials()
            connector.write({"webhook_uuid": uuid4().hex} | dict.fromkeys(names, False))
            connector._generate_secrets()
        return True

    def action_open_events(self):
        """Open what happened."""
        return self._get_action_on("crm_ads_data.action_crm_connector_event")

    def _get_action_on(self, xmlid):
        """A list of something that connectors have, of this one alone."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(xmlid)
        action["domain"] = [("connector_id", "=", self.id)]
        action["context"] = {"default_connector_id": self.id}
        return action

    def _count_own(self, model, domain=()):
        """How many records of a model each of these connectors has.

        :return: dict of ``crm.connector`` to the number, where there is any
        """
        groups = self.env[model]._read_group(
            [("connector_id", "in", self.ids), *domain], ["connector_id"], ["__count"]
        )
        return dict(groups)

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    def _check_complete(self):
        """
        :raise UserError: when a credential is missing
        """
        required = self._require_handler()._get_required_credentials()
        missing = [
            self._fields[fname]._description_string(self.env)
            for fname in required
            if not self[fname]
        ]
        if missing:
            raise UserError(
                self.env._(
                    "%(name)s still needs: %(fields)s. The steps under Set Up say where"
                    " to find them.",
                    name=self.name,
                    fields=", ".join(missing),
                )
            )

    def _check_can_sync(self):
        if self.state != "running":
            raise UserError(
                self.env._("%(name)s does not run. Press Run first.", name=self.name)
            )
        if self.auth_state == "reauth":
            raise UserError(self._get_next_steps()["reauth"])
        if self.wait_until and self.wait_until > fields.Datetime.now():
            moment = fields.Datetime.context_timestamp(self, self.wait_until)
            raise UserError(
                self.env._(
                    "The provider wants no call before %(time)s; it goes on then by"
                    " itself.",
                    time=moment.strftime("%H:%M"),
                )
            )

    @api.model
    def _notify(self, kind, title, message=""):
        """A notification, after which the page shows what has changed."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "title": title,
                "message": message or "",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
