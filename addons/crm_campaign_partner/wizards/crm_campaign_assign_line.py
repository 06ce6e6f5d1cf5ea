from odoo import fields, models

from ..services.assign import Share


class CrmCampaignAssignLine(models.TransientModel):
    """One person who gets members, and which ones."""

    _name = "crm.campaign.assign.line"
    _description = "Person Who Gets Customers"

    assign_id = fields.Many2one(
        "crm.campaign.assign", required=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        required=True,
        domain=lambda self: [
            ("share", "=", False),
            (
                "all_group_ids",
                "in",
                self.env.ref("crm_campaign_partner.group_campaign_user").ids,
            ),
        ],
    )
    weight = fields.Float(
        default=1.0, help="Twice the weight is twice as many customers."
    )
    cap = fields.Integer(string="At Most", help="0 is any number.")
    tag_ids = fields.Many2many(
        "res.partner.category",
        "crm_campaign_assign_line_tag_rel",
        string="Tags",
    )
    state_ids = fields.Many2many(
        "res.country.state",
        "crm_campaign_assign_line_state_rel",
        string="Provinces",
    )
    held_count = fields.Integer(string="Has Now", readonly=True, store=False)
    share_count = fields.Integer(string="Gets", readonly=True, store=False)

    _weight_positive = models.Constraint(
        "CHECK (weight > 0)", "A weight is greater than zero."
    )
    _cap_positive = models.Constraint(
        "CHECK (cap >= 0)", "The number of customers cannot be negative."
    )

    def _prepare_share(self, method):
        """:return: the ``Share`` of this person"""
        keys = {"tag": self.tag_ids, "region": self.state_ids}.get(method)
        return Share(
            self.user_id.id,
            weight=self.weight if method == "weight" else 1.0,
            cap=self.cap,
            keys=frozenset(keys.ids) if keys else frozenset(),
        )
