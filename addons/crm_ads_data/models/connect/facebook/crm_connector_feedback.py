from odoo import api, fields, models
from odoo.tools import SQL

from ....services.connect.meta_events import make_event_id

# What data is before a salesperson has it, and what it is when nobody can be reached.
FIRST_STAGE = "received"
UNUSABLE_STAGE = "invalid"
FILL_LIMIT = 5000


class CrmConnectorFeedback(models.Model):
    """One stage that one Facebook lead reached, told to Facebook once.

    SPECIFICATION
    - Filled from ``crm.ads.data``: whatever changed ``sales_status``, the stage that a
      lead of an instant form is in gets one row, by the unique index on data and stage.
      The first stage of all is ``received``; data nobody can be reached by is
      ``invalid``.
    - What leads had reached before the report was switched on is never sent.
    - ``event_id`` is the same however often it is made of the same lead, stage and
      database; of a copy of the database it is another.
    - ``pending`` waits; ``sending`` is committed before the call; ``sent`` Facebook has
      received; ``failed`` it has refused; ``unknown``: nobody knows, a person decides;
      ``dropped`` was not sent, for the reason that stands there.

    COST: one look per connector for stages that are new, one INSERT for all of them.
    """

    _name = "crm.connector.feedback"
    _description = "Stage Reported to Facebook"
    _order = "moment desc, id desc"
    _rec_name = "stage"

    connector_id = fields.Many2one(
        "crm.connector", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    data_id = fields.Many2one(
        "crm.ads.data", required=True, index=True, ondelete="cascade", readonly=True
    )
    stage = fields.Char(required=True, readonly=True)
    lead_ref = fields.Char(string="Lead ID", required=True, readonly=True)
    event_id = fields.Char(required=True, readonly=True)
    moment = fields.Datetime(string="Reached", required=True, readonly=True)
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("sending", "Being Sent"),
            ("sent", "Sent"),
            ("failed", "Refused"),
            ("unknown", "Unknown"),
            ("dropped", "Not Sent"),
        ],
        required=True,
        default="pending",
        readonly=True,
    )
    attempts = fields.Integer(readonly=True)
    next_try = fields.Datetime(readonly=True)
    sent_date = fields.Datetime(string="Sent On", readonly=True)
    error = fields.Text(string="Reason", readonly=True)

    _stage_uniq = models.UniqueIndex("(data_id, stage)")
    _event_uniq = models.UniqueIndex("(event_id)")
    _waiting_idx = models.Index(
        "(connector_id, id) WHERE state IN ('pending', 'sending')"
    )

    @api.model
    def _fill(self, connectors, limit=FILL_LIMIT, **values):
        """Write down the stages that leads of these connectors have newly reached.

        :param limit: None for all of them
        :param values: other values of all the rows
        :return: number of new rows
        """
        if not connectors:
            return 0
        # what is computed of leads and orders has to be in the table
        self.env["crm.ads.data"].flush_model()
        self.flush_model()
        found = self.env.execute_query(self._get_new_stages_query(connectors, limit))
        # sudo: the database's name for itself is the system's
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        rows = [
            {
                "connector_id": connector_id,
                "company_id": company_id,
                "data_id": data_id,
                "stage": stage,
                "lead_ref": ref,
                "moment": moment,
                "event_id": make_event_id(database, ref, stage),
                **values,
            }
            for connector_id, company_id, data_id, stage, ref, moment in found
        ]
        return len(self.create(rows))

    @api.model
    def _get_new_stages_query(self, connectors, limit):
        """The leads whose stage has no row yet, and when they reached it."""
        return SQL(
            """
            SELECT connector_id, company_id, id, stage, external_ref, moment FROM (
                SELECT form.connector_id, data.company_id, data.id, data.external_ref,
                       %(stage)s AS stage, %(moment)s AS moment
                  FROM crm_ads_data data
                  JOIN crm_connector_form form ON form.id = data.form_id
                 WHERE form.connector_id = ANY(%(connectors)s)
                   AND data.external_ref ~ '^[0-9]{1,18}$'
            ) reached
             WHERE NOT EXISTS (
                   SELECT 1 FROM crm_connector_feedback feedback
                    WHERE feedback.data_id = reached.id
                      AND feedback.stage = reached.stage)
             ORDER BY id %(limit)s
            """,
            stage=self._get_stage_sql(),
            moment=self._get_moment_sql(),
            connectors=connectors.ids,
            limit=SQL("LIMIT %s", limit) if limit else SQL(""),
        )

    @api.model
    def _get_stage_sql(self):
        return SQL(
            """
            CASE WHEN data.sales_status IS NOT NULL THEN data.sales_status
                 WHEN data.state = 'invalid' THEN %s ELSE %s END
            """,
            UNUSABLE_STAGE,
            FIRST_STAGE,
        )

    @api.model
    def _get_moment_sql(self):
        """When the stage was reached, where that is known; else now."""
        return SQL(
            """
            CASE WHEN data.sales_status IS NULL THEN data.date
                 WHEN data.sales_status = 'waiting' THEN
                      COALESCE(data.transfer_date, %(now)s)
                 WHEN data.sales_status = 'contacted' THEN
                      COALESCE(data.contact_date, %(now)s)
                 ELSE %(now)s END
            """,
            now=fields.Datetime.now(),
        )

    @api.model
    def _skip_past(self, connectors):
        """Keep what leads have reached so far from being reported as if it were new."""
        # sudo: the rows are the system's own bookkeeping
        self.sudo()._fill(
            connectors,
            limit=None,
            state="dropped",
            error=self.env._("reached before stages were reported"),
        )

    def action_send_again(self):
        """Send once more what Facebook refused, or what nobody knows of."""
        self.check_access("write")
        chosen = self.filtered(lambda row: row.state in ("failed", "unknown"))
        chosen.write(
            {"state": "pending", "attempts": 0, "next_try": False, "error": False}
        )
        self.env["crm.connector"]._trigger_once(
            "crm_ads_data.ir_cron_connector_feedback"
        )
