from odoo import api, fields, models


class CrmContactTouch(models.Model):
    """Contact that a care scenario made."""

    _inherit = "crm.contact.touch"

    care_scenario_id = fields.Many2one(
        "crm.care.scenario",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    care_step_id = fields.Many2one(
        "crm.care.step",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )

    @api.model
    def _prepare_touch_values(self, company, channel, kind, user, recipient, verdict):
        values = super()._prepare_touch_values(
            company, channel, kind, user, recipient, verdict
        )
        for name in ("care_scenario_id", "care_step_id"):
            if recipient.get(name):
                values[name] = recipient[name]
        return values
