from odoo import fields, models
from odoo.tools import SQL


class CrmCareReport(models.Model):
    """One row per step done for one customer, so that they can be added up.

    A row is credited with the answer or the order that came after its step and before
    the next one, as on the step itself; revenue is the untaxed amount of that order in
    the company's currency.
    """

    _name = "crm.care.report"
    _description = "Care Analysis"
    _auto = False
    _rec_name = "step_id"
    _order = "date desc, id desc"
    _depends = {
        "crm.care.run": [
            "answered_step_id",
            "bought_order_id",
            "bought_step_id",
            "partner_id",
        ],
        "crm.care.run.line": [
            "company_id",
            "date",
            "run_id",
            "scenario_id",
            "state",
            "step_id",
            "touch_id",
        ],
        "crm.contact.touch": ["state"],
        "sale.order": ["amount_untaxed", "currency_rate"],
    }

    scenario_id = fields.Many2one("crm.care.scenario", readonly=True)
    step_id = fields.Many2one("crm.care.step", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Datetime(readonly=True)
    sent_count = fields.Integer(string="Sent, Done", readonly=True)
    blocked_count = fields.Integer(string="Not Contacted", readonly=True)
    answered_count = fields.Integer(string="Answered", readonly=True)
    bought_count = fields.Integer(string="Bought", readonly=True)
    revenue = fields.Monetary(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT line.id, line.scenario_id, line.step_id, line.company_id, line.date,
                   run.partner_id,
                   (line.state = 'done' AND (line.touch_id IS NULL
                    OR touch.state IN ('sent', 'delivered')))::integer AS sent_count,
                   (line.state IN ('blocked', 'failed')
                    OR COALESCE(touch.state IN ('blocked', 'failed'), FALSE))::integer
                       AS blocked_count,
                   (run.answered_step_id IS NOT DISTINCT FROM line.step_id)::integer
                       AS answered_count,
                   (run.bought_step_id IS NOT DISTINCT FROM line.step_id)::integer
                       AS bought_count,
                   CASE WHEN run.bought_step_id = line.step_id
                        THEN so.amount_untaxed
                             / COALESCE(NULLIF(so.currency_rate, 0), 1)
                    END AS revenue
              FROM crm_care_run_line line
              JOIN crm_care_run run ON run.id = line.run_id
         LEFT JOIN crm_contact_touch touch ON touch.id = line.touch_id
         LEFT JOIN sale_order so ON so.id = run.bought_order_id
            """
        )
