from freezegun import freeze_time

from odoo import fields
from odoo.tests import Form, tagged

from .common import CampaignCase


@tagged("post_install", "-at_install")
class TestCrmCampaignMemberResult(CampaignCase):
    def _record(self, members, **values):
        action = members.action_record_result()
        wizard = (
            self.env["crm.campaign.result.record"]
            .with_user(self.assignee)
            .with_context(**action["context"])
            .create(values)
        )
        return wizard.action_record()

    def _get_calls(self, member):
        return member.activity_ids.filtered(
            lambda a: a.activity_type_id == self.env.ref("mail.mail_activity_data_call")
        )

    def test_starting_data(self):
        results = self.env["crm.campaign.result"]
        flags = {
            "joined": (True, True),
            "considering": (False, False),
            "refused": (False, True),
            "unreachable": (False, False),
            "wrong_number": (False, True),
        }
        for name, expected in flags.items():
            result = results.env.ref(f"crm_campaign_partner.result_{name}")
            self.assertEqual((result.is_positive, result.is_final), expected)

    @freeze_time("2026-05-04 03:00:00")
    def test_open_result_plans_the_next_call(self):
        self._record(
            self.member,
            result_id=self.considering.id,
            note="Call after the holiday",
            next_date="2026-05-11",
        )
        self.assertRecordValues(
            self.member,
            [
                {
                    "state": "contacted",
                    "result_id": self.considering.id,
                    "note": "Call after the holiday",
                    "contact_date": fields.Date.to_date("2026-05-04"),
                    "next_date": fields.Date.to_date("2026-05-11"),
                }
            ],
        )
        call = self._get_calls(self.member)
        self.assertEqual(call.user_id, self.assignee)
        self.assertEqual(call.date_deadline, fields.Date.to_date("2026-05-11"))

    def test_final_result_closes_the_call(self):
        self._record(self.member, result_id=self.considering.id, next_date="2026-05-11")
        self._record(self.member, result_id=self.joined.id, next_date="2026-06-01")
        self.assertEqual(self.member.state, "done")
        self.assertFalse(self.member.next_date)
        self.assertFalse(self._get_calls(self.member))

    def test_next_date_replaces_the_planned_call(self):
        self.member.next_date = "2026-05-11"
        self.member.next_date = "2026-05-12"
        call = self._get_calls(self.member)
        self.assertEqual(len(call), 1)
        self.assertEqual(call.date_deadline, fields.Date.to_date("2026-05-12"))
        self.member.next_date = False
        self.assertFalse(self._get_calls(self.member))

    def test_call_follows_the_person(self):
        self.member.next_date = "2026-05-11"
        self.member.user_id = self.owner
        self.assertEqual(self._get_calls(self.member).user_id, self.owner)

    def test_result_in_the_list(self):
        self.member.with_user(self.assignee).result_id = self.refused
        self.assertEqual(self.member.state, "done")
        self.assertTrue(self.member.contact_date)
        self.member.result_id = False
        self.assertEqual(self.member.state, "todo")
        self.assertFalse(self.member.contact_date)

    def test_many_at_once_keep_their_notes(self):
        self.member.note = "Asks for Lan"
        self.other_member.user_id = self.assignee
        self._record(self.member | self.other_member, result_id=self.joined.id)
        self.assertEqual(self.member.note, "Asks for Lan")
        self.assertEqual(self.other_member.state, "done")

    def test_form_hides_the_next_date_of_a_final_result(self):
        context = self.member.action_record_result()["context"]
        form = Form(
            self.env["crm.campaign.result.record"]
            .with_user(self.assignee)
            .with_context(**context)
        )
        form.result_id = self.considering
        form.next_date = "2026-05-11"
        form.result_id = self.joined
        form.save().action_record()
        self.assertFalse(self.member.next_date)
