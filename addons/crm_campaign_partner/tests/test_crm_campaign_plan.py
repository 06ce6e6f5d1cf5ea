from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import CampaignCase


@tagged("post_install", "-at_install")
class TestCrmCampaignPlan(CampaignCase):
    @freeze_time("2026-03-02")
    def test_code_per_company_and_year(self):
        first, second = self._new_campaign("One"), self._new_campaign("Two")
        number = int(first.code.rsplit("/", 1)[1])
        self.assertEqual(first.code, f"CD/2026/{number:04d}")
        self.assertEqual(second.code, f"CD/2026/{number + 1:04d}")
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = (
            self.env["crm.campaign"]
            .with_context(allowed_company_ids=elsewhere.ids)
            .create({"title": "Foreign"})
        )
        self.assertEqual(foreign.company_id, elsewhere)
        self.assertEqual(foreign.code, "CD/2026/0001")

    @freeze_time("2027-01-05")
    def test_code_starts_anew_each_year(self):
        self.assertEqual(self._new_campaign("New Year").code, "CD/2027/0001")

    def test_sequence_made_once(self):
        self.company._create_campaign_sequences()
        domain = [("code", "=", "crm.campaign"), ("company_id", "=", self.company.id)]
        self.assertEqual(self.env["ir.sequence"].search_count(domain), 1)

    def test_utm_campaign_follows(self):
        utm = self.campaign.utm_campaign_id
        self.assertEqual(utm.title, "Dealers")
        self.assertEqual((utm.user_id, utm.company_id), (self.owner, self.company))
        self.campaign.write({"user_id": self.manager.id, "active": False})
        self.assertEqual(utm.user_id, self.manager)
        self.assertFalse(utm.active)

    def test_owner_is_not_taken_over_through_the_utm_campaign(self):
        utm = self.campaign.utm_campaign_id.with_user(self.outsider)
        utm.write({"user_id": self.outsider.id, "active": False})
        self.assertEqual(self.campaign.user_id, self.owner)
        self.assertTrue(self.campaign.active)

    @mute_logger("odoo.sql_db")
    def test_one_campaign_per_utm_campaign(self):
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self._new_campaign("", utm_campaign_id=self.campaign.utm_campaign_id.id)

    def test_same_title_twice(self):
        twin = self._new_campaign("Dealers")
        self.assertEqual(twin.title, self.campaign.title)
        self.assertNotEqual(twin.name, self.campaign.name)

    def test_copy_takes_the_plan_not_the_people(self):
        self.env["crm.campaign.budget.line"].create(
            {"campaign_id": self.sub_campaign.id, "name": "Gifts", "planned": 500000}
        )
        self.sub_campaign.action_start()
        copy = self.sub_campaign.copy()
        self.assertEqual(copy.title, "Dealers North (copy)")
        self.assertEqual(copy.state, "draft")
        self.assertNotEqual(copy.code, self.sub_campaign.code)
        self.assertNotEqual(copy.utm_campaign_id, self.sub_campaign.utm_campaign_id)
        self.assertEqual(copy.budget_line_ids.mapped("planned"), [500000])
        self.assertFalse(copy.member_ids)

    def test_states(self):
        self.campaign.action_start()
        self.assertEqual(self.campaign.state, "running")
        self.campaign.action_done()
        self.assertEqual(self.campaign.state, "done")
        self.campaign.action_draft()
        self.assertEqual(self.campaign.state, "draft")
        self.campaign.action_cancel()
        self.assertEqual(self.campaign.state, "cancelled")

    def test_dates_inside_the_campaign_above(self):
        for values in (
            {"date_begin": "2025-12-31"},
            {"date_end": "2027-01-01"},
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.sub_campaign.write(values)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.campaign.date_end = "2026-06-30"
        self.sub_campaign.date_end = "2026-06-30"
        self.campaign.date_end = "2026-06-30"

    def test_open_dates(self):
        self.campaign.write({"date_begin": False, "date_end": False})
        self.sub_campaign.date_end = "2030-01-01"
        self.sub_campaign.date_begin = False
        self.assertFalse(self.sub_campaign.date_begin)

    @mute_logger("odoo.sql_db")
    def test_end_not_before_begin(self):
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self._new_campaign("Back", date_begin="2026-02-01", date_end="2026-01-31")

    def test_no_cycle(self):
        with self.assertRaises(UserError), self.cr.savepoint():
            self.campaign.parent_id = self.sub_campaign

    def test_company_of_the_tree(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(UserError), self.cr.savepoint():
            self.env["crm.campaign"].create(
                {
                    "title": "Foreign",
                    "company_id": elsewhere.id,
                    "parent_id": self.campaign.id,
                }
            )

    def test_delete_only_what_nothing_refers_to(self):
        for used in (self.campaign, self.sub_campaign):
            with self.assertRaises(UserError), self.cr.savepoint():
                used.unlink()
        unused = self._new_campaign("Mistake")
        utm = unused.utm_campaign_id
        unused.unlink()
        self.assertFalse(utm.exists())

    def test_delete_refused_for_budget_and_leads(self):
        planned = self._new_campaign("Planned")
        self.env["crm.campaign.budget.line"].create(
            {"campaign_id": planned.id, "name": "Gifts"}
        )
        tracked = self._new_campaign("Tracked")
        self.env["crm.lead"].create(
            {"name": "Lost", "active": False, "campaign_id": tracked.utm_campaign_id.id}
        )
        for used in (planned, tracked):
            with self.assertRaises(UserError), self.cr.savepoint():
                used.unlink()

    @mute_logger("odoo.sql_db")
    def test_utm_campaign_in_use_is_not_deleted(self):
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.campaign.utm_campaign_id.unlink()

    @mute_logger("odoo.sql_db")
    def test_member_unique(self):
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self._new_member(self.sub_campaign, self.partners[0])
        self._new_member(self.campaign, self.partners[0])

    def test_member_defaults_to_the_owner(self):
        self.assertEqual(self.other_member.user_id, self.owner)
        self.assertEqual(self.other_member.state, "todo")

    @mute_logger("odoo.sql_db")
    def test_budget_amounts_not_negative(self):
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.env["crm.campaign.budget.line"].create(
                {"campaign_id": self.campaign.id, "name": "Gifts", "planned": -1}
            )

    def test_members_can_be_mailed(self):
        model = self.env["ir.model"]._get("crm.campaign.member")
        self.assertTrue(model.is_mailing_enabled)

    def test_form(self):
        with Form(self.env["crm.campaign"].with_user(self.manager)) as form:
            form.title = "By hand"
            with form.budget_line_ids.new() as line:
                line.name = "Gifts"
                line.planned = 1250000
        campaign = form.record
        self.assertEqual(campaign.user_id, self.manager)
        self.assertEqual(campaign.budget_planned, 1250000)
