from odoo import api, fields, models

from ...services.provinces import province_key


class CrmAdsData(models.Model):
    """The region of a data, for rules and reports (002.24, 003.61).

    SPECIFICATION
    - ``state_id`` is the province of today that ``province`` names, in any spelling and
      also by its name before July 2025; it can be put right by hand.
    """

    _inherit = "crm.ads.data"

    state_id = fields.Many2one(
        "res.country.state",
        string="Region",
        compute="_compute_state_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        domain="[('country_id.code', '=', 'VN')]",
    )

    @api.depends("province")
    def _compute_state_id(self):
        written = self.filtered("province")
        (self - written).state_id = False
        states = self._get_states_by_key() if written else {}
        for data in written:
            data.state_id = states.get(province_key(data.province), False)

    @api.model
    def _get_states_by_key(self):
        """The provinces of Viet Nam by the key of their name."""
        # sudo: the list of provinces is no secret
        states = self.env["res.country.state"].sudo()
        found = states.search([("country_id.code", "=", "VN")])
        return {province_key(state.name): state for state in found}
