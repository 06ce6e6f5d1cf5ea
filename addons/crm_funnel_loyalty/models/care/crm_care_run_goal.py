from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# So long after the end of a run an answer or an order still counts as its success.
COUNTS_FOR = timedelta(days=30)


class CrmCareRunGoal(models.Model):
    """Goals of runs: bought again, answered.

    BOUGHT: a confirmed order of the customer (or another contact of the same company)
    at this company, after the run started, other than the one that started it.
    ANSWERED: an e-mail from the customer (or one that came in to the lead), a call from
    her or one with a good result, a Zalo message, or a rating.

    The step that came before is credited with it. Successes of runs that have ended
    count for another 30 days.

    COST: two statements and three queries for any number of runs.
    """

    _inherit = "crm.care.run"

    @api.model
    def _sweep_goals(self):
        """Look at all runs that may still succeed."""
        now = fields.Datetime.now()
        recent = SQL("(r.state = 'running' OR r.end_date > %s)", now - COUNTS_FOR)
        self._find_goals(recent)

    def _check_goals(self):
        """End those whose goal is met or who are gone; what is left of the messages of
        those that have ended before is called off.

        :return: the runs that go on
        """
        self._find_goals(SQL("r.id = ANY(%s)", self.ids))
        self._end_over()
        return self.filtered(lambda run: run.state == "running")

    def _find_goals(self, which):
        self.env.flush_all()
        self._note_rows("bought", self._get_bought_sql(which))
        self._note_rows("answered", self._get_answered_sql(which))

    def _note_rows(self, goal, statement):
        rows = self.env.execute_query(statement)
        if not rows:
            return
        self.invalidate_model()
        runs = self.browse(run_id for (run_id,) in rows)
        runs.filtered(
            lambda run: run.state == "running" and run.scenario_id[f"exit_{goal}"]
        )._finish("exited", goal)

    def _note_answers(self, moment):
        """These have answered just now."""
        for run in self.filtered(lambda run: not run.answered_date):
            run.write(
                {"answered_date": moment, "answered_step_id": run.last_step_id.id}
            )
        self.filtered(
            lambda run: run.state == "running" and run.scenario_id.exit_answered
        )._finish("exited", "answered")

    def _get_bought_sql(self, which):
        return SQL(
            """
            UPDATE crm_care_run run
               SET bought_date = found.date, bought_order_id = found.id,
                   bought_step_id = run.last_step_id
              FROM (SELECT DISTINCT ON (r.id) r.id AS run_id, so.id,
                           COALESCE(so.funnel_confirm_date, so.date_order) AS date
                      FROM crm_care_run r
                      JOIN res_partner p ON p.id = r.partner_id
                      JOIN res_partner buyer
                        ON buyer.commercial_partner_id = p.commercial_partner_id
                      JOIN sale_order so ON so.partner_id = buyer.id
                     WHERE r.bought_date IS NULL AND %(which)s
                       AND so.state = 'sale' AND so.company_id = r.company_id
                       AND COALESCE(so.funnel_confirm_date, so.date_order)
                           > r.start_date
                       AND NOT (r.res_model = 'sale.order' AND r.res_id = so.id)
                  ORDER BY r.id, date, so.id) AS found
             WHERE found.run_id = run.id
         RETURNING run.id
            """,
            which=which,
        )

    def _get_answered_sql(self, which):
        return SQL(
            """
            UPDATE crm_care_run run
               SET answered_date = found.date, answered_step_id = run.last_step_id
              FROM (SELECT answer.run_id, min(answer.date) AS date
                      FROM (%(answers)s) AS answer (run_id, date)
                  GROUP BY answer.run_id) AS found
             WHERE found.run_id = run.id
         RETURNING run.id
            """,
            answers=SQL(" UNION ALL ").join(self._get_answers_sql(which)),
        )

    def _get_answers_sql(self, which):
        """:return: list of SELECTs of (run, moment), one for each kind of answer"""
        person = SQL(
            """
            FROM crm_care_run r
            JOIN res_partner p ON p.id = r.partner_id
            JOIN res_partner f ON f.commercial_partner_id = p.commercial_partner_id
            """
        )
        unknown = SQL("r.answered_date IS NULL AND %s", which)
        lead = SQL(
            """
            SELECT r.id, m.date FROM crm_care_run r
              JOIN mail_message m ON m.model = 'crm.lead' AND m.res_id = r.lead_id
             WHERE %s AND m.message_type = 'email' AND m.date > r.start_date
            """,
            unknown,
        )
        return [
            lead,
            SQL(
                """
                SELECT r.id, m.date %s JOIN mail_message m ON m.author_id = f.id
                 WHERE %s AND m.message_type = 'email' AND m.date > r.start_date
                """,
                person,
                unknown,
            ),
            SQL(
                """
                SELECT r.id, c.date %s JOIN crm_phonecall c ON c.partner_id = f.id
                  LEFT JOIN crm_campaign_result x ON x.id = c.result_id
                 WHERE %s AND c.date > r.start_date
                   AND (c.direction = 'in' OR x.is_positive)
                """,
                person,
                unknown,
            ),
            SQL(
                """
                SELECT r.id, z.last_date %s
                  JOIN crm_contact_zalo_user z ON z.partner_id = f.id
                 WHERE %s AND z.last_date > r.start_date
                """,
                person,
                unknown,
            ),
        ]
