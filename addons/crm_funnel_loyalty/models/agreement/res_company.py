from odoo import api, fields, models

SEQUENCE_CODE = "agreement.contract"


class ResCompany(models.Model):
    """How a company numbers its contracts and reminds of their payments."""

    _inherit = "res.company"

    contract_remind_before = fields.Integer(
        string="Days Before a Payment",
        default=3,
        help="So many days before an instalment is due its salesperson is reminded.",
    )
    contract_remind_after = fields.Integer(
        string="Days After a Payment",
        default=1,
        help="So many days after an instalment was due its salesperson is reminded.",
    )
    contract_remind_every = fields.Integer(
        string="Days Between Reminders",
        default=7,
        help="While it is not paid, again after so many days. 0: not again.",
    )
    contract_remind_customer = fields.Boolean(
        string="Remind the Customer",
        help="The customer gets a care message, as far as the contact guard lets it.",
    )
    contract_remind_channel = fields.Selection(
        selection="_get_remind_channels",
        default="email",
        string="Message By",
    )

    _contract_reminders_positive = models.Constraint(
        "CHECK (COALESCE(contract_remind_before, 0) >= 0"
        " AND COALESCE(contract_remind_after, 0) >= 0"
        " AND COALESCE(contract_remind_every, 0) >= 0)",
        "Days of reminders cannot be negative.",
    )

    @api.model
    def _get_remind_channels(self):
        """What can be written to; a person makes calls."""
        field = self.env["crm.contact.touch"]._fields["channel"]
        channels = field._description_selection(self.env)
        return [(code, label) for code, label in channels if code != "call"]

    @api.model_create_multi
    def create(self, vals_list):
        """Give each new company its own numbering of contracts."""
        companies = super().create(vals_list)
        companies._create_contract_sequences()
        return companies

    @api.model
    def _ensure_contract_sequences(self):
        """Number the contracts of the companies that are here already."""
        numbered = self.env["ir.sequence"].search([("code", "=", SEQUENCE_CODE)])
        self.with_context(active_test=False).search(
            [("id", "not in", numbered.company_id.ids)]
        )._create_contract_sequences()

    def _create_contract_sequences(self):
        # sudo: whoever may make a company need not be allowed to edit sequences
        self.env["ir.sequence"].sudo().create(
            [company._prepare_contract_sequence() for company in self]
        )

    def _prepare_contract_sequence(self):
        self.ensure_one()
        return {
            "name": f"Contracts ({self.name})",
            "code": SEQUENCE_CODE,
            "company_id": self.id,
            "prefix": "HD/%(range_year)s/",
            "padding": 4,
            "use_date_range": True,
        }

    def _next_contract_number(self):
        """:return: the next number of this company"""
        self.ensure_one()
        # sudo: borrows the right to count; a number says nothing
        sequences = self.env["ir.sequence"].sudo().with_company(self)
        return sequences.next_by_code(SEQUENCE_CODE)
