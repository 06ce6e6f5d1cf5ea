from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Datetime

from ...groups import is_sales_manager
from ...tools import is_change, is_now


class CrmLead(models.Model):
    """When an opportunity was won or lost is measured: nobody types it."""

    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        """When it was closed says the closing, or a sales manager."""
        given = [vals.get("date_closed") for vals in vals_list]
        if any(given) or self.env.context.get("default_date_closed"):
            self._check_may_date()
        return super().create(vals_list)

    def write(self, vals):
        """When it was closed says the closing, or a sales manager."""
        if "date_closed" in vals and any(
            lead._is_redating(vals["date_closed"]) for lead in self
        ):
            self._check_may_date()
        return super().write(vals)

    def _is_redating(self, moment):
        """Whether it is another date: core notes the present on what it makes won."""
        moment = Datetime.to_datetime(moment)
        is_noted_now = moment and not self.date_closed and is_now(moment)
        return not is_noted_now and is_change(self, {"date_closed": moment})

    def _check_may_date(self):
        if not is_sales_manager(self.env):
            raise AccessError(
                self.env._("Only sales managers change when something was closed.")
            )
