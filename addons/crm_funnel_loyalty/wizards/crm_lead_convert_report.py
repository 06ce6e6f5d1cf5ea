from odoo import api, fields, models
from odoo.fields import Command

OUTCOMES = [
    ("converted", "Converted"),
    ("undecided", "Needs a decision"),
    ("refused", "Refused"),
]


class CrmLeadConvertReport(models.TransientModel):
    """What became of each of several leads that were converted at once.

    SPECIFICATIONS
    * Every lead is there, with its outcome and the reason; one that needs a decision
      has the button that opens core's wizard.
    """

    _name = "crm.lead.convert.report"
    _description = "Result of Converting Leads"

    line_ids = fields.One2many("crm.lead.convert.report.line", "report_id")
    converted_count = fields.Integer(string="Converted", compute="_compute_counts")
    undecided_count = fields.Integer(
        string="Need a Decision", compute="_compute_counts"
    )
    refused_count = fields.Integer(string="Refused", compute="_compute_counts")

    @api.depends("line_ids.outcome")
    def _compute_counts(self):
        for report in self:
            outcomes = report.line_ids.mapped("outcome")
            report.converted_count = outcomes.count("converted")
            report.undecided_count = outcomes.count("undecided")
            report.refused_count = outcomes.count("refused")

    @api.model
    def _make(self, outcomes):
        """:param dict outcomes: of a lead to a pair of its outcome and the reason"""
        order = [outcome for outcome, _label in OUTCOMES]
        rows = sorted(outcomes.items(), key=lambda row: -order.index(row[1][0]))
        return self.create(
            {
                "line_ids": [
                    Command.create(
                        {"lead_id": lead.id, "outcome": outcome, "reason": reason}
                    )
                    for lead, (outcome, reason) in rows
                ]
            }
        )

    def action_open_opportunities(self):
        """Open what was converted."""
        self.ensure_one()
        return self._get_converted()._get_many_converted_action()

    def action_undo(self):
        """Put back what was converted."""
        self.ensure_one()
        return self._get_converted().action_undo_conversion()

    def _get_converted(self):
        return self.line_ids.filtered(lambda line: line.outcome == "converted").lead_id

    def _get_open_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Converted Leads"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
