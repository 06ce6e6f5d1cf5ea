import json

from odoo import api, fields, models


class CrmConnectorEvent(models.Model):
    """Inbox of a connector: everything a provider has told, and what became of it.

    SPECIFICATION
    - Written by the system alone. ``pending`` waits; ``failed`` has failed and will be
      tried again at ``next_try``; ``dead`` was given up; ``ignored`` does not concern
      us; ``done`` shows in ``res_model``/``res_id`` what came of it.
    - ``idempotency_key`` is unique within the connector.
    - Administrators and sale admins give what was given up another try.
    - Payloads hold customers' data: for administrators alone, and blanked in time.
    """

    _name = "crm.connector.event"
    _description = "Connector Event"
    _order = "id desc"
    _rec_name = "external_id"

    connector_id = fields.Many2one(
        "crm.connector", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    topic = fields.Char(string="About", readonly=True)
    idempotency_key = fields.Char(string="Key", required=True, readonly=True)
    external_id = fields.Char(string="Their ID", readonly=True, index="btree_not_null")
    account_ref = fields.Char(string="Their Account", readonly=True)
    payload = fields.Json(readonly=True, groups="base.group_system")
    payload_text = fields.Text(
        string="Content", compute="_compute_payload_text", groups="base.group_system"
    )
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("done", "Done"),
            ("failed", "Tries Again"),
            ("dead", "Given Up"),
            ("ignored", "Not Needed"),
        ],
        required=True,
        default="pending",
        readonly=True,
        index=True,
    )
    attempts = fields.Integer(readonly=True)
    next_try = fields.Datetime(readonly=True)
    error = fields.Text(string="Reason", readonly=True)
    received = fields.Datetime(
        string="Received On",
        required=True,
        readonly=True,
        index=True,
        default=fields.Datetime.now,
    )
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(
        string="What Came of It", model_field="res_model", readonly=True
    )

    _key_uniq = models.UniqueIndex("(connector_id, idempotency_key)")
    _waiting_idx = models.Index("(next_try) WHERE state IN ('pending', 'failed')")
    _external_idx = models.Index("(connector_id, external_id)")

    @api.depends("payload")
    def _compute_payload_text(self):
        for event in self:
            payload = event.payload
            event.payload_text = (
                json.dumps(payload, ensure_ascii=False, indent=2) if payload else False
            )

    @api.depends("external_id", "topic")
    def _compute_display_name(self):
        for event in self:
            parts = filter(None, (event.topic, event.external_id))
            event.display_name = " ".join(parts) or event.idempotency_key

    def action_open_result(self):
        """Open what came of the event."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
