from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import float_is_zero

from ...services.instalments import PlanError, take_remainder
from .instalment_batch import InstalmentBatch
from .turns import take_turn


class Agreement(models.Model):
    """Instalments of a contract: they always add up to its value (004.24).

    SPECIFICATIONS
    * Whatever changes, the last instalment that is not invoiced takes what remains. A
      change after which nothing remains for it is refused, and so is one that leaves no
      instalment to take it.
    * A new contract of an order has the instalments of the order's payment terms.
    """

    _inherit = "agreement"

    instalment_ids = fields.One2many("agreement.instalment", "agreement_id")
    instalment_count = fields.Integer(compute="_compute_instalment_figures")
    paid_amount = fields.Monetary(string="Paid", compute="_compute_instalment_figures")
    open_amount = fields.Monetary(
        string="To Pay", compute="_compute_instalment_figures"
    )
    overdue_amount = fields.Monetary(
        string="Overdue", compute="_compute_instalment_figures"
    )
    next_due_date = fields.Date(
        string="Next Payment", compute="_compute_instalment_figures"
    )

    @api.depends(
        "instalment_ids.amount_paid",
        "instalment_ids.amount_open",
        "instalment_ids.state",
        "instalment_ids.due_date",
    )
    def _compute_instalment_figures(self):
        for agreement in self:
            parts = agreement.instalment_ids
            unpaid = parts.filtered(lambda p: p.state != "paid")
            late = parts.filtered(lambda p: p.state == "overdue")
            agreement.instalment_count = len(parts)
            agreement.paid_amount = sum(parts.mapped("amount_paid"))
            agreement.open_amount = sum(parts.mapped("amount_open"))
            agreement.overdue_amount = sum(late.mapped("amount_open"))
            agreement.next_due_date = min(
                filter(None, unpaid.mapped("due_date")), default=False
            )

    @api.onchange("instalment_ids")
    def _onchange_instalment_ids(self):
        """Show at once what the last instalment will be."""
        parts = self.instalment_ids
        last = self._get_remainder_part(parts)
        if last and self.amount:
            others = [part.amount for part in parts if part != last]
            try:
                last.amount = take_remainder(
                    self.amount, others, self.currency_id.rounding
                )
            except PlanError:
                return {
                    "warning": {
                        "title": self.env._("Too much"),
                        "message": self._get_plan_message("much"),
                    }
                }
        return None

    @api.model_create_multi
    def create(self, vals_list):
        """Add the instalments up."""
        with self._postpone_instalments() as context:
            agreements = super(Agreement, self.with_context(**context)).create(
                vals_list
            )
            context[InstalmentBatch.KEY].ids.update(agreements.ids)
        return agreements.with_env(self.env)

    def write(self, vals):
        """Add the instalments up when they or the value change."""
        if not vals.keys() & self._get_plan_fields():
            return super().write(vals)
        with self._postpone_instalments() as context:
            result = super(Agreement, self.with_context(**context)).write(vals)
            context[InstalmentBatch.KEY].ids.update(self.ids)
        return result

    @api.model
    def _get_plan_fields(self):
        """What changes the value, or what it is split into."""
        return {
            "instalment_ids",
            "amount",
            "currency_id",
            "sale_order_id",
            "company_id",
        }

    @api.model
    @contextmanager
    def _postpone_instalments(self):
        """Add up once, at the end, what happens inside; yields its context."""
        batch = InstalmentBatch.of(self.env)
        if batch:
            yield {InstalmentBatch.KEY: batch}
            return
        batch = InstalmentBatch()
        yield {InstalmentBatch.KEY: batch}
        self.browse(batch.ids).exists()._balance_instalments()

    def _balance_instalments(self):
        """Give the last instalment what remains of the value."""
        for agreement in self:
            # sudo: the arithmetic is the system's, whoever made the change
            parts = agreement.sudo().instalment_ids
            if not parts:
                continue
            currency = agreement.currency_id or self.env.company.currency_id
            last = agreement._get_remainder_part(parts)
            agreement._round_instalments(parts)
            try:
                others = [part.amount for part in parts if part != last]
                agreement._check_positive(others)
                if not last:
                    agreement._check_sum(others)
                    continue
                rest = take_remainder(agreement.amount, others, currency.rounding)
            except PlanError as error:
                raise ValidationError(
                    agreement._get_plan_message(error.kind)
                ) from error
            if currency.compare_amounts(rest, last.amount):
                agreement._set_instalment(last, rest)

    def _round_instalments(self, parts):
        """In another currency the parts may have had decimals that it has not."""
        for part in parts:
            rounded = self.currency_id.round(part.amount)
            if not float_is_zero(part.amount - rounded, precision_digits=6):
                # the ORM takes both for the same, so the amount is taken off first
                self._set_instalment(part, 0.0)
                self._set_instalment(part, rounded)

    @api.model
    def _set_instalment(self, part, amount):
        part.with_context(**{InstalmentBatch.KEY: InstalmentBatch()}).amount = amount

    def _get_remainder_part(self, parts):
        """The last instalment whose amount is still free."""
        free = parts.filtered(lambda part: not part._has_live_invoice())
        ordered = free.sorted(lambda p: (p.due_date or fields.Date.today(), p.sequence))
        return ordered[-1:]

    def _check_positive(self, amounts):
        if any(self.currency_id.compare_amounts(amount, 0) <= 0 for amount in amounts):
            raise PlanError("nothing")

    def _check_sum(self, amounts):
        self.ensure_one()
        if self.currency_id.compare_amounts(sum(amounts), self.amount):
            raise PlanError("fixed")

    def _check_can_plan(self):
        """Who plans the instalments: anybody who may change the draft, then managers.

        Of two people who plan at once the second sees what the first one has left.
        """
        self.check_access("write")
        take_turn(self)
        fixed = self.filtered(lambda a: a.state != "draft")
        if fixed and not self._has_manager_right():
            raise UserError(
                self.env._(
                    "%s is signed: ask a manager to change its instalments.",
                    fixed[0].display_name,
                )
            )
        if any(agreement.is_template for agreement in self):
            raise UserError(self.env._("A template has no instalments."))
        if any(agreement.domain != "sale" for agreement in self):
            raise UserError(
                self.env._("Only contracts with customers have instalments.")
            )

    def _get_company_rate(self):
        """From the contract's currency to the company's, on the day of the order or of
        the signature."""
        self.ensure_one()
        company = self.company_id or self.env.company
        if not self.currency_id or self.currency_id == company.currency_id:
            return 1.0
        # sudo: the day of the order does not depend on who asks
        ordered = self.sudo().sale_order_id.date_order
        day = self.signature_date or (ordered and ordered.date()) or self._get_today()
        return self.env["res.currency"]._get_conversion_rate(
            self.currency_id, company.currency_id, company, day
        )

    def _get_plan_message(self, kind):
        """What to tell the user when an amount cannot be split that way."""
        messages = {
            "much": self.env._(
                "The other instalments come to the whole value or more: nothing is "
                "left for the last one. Lower one of them."
            ),
            "fixed": self.env._(
                "All instalments are invoiced and do not come to the value of the "
                "contract. Add an instalment for the difference, or cancel an invoice."
            ),
            "nothing": self.env._(
                "Give each instalment an amount; only the last one may be left open "
                "and takes what remains."
            ),
            "few": self.env._(
                "The value is too small for so many instalments: one of them would be "
                "nothing. Choose fewer."
            ),
            "percent": self.env._("The percentages must come to 100."),
            "text": self.env._(
                "Write the percentages one after the other, such as 30/30/40."
            ),
            "none": self.env._("Add at least one instalment, each with its date."),
            "lines": self.env._(
                "The preview does not have as many lines as the plan has instalments. "
                "Change the number of instalments, or choose “By dates”."
            ),
        }
        return messages[kind]

    def _ensure_instalments(self):
        """A contract without instalments gets those of its order's payment terms."""
        for agreement in self.filtered(
            lambda a: a.domain == "sale" and a.amount and not a.instalment_ids
        ):
            agreement.write(
                {
                    "instalment_ids": [
                        Command.create(values)
                        for values in agreement._prepare_term_instalments()
                    ]
                }
            )

    def _prepare_term_instalments(self):
        """One instalment per line of the payment terms; one for all without terms."""
        self.ensure_one()
        # sudo: the order may be a colleague's; its terms are those of the contract
        terms = self.sudo().sale_order_id.payment_term_id
        today = self._get_today()
        if not terms:
            return [self._prepare_instalment(1, self.end_date or today, self.amount)]
        company = self.company_id or self.env.company
        lines = terms._compute_terms(
            date_ref=today,
            currency=self.currency_id,
            company=company,
            tax_amount=0.0,
            tax_amount_currency=0.0,
            sign=1,
            untaxed_amount=self.amount,
            untaxed_amount_currency=self.amount,
        )["line_ids"]
        return [
            self._prepare_instalment(number, line["date"], line["foreign_amount"])
            for number, line in enumerate(lines, start=1)
            if self.currency_id.compare_amounts(line["foreign_amount"], 0) > 0
        ]

    def _prepare_instalment(self, number, due_date, amount):
        self.ensure_one()
        # the name is printed, so it is in the language of the contract
        printed = self.with_context(lang=self._get_contract_lang())
        return {
            "sequence": number,
            "name": printed.env._("Instalment %s", number),
            "due_date": due_date,
            "amount": amount,
        }
