import json
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_contact import NOON
from .common_gateway import GatewayCase
from .fake_gateway.zalo import Zalo

PHONE = "+84901234500"


@tagged("post_install", "-at_install")
class TestCrmContactZaloUser(GatewayCase):
    """Who writes to the Official Account, and who stops following it."""

    def setUp(self):
        super().setUp()
        self.gateway.zalo.__dict__.update(Zalo().__dict__)
        self.account = self._new_account("zalo")
        self.partners[0].user_id = self.assignee
        self.people = self.env["crm.contact.zalo.user"]

    def _report(self, raw, moment=NOON):
        """What the door does with a proven report, and the cron after it."""
        payload = json.loads(raw[0])
        with freeze_time(moment):
            handler = self.account._get_handler()
            self.account._receive(handler._read_events(self.account, payload), payload)
            self._events()
        events = self.env["crm.contact.event"].search(
            [("account_id", "=", self.account.id)]
        )
        self.assertLessEqual(set(events.mapped("state")), {"done", "ignored"})

    def _sign(self, name, **values):
        with freeze_time(NOON):
            return self.gateway.zalo.sign(name, **values)

    def _share_number(self, user="U1"):
        self._report(
            self._sign(
                "user_submit_info", sender={"id": user}, info={"phone": 84901234500}
            )
        )

    def _write(self, number=1, text="Còn hàng không?", moment=NOON):
        with freeze_time(moment):
            raw = self.gateway.zalo.written(number, text)
        self._report(raw, moment)

    def _person(self):
        return self.people.search([("account_id", "=", self.account.id)])

    def _decision(self, channel="zalo"):
        consents = self.env["crm.contact.consent"]
        return consents._get_decisions(self.company, channel, [(None, PHONE, None)])

    # Who

    def test_an_arrived_template_tells_the_number(self):
        template = self.env["crm.contact.zalo.template"].create(
            {"name": "T", "template_ref": "1", "company_id": self.company.id}
        )
        with freeze_time(NOON):
            touch = self._open(
                "zalo",
                kind="care",
                user=self.assignee,
                payload={"template_id": template.id},
            )
        self._release(NOON)
        self._report(self.gateway.zalo.event(1))
        self.assertEqual(touch.state, "delivered")
        person = self._person()
        self.assertEqual(
            (person.zalo_ref, person.phone_key, person.partner_id),
            ("U1", PHONE, self.partners[0]),
        )

    def test_a_shared_number_finds_the_customer(self):
        self._share_number()
        self.assertEqual(self._person().partner_id, self.partners[0])

    # Refusals

    def test_who_stops_following_has_withdrawn(self):
        self._share_number()
        self._report(self._sign("unfollow", follower={"id": "U1"}))
        self.assertEqual(self._decision(), ["withdrawn"])
        self.assertEqual(self._decision("sms"), [None])
        [verdict] = self._guard("zalo")
        self.assertEqual(verdict.state, "blocked")
        # told once more, it is not written down twice; following again gives nothing
        self._report(self._sign("unfollow", follower={"id": "U1"}, again=1))
        self._report(self._sign("follow", follower={"id": "U1"}))
        consents = self.env["crm.contact.consent"].search([("phone_key", "=", PHONE)])
        self.assertEqual(len(consents), 1)
        self.assertIn("following", consents.proof)
        self.assertTrue(self._person().is_following)

    def test_a_refusal_waits_for_the_number(self):
        self._report(self._sign("unfollow", follower={"id": "U1"}))
        self.assertEqual(self._decision(), [None])
        self._person().with_user(self.manager).partner_id = self.partners[0]
        self.assertEqual(self._person().phone_key, PHONE)
        self.assertEqual(self._decision(), ["withdrawn"])

    # Messages and answers

    def test_who_wrote_is_answered(self):
        self._share_number()
        self._write()
        self._write()
        person = self._person()
        self.assertEqual(person.last_text, "Còn hàng không?")
        self.assertEqual(len(person.message_ids.filtered("body")), 1)
        self.assertEqual(person.activity_ids.user_id, self.assignee)
        mine = person.with_user(self.assignee)
        with freeze_time(NOON):
            self.assertEqual(
                mine.action_answer()["context"], {"default_person_id": person.id}
            )
            answer = self.env["crm.contact.zalo.answer"].with_user(self.assignee)
            answer.create({"person_id": person.id, "body": " Còn ạ. "}).action_send()
        self.assertFalse(person.activity_ids)
        self._release(NOON)
        touch = self.touches.search([("res_model", "=", person._name)])
        self.assertEqual(
            (touch.state, touch.provider_ref, touch.user_id),
            ("sent", "M1", self.assignee),
        )
        self.assertEqual(
            self.gateway.zalo.answers,
            [{"recipient": {"user_id": "U1"}, "message": {"text": "Còn ạ."}}],
        )

    def test_after_seven_days_it_is_too_late(self):
        self._share_number()
        self._write()
        person = self._person()
        late = fields.Datetime.to_datetime(NOON) + timedelta(days=7, seconds=1)
        with freeze_time(late), self.assertRaisesRegex(UserError, "7 days"):
            person.action_answer()
        person.invalidate_recordset()
        with freeze_time(NOON):
            wizard = self.env["crm.contact.zalo.answer"].create(
                {"person_id": person.id, "body": "Hi"}
            )
            wizard.action_send()
        # the queue was slow: nothing goes out any more
        touch = self.touches.search([("res_model", "=", person._name)])
        touch.planned_date = late
        self._release(late)
        self.assertEqual(touch.state, "failed")
        self.assertIn("7 days", touch.reason)
        self.assertEqual(self.gateway.zalo.answers, [])

    def test_without_number_the_customer_is_chosen_first(self):
        self._write()
        with freeze_time(NOON), self.assertRaisesRegex(UserError, "customer"):
            self._person().action_answer()

    # Roles

    def test_roles(self):
        self._share_number()
        self._write()
        person = self._person()
        for user, sees in (
            (self.manager, True),
            (self.assignee, True),
            (self.owner, False),
            (self.outsider, False),
        ):
            self.assertEqual(person.with_user(user).has_access("read"), sees)
        for values in (
            {"phone_key": "+84900000000"},
            {"last_date": NOON},
            {"zalo_ref": "U2"},
            {"is_following": False},
        ):
            with self.assertRaises(AccessError):
                person.with_user(self.assignee).write(values)
        with self.assertRaises(AccessError):
            self.people.with_user(self.manager).create(
                {"account_id": self.account.id, "zalo_ref": "U3"}
            )
        with freeze_time(NOON), self.assertRaises(AccessError):
            self.env["crm.contact.zalo.answer"].with_user(self.owner).create(
                {"person_id": person.id, "body": "Hi"}
            ).action_send()
        mine = self.env["crm.contact.zalo.answer"].with_user(self.assignee)
        wizard = mine.create({"person_id": person.id, "body": "Hi"})
        with self.assertRaises(AccessError):
            wizard.with_user(self.manager).action_send()
