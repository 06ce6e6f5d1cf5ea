import logging

from psycopg2 import OperationalError

from odoo import api, fields, models, tools
from odoo.exceptions import ConcurrencyError
from odoo.fields import Domain
from odoo.tools import SQL

from ...services.care import day_begins, plan
from ...tools import company_tz, local_date

_logger = logging.getLogger(__name__)


class CrmCareTrigger(models.Model):
    """Who starts, and when: the triggers of a scenario.

    EVENTS (an order is confirmed, a tier changes, a lead comes to a stage) call
    ``_fire`` in their own transaction. COST: nothing while no scenario listens (that is
    cached); else one statement per scenario for any number of records. A scenario that
    is at fault stops no order: the fault is kept with it.

    WHAT TIME BRINGS (``crm_care_trigger_time``) is looked for by a cron, with one
    statement per scenario for any number of customers.

    ONCE: ``trigger_key`` names the event (``order:7``, ``birthday:2026:5``) and is
    unique in its scenario, ``slot`` names who is in it (a customer, a lead, an
    instalment) and is unique among the running. Both are decided by the index, so of
    two triggers at the same moment one starts a run, whoever asks first.

    A source is a SELECT of ``partner_id, lead_id, res_model, res_id, slot,
    trigger_key``.
    """

    _inherit = "crm.care.scenario"

    @api.model
    @tools.ormcache("trigger", cache="default")
    def _get_listening_ids(self, trigger):
        """:return: ids of the scenarios that are on and wait for this event"""
        # sudo: the system's right to know all scenarios
        listening = self.sudo().search(
            [("trigger", "=", trigger), ("state", "=", "running")]
        )
        return tuple(listening.ids)

    @api.model
    def _fire(self, trigger, records):
        """Something happened to these records: start whoever waits for it."""
        ids = self._get_listening_ids(trigger) if records else ()
        if not ids:
            return
        # sudo: the system's right to start runs, whoever confirmed the order
        for scenario in self.sudo().browse(ids):
            scenario._start_safely(records)

    def _start_safely(self, records=None):
        """Start runs; a fault of this scenario stops nobody's work.

        :return: number of the runs that started
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                source = getattr(self, f"_get_source_{self.trigger}")
                count = self._enrol(source(records) if records else source())
                if self.last_error:
                    self.last_error = False
                return count
        except (OperationalError, ConcurrencyError):
            # somebody else starts the same just now: Odoo runs this again
            raise
        except Exception as error:  # pylint: disable=broad-exception-caught
            _logger.info("Care scenario %s starts nobody", self.id, exc_info=True)
            self.last_error = str(error)[:500]
            return 0

    def _enrol(self, source, anchor=None):
        """Start a run for each row of a source for which the conditions hold.

        COST: one statement for any number.

        :param anchor: the moment from which the first step waits, by default now
        :return: number of the runs that started
        """
        self.ensure_one()
        first = self.step_ids[:1]
        if not first:
            return 0
        # with the flush, the statement sees what this transaction has done so far
        self.env.flush_all()
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_care_run (
                    scenario_id, company_id, state, attempts, start_date, next_date,
                    step_id, create_uid, create_date, write_uid, write_date,
                    partner_id, lead_id, res_model, res_id, slot, trigger_key)
                SELECT %(scenario)s, %(company)s, 'running', 0, %(now)s, %(next)s,
                       %(step)s, %(uid)s, %(now)s, %(uid)s, %(now)s,
                       source.partner_id, source.lead_id, source.res_model,
                       source.res_id, source.slot, source.trigger_key
                  FROM (%(source)s) AS source
                 WHERE %(target)s IN %(wanted)s
                   AND NOT EXISTS (%(recent)s)
              ORDER BY source.res_id, source.slot
           ON CONFLICT DO NOTHING
             RETURNING id
                """,
                scenario=self.id,
                company=self.company_id.id,
                now=now,
                next=self._plan_step(first, anchor or self._get_anchor() or now),
                step=first.id,
                uid=self.env.uid,
                source=source,
                target=self._get_target_sql(),
                wanted=self._get_wanted_query().subselect(),
                recent=self._get_recent_sql(now),
            )
        )
        if rows:
            self.env["crm.care.run"].invalidate_model()
            self.invalidate_recordset(["run_ids"])
        return len(rows)

    def _get_anchor(self):
        """What comes by the calendar is counted from the beginning of the day, so that
        "at 9 o'clock" is today's even if the day is noticed later; events from now."""
        if self.trigger not in self._get_calendar_triggers():
            return None
        return day_begins(self._get_today(), self._get_timezone())

    @api.model
    def _get_calendar_triggers(self):
        return ("silent", "reorder", "birthday", "instalment")

    def _get_target_sql(self):
        columns = {"crm.lead": SQL("source.lead_id")}
        return columns.get(self.target_model, SQL("source.partner_id"))

    def _get_wanted_query(self):
        """The active records of the own company that meet the conditions."""
        return self.env[self.target_model]._search(self._get_wanted_domain())

    def _get_wanted_domain(self):
        return self._get_domain(self.domain) & Domain(
            "company_id", "in", [self.company_id.id, False]
        )

    def _get_recent_sql(self, now):
        """Runs that are too recent for another one."""
        return SQL(
            """
            SELECT 1 FROM crm_care_run old
             WHERE old.scenario_id = %(scenario)s AND old.slot = source.slot
               AND old.start_date > %(now)s::timestamp - %(days)s * interval '1 day'
               AND old.exit_reason IS DISTINCT FROM 'cancelled'
            """,
            scenario=self.id,
            now=now,
            days=self.cooldown_days,
        )

    def _plan_step(self, step, moment):
        """:return: when a step is due that waits from a moment on"""
        return plan(
            moment,
            self._get_timezone(),
            days=step.wait_days,
            hours=step.wait_hours,
            clock=step.clock if step.has_clock else None,
        )

    def _get_timezone(self):
        return str(company_tz(self.company_id or self.env.company))

    def _get_today(self):
        return local_date(fields.Datetime.now(), self.company_id)

    # ------------------------------------------------------------------
    # Events
    # ------------------------------------------------------------------

    def _get_source_order_confirmed(self, orders):
        return SQL(
            """
            SELECT partner_id, NULL::integer AS lead_id, 'sale.order' AS res_model,
                   id AS res_id, 'p' || partner_id AS slot,
                   'order:' || id AS trigger_key
              FROM sale_order
             WHERE id = ANY(%s) AND state = 'sale' AND company_id = %s
            """,
            orders.ids,
            self.company_id.id,
        )

    def _get_source_tier_reached(self, partners):
        return self._get_tier_source(partners, "to_tier_id", "up")

    def _get_source_tier_left(self, partners):
        return self._get_tier_source(partners, "from_tier_id", "down")

    def _get_tier_source(self, partners, column, direction):
        """The last move of each customer, if it is the one and no document of another
        company proves it."""
        return SQL(
            """
            SELECT partner_id, NULL::integer AS lead_id,
                   'crm.funnel.tier.move' AS res_model, id AS res_id,
                   'p' || partner_id AS slot, 'move:' || id AS trigger_key
              FROM (SELECT DISTINCT ON (partner_id) *
                      FROM crm_funnel_tier_move WHERE partner_id = ANY(%(partners)s)
                  ORDER BY partner_id, id DESC) AS move
             WHERE %(column)s = %(tier)s AND direction = %(direction)s
               AND (move.company_id = %(company)s OR move.company_id IS NULL
                    OR starts_with(move.document, 'res.partner,'))
            """,
            partners=partners.ids,
            column=SQL.identifier("move", column),
            tier=self.tier_id.id,
            direction=direction,
            company=self.company_id.id,
        )

    def _get_source_lead_stage(self, leads):
        return SQL(
            """
            SELECT partner_id, id AS lead_id, 'crm.lead' AS res_model, id AS res_id,
                   'l' || id AS slot,
                   concat_ws(':', 'lead', id, extract(epoch FROM lead_stage_date))
                       AS trigger_key
              FROM crm_lead
             WHERE id = ANY(%s) AND lead_stage_id = %s AND type = 'lead' AND active
            """,
            leads.ids,
            self.lead_stage_id.id,
        )
