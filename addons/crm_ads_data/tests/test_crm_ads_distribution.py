from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AdsDataCommon

# Tuesday 10 November 2026, 10 o'clock in Ha Noi.
WORKING = datetime(2026, 11, 10, 3, 0)
NIGHT = datetime(2026, 11, 10, 16, 0)


@tagged("post_install", "-at_install")
class TestCrmAdsDistribution(AdsDataCommon):
    """Who gets what, and why: methods, past, shifts, skills, covers, by hand."""

    def _member(self, user):
        return self.rule.member_ids.filtered(lambda member: member.user_id == user)

    def _deal(self, count=1, start=0, **values):
        data = self._create_data(count, start, **values)
        data.action_transfer()
        return data

    def _log(self, data):
        return self.env["crm.ads.distribution.log"].search(
            [("data_id", "in", data.ids)]
        )

    def _lead(self, user, **values):
        return self.env["crm.lead"].create(
            {"name": "Lead", "type": "lead", "user_id": user.id, **values}
        )

    def _shift(self):
        """Monday to Friday, 8 to 17 with a break, in Ha Noi."""
        return self.env["resource.calendar"].create(
            {"name": "Shift", "tz": "Asia/Ho_Chi_Minh"}
        )

    # -- methods --------------------------------------------------------------------

    def test_least_loaded(self):
        self.rule.method = "least_loaded"
        for user, count in ((self.lan, 2), (self.hung, 1)):
            for _number in range(count):
                self._lead(user)
        self._lead(self.minh, active=False)
        data = self._deal(3)
        self.assertEqual(
            [one.user_id.login for one in data.sorted("id")],
            ["ads_minh", "ads_hung", "ads_minh"],
        )
        self.assertEqual(set(self._log(data).mapped("reason")), {"least_loaded"})

    def test_least_loaded_respects_the_weight(self):
        self.rule.method = "least_loaded"
        self._member(self.lan).weight = 3
        self._lead(self.lan)
        self._lead(self.hung)
        self._lead(self.minh)
        self.assertEqual(self._deal().user_id, self.lan)

    def test_by_hand_deals_nothing_by_itself(self):
        self.rule.method = "manual"
        with self.assertRaisesRegex(UserError, "by hand"):
            self._deal()

    # -- the past -------------------------------------------------------------------

    def test_previous_owner_of_a_lost_lead(self):
        self._lead(self.minh, phone="+84901000000").action_set_lost()
        data = self._deal()
        self.assertEqual(data.user_id, self.minh)
        self.assertEqual(self._log(data).reason, "previous_owner")
        self.assertEqual(self._deal(start=1).user_id, self.lan, "it costs no turn")

    def test_previous_owner_of_a_customer(self):
        partner = self.env["res.partner"].create(
            {"name": "Hoa", "phone": "+84901000000"}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": self.hung.id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        order.action_confirm()
        self.assertEqual(self._deal().user_id, self.hung)

    def test_previous_owner_who_cannot_receive_or_is_no_member(self):
        self._lead(self.minh, phone="+84901000000").action_set_lost()
        self._lead(self.quan, phone="+84901000001").action_set_lost()
        self.minh.receive_ads_data = False
        self.assertEqual(
            self._deal(2).sorted("id").mapped("user_id"), self.lan | self.hung
        )

    def test_previous_owner_switched_off(self):
        self.rule.previous_owner_first = False
        self._lead(self.minh, phone="+84901000000").action_set_lost()
        self.assertEqual(self._deal().user_id, self.lan)

    # -- shifts, leave, cover -------------------------------------------------------

    def test_outside_the_shift(self):
        self.rule.member_ids.calendar_id = self._shift()
        self._member(self.hung).calendar_id = False
        with freeze_time(NIGHT):
            data = self._deal(2)
        self.assertEqual(data.user_id, self.hung)
        self.assertIn("shift", self._log(data)[0].skipped_text)
        with freeze_time(WORKING):
            self.assertEqual(len(self._deal(3, start=10).user_id), 3)

    def test_leave_of_the_calendar(self):
        self.rule.member_ids.calendar_id = self._shift()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Tet",
                "calendar_id": self._member(self.lan).calendar_id.id,
                "date_from": WORKING - timedelta(hours=5),
                "date_to": WORKING + timedelta(hours=5),
            }
        )
        with freeze_time(WORKING), self.assertRaisesRegex(UserError, "shift"):
            self._deal()

    def test_working_minutes_leave_out_nights_and_leave(self):
        member = self._member(self.lan)
        self.assertEqual(member._get_work_minutes(WORKING, NIGHT), 13 * 60)
        member.calendar_id = self._shift()
        # 10:00 to 12:00 and 13:00 to 17:00 of that day, 8:00 to 10:00 of the next
        self.assertEqual(
            member._get_work_minutes(WORKING, WORKING + timedelta(days=1)), 8 * 60
        )

    def test_absent_without_cover(self):
        self.lan.ads_absent_until = fields.Datetime.now() + timedelta(days=1)
        data = self._deal(2)
        self.assertEqual(data.sorted("id").mapped("user_id"), self.hung | self.minh)
        self.assertIn("absent", self._log(data)[0].skipped_text)

    def test_cover_takes_the_turns(self):
        self.lan.write(
            {
                "ads_absent_until": fields.Datetime.now() + timedelta(days=1),
                "ads_cover_user_id": self.minh.id,
            }
        )
        data = self._deal(3).sorted("id")
        self.assertEqual(
            [one.user_id.login for one in data], ["ads_minh", "ads_hung", "ads_minh"]
        )
        self.assertRecordValues(
            self._log(data[0]), [{"reason": "cover", "covered_user_id": self.lan.id}]
        )

    def test_absence_ends_by_itself(self):
        self.lan.ads_absent_until = fields.Datetime.now() - timedelta(hours=1)
        self.assertEqual(self._deal().user_id, self.lan)

    def test_nobody_covers_for_oneself(self):
        with self.assertRaises(ValidationError):
            self.lan.ads_cover_user_id = self.lan

    def test_own_absence_is_the_persons_to_set(self):
        self.lan.with_user(self.lan).write(
            {
                "ads_absent_until": fields.Datetime.now() + timedelta(days=1),
                "ads_cover_user_id": self.hung.id,
            }
        )
        with self.assertRaises(AccessError):
            self.hung.with_user(self.lan).write({"ads_absent_until": False})

    # -- skills and regions ---------------------------------------------------------

    def test_skill_of_the_ad(self):
        english = self.env["crm.ads.skill"].create({"name": "English"})
        self.ad.skill_ids = english
        self._member(self.minh).skill_ids = english
        data = self._deal(2)
        self.assertEqual(data.user_id, self.minh)
        self.assertIn("skill", self._log(data)[0].skipped_text)

    def test_region_in_any_spelling(self):
        south = self.env["crm.ads.skill"].create(
            {
                "name": "South",
                "kind": "region",
                "state_ids": [Command.link(self.env.ref("base.state_vn_VN-SG").id)],
            }
        )
        self._member(self.hung).skill_ids = south
        data = self._deal(2, province="tp. HCM")
        self.assertEqual(data.state_id, self.env.ref("base.state_vn_VN-SG"))
        self.assertEqual(data.user_id, self.hung)
        self.assertEqual(self._deal(start=5, province="Hà Nội").user_id, self.lan)

    def test_province_of_before_the_reform(self):
        data = self._create_data(province="tỉnh Bình Dương")
        self.assertEqual(data.state_id, self.env.ref("base.state_vn_VN-SG"))
        self.assertFalse(self._create_data(start=3, province="Paris").state_id)

    def test_rule_for_a_region(self):
        north = self._create_rule(
            self.minh,
            sequence=1,
            domain="[('state_id.code', '=', 'VN-HN')]",
        )
        data = self._deal(province="Hà Nội")
        self.assertEqual(self._log(data).rule_id, north)

    # -- by hand --------------------------------------------------------------------

    def _assign(self, data, user, by=None):
        wizard = self.env["crm.ads.data.assign"].with_user(by or self.thu)
        return wizard.create(
            {"data_ids": [Command.set(data.ids)], "user_id": user.id}
        ).action_assign()

    def test_assign_by_hand(self):
        data = self._create_data(2)
        action = self._assign(data, self.minh)
        self.assertIn(self.minh.name, action["params"]["message"])
        self.assertEqual(data.user_id, self.minh)
        self.assertEqual(len(data.lead_id), 2)
        self.assertRecordValues(
            self._log(data),
            [{"reason": "manual", "distributor_id": self.thu.id, "rule_id": False}] * 2,
        )

    def test_assign_moves_a_lead_that_is_there(self):
        data = self._deal()
        lead = data.lead_id
        self._assign(data, self.minh)
        self.assertEqual((data.lead_id, lead.user_id), (lead, self.minh))
        self.assertEqual(lead.activity_ids.user_id, self.minh)
        self.assertEqual(len(lead.activity_ids), 1)

    def test_assign_is_the_sale_admins(self):
        data = self._create_data()
        for user in (self.mai, self.lan):
            with self.assertRaises(AccessError):
                self._assign(data, self.minh, by=user)

    def test_assign_to_somebody_who_cannot_receive(self):
        data = self._create_data()
        self.minh.receive_ads_data = False
        with self.assertRaisesRegex(UserError, "not receive"):
            self._assign(data, self.minh)
        with self.assertRaisesRegex(UserError, "no salesperson"):
            self._assign(data, self.mai)

    # -- by itself ------------------------------------------------------------------

    def test_auto_transfer(self):
        self.rule.auto_transfer = True
        cron = self.env.ref("crm_ads_data.ir_cron_auto_transfer")
        triggers = self.env["ir.cron.trigger"]
        triggers.search([("cron_id", "=", cron.id)]).unlink()
        data = self._create_data(3)
        self._create_data(start=10)
        self.assertEqual(
            triggers.search_count([("cron_id", "=", cron.id)]), 1, "one for all"
        )
        self.assertEqual(set(data.mapped("state")), {"new"}, "not in the request")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(set(data.mapped("state")), {"transferred"})

    def test_auto_transfer_leaves_other_rules_alone(self):
        cron = self.env.ref("crm_ads_data.ir_cron_auto_transfer")
        data = self._create_data()
        self._create_rule(
            self.minh, auto_transfer=True, domain=f"[('ad_id', '!=', {self.ad.id})]"
        )
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(data.state, "new")

    def test_auto_transfer_waits_for_the_shift(self):
        self.rule.write({"auto_transfer": True})
        self.rule.member_ids.calendar_id = self._shift()
        cron = self.env.ref("crm_ads_data.ir_cron_auto_transfer")
        with freeze_time(NIGHT), self.enter_registry_test_mode():
            data = self._create_data()
            cron.method_direct_trigger()
        self.assertEqual(data.state, "new")
        with freeze_time(WORKING + timedelta(days=1)), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(data.state, "transferred")

    def test_whole_ad(self):
        data = self._create_data(3)
        self.assertEqual(self.ad.new_count, 3)
        self.ad.with_user(self.mai).action_transfer_new()
        self.assertEqual(set(data.mapped("state")), {"transferred"})
        self.ad.invalidate_recordset()
        self.assertEqual(self.ad.new_count, 0)
