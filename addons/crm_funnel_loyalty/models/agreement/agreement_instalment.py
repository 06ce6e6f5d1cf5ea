from odoo import api, fields, models
from odoo.fields import Domain

from ...services.instalments import convert_parts
from ...tools import local_date

PAID_STATES = ("paid", "in_payment")


class AgreementInstalment(models.Model):
    """Part of a contract's value that is due on a day (004.24).

    SPECIFICATIONS: STATES
    * ``planned``; ``invoiced`` when an invoice that counts is linked; ``paid`` when
      that invoice is; ``overdue`` when it is not and the day has passed, by the
      calendar of the company, in a contract that is in force. An invoice that is
      cancelled or wholly credited does not count.

    SPECIFICATIONS: MONEY
    * Paid is what was paid of the invoice, in proportion; what a credit note took off
      is neither paid nor to be paid any more.
    * The instalments of a contract add up to its value: see ``agreement``. The amounts
      in the company's currency add up, too.

    SPECIFICATIONS: RIGHTS
    * Those of the contract. A draft is planned by its salesperson; once it is signed by
      a manager only; an invoiced amount by nobody. Invoices are linked by the button.
    """

    _name = "agreement.instalment"
    _description = "Contract Instalment"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "due_date, sequence, id"
    _check_company_auto = True

    agreement_id = fields.Many2one(
        "agreement", string="Contract", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(
        required=True, default=lambda self: self.env._("Instalment"), tracking=True
    )
    due_date = fields.Date(
        required=True,
        index=True,
        tracking=True,
        default=fields.Date.context_today,
    )
    amount = fields.Monetary(
        required=True,
        tracking=True,
        help="The last instalment takes what the others leave of the contract's value.",
    )
    percent = fields.Float(
        string="%",
        digits=(5, 2),
        compute="_compute_percent",
        inverse="_inverse_percent",
        store=True,
        aggregator=None,
    )
    currency_id = fields.Many2one(related="agreement_id.currency_id", store=True)
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, index="btree_not_null"
    )
    company_currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_company_currency_id",
        store=True,
        help="Stored, so that graph and pivot can add the amounts up.",
    )
    amount_company = fields.Monetary(
        string="Amount (Company Currency)",
        currency_field="company_currency_id",
        compute="_compute_amount_company",
        store=True,
    )
    open_company = fields.Monetary(
        string="To Receive",
        currency_field="company_currency_id",
        compute="_compute_open_company",
        store=True,
    )
    user_id = fields.Many2one(
        related="agreement_id.user_id", store=True, index="btree_not_null"
    )
    partner_id = fields.Many2one(
        related="agreement_id.commercial_partner_id",
        string="Customer",
        store=True,
        index="btree_not_null",
    )
    agreement_state = fields.Selection(
        related="agreement_id.state", string="Contract Status"
    )
    sale_order_id = fields.Many2one(related="agreement_id.sale_order_id")
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("invoiced", "Invoiced"),
            ("paid", "Paid"),
            ("overdue", "Overdue"),
        ],
        string="Status",
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
    )
    invoice_id = fields.Many2one(
        "account.move",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="set null",
    )
    amount_paid = fields.Monetary(
        string="Paid", compute="_compute_amount_paid", store=True
    )
    amount_credited = fields.Monetary(
        string="Credited", compute="_compute_amount_paid", store=True
    )
    amount_open = fields.Monetary(
        string="To Pay", compute="_compute_amount_paid", store=True
    )

    _invoice_uniq = models.UniqueIndex(
        "(invoice_id) WHERE invoice_id IS NOT NULL",
        "This invoice belongs to another instalment.",
    )

    @api.depends("amount", "agreement_id.amount")
    def _compute_percent(self):
        for part in self:
            total = part.agreement_id.amount
            part.percent = part.amount / total * 100 if total else 0.0

    @api.onchange("percent")
    def _inverse_percent(self):
        for part in self:
            currency = part.agreement_id.currency_id
            share = part.agreement_id.amount * part.percent / 100
            amount = currency.round(share) if currency else share
            shown = part.amount / part.agreement_id.amount * 100 if amount else 0
            if abs(shown - part.percent) >= 0.005:
                part.amount = amount

    @api.depends("company_id.currency_id")
    def _compute_company_currency_id(self):
        for part in self:
            company = part.company_id or self.env.company
            part.company_currency_id = company.currency_id

    @api.depends(
        "amount",
        "due_date",
        "sequence",
        "agreement_id.currency_id",
        "agreement_id.company_id",
        "agreement_id.signature_date",
        "agreement_id.instalment_ids.amount",
    )
    def _compute_amount_company(self):
        for agreement, parts in self.grouped("agreement_id").items():
            siblings = (agreement.instalment_ids | parts).sorted(
                lambda p: (p.due_date or fields.Date.today(), p.sequence, p._origin.id)
            )
            company = agreement.company_id or self.env.company
            rate = agreement._get_company_rate()
            amounts = convert_parts(
                siblings.mapped("amount"), rate, company.currency_id.rounding
            )
            converted = dict(zip(siblings, amounts, strict=True))
            for part in parts:
                part.amount_company = converted[part]

    @api.depends("amount_company", "amount", "amount_open")
    def _compute_open_company(self):
        for part in self:
            share = part.amount_open / part.amount if part.amount else 0.0
            open_company = part.amount_company * share
            part.open_company = part.company_currency_id.round(open_company)

    @api.depends(
        "amount",
        "currency_id",
        "invoice_id.state",
        "invoice_id.payment_state",
        "invoice_id.amount_residual",
        "invoice_id.amount_total",
        "invoice_id.reversal_move_ids.state",
        "invoice_id.reversal_move_ids.amount_total",
    )
    def _compute_amount_paid(self):
        for part in self:
            settled, credited = part._get_settled_shares()
            currency = part.currency_id or part.company_currency_id
            done = currency.round(part.amount * settled)
            part.amount_credited = min(currency.round(part.amount * credited), done)
            part.amount_paid = done - part.amount_credited
            part.amount_open = part.amount - done

    def _get_settled_shares(self):
        """:return: shares of the invoice that are off the customer's debt, and of it
        those that a credit note took off"""
        self.ensure_one()
        # sudo: what is paid does not depend on who may read invoices
        invoice = self.sudo().invoice_id
        total = invoice.amount_total
        if not self._has_live_invoice() or invoice.state != "posted" or not total:
            return 0.0, 0.0
        paid = invoice.payment_state in PAID_STATES
        settled = 1.0 if paid else (total - invoice.amount_residual) / total
        notes = invoice.reversal_move_ids.filtered(lambda move: move.state == "posted")
        credited = sum(notes.mapped("amount_total")) / total
        return settled, min(credited, settled)

    @api.depends(
        "due_date", "agreement_id.state", "invoice_id.state", "invoice_id.payment_state"
    )
    def _compute_state(self):
        now = self.env.cr.now()
        for company, parts in self.grouped(lambda p: p._get_company()).items():
            today = local_date(now, company)
            for part in parts:
                part.state = part._get_state(today)

    def _get_state(self, today):
        self.ensure_one()
        if self._is_paid():
            return "paid"
        in_force = self.agreement_id.state in ("signed", "done")
        if in_force and self.due_date and self.due_date < today:
            return "overdue"
        return "invoiced" if self._has_live_invoice() else "planned"

    def _is_paid(self):
        self.ensure_one()
        # sudo: whether it is paid does not depend on who may read invoices
        return (
            self._has_live_invoice()
            and self.sudo().invoice_id.payment_state in PAID_STATES
        )

    def _has_live_invoice(self):
        """Whether an invoice is linked that is neither cancelled nor credited."""
        self.ensure_one()
        # sudo: whether it is invoiced does not depend on who may read invoices
        invoice = self.sudo().invoice_id
        return bool(
            invoice
            and invoice.state != "cancel"
            and invoice.payment_state != "reversed"
        )

    @api.model
    def _refresh_overdue(self):
        """Instalments whose day has passed since they were looked at: one search and
        one UPDATE per company."""
        now = self.env.cr.now()
        late = self.browse()
        for company in self.env["res.company"].search([("active", "=", True)]):
            late |= self.search(
                Domain("state", "in", ("planned", "invoiced"))
                & self._get_company_domain(company)
                & Domain("due_date", "<", local_date(now, company))
                & self._get_in_force_domain()
            )
        late._compute_state()
        return late

    @api.model
    def _get_company_domain(self, company):
        """The instalments whose day is this company's, as ``_get_company`` says."""
        owner = Domain("user_id.company_id", "=", company.id)
        if company == self.env.company:
            owner |= Domain("user_id", "=", False)
        return Domain("company_id", "=", company.id) | (
            Domain("company_id", "=", False) & owner
        )

    def _get_company(self):
        """:return: the contract's company, else its salesperson's, else the user's"""
        self.ensure_one()
        # sudo: whose day it is does not depend on who asks
        owner = self.sudo().user_id.company_id
        return self.company_id or owner.sudo(False) or self.env.company

    @api.model
    def _get_in_force_domain(self):
        """What the cash plan counts: instalments of signed contracts."""
        return Domain("agreement_id.state", "in", ("signed", "done")) & Domain(
            "agreement_id.active", "=", True
        )

    def _compute_display_name(self):
        for part in self:
            part.display_name = f"{part.agreement_id.code} · {part.name}"
