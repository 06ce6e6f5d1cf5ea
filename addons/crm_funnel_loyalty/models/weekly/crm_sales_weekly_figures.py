from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ...tools import company_tz, day_sql, moment_sql
from ..target.target_facts import Ask, TargetFacts

# The figures that targets have, too, with the metric of each.
METRIC_FIELDS = {
    "call_count": "calls",
    "order_count": "orders",
    "new_customer_count": "new_customers",
    "revenue": "revenue",
}


class CrmSalesWeeklyReport(models.Model):
    """What happened in the week: the figures that the report is filled with.

    SPECIFICATIONS
    - Calls held, orders, new customers and revenue are counted as for targets; meetings
      that the person did not decline; leads and opportunities that came to the person;
      quotations that were made and not cancelled, with their amount without taxes in
      company currency.

    COST: one statement for each metric and one for the rest, for each company, whatever
    the number of reports, people and documents.
    """

    _inherit = "crm.sales.weekly.report"

    call_count = fields.Integer(string="Calls", readonly=True)
    meeting_count = fields.Integer(string="Meetings", readonly=True)
    lead_count = fields.Integer(string="New Leads", readonly=True)
    quotation_count = fields.Integer(string="Quotations", readonly=True)
    quotation_amount = fields.Monetary(string="Quoted", readonly=True)
    order_count = fields.Integer(string="Orders", readonly=True)
    new_customer_count = fields.Integer(string="New Customers", readonly=True)
    revenue = fields.Monetary(readonly=True)
    figures_date = fields.Datetime(string="Figures Of", readonly=True)

    def _fill(self):
        """Take the figures anew. Only what differs is written."""
        for company, reports in self.grouped("company_id").items():
            figures = reports._get_metrics(company)
            for report, rest in reports._get_rest(company).items():
                figures[report].update(rest)
            for report in reports:
                report._write_figures(figures[report])

    def _write_figures(self, figures):
        currency = self.currency_id
        changed = {
            name: figure
            for name, figure in figures.items()
            if (
                currency.compare_amounts(figure, self[name])
                if self._fields[name].type == "monetary"
                else figure != self[name]
            )
        }
        if changed or not self.figures_date:
            # sudo: figures are written by the system only
            self.sudo().write({**changed, "figures_date": fields.Datetime.now()})

    def _get_metrics(self, company):
        bases = self.env["crm.sales.target"]._get_revenue_bases(
            {(company, report.date_from) for report in self}
        )
        asks = {
            (report, name): Ask(
                company_id=company.id,
                metric=metric,
                basis=bases[company, report.date_from],
                date_from=report.date_from,
                date_to=report.date_from + timedelta(days=7),
                user_id=report.user_id.id,
            )
            for report in self
            for name, metric in METRIC_FIELDS.items()
        }
        figures = TargetFacts(self.env).read_figures(list(asks.values()))
        result = {report: {} for report in self}
        for (report, name), ask in asks.items():
            figure = figures[ask]
            result[report][name] = figure if name == "revenue" else int(figure)
        return result

    def _get_rest(self, company):
        """:return: dict of report to its meetings, leads and quotations"""
        if not self:
            return {}
        tz = company_tz(company).zone
        begin = min(self.mapped("date_from"))
        end = max(self.mapped("date_from")) + timedelta(days=7)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT wanted.key,
                       COUNT(*) FILTER (WHERE event.kind = 'meeting'),
                       COUNT(*) FILTER (WHERE event.kind = 'lead'),
                       COUNT(*) FILTER (WHERE event.kind = 'quotation'),
                       COALESCE(SUM(event.amount), 0)
                  FROM unnest(%(keys)s::int[], %(users)s::int[], %(days)s::date[])
                       AS wanted(key, user_id, day)
                  JOIN (%(events)s) event
                    ON event.user_id = wanted.user_id
                   AND event.day >= wanted.day AND event.day < wanted.day + 7
              GROUP BY wanted.key
                """,
                keys=list(range(len(self))),
                users=[report.user_id.id for report in self],
                days=[report.date_from for report in self],
                events=self._get_events_sql(company, tz, begin, end),
            )
        )
        found = {key: figures for key, *figures in rows}
        names = ("meeting_count", "lead_count", "quotation_count", "quotation_amount")
        return {
            report: dict(zip(names, found.get(key, (0, 0, 0, 0.0)), strict=True))
            for key, report in enumerate(self)
        }

    def _get_events_sql(self, company, tz, begin, end):
        first, last = moment_sql(begin, tz), moment_sql(end, tz)
        return SQL(
            """
            SELECT 'meeting' AS kind, person.id AS user_id, %(met)s AS day, 0 AS amount
              FROM calendar_event event
              JOIN calendar_attendee attendee ON attendee.event_id = event.id
              JOIN res_users person ON person.partner_id = attendee.partner_id
             WHERE event.active AND attendee.state <> 'declined'
               AND event.start >= %(first)s AND event.start < %(last)s
            UNION ALL
            SELECT 'lead', lead.user_id, %(came)s, 0
              FROM crm_lead lead
              JOIN res_users owner ON owner.id = lead.user_id
             WHERE COALESCE(lead.company_id, owner.company_id) = %(company)s
               AND lead.create_date >= %(first)s AND lead.create_date < %(last)s
            UNION ALL
            SELECT 'quotation', so.user_id, %(quoted)s,
                   so.amount_untaxed / COALESCE(NULLIF(so.currency_rate, 0), 1)
              FROM sale_order so
             WHERE so.company_id = %(company)s AND so.state <> 'cancel'
               AND so.create_date >= %(first)s AND so.create_date < %(last)s
            """,
            met=day_sql(SQL("event.start"), tz),
            came=day_sql(SQL("lead.create_date"), tz),
            quoted=day_sql(SQL("so.create_date"), tz),
            first=first,
            last=last,
            company=company.id,
        )
