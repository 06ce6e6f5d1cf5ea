from odoo import fields, models
from odoo.tools import SQL

from ...tools import DEFAULT_TZ, day_sql


class CrmSaleKitProgress(models.Model):
    """How far each person has come in each skill plan, live (003.65).

    - PEOPLE: those of the plan and the members of its teams, as long as they are active
      and work in the plan's company.
    - STATE: finished; late from the day after the due date on (company's day); else
      still learning.
    - RIGHTS: a salesperson sees the own rows, managers all of their companies.
    """

    _name = "crm.sale.kit.progress"
    _description = "Progress in a Skill Plan"
    _auto = False
    _order = "date_deadline, plan_id, progress, id"
    _rec_name = "plan_id"
    _depends = {
        "crm.sale.kit.plan": [
            "active",
            "company_id",
            "date_deadline",
            "item_ids",
            "team_ids",
            "user_ids",
        ],
        "crm.sale.kit.item": ["active"],
        "crm.sale.kit.reading": ["date", "item_id", "user_id"],
        "crm.team.member": ["active", "crm_team_id", "user_id"],
        "res.users": ["active", "company_ids"],
    }

    plan_id = fields.Many2one("crm.sale.kit.plan", string="Skill Plan", readonly=True)
    user_id = fields.Many2one("res.users", string="Person", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date_deadline = fields.Date(string="Due Date", readonly=True)
    item_count = fields.Integer(string="To Read", readonly=True)
    read_count = fields.Integer(string="Read So Far", readonly=True)
    progress = fields.Float(string="Progress (%)", readonly=True, aggregator="avg")
    last_date = fields.Datetime(string="Last Read On", readonly=True)
    state = fields.Selection(
        [("behind", "Late"), ("open", "Learning"), ("done", "Finished")],
        string="Status",
        readonly=True,
    )

    @property
    def _table_query(self):
        return SQL(
            """
            WITH person AS (
                SELECT crm_sale_kit_plan_id AS plan_id, res_users_id AS user_id
                  FROM crm_sale_kit_plan_res_users_rel
                 UNION
                SELECT team.crm_sale_kit_plan_id, member.user_id
                  FROM crm_sale_kit_plan_crm_team_rel team
                  JOIN crm_team_member member
                    ON member.crm_team_id = team.crm_team_id AND member.active
            ), figure AS (
                SELECT plan.id AS plan_id, person.user_id, plan.company_id,
                       plan.date_deadline, count(item.id) AS item_count,
                       count(reading.id) AS read_count, max(reading.date) AS last_date
                  FROM crm_sale_kit_plan plan
                  JOIN person ON person.plan_id = plan.id
                  JOIN res_users u ON u.id = person.user_id AND u.active
                  JOIN res_company_users_rel work
                    ON work.user_id = u.id AND work.cid = plan.company_id
                  JOIN crm_sale_kit_item_crm_sale_kit_plan_rel part
                    ON part.crm_sale_kit_plan_id = plan.id
                  JOIN crm_sale_kit_item item
                    ON item.id = part.crm_sale_kit_item_id AND item.active
             LEFT JOIN crm_sale_kit_reading reading
                    ON reading.item_id = item.id AND reading.user_id = u.id
                 WHERE plan.active
              GROUP BY plan.id, person.user_id
            )
            SELECT figure.plan_id::bigint * 2147483648 + figure.user_id AS id, figure.*,
                   100.0 * figure.read_count / figure.item_count AS progress,
                   CASE WHEN figure.read_count = figure.item_count THEN 'done'
                        WHEN figure.date_deadline < %(today)s THEN 'behind'
                        ELSE 'open' END AS state
              FROM figure
              JOIN res_company company ON company.id = figure.company_id
              JOIN res_partner home ON home.id = company.partner_id
            """,
            today=day_sql(
                SQL("%s::timestamp", fields.Datetime.now()),
                SQL("COALESCE(home.tz, %s)", DEFAULT_TZ),
            ),
        )

    def action_open_items(self):
        """:return: the action that lists what is to be learnt"""
        self.ensure_one()
        return self.plan_id.action_open_items()

    def _prepare_reminder(self, activity_type_id):
        """:return: values of the activity that reminds this person"""
        self.ensure_one()
        plan = self.plan_id
        # the person's language: it is read in the list of activities
        reader = self.with_context(lang=self.user_id.lang)
        return {
            "res_model_id": self.env["ir.model"]._get_id(plan._name),
            "res_id": plan.id,
            "activity_type_id": activity_type_id,
            "summary": reader.env._("Skill plan: %s", plan.name),
            "date_deadline": self.date_deadline,
            "user_id": self.user_id.id,
        }
