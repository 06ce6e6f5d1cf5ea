from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

NO_NUMBER = "/"


class Agreement(models.Model):
    """Sales contract with its value, its staff and its order (004.20 to 004.24).

    SPECIFICATIONS: WHAT
    * The agreements of customers, partners and suppliers are one list, told apart by
      their ``domain``. Those with customers (``sale``) are contracts: the value comes
      from the order they were made of, and only a manager sets another one; they alone
      have an order and instalments.
    * An order has one contract that is not cancelled: an index decides when two people
      press the button at once.
    * A contract without a number gets the next one of its company and year.

    SPECIFICATIONS: STATES
    * Draft > signed > done; cancelled from draft or signed. States change by the
      buttons only. From signed on, what the contract says is fixed; a manager can set
      it back to draft.
    """

    _inherit = "agreement"
    _check_company_auto = True

    code = fields.Char(default=NO_NUMBER)
    partner_id = fields.Many2one(check_company=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("signed", "Signed"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
        copy=False,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        index="btree_not_null",
        tracking=True,
        copy=False,
        domain="[('share', '=', False)]",
        check_company=True,
    )
    sale_order_id = fields.Many2one(
        "sale.order",
        string="Sales Order",
        index="btree_not_null",
        copy=False,
        tracking=True,
        check_company=True,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
    )
    amount = fields.Monetary(
        string="Value",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        copy=False,
        help="Taxes included. It comes from the order; a manager may set another one.",
    )
    order_amount = fields.Monetary(
        string="Order Total", related="sale_order_id.amount_total"
    )
    order_amount_differs = fields.Boolean(compute="_compute_order_amount_differs")

    _contract_state_idx = models.Index("(state, user_id) WHERE is_template IS NOT TRUE")
    _contract_order_uniq = models.UniqueIndex(
        "(sale_order_id) WHERE sale_order_id IS NOT NULL AND state != 'cancelled'",
        "This order has a contract already, maybe a colleague's. Cancel that one "
        "first, or ask a manager.",
    )

    @api.model
    def _domain_selection(self):
        """Partners, too: agents and distributors are neither customer nor supplier."""
        labels = {"sale": self.env._("Customer"), "purchase": self.env._("Supplier")}
        known = [
            (code, labels.get(code, label))
            for code, label in super()._domain_selection()
        ]
        return [*known, ("partner", self.env._("Partner"))]

    def _init_column(self, column_name):
        """Agreements that are here already: a date of signature means signed."""
        if column_name != "state":
            return super()._init_column(column_name)
        return self.env.cr.execute(
            SQL(
                "UPDATE agreement SET state = CASE WHEN signature_date IS NULL"
                " THEN 'draft' ELSE 'signed' END WHERE state IS NULL"
            )
        )

    @api.depends("sale_order_id", "company_id")
    def _compute_currency_id(self):
        for agreement in self:
            company = agreement.company_id or self.env.company
            agreement.currency_id = (
                agreement.sale_order_id.currency_id or company.currency_id
            )

    @api.depends("sale_order_id")
    def _compute_amount(self):
        for agreement in self:
            order = agreement.sale_order_id
            agreement.amount = order.amount_total if order else agreement.amount

    @api.depends("amount", "currency_id", "sale_order_id.amount_total")
    def _compute_order_amount_differs(self):
        for agreement in self:
            # sudo: the order may be a colleague's; that it differs is no secret
            order = agreement.sudo().sale_order_id
            agreement.order_amount_differs = bool(
                order
                and order.state != "cancel"
                and (
                    order.currency_id != agreement.currency_id
                    or order.currency_id.compare_amounts(
                        order.amount_total, agreement.amount
                    )
                )
            )

    @api.depends("is_template")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for agreement in self.filtered("is_template"):
            agreement.display_name = agreement.name
        return result

    @api.constrains("sale_order_id", "partner_id", "company_id")
    def _check_order_is_the_customers(self):
        for agreement in self.filtered("sale_order_id"):
            # sudo: whose order it is does not depend on who asks
            order = agreement.sale_order_id.sudo()
            customer = order.partner_id.commercial_partner_id
            if customer != agreement.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "Order %(order)s is of %(customer)s. Choose an order of the "
                        "customer of the contract.",
                        order=order.name,
                        customer=customer.display_name,
                    )
                )

    @api.constrains("domain", "sale_order_id")
    def _check_order_of_contract(self):
        for agreement in self.filtered(lambda a: a.domain != "sale"):
            if agreement.sale_order_id or agreement.instalment_ids:
                raise ValidationError(
                    self.env._(
                        "%(name)s has an order or instalments: these are for contracts "
                        "with customers. Remove them before you change what it is.",
                        name=agreement.display_name,
                    )
                )

    @api.constrains("start_date", "end_date")
    def _check_dates_in_order(self):
        for agreement in self.filtered(lambda a: a.start_date and a.end_date):
            if agreement.end_date < agreement.start_date:
                raise ValidationError(
                    self.env._("A contract cannot end before it starts.")
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """Whoever makes a contract is in charge of it."""
        defaults = super().default_get(fields)
        if "user_id" in fields and not defaults.get("is_template"):
            defaults.setdefault("user_id", self.env.uid)
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        """Number the contracts and put somebody in charge."""
        defaults = self.default_get(self._get_guarded_fields())
        for vals in vals_list:
            self.browse()._check_contract_values({**defaults, **vals})
            self._prepare_contract_values(vals)
        return super().create(vals_list)

    def write(self, vals):
        """Keep what is fixed."""
        self._check_contract_values(vals)
        self._check_contract_frozen(vals)
        return super().write(vals)

    def copy(self, default=None):
        """A copy has a number of its own; that of a template is a template."""
        copies = super().copy({"code": NO_NUMBER, **(default or {})})
        if "is_template" in (default or {}):
            return copies
        for agreement, copied in zip(self, copies, strict=True):
            if agreement.is_template:
                copied.write({"is_template": True, "user_id": False})
        return copies

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_force(self):
        if any(agreement.state in ("signed", "done") for agreement in self):
            raise UserError(
                self.env._(
                    "A signed contract cannot be deleted. Cancel it or archive it."
                )
            )

    # ------------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------------

    @api.model
    def _prepare_contract_values(self, vals):
        """Complete the values of a new agreement with number and staff."""
        if vals.get("is_template"):
            return
        if "user_id" not in vals:
            vals["user_id"] = self.default_get(["user_id"]).get("user_id")
        if vals.get("code", NO_NUMBER) in (False, "", NO_NUMBER):
            company = self.env["res.company"].browse(
                vals.get("company_id") or self.env.company.id
            )
            vals["code"] = company._next_contract_number()
