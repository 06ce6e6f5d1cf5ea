from odoo import api, fields, models


class CrmCampaignTemplate(models.Model):
    """A campaign as the template of the next one.

    A copy has the same plan: kind, audience, goal, people, planned expenses. It begins
    today and lasts as long; everything in it moves by the same number of days. What was
    spent, who was contacted and what came of it stay behind. A part of a larger
    campaign keeps its dates, because they lie inside those of the whole.
    """

    _inherit = "crm.campaign"

    def copy(self, default=None):
        """Copy the plan; it begins today, unless dates are given."""
        copies = super().copy(default)
        if not {"date_begin", "date_end"} & (default or {}).keys():
            for old, new in zip(self, copies, strict=True):
                if not new.parent_id and old.date_begin:
                    new._shift_days(fields.Date.context_today(self) - old.date_begin)
        return copies

    def action_duplicate_with_parts(self):
        """Copy a campaign with all its sub-campaigns.

        :return: the action that opens the copy
        """
        self.ensure_one()
        self.check_access("read")
        new = self.copy()
        delta = new.date_begin - self.date_begin if self.date_begin else None
        self._copy_parts_to(new, delta)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": new.id,
            "view_mode": "form",
        }

    def _copy_parts_to(self, new, delta):
        for part in self.child_ids:
            dates = {
                name: part[name] + delta if part[name] and delta else part[name]
                for name in ("date_begin", "date_end")
            }
            copied = part.copy({"parent_id": new.id, "title": part.title, **dates})
            if delta:
                copied.budget_line_ids._shift_days(delta)
            part._copy_parts_to(copied, delta)

    @api.model
    def _get_template_dates(self):
        """:return: names of the dates that move with a copy"""
        return ("date_begin", "date_end")

    def _shift_days(self, delta):
        """Move the plan by a number of days (timedelta)."""
        self.ensure_one()
        self.write(
            {
                name: self[name] + delta
                for name in self._get_template_dates()
                if self[name]
            }
        )
        self.budget_line_ids._shift_days(delta)
