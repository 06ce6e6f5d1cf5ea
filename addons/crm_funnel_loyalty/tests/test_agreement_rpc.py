from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from odoo.addons.crm_campaign_partner.tests.common_rpc import RpcCase

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
class TestAgreementRpc(ContractCommon, RpcCase):
    """Each role gets over RPC what its screens show, and no more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # longer than an automatic password has to be; only in this transaction
        for user in (cls.seller, cls.other, cls.manager, cls.foreigner, cls.portal):
            user.password = user.login
        cls.contract = cls.make_contract()
        cls.parts = cls.plan(cls.contract, count=2)

    def _call(self, method, *args, model="agreement"):
        return self.rpc(model, method, *args)

    def _assert_refused(self, *calls, model="agreement"):
        for method, *args in calls:
            with self.assertRaises(JsonRpcException, msg=method):
                self._call(method, *args, model=model)

    @mute_logger("odoo.http")
    def test_salesperson(self):
        self.login(self.seller)
        mine = self.contract.ids
        row = self._call("read", mine, ["amount", "text_filled", "state"])[0]
        self.assertEqual(row["amount"], 10000000)
        self._assert_refused(
            ("write", mine, {"amount": 5}),
            ("write", mine, {"state": "signed"}),
            ("write", mine, {"signed_text": "<p>x</p>"}),
            ("_move_to", mine, ["draft"], "signed"),
        )
        self._assert_refused(
            ("write", self.parts.ids, {"state": "paid"}),
            ("write", self.parts.ids, {"amount_open": 0}),
            ("_remind_safely", self.parts.ids),
            ("_cron_follow_instalments",),
            ("action_create_invoice", self.parts[:1].ids),
            model="agreement.instalment",
        )
        self.assertTrue(self._call("action_sign", mine))
        self._assert_refused(
            ("action_sign", mine),
            ("action_draft", mine),
            ("action_cancel", mine),
            ("action_done", mine),
            ("unlink", mine),
            ("write", mine, {"text": "<p>x</p>"}),
            ("write", mine, {"user_id": self.other.id}),
        )
        self.assertEqual(self.contract.state, "signed")
        answer = self.url_open(
            f"/report/html/crm_funnel_loyalty.report_agreement/{self.contract.id}"
        )
        self.assertEqual(answer.status_code, 200)
        self.assertIn(self.contract.code, answer.text)

    @mute_logger("odoo.http")
    def test_those_without_a_part(self):
        for user in (self.other, self.foreigner, self.portal):
            self.login(user)
            domain = [["id", "=", self.contract.id]]
            if user == self.portal:
                self._assert_refused(("search_read", domain, ["amount"]))
            else:
                self.assertFalse(self._call("search_read", domain, ["amount"]))
            self._assert_refused(
                ("read", self.contract.ids, ["amount"]),
                ("write", self.contract.ids, {"name": "Mine"}),
                ("action_sign", self.contract.ids),
                ("action_done", self.contract.ids),
                ("action_cancel", self.contract.ids),
                ("action_draft", self.contract.ids),
                ("action_take_order_amount", self.contract.ids),
                ("action_plan_instalments", self.contract.ids),
                ("action_print", self.contract.ids),
            )
            self._assert_refused(
                ("read", self.parts.ids, ["amount"]),
                ("write", self.parts.ids, {"due_date": "2030-01-01"}),
                ("unlink", self.parts.ids),
                ("action_create_invoice", self.parts[:1].ids),
                ("action_view_invoice", self.parts[:1].ids),
                model="agreement.instalment",
            )
            self._assert_refused(
                ("action_create_agreement", self.order.ids), model="sale.order"
            )
        self.assertEqual(self.contract.state, "draft")

    @mute_logger("odoo.http", "odoo.sql_db")
    def test_one_contract_for_an_order(self):
        self.login(self.manager)
        values = {
            "name": "Again",
            "partner_id": self.customer.id,
            "sale_order_id": self.order.id,
        }
        with self.assertRaisesRegex(JsonRpcException, "ValidationError"):
            self._call("create", [values])
        action = self._call(
            "action_create_agreement", self.order.ids, model="sale.order"
        )
        self.assertEqual(action["res_id"], self.contract.id)

    @mute_logger("odoo.http")
    def test_plan_of_somebody_else(self):
        """A dialog belongs to who opened it."""
        wizard = (
            self.env["agreement.instalment.plan"]
            .with_user(self.seller)
            .create({"agreement_id": self.contract.id, "count": 5})
        )
        for user in (self.manager, self.other):
            self.login(user)
            self._assert_refused(
                ("action_apply", wizard.ids), model="agreement.instalment.plan"
            )
        self.assertEqual(len(self.contract.instalment_ids), 2)

    @mute_logger("odoo.http")
    def test_manager(self):
        self.login(self.manager)
        every = self.contract.ids
        self.assertTrue(self._call("write", every, {"amount": 9000000}))
        self.assertTrue(self._call("action_sign", every))
        self.assertTrue(self._call("write", every, {"user_id": self.other.id}))
        self._assert_refused(
            ("write", every, {"amount": 5}),
            ("write", every, {"state": "draft"}),
            ("unlink", every),
        )
        self.assertTrue(self._call("action_draft", every))
        self.assertTrue(self._call("action_cancel", every))
        self.assertAddsUp(self.contract)
