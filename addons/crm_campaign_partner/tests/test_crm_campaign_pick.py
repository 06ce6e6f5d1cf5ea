from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import CampaignCase


@tagged("post_install", "-at_install")
class TestCrmCampaignPick(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vip = cls.env["res.partner.category"].create({"name": "VIP"})
        cls.partners[3].active = False
        cls.criteria = repr([("id", "in", cls.partners.ids)])

    def _new_pick(self, user=None, **values):
        return (
            self.env["crm.campaign.pick"]
            .with_user(user or self.manager)
            .create(
                {
                    "campaign_id": self.sub_campaign.id,
                    "criteria": self.criteria,
                    **values,
                }
            )
        )

    def test_counts(self):
        self.campaign.state = "running"
        self._new_member(self.campaign, self.partners[2])
        self._new_member(self.campaign, self.partners[1])
        pick = self._new_pick()
        self.assertEqual(pick.partner_count, 3)
        self.assertEqual(pick.existing_count, 2)
        self.assertEqual(pick.busy_count, 2)
        pick.show_archived = True
        self.assertEqual(pick.partner_count, 4)
        self.assertFalse(self.sub_campaign.member_ids.partner_id & self.partners[2:])

    def test_add(self):
        action = self._new_pick().action_add()
        self.assertEqual(
            action["params"]["message"],
            "1 customers added, 2 were already in the campaign.",
        )
        added = self.sub_campaign.member_ids - self.member - self.other_member
        self.assertRecordValues(
            added,
            [
                {
                    "partner_id": self.partners[2].id,
                    "user_id": self.owner.id,
                    "company_id": self.company.id,
                    "state": "todo",
                    "create_uid": self.manager.id,
                }
            ],
        )
        self.assertEqual(self.member.user_id, self.assignee)
        self.assertEqual(self.sub_campaign.member_count, 3)
        self.assertIn("1 customers added", self.sub_campaign.message_ids[0].body)

    def test_add_again_adds_nobody(self):
        self._new_pick().action_add()
        self.assertIn(
            "0 customers added, 3", self._new_pick().action_add()["params"]["message"]
        )

    def test_archived_only_when_asked_for(self):
        self._new_pick().action_add()
        members = self.env["crm.campaign.member"]
        domain = [("partner_id", "=", self.partners[3].id)]
        self.assertFalse(members.search(domain))
        self._new_pick(show_archived=True).action_add()
        self.assertTrue(members.search(domain))

    def test_same_columns_as_create(self):
        """What the INSERT makes is what create() makes."""
        self._new_pick().action_add()
        inserted = self.sub_campaign.member_ids.filtered(
            lambda member: member.partner_id == self.partners[2]
        )
        created = self._new_member(self.campaign, self.partners[2])
        for name, field in created._fields.items():
            if (
                field.store
                and field.column_type
                and name
                not in {
                    "id",
                    "campaign_id",
                    "create_uid",
                    "write_uid",
                    "create_date",
                    "write_date",
                }
            ):
                self.assertEqual(inserted[name], created[name], name)

    def test_partners_get_the_tags(self):
        self.assignee.group_ids |= self.env.ref(
            "crm_campaign_partner.group_campaign_manager"
        )
        self.partners[0].category_id = self.vip
        self._new_pick(
            user=self.assignee, tag_ids=[Command.set(self.vip.ids)]
        ).action_add()
        self.assertEqual(self.partners[:3].category_id, self.vip)
        self.assertFalse(self.partners[3].category_id)
        self.assertEqual(self.vip.partner_ids, self.partners[:3])

    def test_tags_need_the_right_to_change_partners(self):
        pick = self._new_pick(tag_ids=[Command.set(self.vip.ids)])
        with self.assertRaises(AccessError):
            pick.action_add()

    def test_only_partners_the_user_may_see(self):
        self.env["ir.rule"].create(
            {
                "name": "Not the third",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": [("id", "!=", self.partners[2].id)],
            }
        )
        pick = self._new_pick(user=self.owner)
        self.assertEqual(pick.partner_count, 2)
        pick.action_add()
        self.assertNotIn(self.partners[2], self.sub_campaign.member_ids.partner_id)

    def test_partners_of_other_companies_stay_out(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.company_ids |= elsewhere
        self.partners[2].company_id = elsewhere
        pick = self._new_pick().with_context(
            allowed_company_ids=(self.company | elsewhere).ids
        )
        self.assertEqual(pick.partner_count, 2)

    def test_starting_criteria_leave_out_our_own_companies(self):
        pick = self._new_pick()
        self.env.add_to_compute(pick._fields["criteria"], pick)
        found = self.env["res.partner"].browse(pick._search_partners())
        self.assertIn(self.partners[0], found)
        self.assertNotIn(self.company.partner_id, found)

    def test_only_organisers_add(self):
        for user in (self.assignee, self.outsider):
            with self.assertRaises(AccessError):
                self._new_pick(user=user).action_add()
        self._new_pick(user=self.shared).action_add()
        self.assertEqual(len(self.sub_campaign.member_ids), 3)

    def test_not_when_over_and_not_nobody(self):
        with self.assertRaises(UserError):
            self._new_pick(criteria="[('id', '=', 0)]").action_add()
        self.sub_campaign.state = "done"
        with self.assertRaises(UserError):
            self._new_pick().action_add()

    def test_criteria_are_data_not_code(self):
        for criteria in ("__import__('os')", "[('id', '=', 1", "42"):
            with self.assertRaises(UserError):
                self._new_pick(criteria=criteria).action_add()

    def test_starting_criteria_follow_the_audience(self):
        pick = self.env["crm.campaign.pick"].new({"campaign_id": self.campaign.id})
        self.assertIn("is_company", pick.criteria)
        self.campaign.audience = "customer"
        pick = self.env["crm.campaign.pick"].new({"campaign_id": self.campaign.id})
        self.assertIn("customer_rank", pick.criteria)

    def test_queries_do_not_grow_with_partners(self):
        more = self.env["res.partner"].create(
            [{"name": f"More {number}"} for number in range(300)]
        )
        few = self._new_pick(criteria=repr([("id", "in", self.partners.ids)]))
        many = self._new_pick(
            criteria=repr([("id", "in", more.ids)]), campaign_id=self.campaign.id
        )
        self.env.flush_all()
        few._insert_members()
        before = self.cr.sql_log_count
        few._insert_members()
        with self.assertQueryCount(self.cr.sql_log_count - before):
            self.assertEqual(many._insert_members(), 300)

    # Quick criteria

    def _found(self, **values):
        pick = self._new_pick(**values)
        return pick.preview_ids

    def test_quick_criteria(self):
        grade = self.env["res.partner.grade"].create({"name": "Level A"})
        north = self.env.ref("base.state_vn_VN-HN")
        self.partners[0].grade_id = grade
        self.partners[1].write({"category_id": [Command.link(self.vip.id)]})
        self.partners[2].write({"state_id": north.id, "user_id": self.owner.id})
        self.assertEqual(self._found(), self.partners[:3])
        for values, expected in (
            ({"grade_ids": [Command.set(grade.ids)]}, self.partners[0]),
            ({"category_ids": [Command.set(self.vip.ids)]}, self.partners[1]),
            ({"state_ids": [Command.set(north.ids)]}, self.partners[2]),
            ({"salesperson_ids": [Command.set(self.owner.ids)]}, self.partners[2]),
            ({"chosen_ids": [Command.set(self.partners[1].ids)]}, self.partners[1]),
        ):
            self.assertEqual(self._found(**values), expected, values)

    def _sell(self, partner, day, amount):
        product = self.env["product.product"].create({"name": "Serum"})
        order = (
            self.env["sale.order"]
            .with_company(self.company)
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "price_unit": amount,
                                "tax_ids": False,
                            }
                        )
                    ],
                }
            )
        )
        order.action_confirm()
        order.date_order = day
        return order

    def test_last_order(self):
        today = fields.Date.today()
        old, recent = today - timedelta(days=200), today - timedelta(days=5)
        self._sell(self.partners[0], old, 100)
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.partners[1].id}
        )
        self._sell(contact, recent, 500)
        month = today - timedelta(days=30)
        self.assertEqual(self._found(ordered_since=month), self.partners[1])
        self.assertEqual(self._found(not_ordered_since=month), self.partners[0])
        self.assertEqual(self.partners[1].last_sale_date, recent)
        self.assertFalse(self.partners[2].last_sale_date)

    def test_the_biggest_are_tagged_before_all_are_added(self):
        today = fields.Date.today()
        self._sell(self.partners[0], today, 100)
        self._sell(self.partners[2], today, 900)
        self.manager.group_ids += self.env.ref("sales_team.group_sale_salesman")
        pick = self._new_pick(top_count=1, tag_ids=[Command.set(self.vip.ids)])
        self.assertEqual((pick.partner_count, pick.preview_ids), (1, self.partners[2]))
        pick.action_tag()
        self.assertEqual(self.vip.partner_ids, self.partners[2])
        pick.top_count = 0
        self.assertEqual(pick.partner_count, 3)
        pick.top_count = 2
        self.assertEqual(pick.preview_ids, self.partners[2] + self.partners[0])
        with self.assertRaises(UserError):
            pick.action_tag()
        with self.assertRaises(ValidationError):
            pick.top_count = -1

    def test_who_is_busy_elsewhere_and_with_whom(self):
        self.campaign.state = "running"
        self._new_member(self.campaign, self.partners[2], user_id=self.shared.id)
        found = self._found()
        self.assertEqual(
            found[2].with_user(self.outsider).running_campaigns,
            f"Dealers ({self.shared.name})",
        )
        self.assertEqual(self._found(without_busy=True), self.partners[:2])
        other = self._new_member(self.sub_campaign, self.partners[2])
        self.assertTrue(other.is_in_other_campaign)
        self.assertIn("Dealers (", other.other_campaigns)
        searched = self.env["crm.campaign.member"].search(
            [
                ("is_in_other_campaign", "=", True),
                ("campaign_id", "=", self.sub_campaign.id),
            ]
        )
        self.assertEqual(searched, other)
        self.assertFalse(self.member.is_in_other_campaign)

    def test_who_cannot_be_reached(self):
        self.partners[0].phone = "0901234567"
        self.partners[1].email = "a@example.com"
        self.assertEqual(self._new_pick().unreachable_count, 1)

    def test_preview_queries_do_not_grow(self):
        counts = []
        for partners in (self.partners[:1], self.partners[:2], self.partners[:3]):
            pick = self._new_pick(criteria=repr([("id", "in", partners.ids)]))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = pick.preview_ids
            found.mapped("running_campaigns")
            found.mapped("last_sale_date")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
