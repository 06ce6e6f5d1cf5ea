from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

NO_NUMBER = "/"


class Agreement(models.Model):
    """Sales contract with its value, its staff and its order (004.20 to 004.24).

    SPECIFICATIONS: WHAT
    * The agreements of customers, partners and suppliers are one list, told apart by
      their ``domain``. Those with customers (``sale``) are contracts: the value comes
      from the order they were made of, and only a manager sets another one.
    * A contract without a number gets the next one of its company and year.

    SPECIFICATIONS: STATES
    * Draft > signed > done; cancelled from draft or signed. States change by the
      buttons only. From signed on, what the contract says is fixed; a manager can set
      it back to draft.

    SPECIFICATIONS: RIGHTS
    * A salesperson has the own contracts, sales managers those of the company.
      Templates are read by all and changed by managers.
    """

    _inherit = "agreement"
    _check_company_auto = True

    code = fields.Char(default=NO_NUMBER)
    partner_id = fields.Many2one(check_company=True, index="btree_not_null")
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
    is_contract_manager = fields.Boolean(compute="_compute_is_contract_manager")

    _contract_state_idx = models.Index("(state, user_id) WHERE is_template IS NOT TRUE")

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
            order = agreement.sale_order_id
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

    @api.depends_context("uid")
    def _compute_is_contract_manager(self):
        self.is_contract_manager = self._has_manager_right()

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
        for vals in vals_list:
            self._check_contract_values(vals)
            self._prepare_contract_values(vals)
        return super().create(vals_list)

    def write(self, vals):
        """Keep what is fixed."""
        self._check_contract_values(vals)
        self._check_contract_frozen(vals)
        return super().write(vals)

    def copy(self, default=None):
        """A copy has a number of its own."""
        return super().copy({"code": NO_NUMBER, **(default or {})})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_force(self):
        if any(agreement.state in ("signed", "done") for agreement in self):
            raise UserError(
                self.env._(
                    "A signed contract cannot be deleted. Cancel it or archive it."
                )
            )

    # ------------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------------

    @api.model
    def _has_manager_right(self):
        return self.env.su or self.env.user.has_group(
            "crm_funnel_loyalty.group_manager"
        )

    @api.model
    def _get_manager_fields(self):
        """What only managers set in contracts; orders give it otherwise."""
        return {"amount", "currency_id"}

    @api.model
    def _get_system_fields(self):
        """What nobody writes by hand."""
        return set()

    @api.model
    def _get_frozen_fields(self):
        """What a signed contract says."""
        return {
            "code",
            "name",
            "partner_id",
            "company_id",
            "sale_order_id",
            "amount",
            "currency_id",
            "is_template",
            "agreement_type_id",
            "domain",
            "signature_date",
            "start_date",
        }

    def _check_contract_values(self, vals):
        """What a salesperson may not say of a contract; readonly protects nothing."""
        if self.env.su:
            return
        if "state" in vals and (self or vals["state"] != "draft"):
            raise UserError(
                self.env._("Use the buttons of the contract to change its status.")
            )
        if vals.keys() & self._get_system_fields():
            raise UserError(
                self.env._("What was signed is kept as it was signed.")
            )
        if vals.get("sale_order_id"):
            order = self.env["sale.order"].browse(vals["sale_order_id"])
            order.check_access("read")
        if self._has_manager_right():
            return
        if vals.get("is_template") or self.filtered("is_template"):
            raise AccessError(self.env._("Contract templates are the managers'."))
        if self._is_contract_change(vals):
            raise AccessError(
                self.env._(
                    "The value of a contract comes from its order. Change the order, "
                    "or ask a manager to set another value."
                )
            )

    def _is_contract_change(self, vals):
        """Whether these values set the money of a contract by hand.

        Writing back the value that is there is harmless. An agreement of another kind
        that has a value cannot be turned into a contract.
        """
        money = self._get_manager_fields()
        asked = vals.keys() & money
        asked |= {name for name in money if f"default_{name}" in self.env.context}
        if not self:
            is_contract = vals.get("domain") in (None, False, "sale")
            return bool(asked) and is_contract
        turned = vals.keys() & {"domain", "agreement_type_id"}
        return any(
            (agreement.amount and turned and agreement.domain != "sale")
            or (
                agreement.domain == "sale"
                and any(agreement._is_new_value(name, vals) for name in asked)
            )
            for agreement in self
        )

    def _is_new_value(self, name, vals):
        field = self._fields[name]
        return name in vals and field.convert_to_cache(
            vals[name], self
        ) != field.convert_to_cache(self[name], self)

    def _check_contract_frozen(self, vals):
        if self.env.su:
            return
        asked = vals.keys() & self._get_frozen_fields()
        for agreement in self.filtered(lambda a: a.state != "draft"):
            if any(agreement._is_new_value(name, vals) for name in asked):
                raise UserError(
                    self.env._(
                        "Contract %(name)s is not a draft any more. A manager can set "
                        "it back to draft to change what it says.",
                        name=agreement.display_name,
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

    @api.model
    def _get_contract_domain(self):
        """Contracts that are in force: what the cash plan counts."""
        return Domain("state", "in", ("signed", "done")) & Domain(
            "is_template", "=", False
        )
