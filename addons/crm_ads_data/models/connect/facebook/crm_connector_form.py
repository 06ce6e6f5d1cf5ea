from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ....services.connect import errors
from ....services.connect.meta_leads import fetch_form_leads


class CrmConnectorForm(models.Model):
    """One instant form of a page: what its answers become.

    SPECIFICATION
    - Questions are found by their names, in Vietnamese and English; what a person
      chooses in ``question_ids`` decides. What is nobody's contact goes into the note
      as "question: answer".
    - ``product_id`` is the product of its leads where the ad names none; ``ad_id``
      takes its leads that came without an ad.
    - A form that is archived here is not asked for leads; those that a webhook brings
      are taken all the same.
    """

    _name = "crm.connector.form"
    _description = "Lead Form"
    _order = "page_id, name, id"
    _check_company_auto = True

    page_id = fields.Many2one(
        "crm.connector.page", required=True, index=True, ondelete="cascade"
    )
    connector_id = fields.Many2one(
        related="page_id.connector_id", store=True, index=True
    )
    company_id = fields.Many2one(related="page_id.company_id", store=True, index=True)
    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    external_ref = fields.Char(string="Form ID", required=True, copy=False)
    status = fields.Char(readonly=True, copy=False)
    product_id = fields.Many2one(
        "product.product",
        check_company=True,
        domain=[("sale_ok", "=", True)],
        index="btree_not_null",
        help="The product of this form's leads whose ad names none.",
    )
    ad_id = fields.Many2one(
        "crm.ads.ad",
        string="Ad for Organic Leads",
        check_company=True,
        index="btree_not_null",
        help="Where leads go that came without an ad; else the account's organic ad.",
    )
    question_ids = fields.One2many("crm.connector.form.question", "form_id")
    data_ids = fields.One2many("crm.ads.data", "form_id", string="Customer Data")
    data_count = fields.Integer(string="Data", compute="_compute_data_count")
    is_backfilled = fields.Boolean(
        readonly=True, copy=False, help="The leads from before it was known are in."
    )
    last_error = fields.Text(readonly=True, copy=False)

    _form_uniq = models.UniqueIndex(
        "(page_id, external_ref)", "This form already stands in the page."
    )

    def _compute_data_count(self):
        groups = self.env["crm.ads.data"]._read_group(
            [("form_id", "in", self.ids)], ["form_id"], ["__count"]
        )
        counts = dict(groups)
        for form in self:
            form.data_count = counts.get(form._origin, 0)

    @api.model
    def _get_or_create(self, page, wanted):
        """The forms of a page by their ids, missing ones made.

        :param wanted: dict of form id to ``(name, status, question keys)``
        :return: dict of form id to ``crm.connector.form``
        """
        known = self.with_context(active_test=False).search(
            [("page_id", "=", page.id), ("external_ref", "in", list(wanted))]
        )
        found = {form.external_ref: form for form in known}
        missing = [ref for ref in wanted if ref not in found]
        created = self.create(
            [
                {
                    "page_id": page.id,
                    "external_ref": ref,
                    "name": wanted[ref][0],
                    "status": wanted[ref][1],
                }
                for ref in missing
            ]
        )
        found |= dict(zip(missing, created, strict=True))
        for ref, (name, status, questions) in wanted.items():
            found[ref]._update(name, status, questions)
        return found

    def _update(self, name, status, questions):
        """Take over what the channel says, without what a person has changed."""
        known = set(self.question_ids.mapped("key"))
        values = {}
        if self.name == self.external_ref and name != self.name:
            values["name"] = name
        if status and status != self.status:
            values["status"] = status
        added = [key for key in dict.fromkeys(questions) if key not in known]
        if added:
            values["question_ids"] = [Command.create({"key": key}) for key in added]
        if values:
            self.write(values)

    def _get_mapping(self):
        """What a person chose for the questions: dict of question key to field."""
        return {
            question.key: question.field_name
            for question in self.question_ids
            if question.field_name
        }

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_preview(self):
        """Show what the form's last lead becomes with these choices."""
        self.ensure_one()
        self.check_access("write")
        handler = self.connector_id._require_handler()
        try:
            with handler._explain():
                leads, _cursor = fetch_form_leads(
                    self.page_id._get_api(), self.external_ref, 0, limit=1
                )
        except errors.ApiError as error:
            raise UserError(self.connector_id._describe_error(error)) from error
        if not leads:
            raise UserError(
                self.env._(
                    "This form has no lead yet. Send one with Facebook's Lead Ads"
                    " Testing Tool, then look again."
                )
            )
        self._update(self.name, self.status, [key for key, _answer in leads[0].answers])
        preview = self.env["crm.connector.form.preview"].create(
            {"form_id": self.id, "answers": [list(pair) for pair in leads[0].answers]}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("The Last Lead"),
            "res_model": preview._name,
            "res_id": preview.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_open_data(self):
        """Open the data that came of this form."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_ads_data.action_crm_ads_data"
        )
        action["domain"] = [("form_id", "=", self.id)]
        action["context"] = {}
        return action
