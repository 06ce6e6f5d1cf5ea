from odoo.fields import Command
from odoo.tests import new_test_user

from .common import FunnelCommon


class ContractCommon(FunnelCommon):
    """A customer with a confirmed order of 10,000,000 of the company's currency."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.order = cls.make_order(cls.customer, price=10000000.0)
        cls.portal = new_test_user(cls.env, "contract_portal", "base.group_portal")
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.foreigner = new_test_user(
            cls.env,
            "contract_foreigner",
            "sales_team.group_sale_manager",
            company_id=cls.elsewhere.id,
            company_ids=[Command.set(cls.elsewhere.ids)],
        )

    @classmethod
    def make_contract(cls, order=None, user=None):
        order = order or cls.order
        action = order.with_user(user or cls.seller).action_create_agreement()
        return cls.env["agreement"].browse(action["res_id"])

    @classmethod
    def plan(cls, contract, user=None, **values):
        wizard = (
            cls.env["agreement.instalment.plan"]
            .with_user(user or cls.seller)
            .create({"agreement_id": contract.id, **values})
        )
        wizard.action_apply()
        return contract.instalment_ids.sorted()

    def assertAddsUp(self, contract):
        total = sum(contract.instalment_ids.mapped("amount"))
        self.assertFalse(
            contract.currency_id.compare_amounts(total, contract.amount),
            f"{total} is not {contract.amount}",
        )
