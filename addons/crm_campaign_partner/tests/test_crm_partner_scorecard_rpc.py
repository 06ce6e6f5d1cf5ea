from odoo import Command
from odoo.tests import JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .common_rpc import RpcCase
from .common_scorecard import ScorecardCase


@tagged("post_install", "-at_install")
class TestCrmPartnerScorecardRpc(ScorecardCase, RpcCase):
    """Each role gets over RPC what its screens show, and no more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.foreign = new_test_user(
            cls.env,
            "reach_foreign",
            groups="crm_campaign_partner.group_campaign_manager",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        cls.portal = new_test_user(cls.env, "reach_portal", groups="base.group_portal")
        cls.people = (cls.manager, cls.assignee, cls.outsider, cls.foreign, cls.portal)
        # longer than an automatic password has to be; only in this transaction
        for user in cls.people:
            user.password = user.login

    def setUp(self):
        super().setUp()
        self.partner = self.partners[0]
        self._invoice(self.partner, 150)
        self.partner.user_id = self.assignee
        self.card = self._card(self.partner)
        self.assertTrue(self.card.is_proposed)

    def _call(self, method, *args, model="crm.partner.scorecard"):
        return self.rpc(model, method, *args)

    def _assert_refused(self, *calls):
        for method, *args in calls:
            with self.assertRaises(JsonRpcException, msg=method):
                self._call(method, *args)

    @mute_logger("odoo.http")
    def test_salesperson_of_the_customer(self):
        self.login(self.assignee)
        domain = [("company_id", "=", self.company.id)]
        found = self._call("search_read", domain, ["partner_id", "sales_year"])
        self.assertEqual([row["sales_year"] for row in found], [150])
        self._assert_refused(
            ("action_accept_proposal", self.card.ids),
            ("read", self.card.ids, ["debt"]),
            ("write", self.card.ids, {"grade_id": self.grades[0].id}),
            ("create", [{"partner_id": self.partner.id}]),
            ("unlink", self.card.ids),
            ("_give_grade", self.card.ids, self.company.id, self.grades[0].id),
        )
        self.assertFalse(self.partner.grade_id)

    @mute_logger("odoo.http")
    def test_those_without_a_part(self):
        for user in (self.outsider, self.foreign):
            self.login(user)
            self.assertFalse(self._call("search_read", [], ["partner_id"]))
            self._assert_refused(
                ("read", self.card.ids, ["sales_year"]),
                ("action_accept_proposal", self.card.ids),
            )
        self.login(self.portal)
        self._assert_refused(
            ("search_read", [], ["partner_id"]),
            ("read", self.card.ids, ["sales_year"]),
            ("formatted_read_group", [], [], ["sales_year:sum"]),
            ("action_accept_proposal", self.card.ids),
        )
        self.assertFalse(self.partner.grade_id)

    @mute_logger("odoo.http")
    def test_manager(self):
        self.login(self.manager)
        self._assert_refused(
            ("read", self.card.ids, ["debt"]),
            ("write", self.card.ids, {"grade_id": self.grades[0].id}),
        )
        result = self._call("action_accept_proposal", self.card.ids)
        self.assertEqual(result["tag"], "display_notification")
        self.assertEqual(self.partner.grade_id.name, "Fair")
        self._assert_refused(("action_accept_proposal", self.card.ids))
