from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import ConcurrencyError
from odoo.tests import tagged

from .contract_common import ContractCommon

ACTIVITY = "crm_funnel_loyalty.mail_activity_type_instalment"


@tagged("post_install", "-at_install")
class TestAgreementReminder(ContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.make_contract()
        cls.today = cls.contract._get_today()
        cls.parts = cls.plan(
            cls.contract,
            count=3,
            first_date=cls.today + timedelta(days=10),
            unit="days",
        )
        cls.contract.with_user(cls.seller).action_sign()
        cls.type = cls.env.ref(ACTIVITY)

    def _due_in(self, part, days):
        part.sudo().due_date = self.today + timedelta(days=days)

    def _run(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "crm_funnel_loyalty.ir_cron_follow_instalments"
            ).method_direct_trigger()

    def _activities(self, part):
        return part.activity_ids.filtered(lambda a: a.activity_type_id == self.type)

    def _remind(self):
        Instalment = self.env["agreement.instalment"]
        Instalment._refresh_overdue()
        Instalment._close_reminders()
        parts = Instalment._get_parts_to_remind() & self.parts
        for part in parts:
            part._remind_safely()
        return parts

    def _share_contract(self, user):
        """Make it a contract of no company, as with a supplier of all of them."""
        self.contract.sudo().write(
            {"sale_order_id": False, "company_id": False, "user_id": user.id}
        )

    def test_nothing_to_say(self):
        self.assertFalse(self._remind())

    def test_before_and_after(self):
        part = self.parts[0]
        self._due_in(part, 3)
        self.assertEqual(self._remind(), part)
        activity = self._activities(part)
        self.assertEqual(activity.user_id, self.seller)
        self.assertEqual(activity.date_deadline, part.due_date)
        self.assertIn("Payment due", activity.summary)
        self.assertFalse(self._remind(), "once before the day")
        self._due_in(part, -1)
        part.reminder_date = self.today - timedelta(days=2)
        self.assertEqual(self._remind(), part)
        self.assertIn("Overdue", self._activities(part).summary)
        self.assertEqual(len(self._activities(part)), 1)
        self.assertFalse(self._remind(), "not again today")
        part.reminder_date = self.today - timedelta(days=7)
        self._due_in(part, -9)
        self.assertEqual(self._remind(), part, "again after a week")
        self.company.contract_remind_every = 0
        part.reminder_date = self.today - timedelta(days=7)
        self.assertFalse(self._remind(), "never again")

    def test_only_contracts_in_force(self):
        self._due_in(self.parts[0], 1)
        self.contract.with_user(self.manager).action_draft()
        self.assertFalse(self._remind())

    def test_contract_without_a_company_reminds_once(self):
        part = self.parts[0]
        self._share_contract(self.seller)
        self._due_in(part, -1)
        self.assertEqual(self._remind(), part)
        self.assertEqual(part.state, "overdue")
        self.assertEqual(self._activities(part).user_id, self.seller)
        self.assertFalse(self._remind())

    def test_contract_without_a_company_follows_its_salesperson(self):
        part = self.parts[0]
        self._share_contract(self.foreigner)
        self._due_in(part, 5)
        self.company.contract_remind_before = 5
        self.assertFalse(self._remind())
        self.elsewhere.contract_remind_before = 5
        self.assertEqual(self._remind(), part)
        self.assertEqual(part._get_company(), self.elsewhere)

    def test_contract_without_company_and_salesperson_becomes_overdue(self):
        part = self.parts[0]
        self._share_contract(self.env["res.users"])
        part.sudo().due_date = self.today - timedelta(days=2)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE agreement_instalment SET state = 'planned' WHERE id = %s", [part.id]
        )
        self.env.invalidate_all()
        self.assertEqual(self._remind(), part)
        self.assertEqual(part.state, "overdue")

    def test_paid_needs_no_reminder(self):
        part = self.parts[0]
        self._due_in(part, 1)
        self._remind()
        self.assertTrue(self._activities(part))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE agreement_instalment SET state = 'paid' WHERE id = %s", [part.id]
        )
        self.env.invalidate_all()
        self.assertFalse(self._remind())
        self.assertFalse(self._activities(part))

    def test_customer_is_written_to_only_when_asked(self):
        part = self.parts[0]
        self._due_in(part, 2)
        self.customer.email = "hoa@example.com"
        Touch = self.env["crm.contact.touch"]
        domain = [("res_model", "=", part._name), ("res_id", "=", part.id)]
        self._remind()
        self.assertFalse(Touch.search(domain))
        self.company.contract_remind_customer = True
        part.reminder_date = False
        self._remind()
        touch = Touch.search(domain)
        self.assertEqual(touch.channel, "email")
        self.assertEqual(touch.kind, "care")
        self.assertEqual(touch.address, "hoa@example.com")
        self.assertEqual(touch.user_id, self.seller)
        self.assertIn(self.contract.code, touch.body)
        self.assertEqual(part.reminder_touch_id, touch)

    def test_customer_without_address_is_blocked_by_the_guard(self):
        part = self.parts[0]
        self._due_in(part, 2)
        self.company.contract_remind_customer = True
        self._remind()
        self.assertEqual(part.reminder_touch_id.state, "blocked")
        self.assertTrue(self._activities(part))

    def test_one_that_fails_stops_no_other(self):
        for part in self.parts:
            self._due_in(part, 1)
        broken = self.parts[1]
        plain = type(broken)._remind_staff

        def _remind_staff(part, today):
            if part == broken:
                raise ValueError("no such thing")
            return plain(part, today)

        with patch.object(type(broken), "_remind_staff", _remind_staff):
            self._remind()
        self.assertEqual(broken.reminder_error, "no such thing")
        self.assertTrue(self._activities(self.parts[0]))
        self.assertTrue(self._activities(self.parts[2]))
        self.assertFalse(self._remind(), "left alone until the next reminder")

    def test_message_that_fails_leaves_the_activity(self):
        part = self.parts[0]
        self._due_in(part, 1)
        self.company.contract_remind_customer = True
        touches = type(self.env["crm.contact.touch"])
        with patch.object(touches, "_open", side_effect=ValueError("no such thing")):
            self._remind()
        self.assertEqual(part.reminder_error, "no such thing")
        self.assertTrue(self._activities(part))

    def test_contact_of_somebody_else_at_this_moment_is_no_fault(self):
        part, other = self.parts[:2]
        for each in (part, other):
            self._due_in(each, 1)
        self.company.contract_remind_customer = True
        touches = type(self.env["crm.contact.touch"])
        opened = touches._open

        def _open(touch, company, channel, kind, recipients, user=None):
            if recipients[0]["res_id"] == part.id:
                raise ConcurrencyError("Somebody else just contacted the same person.")
            return opened(touch, company, channel, kind, recipients, user=user)

        cron = type(self.env["ir.cron"])
        with (
            patch.object(touches, "_open", _open),
            patch.object(cron, "_commit_progress", lambda *_args, **_kw: 60.0),
            patch.object(self.env.cr, "rollback", lambda: None),
        ):
            self.env["agreement.instalment"]._cron_follow_instalments()
        self.assertFalse(part.reminder_date, "the next run reminds")
        self.assertFalse(part.reminder_error)
        self.assertTrue(other.reminder_touch_id, "the others are reminded")
        self._remind()
        self.assertTrue(part.reminder_touch_id)

    def test_cron(self):
        self._due_in(self.parts[0], 1)
        self._run()
        self.assertTrue(self._activities(self.parts[0]))

    def test_another_day_starts_anew(self):
        part = self.parts[0]
        self._due_in(part, 2)
        self._remind()
        part.with_user(self.manager).due_date = self.today + timedelta(days=30)
        self.assertFalse(self._remind())
        self.assertFalse(part.reminder_date)
        self._due_in(part, 3)
        self.assertEqual(self._remind(), part)

    def test_reminders_go_with_the_contract(self):
        part = self.parts[0]
        for change in (
            lambda: self.contract.with_user(self.manager).action_cancel(),
            lambda: self.contract.with_user(self.manager).write({"active": False}),
        ):
            self._due_in(part, 1)
            self._remind()
            self.assertTrue(self._activities(part))
            change()
            self.assertFalse(self._remind())
            self.assertFalse(self._activities(part))
            self.contract.active = True
            if self.contract.state == "cancelled":
                self.contract.with_user(self.seller).action_draft()
                self.contract.with_user(self.seller).action_sign()

    def test_leader_when_the_salesperson_is_gone(self):
        part = self.parts[0]
        self.order.team_id = self.team
        self.team.user_id = self.manager
        self.seller.active = False
        self._due_in(part, 1)
        self._remind()
        self.assertEqual(self._activities(part).user_id, self.manager)

    def test_in_the_languages_of_the_readers(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        self.seller.lang = self.customer.lang = "vi_VN"
        self.customer.email = "hoa@example.com"
        self.company.contract_remind_customer = True
        part = self.parts[0]
        self._due_in(part, 2)
        self._remind()
        day = part.due_date
        self.assertIn(f"{day:%d/%m/%Y}", part.reminder_touch_id.body)

    def test_in_the_language_of_the_company(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        self.company.partner_id.lang = "vi_VN"
        self.customer.write({"lang": False, "email": "hoa@example.com"})
        self.company.contract_remind_customer = True
        part = self.parts[0]
        self._due_in(part, 2)
        self._remind()
        self.assertIn("Kính gửi", part.reminder_touch_id.body)

    def test_cost(self):
        """Looking for what is due costs the same for few and many."""
        Instalment = self.env["agreement.instalment"]
        counts = []
        for count in (2, 40):
            self.contract.with_user(self.manager).action_draft()
            self.plan(
                self.contract,
                count=count,
                first_date=self.today + timedelta(days=1),
                unit="days",
            )
            self.contract.with_user(self.seller).action_sign()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            Instalment._refresh_overdue()
            Instalment._close_reminders()
            Instalment._get_parts_to_remind()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
