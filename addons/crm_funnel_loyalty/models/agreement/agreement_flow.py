from odoo import models
from odoo.exceptions import UserError

from ...tools import local_date


class Agreement(models.Model):
    """What can be done with a contract: sign, finish, cancel.

    SPECIFICATIONS
    * Signing fixes text and value, and gives a contract without instalments one. It
      asks for a customer, a value, and the value being that of the order, unless a
      manager decided on another one.
    * A signed contract is set back to draft or cancelled by a manager; not while an
      instalment is invoiced.
    """

    _inherit = "agreement"

    def action_sign(self):
        """The contract is signed by both."""
        for agreement in self:
            agreement._check_can_sign()
            agreement._ensure_instalments()
            day = agreement.signature_date or agreement._get_today()
            agreement._move_to(
                ("draft",),
                "signed",
                signature_date=day,
                start_date=agreement.start_date or day,
            )
            # sudo: the text is fixed by the system, as it stands at the signature
            agreement.sudo().signed_text = agreement._fill_text()
        return True

    def action_done(self):
        """Everything agreed on has been done."""
        for agreement in self:
            unpaid = agreement.instalment_ids.filtered(lambda p: p.state != "paid")
            if unpaid and not self._has_manager_right():
                raise UserError(
                    self.env._(
                        "%(count)s instalments of %(name)s are not paid yet. Only a "
                        "manager can close the contract before.",
                        count=len(unpaid),
                        name=agreement.display_name,
                    )
                )
            agreement._move_to(("signed",), "done")
        return True

    def action_cancel(self):
        """The contract does not hold (any more)."""
        for agreement in self:
            if agreement.state == "signed":
                agreement._check_manager()
                agreement._check_nothing_invoiced()
            agreement._move_to(("draft", "signed"), "cancelled")
        return True

    def action_draft(self):
        """Change what the contract says."""
        for agreement in self:
            if agreement.state != "cancelled":
                agreement._check_manager()
                agreement._check_nothing_invoiced()
            agreement._move_to(
                ("signed", "done", "cancelled"),
                "draft",
                signed_text=False,
                signature_date=False,
            )
        return True

    def action_take_order_amount(self):
        """Take the value over from the order as it is now."""
        self.check_access("write")
        for agreement in self.filtered("sale_order_id"):
            order = agreement.sale_order_id
            order.check_access("read")
            values = {"currency_id": order.currency_id.id, "amount": order.amount_total}
            agreement._check_contract_frozen(values)
            # sudo: the value comes from the order, which the user may read
            agreement.sudo().write(values)
        return True

    def action_plan_instalments(self):
        """Split the value into instalments."""
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_instalment_plan"
        )
        action["context"] = {"default_agreement_id": self.id}
        return action

    def action_view_order(self):
        """Open the order of the contract."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.sale_order_id.id,
            "view_mode": "form",
        }

    def action_view_instalments(self):
        """Open the instalments of the contract as a list of their own."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_instalments"
        )
        action["domain"] = [("agreement_id", "=", self.id)]
        action["context"] = {"default_agreement_id": self.id}
        return action

    def _move_to(self, allowed, state, **values):
        """Change the state of a contract that the user may change."""
        self.ensure_one()
        self.check_access("write")
        if self.is_template:
            raise UserError(self.env._("A template has no status. Make a contract."))
        if self.state not in allowed:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(name)s is “%(state)s”; this cannot be done with it now.",
                    name=self.display_name,
                    state=labels[self.state],
                )
            )
        # sudo: the state changes by the buttons alone, with the checks made above
        self.sudo().write({"state": state, **values})
        # at once, so that a cancelled contract makes room for another one
        self.flush_recordset(["state"])

    def _check_can_sign(self):
        self.ensure_one()
        if self.is_template:
            message = self.env._("A template is not signed. Make a contract.")
        elif not self.partner_id:
            message = self.env._("Choose with whom you agree before you sign.")
        elif (
            self.domain == "sale"
            and self.currency_id.compare_amounts(self.amount, 0) <= 0
        ):
            message = self.env._(
                "The contract has no value. Make it from an order, or ask a manager to "
                "set the value."
            )
        elif self.order_amount_differs and not self._has_manager_right():
            message = self.env._(
                "The order's total has changed since the contract was made. Take the "
                "total over, or ask a manager to sign with another value."
            )
        else:
            return
        raise UserError(message)

    def _check_manager(self):
        if not self._has_manager_right():
            raise UserError(
                self.env._("%s is signed: ask a manager.", self.display_name)
            )

    def _check_nothing_invoiced(self):
        if any(part._has_live_invoice() for part in self.instalment_ids):
            raise UserError(
                self.env._(
                    "Instalments of %s are invoiced. Cancel or credit these invoices "
                    "first.",
                    self.display_name,
                )
            )

    def _get_today(self):
        return local_date(self.env.cr.now(), self.company_id or self.env.company)
