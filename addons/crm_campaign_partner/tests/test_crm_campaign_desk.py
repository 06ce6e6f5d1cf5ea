from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import Form, new_test_user, tagged

from .common_contact import NIGHT, NOON
from .common_desk import DeskCase


@tagged("post_install", "-at_install")
class TestCrmCampaignDesk(DeskCase):
    """Calling, recording results one after the other, opportunities."""

    # Calls

    def test_call_by_hand(self):
        with freeze_time(NOON):
            action = self.own[0].action_call()
        self.assertEqual(action["tag"], "crm_campaign_partner.dial")
        self.assertEqual(action["params"]["url"], "tel:+84901234500")
        touch = self._touches(channel="call")
        self.assertEqual((touch.state, touch.kind), ("sent", "marketing"))
        self.assertEqual(touch.member_id, self.member)
        call = self.env["crm.phonecall"].search([("member_id", "=", self.member.id)])
        self.assertRecordValues(
            call,
            [
                {
                    "touch_id": touch.id,
                    "partner_id": self.partners[0].id,
                    "partner_phone": "+84901234500",
                    "campaign_id": self.sub_campaign.utm_campaign_id.id,
                    "user_id": self.assignee.id,
                    "company_id": self.company.id,
                    "direction": "out",
                    "state": "open",
                }
            ],
        )
        self._release(NOON)
        self.assertEqual(touch.state, "sent")
        self.assertEqual(self.own[0].call_count, 1)
        self._record(self.own[0], result_id=self.considering.id).action_record()
        self.assertEqual((call.state, call.result_id), ("done", self.considering))

    def test_call_by_the_telephone_system(self):
        self._set_account("call")
        with freeze_time(NOON), self.assertRaises(RedirectWarning) as caught:
            self.own[0].action_call()
        self.assertEqual(caught.exception.args[1]["res_model"], "res.users")
        self.assertFalse(self._touches())
        self.assignee.contact_extension = "101"
        with freeze_time(NOON), self._one_transaction():
            action = self.own[0].action_call()
        self.assertEqual(action["tag"], "display_notification")
        touch = self._touches(channel="call")
        self.assertEqual(touch.state, "sent")
        self.assertEqual(
            self.env["crm.phonecall"].search([("touch_id", "=", touch.id)]).member_id,
            self.member,
        )

    def test_call_outside_the_hours(self):
        with freeze_time(NIGHT), self.assertRaises(RedirectWarning) as caught:
            self.own[0].action_call()
        message, action, button = caught.exception.args[:3]
        self.assertIn("08:00 to 17:00", message)
        self.assertEqual(button, "Plan the Call")
        wizard = (
            self.env["crm.campaign.result.record"]
            .with_user(self.assignee)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(wizard.next_date, date(2026, 3, 3))
        wizard.action_record()
        self.assertEqual(self.member.next_date, date(2026, 3, 3))
        self.assertEqual(self.member.state, "todo")
        self.assertFalse(self._touches())

    def test_call_hours_are_half_open(self):
        for moment, is_allowed in (
            ("2026-03-02 00:59:59", False),
            ("2026-03-02 01:00:00", True),
            ("2026-03-03 09:59:59", True),
            ("2026-03-04 10:00:00", False),
        ):
            with freeze_time(moment), self.cr.savepoint():
                try:
                    self.own[0].action_call()
                    called = True
                except RedirectWarning:
                    called = False
            self.assertEqual(called, is_allowed, moment)

    def test_one_advertising_call_a_day(self):
        with freeze_time(NOON):
            self.own[0].action_call()
        with freeze_time("2026-03-02 06:00:00"):
            with self.assertRaises(RedirectWarning) as caught:
                self.own[0].action_call()
            self.assertIn("24 hours", caught.exception.args[0])
            self.own[1].action_call()
        with freeze_time("2026-03-03 05:00:00"):
            self.own[0].action_call()
        self.assertEqual(len(self._touches(channel="call")), 3)

    def test_who_refused_is_not_called(self):
        self._consent("do_not_contact", phone_key="0901234500", date=NOON)
        with freeze_time(NOON), self.assertRaises(UserError) as caught:
            self.own[0].action_call()
        self.assertIn("does not want to be contacted", str(caught.exception))
        self.assertFalse(self._touches())

    def test_without_number_the_data_is_corrected(self):
        self.partners[0].phone = False
        with freeze_time(NOON), self.assertRaises(RedirectWarning) as caught:
            self.own[0].action_call()
        self.assertEqual(
            caught.exception.args[1]["res_model"], "crm.campaign.partner.update"
        )

    def test_only_own_members_are_called(self):
        with self.assertRaises(AccessError), freeze_time(NOON):
            self.other_member.with_user(self.assignee).action_call()
        with self.assertRaises(AccessError), freeze_time(NOON):
            self.member.with_user(self.outsider).action_call()

    def test_campaign_user_without_sales_rights_calls(self):
        with freeze_time(NOON):
            self.other_member.with_user(self.owner).action_call()
        self.assertEqual(self._touches(channel="call").user_id, self.owner)

    def test_the_call_log_tells_only_those_who_take_part(self):
        with freeze_time(NOON):
            self.own[0].action_call()
        call = self.env["crm.phonecall"].search([("member_id", "=", self.member.id)])
        employee = new_test_user(
            self.env,
            "reach_employee",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        for user, is_seen in (
            (self.assignee, True),
            (self.owner, True),
            (self.shared, True),
            (self.manager, True),
            (self.outsider, False),
            (employee, False),
        ):
            self.assertEqual(
                call.with_user(user).has_access("read"), is_seen, user.login
            )
        other = self.env["crm.phonecall"].create({"name": "No campaign"})
        self.assertTrue(other.with_user(employee).has_access("read"))

    # Counts

    def test_counts_in_one_query(self):
        with freeze_time(NOON):
            self._open("email", self.members)
            self._open("sms", self.member)
            self._open("sms", self.member)._settle("failed")
        self._consent("withdrawn", phone_key="0901234500", channel="zalo", date=NOON)
        with freeze_time(NOON):
            self._open("zalo", self.member)
        self.assertRecordValues(
            self.member, [{"email_count": 1, "sms_count": 1, "zalo_count": 0}]
        )
        self._count_queries(self.own)
        self.assertEqual(
            self._count_queries(self.own[:1]), self._count_queries(self.own)
        )
        self.assertEqual(self.own.mapped("email_count"), [1, 1, 1])
        self.assertEqual(
            self.env["crm.campaign.member"].search(
                [("touch_ids", "=", False), ("campaign_id", "=", self.sub_campaign.id)]
            ),
            self.other_member,
        )

    def _count_queries(self, members):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        members.mapped("email_count")
        members.mapped("last_touch_date")
        return self.cr.sql_log_count - before

    # One after the other

    def test_next_one_opens(self):
        with freeze_time(NOON):
            self.members[2].next_date = "2026-03-20"
            context = self.own[0].action_record_result()["context"]
            self.assertEqual(context["default_queue_ids"], self.members[:2].ids)
            wizards = self.env["crm.campaign.result.record"].with_user(self.assignee)
            wizard = wizards.with_context(**context).create(
                {"result_id": self.joined.id}
            )
            self.assertEqual((wizard.position_text, wizard.has_next), ("1/2", True))
            self.assertIn("Dealer 0", wizard.card)
            action = wizard.action_record_next()
            self.assertEqual(
                action["context"]["default_member_ids"], self.members[1].ids
            )
            last = wizards.with_context(**action["context"]).create(
                {"result_id": self.refused.id}
            )
            self.assertEqual((last.position_text, last.has_next), ("2/2", False))
            self.assertEqual(last.action_record_next()["tag"], "display_notification")
        self.assertEqual(self.members.mapped("state"), ["done", "done", "todo"])

    def test_skip_writes_nothing(self):
        wizard = self._record(
            self.own[0], queue_ids=self.members.ids, result_id=self.joined.id
        )
        action = wizard.action_skip()
        self.assertEqual(action["context"]["default_member_ids"], self.members[1].ids)
        self.assertEqual(self.member.state, "todo")

    def test_whoever_lost_a_member_goes_on_with_the_next(self):
        wizard = self._record(self.own[0], queue_ids=self.members.ids)
        self.members[1].user_id = self.owner
        action = wizard.action_skip()
        self.assertEqual(action["context"]["default_member_ids"], self.members[2].ids)
        wizard.queue_ids = [self.member.id, self.other_member.id, 10**9, "x", None]
        self.assertEqual(wizard.action_skip()["tag"], "display_notification")

    def test_own_list_is_gone_through(self):
        members = self.env["crm.campaign.member"].with_user(self.assignee)
        action = members.action_work_through()
        self.assertEqual(action["context"]["default_queue_ids"], self.members.ids)
        action = self.own.action_call()
        self.assertEqual(action["context"]["default_member_ids"], self.member.ids)
        self.members.write({"result_id": self.refused.id})
        self.assertEqual(members.action_work_through()["tag"], "display_notification")

    def test_nothing_chosen(self):
        with self.assertRaises(UserError):
            self._record(self.own[0]).action_record()

    def test_result_and_note_go_to_the_planned_call(self):
        self.own[0].next_date = "2026-03-10"
        self._record(
            self.own[0], result_id=self.considering.id, note="Wants a sample"
        ).action_record()
        feedback = self.member.message_ids.mapped("body")
        self.assertTrue(
            any("Considering – Wants a sample" in body for body in feedback)
        )

    # Wrong number

    def test_wrong_number_is_corrected_at_once(self):
        wrong = self.env.ref("crm_campaign_partner.result_wrong_number")
        with freeze_time(NOON):
            context = self.own[0].action_record_result()["context"]
            form = Form(
                self.env["crm.campaign.result.record"]
                .with_user(self.assignee)
                .with_context(**context)
            )
            self.assertFalse(form.is_editing)
            form.result_id = wrong
            self.assertTrue(form.is_editing)
            self.assertEqual(form.partner_phone, self.partners[0].phone)
            form.partner_phone = "0987 654 321"
            form.save().action_record()
        self.assertEqual(self.partners[0].phone_sanitized, "+84987654321")
        self.assertRecordValues(
            self.member,
            [
                {
                    "result_id": wrong.id,
                    "state": "contacted",
                    "next_date": date(2026, 3, 2),
                }
            ],
        )

    def test_wrong_number_without_another_one_is_final(self):
        wrong = self.env.ref("crm_campaign_partner.result_wrong_number")
        self._record(self.own[0], result_id=wrong.id).action_record()
        self.assertEqual(self.member.state, "done")
        self.assertEqual(self.partners[0].phone_sanitized, "+84901234500")

    # Opportunities

    def test_opportunity_from_the_dialog(self):
        action = self._record(
            self.own[0], result_id=self.joined.id
        ).action_record_opportunity()
        self.assertEqual(action["res_id"], self.member.lead_id.id)

    def test_opportunities_of_the_positive_ones(self):
        self.own[:2].write({"result_id": self.joined.id})
        self.own[2].result_id = self.refused
        self.own[0].action_create_opportunity()
        first = self.member.lead_id
        self.own.action_create_opportunity()
        self.assertEqual(self.member.lead_id, first)
        lead = self.members[1].lead_id
        self.assertEqual(lead.campaign_id, self.sub_campaign.utm_campaign_id)
        self.assertEqual(lead.user_id, self.assignee)
        self.assertFalse(self.members[2].lead_id)
        with self.assertRaises(UserError):
            self.own.action_create_opportunity()
