from odoo import fields, models
from odoo.exceptions import UserError

from ...groups import SALES
from .turns import take_turn


class SaleOrder(models.Model):
    """One click from quotation or order to contract (004.20)."""

    _inherit = "sale.order"

    agreement_ids = fields.One2many(
        "agreement",
        "sale_order_id",
        string="Contracts",
        groups=SALES,
    )
    agreement_count = fields.Integer(
        string="Contract Count",
        compute="_compute_agreement_count",
        groups=SALES,
    )

    def _compute_agreement_count(self):
        counts = dict(
            self.env["agreement"]._read_group(
                [("sale_order_id", "in", self.ids)], ["sale_order_id"], ["__count"]
            )
        )
        for order in self:
            order.agreement_count = counts.get(order._origin, 0)

    def action_create_agreement(self):
        """Open the contract of this order, made now unless there is one already."""
        self.ensure_one()
        self.check_access("read")
        take_turn(self)
        agreement = self._find_live_agreement() or self._create_agreement()
        return {
            "type": "ir.actions.act_window",
            "res_model": "agreement",
            "res_id": agreement.id,
            "view_mode": "form",
        }

    def action_view_agreements(self):
        """Open the contracts of this order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_contracts"
        )
        action["domain"] = [("sale_order_id", "=", self.id)]
        action["context"] = {}
        if self.agreement_count == 1:
            action["views"] = [(False, "form")]
            action["res_id"] = self.agreement_ids.id
        return action

    def _find_live_agreement(self):
        agreements = self.with_context(active_test=False).agreement_ids
        return agreements.filtered(lambda a: a.state != "cancelled")[:1]

    def _create_agreement(self):
        self.ensure_one()
        if self.state == "cancel":
            raise UserError(
                self.env._("%s is cancelled: there is nothing to agree on.", self.name)
            )
        if self.currency_id.compare_amounts(self.amount_total, 0) <= 0:
            raise UserError(
                self.env._("Add what is sold before you make the contract.")
            )
        agreement = self.env["agreement"].create(self._prepare_agreement())
        agreement._ensure_instalments()
        agreement._message_log(
            body=self.env._("Made from %s", self._get_html_link()),
        )
        return agreement

    def _prepare_agreement(self):
        template = self.env["agreement"]._find_template(
            self.partner_id, self.company_id
        )
        return {
            "name": template.name or self.env._("Sales contract"),
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "sale_order_id": self.id,
            "domain": "sale",
            "user_id": self.user_id.id or self.env.uid,
            "template_id": template.id,
            "lang": template.lang or self.partner_id.lang,
        }
