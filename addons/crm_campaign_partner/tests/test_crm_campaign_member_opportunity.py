from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CampaignCase


@tagged("post_install", "-at_install")
class TestCrmCampaignMemberOpportunity(CampaignCase):
    def test_opportunity(self):
        self.member.note = "Wants 30 boxes"
        action = self.member.with_user(self.assignee).action_create_opportunity()
        lead = self.member.lead_id
        self.assertEqual(action["res_id"], lead.id)
        self.assertRecordValues(
            lead,
            [
                {
                    "type": "opportunity",
                    "name": "Dealer 0 – Dealers North",
                    "partner_id": self.partners[0].id,
                    "user_id": self.assignee.id,
                    "campaign_id": self.sub_campaign.utm_campaign_id.id,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertIn("Wants 30 boxes", lead.description)
        self.assertEqual(lead.create_uid, self.assignee)
        self.assertEqual(self.campaign.opportunity_count, 1)

    def test_not_twice(self):
        member = self.member.with_user(self.assignee)
        member.action_create_opportunity()
        lead = self.member.lead_id
        with self.assertRaises(UserError):
            member.action_create_opportunity()
        self.assertEqual(self.member.lead_id, lead)

    def test_no_other_way_to_a_lead(self):
        lead = self.env["crm.lead"].create({"name": "Some other"})
        for user in (self.assignee, self.owner, self.manager):
            with self.assertRaises(AccessError):
                self.member.with_user(user).lead_id = lead
        members = self.env["crm.campaign.member"].with_user(self.owner)
        values = {"campaign_id": self.campaign.id, "partner_id": self.partners[3].id}
        with self.assertRaises(AccessError), self.cr.savepoint():
            members.create({**values, "lead_id": lead.id})
        with self.assertRaises(AccessError), self.cr.savepoint():
            members.with_context(default_lead_id=lead.id).create(values)

    def test_only_of_own_members(self):
        with self.assertRaises(AccessError):
            self.other_member.with_user(self.assignee).action_create_opportunity()

    def test_needs_the_right_to_make_leads(self):
        with self.assertRaises(AccessError):
            self.other_member.with_user(self.owner).action_create_opportunity()
        self.assertFalse(self.other_member.lead_id)
