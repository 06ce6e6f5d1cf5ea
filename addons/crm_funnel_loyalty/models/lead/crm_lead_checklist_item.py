from odoo import fields, models
from odoo.fields import Domain


class CrmLeadChecklistItem(models.Model):
    """Question that decides whether a lead is worth an opportunity (001.13).

    SPECIFICATIONS
    * A question is asked in a stage, or in any; by a team, or by all of them.
    * A required question has to be answered with yes before a lead gets to a stage
      that is marked *Qualified* and comes after the question's own, and before it
      becomes an opportunity (there a person may decide otherwise, and says why).
    """

    _name = "crm.lead.checklist.item"
    _description = "Qualification Question"
    _order = "stage_sequence, sequence, id"

    name = fields.Char(
        string="Question",
        required=True,
        translate=True,
        help="A question that is answered with yes, such as “Is the budget known?”.",
    )
    description = fields.Text(
        string="How to Find Out",
        translate=True,
        help="Shown under the question.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    required = fields.Boolean(default=True)
    stage_id = fields.Many2one(
        "crm.lead.stage",
        string="Asked in Stage",
        index="btree_not_null",
        ondelete="cascade",
        help="Leave empty to ask in every stage.",
    )
    stage_sequence = fields.Integer(
        string="Order of the Stage", related="stage_id.sequence", store=True
    )
    team_ids = fields.Many2many(
        "crm.team",
        string="Sales Teams",
        help="Teams that ask this. Leave empty to ask it in all teams.",
    )

    def _get_team_domain(self, teams):
        """Questions that one of these teams asks."""
        return Domain("team_ids", "=", False) | Domain("team_ids", "in", teams.ids)

    def _filtered_for(self, lead):
        """The questions of these that are asked about a lead."""
        return self.filtered(
            lambda item: not item.team_ids or lead.team_id in item.team_ids
        )

    def _filtered_before(self, stage):
        """The questions of these that come before a stage."""
        return self.filtered(
            lambda item: (
                not item.stage_id
                or (item.stage_id.sequence, item.stage_id.id)
                < (stage.sequence, stage.id)
            )
        )
