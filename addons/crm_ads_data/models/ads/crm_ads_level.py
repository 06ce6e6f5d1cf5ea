from odoo import api, models
from odoo.exceptions import RedirectWarning, UserError


class CrmAdsLevel(models.AbstractModel):
    """One level of the tree account > campaign > ad (002.01, 002.21).

    SPECIFICATION
    - A level is ``active`` and switched on (``is_running``), or closed to data.
    - Once data came in through it, a level is archived, never deleted: its history and
      its figures stay. Archiving closes it and everything below it.
    - ``_level_field`` names the field that leads to this level from data and insights.
    """

    _name = "crm.ads.level"
    _description = "Level of the Ads Tree"
    _level_field = None

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_data(self):
        # sudo: data that the reader may not see keeps its level as well
        groups = (
            self.env["crm.ads.data"]
            .sudo()
            ._read_group([(self._level_field, "in", self.ids)], [self._level_field])
        )
        names = [level.display_name for (level,) in groups]
        if names:
            raise UserError(
                self.env._(
                    "%(names)s: data came in here, so it cannot be deleted. Archive it"
                    " instead: it takes no more data, and its figures stay.",
                    names=", ".join(names),
                )
            )

    def _is_closed(self):
        """Whether this level itself keeps data out."""
        self.ensure_one()
        return not (self.active and self.is_running)

    def _get_closed_warning(self, message):
        """A warning with ``message`` and a button that leads to this level."""
        self.ensure_one()
        action = {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }
        label = self.env._("Open %(level)s", level=self.display_name)
        return RedirectWarning(message, action, label)

    def action_open_data(self):
        """Open the data that came in through this level."""
        self.ensure_one()
        return self._get_action_below("crm_ads_data.action_crm_ads_data")

    def _get_action_below(self, xml_id):
        """The action ``xml_id``, on what belongs to this level."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(xml_id)
        action["domain"] = [(self._level_field, "=", self.id)]
        action["context"] = {f"default_{self._level_field}": self.id}
        return action
