from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import is_change, pick


class Agreement(models.Model):
    """Who may say what of an agreement; a read-only field protects nothing over RPC.

    SPECIFICATIONS
    * A salesperson has the own contracts, sales managers those of the company.
      Templates are read by all and changed by managers.
    * The value of a contract comes from its order; a manager may set another one.
    * What a contract says is fixed from the signature on. From then on it is a manager,
      too, who gives it to another salesperson or puts it away.
    * What comes as a default (of the context, or of the user) counts as written.
    """

    _inherit = "agreement"

    is_contract_manager = fields.Boolean(compute="_compute_is_contract_manager")

    @api.depends_context("uid")
    def _compute_is_contract_manager(self):
        self.is_contract_manager = self._has_manager_right()

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
        return {"commercial_partner_id"}

    @api.model
    def _get_staff_fields(self):
        """What only managers change in a signed contract."""
        return {"user_id", "active"}

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

    @api.model
    def _get_guarded_fields(self):
        """Fields whose defaults are checked as if they were written."""
        return [
            "state",
            "domain",
            "is_template",
            "sale_order_id",
            *self._get_manager_fields(),
            *self._get_system_fields(),
        ]

    def _check_contract_values(self, vals):
        if self.env.su:
            return
        if "state" in vals and (self or vals["state"] != "draft"):
            raise UserError(
                self.env._("Use the buttons of the contract to change its status.")
            )
        if vals.keys() & self._get_system_fields():
            raise UserError(
                self.env._(
                    "The signed text and the company of the customer follow from the "
                    "contract; they cannot be set by hand."
                )
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
        asked = vals.keys() & self._get_manager_fields()
        if not self:
            is_contract = vals.get("domain") in (None, False, "sale")
            return is_contract and any(vals[name] for name in asked)
        turned = vals.keys() & {"domain", "agreement_type_id"}
        return any(
            (agreement.amount and turned and agreement.domain != "sale")
            or (agreement.domain == "sale" and is_change(agreement, pick(vals, asked)))
            for agreement in self
        )

    def _check_contract_frozen(self, vals):
        if self.env.su:
            return
        for agreement in self.filtered(lambda a: a.state != "draft"):
            if is_change(agreement, pick(vals, self._get_frozen_fields())):
                raise UserError(
                    self.env._(
                        "Contract %(name)s is not a draft any more. A manager can set "
                        "it back to draft to change what it says.",
                        name=agreement.display_name,
                    )
                )
            if (
                agreement.state == "signed"
                and is_change(agreement, pick(vals, self._get_staff_fields()))
                and not self._has_manager_right()
            ):
                raise UserError(
                    self.env._(
                        "%(name)s is signed: ask a manager to give it to somebody else "
                        "or to archive it.",
                        name=agreement.display_name,
                    )
                )
