from odoo.tests import JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .common_desk import DeskCase
from .common_rpc import RpcCase


@tagged("post_install", "-at_install")
class TestCrmCampaignDeskRpc(DeskCase, RpcCase):
    """What the screens hide is refused over RPC, too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.foreign = new_test_user(
            cls.env,
            "reach_foreign",
            groups="crm_campaign_partner.group_campaign_manager",
            company_id=elsewhere.id,
            company_ids=[(6, 0, elsewhere.ids)],
        )
        cls.portal = new_test_user(cls.env, "reach_portal", groups="base.group_portal")
        # longer than an automatic password has to be; only in this transaction
        for user in (cls.assignee, cls.outsider, cls.foreign, cls.portal):
            user.password = user.login

    def setUp(self):
        super().setUp()
        self._set_account("sms")

    def _call(self, model, method, args):
        return self.rpc(model, method, *args)

    def _send(self, members):
        wizard = self._call(
            "crm.contact.compose",
            "create",
            [
                {
                    "res_model": "crm.campaign.member",
                    "res_ids": members.ids,
                    "channel": "sms",
                    "sms_body": "Hi",
                }
            ],
        )
        return self._call("crm.contact.compose", "action_send", [[wizard]])

    @mute_logger("odoo.http")
    def test_salesperson(self):
        self.authenticate(self.assignee.login, self.assignee.login)
        self.assertEqual(self._send(self.members)["tag"], "display_notification")
        self.assertEqual(len(self._touches(channel="sms")), 3)
        for call in (
            lambda: self._send(self.other_member),
            lambda: self._send(self.members | self.other_member),
            lambda: self._member(self.other_member, "action_call"),
            lambda: self._member(self.other_member, "action_send_sms"),
            lambda: self._member(self.other_member, "action_create_opportunity"),
            lambda: self._update(self.other_member),
            lambda: self._record_result(self.other_member),
            lambda: self._call(
                "crm.contact.touch",
                "_open",
                [self.company.id, "sms", "care", []],
            ),
            lambda: self._call(
                "crm.contact.consent",
                "_stop",
                [self.company.id, "email", "a@example.com", ""],
            ),
        ):
            with self.assertRaises(JsonRpcException):
                call()
        self.assertEqual(len(self._touches(channel="sms")), 3)
        self.assertFalse(self.other_member.result_id)
        self.assertEqual(self.partners[1].phone, "0901234501")

    @mute_logger("odoo.http")
    def test_nobody_else(self):
        for user in (self.outsider, self.foreign, self.portal):
            self.authenticate(user.login, user.login)
            for call in (
                lambda: self._send(self.members),
                lambda: self._member(self.member, "action_call"),
                lambda: self._update(self.member),
                lambda: self._record_result(self.member),
            ):
                with self.subTest(user.login), self.assertRaises(JsonRpcException):
                    call()
        self.assertFalse(self._touches())
        self.assertFalse(self.member.result_id)
        self.assertEqual(self.partners[0].phone, "0901234500")

    def _member(self, member, method):
        return self._call("crm.campaign.member", method, [member.ids])

    def _update(self, member):
        values = {"member_id": member.id, "partner_phone": "0987654321"}
        wizard = self._call("crm.campaign.partner.update", "create", [values])
        return self._call("crm.campaign.partner.update", "action_update", [[wizard]])

    def _record_result(self, member):
        values = {"member_ids": [[6, 0, member.ids]], "result_id": self.joined.id}
        wizard = self._call("crm.campaign.result.record", "create", [values])
        return self._call("crm.campaign.result.record", "action_record", [[wizard]])
