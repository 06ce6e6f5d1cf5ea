import itertools

from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmContactRecipients(models.AbstractModel):
    """A dialog about several people: members of campaigns, customers, or leads.

    RIGHTS: only ids are kept; they become records with the rights of the user, each
    time and again when the dialog is confirmed. Whom he may not see he cannot contact,
    whatever ids were sent here.
    """

    _name = "crm.contact.recipients"
    _description = "People of a Dialog"

    res_model = fields.Selection(
        [
            ("crm.campaign.member", "Members"),
            ("res.partner", "Customers"),
            ("crm.lead", "Leads"),
        ],
        required=True,
        default=lambda self: self._default_res_model(),
    )
    res_ids = fields.Json(default=lambda self: self._default_res_ids())
    record_count = fields.Integer(string="Number", compute="_compute_record_count")

    @api.model
    def _default_res_model(self):
        model = self.env.context.get("active_model")
        return model if model in dict(self._fields["res_model"].selection) else False

    @api.model
    def _default_res_ids(self):
        return self.env.context.get("active_ids") or []

    @api.depends("res_ids")
    def _compute_record_count(self):
        for wizard in self:
            wizard.record_count = len(wizard._get_ids())

    def _get_ids(self):
        """What came from outside is not trusted to be a list of ids."""
        ids = self.res_ids if isinstance(self.res_ids, list) else []
        is_id = [isinstance(i, int) and not isinstance(i, bool) and i > 0 for i in ids]
        return list(dict.fromkeys(itertools.compress(ids, is_id)))

    def _get_records(self):
        """:return: the people, all of whom the user may see
        :raises AccessError: when there is one whom he may not see
        :raises UserError: when nobody is left
        """
        self.ensure_one()
        records = self._browse_records().exists()
        if not records:
            raise UserError(self.env._("Choose whom to contact first."))
        records.check_access("read")
        return records

    def _get_visible_records(self):
        """For what is shown before confirming: those whom the user may see."""
        return self._browse_records().exists()._filtered_access("read")

    def _browse_records(self):
        model = self.res_model
        if model not in dict(self._fields["res_model"].selection):
            raise UserError(self.env._("Choose whom to contact first."))
        return self.env[model].browse(self._get_ids())

    @api.model
    def _get_company(self, record):
        """Whose rules, account and label hold for a record."""
        return record.company_id or self.env.company
