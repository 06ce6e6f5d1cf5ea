from odoo import fields, models

from ...groups import SALES


class ResPartner(models.Model):
    """Customer with the care that runs for her."""

    _inherit = "res.partner"

    care_run_ids = fields.One2many(
        "crm.care.run", "partner_id", readonly=True, groups=SALES
    )
    care_run_count = fields.Integer(compute="_compute_care_run_count", groups=SALES)

    def _compute_care_run_count(self):
        counts = dict(
            self.env["crm.care.run"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.care_run_count = counts.get(partner, 0)

    def action_view_care_runs(self):
        """:return: the action that lists the care of this customer"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_care_runs"
        )
        return dict(action, domain=[("partner_id", "=", self.id)], context={})

    def _after_funnel_move(self):
        result = super()._after_funnel_move()
        self.env["crm.care.scenario"]._fire("tier_reached", self)
        self.env["crm.care.scenario"]._fire("tier_left", self)
        return result
