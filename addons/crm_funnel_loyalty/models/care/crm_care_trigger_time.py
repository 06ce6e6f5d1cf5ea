import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from ...services.care import day_begins, recent_birthdays
from ...tools import in_language_of

_logger = logging.getLogger(__name__)

# So many days what happened on a day is still noticed when the cron did not run.
LATE_DAYS = 3


class CrmCareTriggerTime(models.Model):
    """The triggers that time brings, and those that no single place tells of.

    Days are those of the company. What was so before the scenario was switched on does
    not start anybody, unless ``include_existing`` says so; what the cron has missed is
    caught up with: an order that is due since yesterday starts today.

    SILENT and REORDER: customers who bought from this company. BIRTHDAY: everybody
    whose birth date is known, contacts of companies too; it is missed after three days.
    INSTALMENT: of contracts in force that are not paid; each on its own.
    DELIVERED: every line that is sold has been delivered; stock need not be installed.
    TICKET: closed since the scenario was switched on. Both are missed after three days:
    what the cool-down has left out does not come back weeks later.
    """

    _inherit = "crm.care.scenario"

    @api.model
    def _get_timed_triggers(self):
        return (*self._get_calendar_triggers(), "order_delivered", "ticket_closed")

    @api.model
    def _cron_enrol(self):
        """Start whoever's day has come. COST: one statement per scenario."""
        commit = self.env["ir.cron"]._commit_progress
        scenarios = self.search(
            [("state", "=", "running"), ("trigger", "in", self._get_timed_triggers())]
        )
        commit(remaining=len(scenarios))
        for scenario in scenarios:
            try:
                in_language_of(scenario.company_id, scenario)._start_safely()
            except (OperationalError, ConcurrencyError) as error:
                # the next run does it: nothing of this scenario is lost
                self.env.cr.rollback()
                _logger.info("Care scenario %s waits: %s", scenario.id, error)
            if not commit(1):
                return

    def _get_first_day(self):
        """The first day that counts: when the scenario was switched on."""
        if self.include_existing:
            return fields.Date.to_date("1900-01-01")
        started = self.started_date or fields.Datetime.now()
        return fields.Datetime.context_timestamp(
            self.with_context(tz=self._get_timezone()), started
        ).date()

    def _get_first_moment(self):
        """Since when what happened counts."""
        recent = fields.Datetime.now() - timedelta(days=LATE_DAYS)
        return max(self.started_date or recent, recent)

    def _get_source_silent(self):
        """Customers whose last order was at least so many days ago."""
        silence = timedelta(days=self.silent_days)
        zone = self._get_timezone()
        latest = self._get_today() - silence + timedelta(days=1)
        earliest = max(self._get_first_day() - silence, fields.Date.to_date("1900-1-1"))
        return SQL(
            """
            SELECT p.id AS partner_id, NULL::integer AS lead_id,
                   'res.partner' AS res_model, p.id AS res_id, 'p' || p.id AS slot,
                   concat_ws(':', 'silent', p.id, p.last_order_date::date)
                       AS trigger_key
              FROM res_partner p
             WHERE p.commercial_partner_id = p.id
               AND p.last_order_date < %(latest)s AND p.last_order_date >= %(earliest)s
               AND %(bought)s
            """,
            latest=day_begins(latest, zone),
            earliest=day_begins(earliest, zone),
            bought=self._get_bought_sql(),
        )

    def _get_source_reorder(self):
        """Customers whose next order is due in so many days."""
        today, before = self._get_today(), timedelta(days=self.days_before)
        return SQL(
            """
            SELECT p.id AS partner_id, NULL::integer AS lead_id,
                   'res.partner' AS res_model, p.id AS res_id, 'p' || p.id AS slot,
                   concat_ws(':', 'reorder', p.id, p.next_order_date) AS trigger_key
              FROM res_partner p
             WHERE p.commercial_partner_id = p.id
               AND p.next_order_date <= %(until)s AND p.next_order_date >= %(since)s
               AND (p.lapse_date IS NULL OR p.lapse_date > %(today)s)
               AND %(bought)s
            """,
            until=today + before,
            since=self._get_first_day() + before,
            today=today,
            bought=self._get_bought_sql(),
        )

    def _get_bought_sql(self):
        """The customer ``p`` has bought from this company."""
        return SQL(
            """
            EXISTS (SELECT 1 FROM sale_order so
                      JOIN res_partner buyer ON buyer.id = so.partner_id
                     WHERE buyer.commercial_partner_id = p.id AND so.state = 'sale'
                       AND so.company_id = %s)
            """,
            self.company_id.id,
        )

    def _get_source_birthday(self):
        day = self._get_today() + timedelta(days=self.days_before)
        missed = (self._get_today() - self._get_first_day()).days + 1
        kept = recent_birthdays(day, max(1, min(LATE_DAYS, missed)))
        months, days, years = zip(*kept, strict=True)
        return SQL(
            """
            SELECT p.id AS partner_id, NULL::integer AS lead_id,
                   'res.partner' AS res_model, p.id AS res_id, 'p' || p.id AS slot,
                   concat_ws(':', 'birthday', kept.year, p.id) AS trigger_key
              FROM res_partner p
              JOIN unnest(%(months)s, %(days)s, %(years)s) AS kept (month, day, year)
                ON extract(month FROM p.birthdate) = kept.month
               AND extract(day FROM p.birthdate) = kept.day
               AND extract(year FROM p.birthdate) < kept.year
             WHERE p.birthdate IS NOT NULL
            """,
            months=list(months),
            days=list(days),
            years=list(years),
        )

    def _get_source_instalment(self):
        before = timedelta(days=self.days_before)
        return SQL(
            """
            SELECT a.partner_id, NULL::integer AS lead_id,
                   'agreement.instalment' AS res_model, i.id AS res_id,
                   'i' || i.id AS slot,
                   concat_ws(':', 'instalment', i.id, i.due_date) AS trigger_key
              FROM agreement_instalment i
              JOIN agreement a ON a.id = i.agreement_id
             WHERE i.due_date <= %(until)s AND i.due_date >= %(since)s
               AND i.state != 'paid' AND a.state IN ('signed', 'done') AND a.active
               AND (a.company_id = %(company)s OR a.company_id IS NULL)
            """,
            until=self._get_today() + before,
            since=self._get_first_day() + before,
            company=self.company_id.id,
        )

    def _get_source_ticket_closed(self):
        return SQL(
            """
            SELECT t.partner_id, NULL::integer AS lead_id,
                   'helpdesk.ticket' AS res_model, t.id AS res_id,
                   'p' || t.partner_id AS slot, 'ticket:' || t.id AS trigger_key
              FROM helpdesk_ticket t
              JOIN helpdesk_ticket_stage stage ON stage.id = t.stage_id
             WHERE t.closed_date >= %(since)s AND stage.closed AND t.active
               AND t.partner_id IS NOT NULL
               AND (t.company_id = %(company)s OR t.company_id IS NULL)
            """,
            since=self._get_first_moment(),
            company=self.company_id.id,
        )

    # ------------------------------------------------------------------
    # Deliveries
    # ------------------------------------------------------------------

    def _get_source_order_delivered(self):
        self._note_deliveries()
        return SQL(
            """
            SELECT partner_id, NULL::integer AS lead_id, 'sale.order' AS res_model,
                   id AS res_id, 'p' || partner_id AS slot,
                   'order:' || id AS trigger_key
              FROM sale_order
             WHERE care_delivery_date > %s AND company_id = %s AND state = 'sale'
            """,
            self._get_first_moment(),
            self.company_id.id,
        )

    def _note_deliveries(self):
        """Note which orders are delivered by now; those that were delivered before
        anybody asked are noted when the scenario is switched on, and start nobody.

        COST: one statement per company.
        """
        self.env["sale.order"].flush_model()
        self.env["sale.order.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE sale_order so SET care_delivery_date = %(now)s
                  FROM (SELECT l.order_id
                          FROM sale_order_line l
                          JOIN sale_order o ON o.id = l.order_id
                         WHERE o.state = 'sale' AND o.care_delivery_date IS NULL
                           AND o.company_id = ANY(%(companies)s)
                           AND l.display_type IS NULL
                           AND l.is_downpayment IS NOT TRUE
                           AND l.product_uom_qty > 0
                      GROUP BY l.order_id
                        HAVING bool_and(l.qty_delivered >= l.product_uom_qty)) AS done
                 WHERE done.order_id = so.id
             RETURNING so.id
                """,
                now=fields.Datetime.now(),
                companies=self.company_id.ids,
            )
        )
        if rows:
            self.env["sale.order"].invalidate_model(["care_delivery_date"])
