from odoo import api, fields, models

from ....services.connect.meta_leads import match_questions


class CrmConnectorFormQuestion(models.Model):
    """What one question of a lead form is for.

    ``field_name`` is what a person chose; ``guess`` is what it is taken for otherwise.
    """

    _name = "crm.connector.form.question"
    _description = "Question of a Lead Form"
    _order = "id"
    _rec_name = "key"

    form_id = fields.Many2one(
        "crm.connector.form", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="form_id.company_id", store=True, index=True)
    key = fields.Char(string="Question", required=True, readonly=True)
    field_name = fields.Selection("_selection_field_name", string="Is")
    guess = fields.Selection(
        "_selection_field_name", string="Taken For", compute="_compute_guess"
    )

    _key_uniq = models.UniqueIndex(
        "(form_id, key)", "This question already stands in the form."
    )

    @api.model
    def _selection_field_name(self):
        return [
            ("name", self.env._("Name")),
            ("first_name", self.env._("First name")),
            ("last_name", self.env._("Last name")),
            ("phone", self.env._("Phone")),
            ("phone2", self.env._("Second phone")),
            ("email", self.env._("E-mail")),
            ("province", self.env._("Province")),
            ("note", self.env._("Note")),
            ("ignore", self.env._("Left out")),
        ]

    @api.depends("key", "field_name", "form_id.question_ids.field_name")
    def _compute_guess(self):
        for question in self:
            form = question.form_id
            header = form.question_ids.mapped("key")
            found = match_questions(header, form._get_mapping())
            names = {header[index]: name for name, index in found.items()}
            question.guess = question.field_name or names.get(question.key, "note")
