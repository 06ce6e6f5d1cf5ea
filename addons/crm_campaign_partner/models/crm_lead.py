from odoo import fields, models


class CrmLead(models.Model):
    """How often a lead was contacted, and what he said about that."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.contact.person"]

    contact_touch_count = fields.Integer(
        string="Contacts",
        compute="_compute_contact_touch_count",
        groups="crm_campaign_partner.group_campaign_user",
    )

    def _compute_contact_touch_count(self):
        """COST: one query for any number of leads."""
        counts = dict(
            self.env["crm.contact.touch"]._read_group(
                [*self._get_touch_domain(), ("state", "!=", "blocked")],
                ["res_id"],
                ["__count"],
            )
        )
        for lead in self:
            lead.contact_touch_count = counts.get(lead._origin.id, 0)

    def _get_touch_domain(self):
        return [("res_model", "=", self._name), ("res_id", "in", self.ids)]

    def action_view_contact_touches(self):
        """:return: the action that lists the contacts with this lead"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign_partner.crm_contact_touch_action"
        )
        return dict(action, domain=self._get_touch_domain(), context={})
