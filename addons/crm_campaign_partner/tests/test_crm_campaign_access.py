from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import CampaignCase


@tagged("post_install", "-at_install")
class TestCrmCampaignAccess(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls.env["crm.campaign.budget.line"].create(
            {"campaign_id": cls.sub_campaign.id, "name": "Gifts", "planned": 500000}
        )
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.foreign_manager = new_test_user(
            cls.env,
            "reach_foreign",
            groups="crm_campaign_partner.group_campaign_manager",
            company_id=cls.elsewhere.id,
            company_ids=[(6, 0, cls.elsewhere.ids)],
        )
        cls.portal = new_test_user(cls.env, "reach_portal", groups="base.group_portal")
        cls.employee = new_test_user(
            cls.env,
            "reach_employee",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def _visible(self, record, user):
        model = record.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )
        return bool(model.search([("id", "=", record.id)]))

    def _assert_seen_by(self, record, *users):
        for user in (
            self.manager,
            self.owner,
            self.shared,
            self.assignee,
            self.outsider,
            self.foreign_manager,
        ):
            expected = user in users
            self.assertEqual(self._visible(record, user), expected, user.login)
            seen = record.with_user(user).with_context(
                allowed_company_ids=user.company_ids.ids
            )
            self.assertEqual(seen.has_access("read"), expected, user.login)

    def _assert_refused(self, records, user, values):
        with self.assertRaises(AccessError), self.cr.savepoint():
            records.with_user(user).with_context(
                allowed_company_ids=user.company_ids.ids
            ).write(values)

    # Groups

    def test_groups(self):
        manager = self.env.ref("crm_campaign_partner.group_campaign_manager")
        user = self.env.ref("crm_campaign_partner.group_campaign_user")
        self.assertIn(user, manager.all_implied_ids)
        salesman = self.env.ref("sales_team.group_sale_salesman")
        self.assertIn(user, salesman.all_implied_ids)
        self.assertNotIn(manager, salesman.all_implied_ids)
        sales_manager = self.env.ref("sales_team.group_sale_manager")
        self.assertIn(manager, sales_manager.all_implied_ids)

    def test_nothing_without_the_group(self):
        for user in (self.portal, self.employee):
            for model in (
                "crm.campaign",
                "crm.campaign.member",
                "crm.campaign.budget.line",
                "crm.campaign.result",
                "crm.campaign.report",
                "crm.campaign.pick",
                "crm.campaign.result.record",
            ):
                self.assertFalse(
                    self.env[model].with_user(user).has_access("read"), model
                )

    # Campaigns

    def test_campaign_read(self):
        everybody = (self.manager, self.owner, self.shared, self.assignee)
        self._assert_seen_by(self.campaign, *everybody)
        self._assert_seen_by(self.sub_campaign, *everybody)
        aside = self._new_campaign("Aside", parent_id=self.campaign.id)
        self._assert_seen_by(aside, self.manager, self.owner, self.shared)

    def test_sharing_a_part_does_not_share_the_whole(self):
        self.campaign.shared_user_ids = False
        self.sub_campaign.shared_user_ids = self.shared
        self._assert_seen_by(
            self.sub_campaign, self.manager, self.owner, self.shared, self.assignee
        )
        self._assert_seen_by(self.campaign, self.manager, self.owner, self.assignee)

    def test_part_in_a_campaign_follows_at_once(self):
        seen = self.campaign.with_user(self.outsider)
        self.assertFalse(seen.has_access("read"))
        self.other_member.user_id = self.outsider
        self.assertTrue(seen.has_access("read"))
        part = self.sub_campaign.with_user(self.outsider)
        self.assertFalse(part.has_access("write"))
        self.campaign.shared_user_ids += self.outsider
        self.assertTrue(part.has_access("write"))
        self.campaign.shared_user_ids -= self.outsider
        self.other_member.user_id = self.owner
        self.assertFalse(seen.has_access("read"))

    def test_queries_of_the_rules_do_not_grow(self):
        many = self.env["crm.campaign"].concat(
            *(
                self._new_campaign(f"Child {n}", parent_id=self.campaign.id)
                for n in range(9)
            )
        )
        self.env.invalidate_all()
        self.campaign.with_user(self.shared).check_access("write")
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.campaign.with_user(self.shared).check_access("write")
        one = self.cr.sql_log_count - before
        self.env.invalidate_all()
        with self.assertQueryCount(one):
            many.with_user(self.shared).check_access("write")

    def test_campaign_write(self):
        for user in (self.assignee, self.outsider, self.foreign_manager):
            self._assert_refused(self.campaign, user, {"goal": "Mine now"})
        for user in (self.owner, self.shared, self.manager):
            self.campaign.with_user(user).goal = user.name
            self.assertEqual(self.campaign.goal, user.name)

    def test_buttons_are_for_those_who_may(self):
        for user in (self.owner, self.shared, self.manager):
            self.assertTrue(self.campaign.with_user(user).user_can_edit)
        self.assertFalse(self.campaign.with_user(self.assignee).user_can_edit)
        new = self.env["crm.campaign"].with_user(self.outsider).new({})
        self.assertTrue(new.user_can_edit)

    def test_only_the_owner_gives_the_campaign_away(self):
        self._assert_refused(self.campaign, self.shared, {"user_id": self.shared.id})
        other = self._new_campaign("Other", user_id=self.manager.id)
        self._assert_refused(
            self.campaign,
            self.shared,
            {"utm_campaign_id": other.utm_campaign_id.id},
        )
        self.campaign.with_user(self.owner).user_id = self.shared
        self.assertEqual(self.campaign.user_id, self.shared)

    def test_create_own_campaign_only(self):
        campaigns = self.env["crm.campaign"].with_user(self.outsider)
        campaign = campaigns.create({"title": "My own"})
        self.assertEqual(campaign.user_id, self.outsider)
        with self.assertRaises(AccessError):
            campaigns.create({"title": "In her name", "user_id": self.owner.id})

    def test_not_into_a_campaign_of_others(self):
        campaigns = self.env["crm.campaign"].with_user(self.outsider)
        own = campaigns.create({"title": "My own", "date_begin": "2026-02-01"})
        with self.assertRaises(AccessError), self.cr.savepoint():
            own.parent_id = self.campaign.id
        with self.assertRaises(AccessError), self.cr.savepoint():
            campaigns.create({"title": "Inside", "parent_id": self.campaign.id})
        with self.assertRaises(AccessError), self.cr.savepoint():
            campaigns.with_context(default_parent_id=self.campaign.id).create(
                {"title": "Inside"}
            )
        self._assert_seen_by(
            self.campaign, self.manager, self.owner, self.shared, self.assignee
        )

    def test_member_into_other_campaign(self):
        own = self.env["crm.campaign"].with_user(self.outsider).create({"title": "Own"})
        members = self.env["crm.campaign.member"].with_user(self.outsider)
        for campaign in (self.campaign, self.sub_campaign):
            with self.assertRaises(AccessError), self.cr.savepoint():
                members.create(
                    {"campaign_id": campaign.id, "partner_id": self.partners[3].id}
                )
        member = members.create(
            {"campaign_id": own.id, "partner_id": self.partners[3].id}
        )
        with self.assertRaises(AccessError), self.cr.savepoint():
            member.campaign_id = self.campaign.id
            member.flush_recordset()
        with self.assertRaises(AccessError), self.cr.savepoint():
            own.write({"member_ids": [Command.link(self.member.id)]})
        line = self.env["crm.campaign.budget.line"].with_user(self.outsider)
        line = line.create({"campaign_id": own.id, "name": "Gifts"})
        self._assert_refused(line, self.outsider, {"campaign_id": self.campaign.id})

    def test_delete(self):
        unused = self._new_campaign("Unused", user_id=self.owner.id)
        with self.assertRaises(AccessError):
            unused.with_user(self.outsider).unlink()
        unused.with_user(self.owner).unlink()
        self.assertFalse(unused.exists())

    # Members

    def test_member_read(self):
        self._assert_seen_by(
            self.member, self.manager, self.owner, self.shared, self.assignee
        )
        self._assert_seen_by(self.other_member, self.manager, self.owner, self.shared)

    def test_assignee_records_own_results_only(self):
        self.member.with_user(self.assignee).write(
            {"result_id": self.joined.id, "note": "Comes"}
        )
        self.assertEqual(self.member.state, "done")
        self._assert_refused(
            self.other_member, self.assignee, {"result_id": self.joined.id}
        )
        self._assert_refused(self.member, self.outsider, {"note": "Not mine"})
        with self.assertRaises(AccessError):
            self.env["crm.campaign.result.record"].with_user(self.assignee).create(
                {
                    "member_ids": [Command.set(self.other_member.ids)],
                    "result_id": self.joined.id,
                }
            )

    def test_assignee_does_not_reassign(self):
        for values in (
            {"user_id": self.outsider.id},
            {"user_id": False},
            {"partner_id": self.partners[3].id},
            {"campaign_id": self.campaign.id},
        ):
            self._assert_refused(self.member, self.assignee, values)
        with self.assertRaises(AccessError):
            self.member.with_user(self.assignee).unlink()
        for user in (self.owner, self.shared, self.manager):
            self.member.with_user(user).user_id = user
            self.assertEqual(self.member.user_id, user)

    # Budget

    def test_budget_follows_the_campaign(self):
        self._assert_seen_by(
            self.line, self.manager, self.owner, self.shared, self.assignee
        )
        for user in (self.assignee, self.outsider, self.foreign_manager):
            self._assert_refused(self.line, user, {"actual": 1})
        self.line.with_user(self.shared).actual = 400000
        with self.assertRaises(AccessError):
            self.line.with_user(self.assignee).copy()
        with self.assertRaises(AccessError):
            self.line.with_user(self.assignee).unlink()

    # Results

    def test_results_are_the_managers(self):
        self._assert_refused(self.joined, self.owner, {"is_positive": False})
        self.joined.with_user(self.manager).sequence = 1
        self.assertEqual(self.joined.sequence, 1)
