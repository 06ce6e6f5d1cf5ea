from odoo import fields, models


class ResPartner(models.Model):
    """How often a customer was contacted, and what he said about that."""

    _name = "res.partner"
    _inherit = ["res.partner", "crm.contact.person"]

    contact_touch_count = fields.Integer(
        string="Contacts",
        compute="_compute_contact_touch_count",
        groups="crm_campaign_partner.group_campaign_user",
    )

    def _compute_contact_touch_count(self):
        """COST: one query for any number of partners."""
        counts = dict(
            self.env["crm.contact.touch"]._read_group(
                [("partner_id", "in", self.ids), ("state", "!=", "blocked")],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.contact_touch_count = counts.get(partner._origin, 0)

    def action_view_contact_touches(self):
        """:return: the action that lists the contacts with this customer"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign_partner.crm_contact_touch_action"
        )
        return dict(action, domain=[("partner_id", "=", self.id)], context={})

    def action_view_contact_consents(self):
        """:return: the action that lists and adds what this customer decided"""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign_partner.crm_contact_consent_action"
        )
        return dict(
            action,
            domain=[("partner_id", "=", self.id)],
            context={"default_partner_id": self.id},
        )
