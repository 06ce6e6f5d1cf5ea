from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_amount, format_date, is_html_empty

from ...services.placeholders import fill_fields, read_fields
from ...services.words import amount_in_words


class Agreement(models.Model):
    """Text of a contract, from a template with fields to fill in (004.23).

    SPECIFICATIONS
    * A template is an agreement marked as such, in one language. A contract starts with
      the text of the template; its staff may adapt it while it is a draft.
    * ``{{ customer }}`` and the like are fields. Only the names of
      ``_get_text_fields`` are known; nothing is evaluated, and an unknown name is
      refused when the text is saved.
    * While a contract is a draft its fields are filled in each time it is looked at;
      with the signature the text is fixed as it was signed.
    """

    _inherit = "agreement"

    lang = fields.Selection(
        selection="_get_languages",
        string="Language",
        help="A new contract takes the template in the language of the customer.",
    )
    template_id = fields.Many2one(
        "agreement",
        domain="[('is_template', '=', True), ('domain', '=', domain)]",
        index="btree_not_null",
        ondelete="set null",
        copy=True,
        check_company=True,
    )
    text = fields.Html(
        compute="_compute_text",
        store=True,
        readonly=False,
        help="Fields such as {{ customer }} are filled in.",
    )
    signed_text = fields.Html(readonly=True, copy=False)
    text_filled = fields.Html(compute="_compute_text_filled")
    text_help = fields.Html(compute="_compute_text_help")
    amount_in_words = fields.Char(compute="_compute_amount_in_words")

    @api.model
    def _get_languages(self):
        return self.env["res.lang"].get_installed()

    @api.depends("template_id")
    def _compute_text(self):
        for agreement in self:
            text = agreement.template_id.text
            agreement.text = agreement.text if is_html_empty(text) else text

    @api.depends("text", "signed_text", "state", "amount", "currency_id")
    @api.depends("partner_id", "company_id", "sale_order_id", "user_id", "code", "name")
    @api.depends("start_date", "end_date", "signature_date")
    def _compute_text_filled(self):
        for agreement in self:
            if agreement.is_template:
                agreement.text_filled = agreement.text
            else:
                agreement.text_filled = agreement.signed_text or agreement._fill_text()

    @api.depends_context("lang")
    def _compute_text_help(self):
        row = Markup("<tr><td><code>{{ %s }}</code></td><td>%s</td></tr>")
        rows = Markup().join(
            row % (name, label) for name, label in self._get_text_fields().items()
        )
        self.text_help = Markup("<table class='table table-sm'>%s</table>") % rows

    @api.depends("amount", "currency_id")
    @api.depends_context("lang")
    def _compute_amount_in_words(self):
        for agreement in self:
            agreement.amount_in_words = agreement._get_amount_in_words()

    @api.constrains("text")
    def _check_text_fields(self):
        known = self._get_text_fields()
        for agreement in self:
            unknown = [n for n in read_fields(agreement.text) if n not in known]
            if unknown:
                raise ValidationError(
                    self.env._(
                        "There is no field %(names)s. You can use: %(known)s.",
                        names=", ".join(f"{{{{ {name} }}}}" for name in unknown),
                        known=", ".join(known),
                    )
                )

    @api.model
    def _get_frozen_fields(self):
        return super()._get_frozen_fields() | {"text", "template_id", "lang"}

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {"signed_text"}

    @api.model
    def _get_text_fields(self):
        """:return: dict of the name of each field to what it stands for"""
        return {
            "number": self.env._("number of the contract"),
            "title": self.env._("title of the contract"),
            "company": self.env._("our company"),
            "company_address": self.env._("our address"),
            "company_tax_code": self.env._("our tax code"),
            "company_phone": self.env._("our phone number"),
            "salesperson": self.env._("salesperson in charge"),
            "customer": self.env._("customer"),
            "customer_address": self.env._("address of the customer"),
            "customer_tax_code": self.env._("tax code of the customer"),
            "customer_phone": self.env._("phone number of the customer"),
            "contact": self.env._("person who signs for the customer"),
            "order": self.env._("number of the order"),
            "amount": self.env._("value, taxes included"),
            "amount_in_words": self.env._("value in words"),
            "instalment_count": self.env._("number of instalments"),
            "signature_date": self.env._("date of signature"),
            "start_date": self.env._("first day"),
            "end_date": self.env._("last day"),
        }

    def _get_text_values(self):
        """:return: dict of the name of each field to its text, in the language of the
        contract"""
        self.ensure_one()
        lang = self._get_contract_lang()
        company = self.company_id or self.env.company
        customer = self.commercial_partner_id
        return {
            "number": self.code,
            "title": self.name,
            **self._get_party_values("company", company.partner_id),
            **self._get_party_values("customer", customer),
            "salesperson": self.user_id.name,
            "contact": self._get_signatory(),
            "order": self.sale_order_id.name,
            "amount": format_amount(
                self.env, self.amount, self.currency_id, lang_code=lang
            ),
            "amount_in_words": self._get_amount_in_words(),
            "instalment_count": str(len(self.instalment_ids) or ""),
            "signature_date": self._format_day(self.signature_date, lang),
            "start_date": self._format_day(self.start_date, lang),
            "end_date": self._format_day(self.end_date, lang),
        }

    @api.model
    def _get_party_values(self, name, partner):
        return {
            name: partner.name,
            f"{name}_address": self._get_party_address(partner),
            f"{name}_tax_code": partner.vat,
            f"{name}_phone": partner.phone,
        }

    def _get_signatory(self):
        """The person of the other side; a company does not sign by itself."""
        partner = self.partner_id
        return "" if partner.is_company else partner.name

    @api.model
    def _get_party_address(self, partner):
        address = partner._display_address(without_company=True)
        return ", ".join(line.strip() for line in address.split("\n") if line.strip())

    def _format_day(self, day, lang):
        return format_date(self.env, day, lang_code=lang) if day else ""

    def _fill_text(self):
        self.ensure_one()
        # sudo: borrows the right to read the parties and the order; the contract, which
        # names them, may be read by whoever asks
        contract = self.sudo().with_context(lang=self._get_contract_lang())
        return fill_fields(self.text, contract._get_text_values())

    def _get_contract_lang(self):
        self.ensure_one()
        return self.lang or self.partner_id.lang or self.env.lang or "en_US"

    def _get_amount_in_words(self):
        """Core spells amounts; its Vietnamese leaves out zeros, so that is ours."""
        self.ensure_one()
        currency = self.currency_id
        if not currency:
            return ""
        lang = self.env.lang or "en_US"
        if not lang.startswith("vi"):
            return currency.amount_to_text(self.amount)
        return amount_in_words(self.amount, currency.name, currency.decimal_places)

    @api.model
    def _find_template(self, partner, company):
        """The first template in the language of the customer, else the first one."""
        templates = self.search(
            [
                ("is_template", "=", True),
                ("domain", "=", "sale"),
                ("company_id", "in", [company.id, False]),
            ],
            order="id",
            limit=50,
        )
        lang = partner.lang or self.env.lang
        return templates.filtered(lambda t: t.lang == lang)[:1] or templates[:1]
