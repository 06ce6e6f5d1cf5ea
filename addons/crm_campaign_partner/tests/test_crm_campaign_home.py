from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CampaignCase


@tagged("post_install", "-at_install")
class TestCrmCampaignHome(CampaignCase):
    """How is it going, who is behind, what is next; costs, templates, the sheet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.third = cls._new_member(
            cls.sub_campaign, cls.partners[2], user_id=cls.assignee.id
        )
        cls.member.result_id = cls.joined
        cls.third.next_date = fields.Date.today() - timedelta(days=1)
        (cls.campaign | cls.sub_campaign).state = "running"

    def _home(self, user, campaign=None):
        return (campaign or self.campaign).with_user(user).get_home()

    def test_funnel(self):
        self.member.with_user(self.assignee).action_create_opportunity()
        home = self._home(self.owner)
        self.assertEqual(
            {step["key"]: step["count"] for step in home["funnel"]},
            {
                "members": 3,
                "contacted": 1,
                "answered": 1,
                "positive": 1,
                "opportunities": 1,
                "orders": 0,
            },
        )
        self.assertAlmostEqual(home["funnel"][1]["rate"], 1 / 3)
        self.assertIsNone(home["funnel"][0]["rate"])
        self.assertEqual(home["answers"][0]["count"], 1)
        self.assertEqual(home["days"][-1]["count"], 1)
        self.assertEqual(home["todo"], {"overdue": 1, "today": 0, "untouched": 2})

    @freeze_time("2026-07-01 05:00:00")
    def test_who_is_behind(self):
        people = self._home(self.owner)["people"]
        by_name = {person["id"]: person for person in people}
        self.assertEqual(people[0]["id"], self.owner.id)
        self.assertTrue(by_name[self.owner.id]["behind"])
        self.assertEqual(by_name[self.assignee.id]["assigned"], 2)
        self.assertAlmostEqual(self._home(self.owner)["gone"], 0.5, places=2)
        self.campaign.state = "draft"
        self.assertFalse(any(p["behind"] for p in self._home(self.owner)["people"]))

    def test_whoever_calls_sees_himself(self):
        for user, seen in (
            (self.owner, {self.owner, self.assignee}),
            (self.shared, {self.owner, self.assignee}),
            (self.manager, {self.owner, self.assignee}),
            (self.assignee, {self.assignee}),
        ):
            people = self._home(user, self.sub_campaign)["people"]
            self.assertEqual({person["id"] for person in people}, {u.id for u in seen})
        with self.assertRaises(AccessError):
            self._home(self.outsider)

    def test_figures_lead_to_their_members(self):
        for key, expected in (
            ("overdue", self.third),
            ("untouched", self.other_member | self.third),
            ("positive", self.member),
            ("contacted", self.member),
        ):
            action = self.campaign.with_user(self.owner).action_view_home_members(key)
            found = self.env["crm.campaign.member"].search(action["domain"])
            self.assertEqual(found, expected, key)
        action = self.campaign.action_view_home_members("person", self.assignee.id)
        found = self.env["crm.campaign.member"].search(action["domain"])
        self.assertEqual(found, self.member | self.third)

    def test_queries_do_not_grow(self):
        counts = []
        partners = self.env["res.partner"].create(
            [{"name": f"More {number}"} for number in range(30)]
        )
        for chunk in (partners[:0], partners[:1], partners[1:]):
            for partner in chunk:
                self._new_member(self.sub_campaign, partner)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._home(self.owner)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    # Money

    def _spend(self, planned, actual, campaign=None):
        return self.env["crm.campaign.budget.line"].create(
            {
                "campaign_id": (campaign or self.sub_campaign).id,
                "name": "Hall",
                "planned": planned,
                "actual": actual,
            }
        )

    def test_costs(self):
        self._spend(500, 300)
        self.assertEqual(self.campaign.cost_per_contact, 300)
        self.assertEqual(self.campaign.cost_per_positive, 300)
        self.assertFalse(self.campaign.is_over_budget)
        empty = self._new_campaign("Empty")
        self._spend(0, 100, empty)
        self.assertFalse(empty.cost_per_contact or empty.is_over_budget)

    def test_over_the_budget_is_told_once(self):
        line = self._spend(500, 300)
        self.assertFalse(self.campaign.activity_ids)
        line.actual = 501
        self.assertTrue(self.campaign.is_over_budget)
        self.assertEqual(self.campaign.activity_ids.user_id, self.owner)
        line.actual = 600
        self.assertEqual(len(self.campaign.activity_ids), 1)

    # Template

    def test_a_copy_is_a_template(self):
        self._spend(500, 300, self.campaign).date = "2026-02-01"
        new = self.campaign.copy()
        today = fields.Date.context_today(new)
        self.assertEqual(new.title, "Dealers (copy)")
        self.assertEqual((new.state, new.date_begin), ("draft", today))
        self.assertEqual(new.date_end - new.date_begin, timedelta(days=364))
        line = new.budget_line_ids
        self.assertEqual((line.planned, line.actual), (500, 0))
        self.assertEqual(line.date - new.date_begin, timedelta(days=31))
        self.assertFalse(new.member_ids or new.child_ids)

    def test_a_copy_with_its_parts(self):
        self._spend(500, 300)
        action = self.campaign.with_user(self.owner).action_duplicate_with_parts()
        new = self.env["crm.campaign"].browse(action["res_id"])
        self.assertEqual(new.child_ids.title, "Dealers North")
        self.assertEqual(new.child_ids.date_begin, new.date_begin)
        self.assertEqual(new.budget_planned, 500)
        self.assertEqual(new.budget_actual, 0)

    # Sheet

    def test_sheet(self):
        self._spend(500, 300)
        html, __ = (
            self.env["ir.actions.report"]
            .with_user(self.owner)
            ._render_qweb_html(
                "crm_campaign_partner.report_campaign_sheet", self.campaign.ids
            )
        )
        text = html.decode()
        for part in ("Dealers", "Dealers North", self.assignee.name, "Joined"):
            self.assertIn(part, text)
        with self.assertRaises(AccessError):
            self.env["ir.actions.report"].with_user(self.outsider)._render_qweb_html(
                "crm_campaign_partner.report_campaign_sheet", self.campaign.ids
            )
