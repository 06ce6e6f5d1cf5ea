import random

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..services.assign import Share, spread
from .common import CampaignCase


@tagged("post_install", "-at_install")
class TestCrmCampaignAssign(CampaignCase):
    """“Phân công”: who contacts whom (000.16)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north = cls.env.ref("base.state_vn_VN-HN")
        cls.south = cls.env.ref("base.state_vn_VN-SG")
        cls.vip = cls.env["res.partner.category"].create({"name": "VIP"})
        more = cls.env["res.partner"].create(
            [
                {
                    "name": f"Shop {number}",
                    "state_id": (cls.north, cls.south)[number % 2].id,
                    "category_id": [(6, 0, cls.vip.ids if number < 3 else [])],
                }
                for number in range(8)
            ]
        )
        cls.members = cls.env["crm.campaign.member"].create(
            [
                {"campaign_id": cls.sub_campaign.id, "partner_id": partner.id}
                for partner in more
            ]
        )

    def _new_assign(self, *lines, user=None, **values):
        return (
            self.env["crm.campaign.assign"]
            .with_user(user or self.owner)
            .create(
                {
                    "campaign_id": self.campaign.id,
                    "scope": "selected",
                    "member_ids": [(6, 0, self.members.ids)],
                    "line_ids": [(0, 0, line) for line in lines],
                    **values,
                }
            )
        )

    def _count(self, user):
        return len(self.members.filtered(lambda member: member.user_id == user))

    def test_even_with_a_preview(self):
        assign = self._new_assign(
            {"user_id": self.assignee.id},
            {"user_id": self.outsider.id},
            {"user_id": self.shared.id},
        )
        self.assertEqual((assign.found_count, assign.left_count), (8, 0))
        self.assertEqual(assign.line_ids.mapped("share_count"), [3, 3, 2])
        self.assertEqual(assign.line_ids.mapped("held_count"), [1, 0, 0])
        self.assertEqual(self.members.user_id, self.owner)
        assign.action_assign()
        self.assertEqual(
            [self._count(u) for u in (self.assignee, self.outsider, self.shared)],
            [3, 3, 2],
        )
        self.assertEqual(self.member.user_id, self.assignee)
        self.assertIn("Shared out", str(self.campaign.message_ids.mapped("body")))

    def test_preview_while_typing(self):
        form = Form(
            self.env["crm.campaign.assign"]
            .with_user(self.owner)
            .with_context(default_campaign_id=self.campaign.id)
        )
        self.assertEqual(form.found_count, 9)
        form.scope = "open"
        self.assertEqual(form.found_count, 10)
        with form.line_ids.new() as line:
            line.user_id = self.shared
        self.assertEqual(form.left_count, 0)

    def test_it_starts_from_those_who_are_in_it(self):
        context = self.campaign.with_user(self.owner).action_assign()["context"]
        self.assertEqual(context["default_scope"], "owner")
        people = {line["user_id"] for __, __, line in context["default_line_ids"]}
        self.assertEqual(people, {self.assignee.id, self.shared.id})
        self.campaign.member_ids.search(
            [("campaign_id", "child_of", self.campaign.id)]
        ).user_id = self.assignee
        context = self.campaign.with_user(self.owner).action_assign()["context"]
        self.assertEqual(context["default_scope"], "open")

    def test_by_weight(self):
        self._new_assign(
            {"user_id": self.assignee.id, "weight": 3},
            {"user_id": self.shared.id, "weight": 1},
            method="weight",
        ).action_assign()
        self.assertEqual(self._count(self.assignee), 6)
        self.assertEqual(self._count(self.shared), 2)

    def test_by_region_and_tag(self):
        assign = self._new_assign(
            {"user_id": self.assignee.id, "state_ids": [(6, 0, self.north.ids)]},
            method="region",
        )
        self.assertEqual((assign.found_count, assign.left_count), (8, 4))
        assign.action_assign()
        taken = self.members.filtered(lambda member: member.user_id == self.assignee)
        self.assertEqual(taken.partner_id.state_id, self.north)
        self._new_assign(
            {"user_id": self.shared.id, "tag_ids": [(6, 0, self.vip.ids)]},
            method="tag",
        ).action_assign()
        self.assertEqual(self._count(self.shared), 3)

    def test_what_a_leaver_has(self):
        self.members[:3].user_id = self.outsider
        self.members[0].result_id = self.refused
        self._new_assign(
            {"user_id": self.assignee.id},
            scope="leaver",
            leaver_id=self.outsider.id,
            method="one",
        ).action_assign()
        self.assertEqual(self.members[0].user_id, self.outsider)
        self.assertEqual(self.members[1:3].user_id, self.assignee)

    def test_planned_calls_go_along(self):
        self.members[0].next_date = "2030-01-01"
        self._new_assign({"user_id": self.assignee.id}, method="one").action_assign()
        self.assertEqual(self.members[0].activity_ids.user_id, self.assignee)

    def test_each_person_is_told_once(self):
        self._new_assign(
            {"user_id": self.assignee.id}, {"user_id": self.shared.id}
        ).action_assign()
        told = self.env["mail.message"].search(
            [
                ("model", "=", "crm.campaign"),
                ("res_id", "=", self.campaign.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        self.assertEqual(
            told.partner_ids, self.assignee.partner_id | self.shared.partner_id
        )
        self.assertEqual(len(told), 2)

    def test_who_may(self):
        line = {"user_id": self.assignee.id}
        for user in (self.outsider, self.assignee):
            with self.assertRaises(AccessError):
                self._new_assign(line, user=user).action_assign()
        for user in (self.shared, self.manager):
            self._new_assign(line, user=user).action_assign()

    def test_who_may_get(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.outsider.copy(
            {
                "login": "reach_stranger",
                "company_id": elsewhere.id,
                "company_ids": [(6, 0, elsewhere.ids)],
            }
        )
        employee = self.outsider.copy({"login": "reach_employee"})
        employee.group_ids = self.env.ref("base.group_user")
        for user in (stranger, employee):
            with self.assertRaisesRegex(UserError, "cannot work on this campaign"):
                self._new_assign({"user_id": user.id}).action_assign()
        with self.assertRaises(UserError):
            self._new_assign(method="even").action_assign()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.cr.savepoint(),
        ):
            self._new_assign({"user_id": self.shared.id, "weight": 0})

    def test_from_the_list(self):
        action = self.members[:2].with_user(self.owner).action_assign()
        self.assertEqual(action["context"]["default_member_ids"], self.members[:2].ids)
        other = self._new_campaign("Other", user_id=self.owner.id)
        stray = self._new_member(other, self.partners[2])
        with self.assertRaises(UserError):
            (self.members[0] + stray).action_assign()

    def test_queries_do_not_grow(self):
        lines = [{"user_id": self.assignee.id}, {"user_id": self.shared.id}]
        counts = []
        # the first round fills the caches
        for members in (self.members[:1], self.members[:2], self.members):
            assign = self._new_assign(*lines, member_ids=[(6, 0, members.ids)])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            dealt = [(member, share) for member, share in assign._deal()]
            assign._write_users(dealt)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_any_dealing_is_fair(self):
        dice = random.Random(5)
        for _round in range(200):
            weights = [dice.choice((1, 1, 2, 0.5)) for _n in range(dice.randint(1, 6))]
            shares = [Share(n, weight) for n, weight in enumerate(weights)]
            total = dice.randint(0, 200)
            dealt = spread(range(total), shares)
            self.assertEqual(sum(share.got for share in shares), total)
            self.assertNotIn(None, dealt)
            for share in shares:
                exact = total * share.weight / sum(weights)
                self.assertLess(abs(share.got - exact), 2)
            if len(set(weights)) == 1:
                got = [share.got for share in shares]
                self.assertLessEqual(max(got) - min(got), 1)
