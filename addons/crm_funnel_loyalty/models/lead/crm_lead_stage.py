from odoo import fields, models


class CrmLeadStage(models.Model):
    """Step of a lead on the board, before it becomes an opportunity.

    SPECIFICATIONS (capabilities 001.14 to 001.18)
    * Core has stages for opportunities only (``crm.stage``); these are the lead's own.
    * The columns of the lead board are these records in their order; dragging a column
      writes ``sequence``. Only managers may do that.
    * A stage without teams belongs to all of them.
    """

    _name = "crm.lead.stage"
    _description = "Lead Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    fold = fields.Boolean(
        string="Folded on the Board",
        help="This stage is folded on the board while it holds no lead.",
    )
    team_ids = fields.Many2many(
        "crm.team",
        string="Sales Teams",
        help="Teams that use this stage. Leave empty to share it with all teams.",
    )
    is_qualified = fields.Boolean(
        string="Qualified",
        help="Leads that get here have been found worth an opportunity.",
    )
    rotting_threshold_days = fields.Integer(
        string="Days to Rot",
        help="Mark leads that stay in this stage for more days than this. "
        "0 switches the mark off.",
    )
    requirements = fields.Text(
        translate=True,
        help="What has to be known or done before a lead is moved here. "
        "Shown when the pointer rests on the stage's name.",
    )

    _check_rotting_threshold = models.Constraint(
        "CHECK (rotting_threshold_days >= 0)",
        "The number of days cannot be negative.",
    )

    def _is_for_team(self, team):
        """Whether a lead of the team may be here; nowhere is no place for it."""
        return bool(self) and (not self.team_ids or team in self.team_ids)
