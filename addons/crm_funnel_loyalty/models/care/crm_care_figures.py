from odoo import api, fields, models


class CrmCareFigures(models.Model):
    """How many customers are and were in a scenario, and what came of it.

    COST: two queries for any number of scenarios.
    """

    _inherit = "crm.care.scenario"

    run_count = fields.Integer(string="Started", compute="_compute_figures")
    running_count = fields.Integer(string="In It Now", compute="_compute_figures")
    answered_count = fields.Integer(string="Answered", compute="_compute_figures")
    bought_count = fields.Integer(string="Bought", compute="_compute_figures")
    failed_count = fields.Integer(string="Failed", compute="_compute_figures")

    @api.depends("run_ids")
    def _compute_figures(self):
        runs = self.env["crm.care.run"]
        rows = runs._read_group(
            [("scenario_id", "in", self.ids)],
            ["scenario_id", "state"],
            ["__count", "answered_date:count", "bought_date:count"],
        )
        figures = {}
        for scenario, state, count, answered, bought in rows:
            mine = figures.setdefault(scenario, {"all": 0, "answered": 0, "bought": 0})
            mine[state] = count
            mine["all"] += count
            mine["answered"] += answered
            mine["bought"] += bought
        for scenario in self:
            mine = figures.get(scenario._origin, {})
            scenario.run_count = mine.get("all", 0)
            scenario.running_count = mine.get("running", 0)
            scenario.answered_count = mine.get("answered", 0)
            scenario.bought_count = mine.get("bought", 0)
            scenario.failed_count = mine.get("failed", 0)
