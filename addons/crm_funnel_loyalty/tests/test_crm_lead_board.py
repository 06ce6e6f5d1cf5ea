from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged, users

from .common import FunnelCommon


@tagged("post_install", "-at_install")
class TestCrmLeadBoard(FunnelCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stages = cls.env["crm.lead.stage"].search([])
        cls.first = cls.stages[0]

    def read_columns(self, user, domain):
        """Columns of the board as the web client asks for them."""
        result = (
            self.env["crm.lead"]
            .with_user(user)
            .with_context(read_group_expand=True)
            .web_read_group(domain, groupby=["lead_stage_id"])
        )
        stages = [group["lead_stage_id"] for group in result["groups"]]
        return [stage[0] for stage in stages if stage]

    def test_new_lead_lands_in_first_stage(self):
        self.assertEqual(self.make_lead().lead_stage_id, self.first)
        self.assertTrue(self.make_lead().lead_stage_date)

    def test_lead_from_mail_lands_in_first_stage(self):
        lead = self.env["crm.lead"].message_new(
            {"subject": "Hỏi giá", "from": "khach@example.com", "message_id": "<1@x>"},
            {"type": "lead", "team_id": self.team.id},
        )
        self.assertEqual(lead.lead_stage_id, self.first)

    def test_imported_lead_lands_in_first_stage(self):
        result = self.env["crm.lead"].load(
            ["name", "type", "phone"], [["Set trà", "Lead", "0901234567"]]
        )
        lead = self.env["crm.lead"].browse(result["ids"])
        self.assertEqual(lead.lead_stage_id, self.first)

    def test_opportunity_gets_no_lead_stage(self):
        opportunity = self.make_opportunity(self.customer)
        self.assertFalse(opportunity.lead_stage_id)

    def test_first_stage_of_the_team(self):
        own = self.env["crm.lead.stage"].create(
            {"name": "VIP", "sequence": -1, "team_ids": [Command.set(self.team.ids)]}
        )
        other_team = self.env["crm.team"].create(
            {"name": "Team B", "use_leads": True, "member_ids": [self.manager.id]}
        )
        lead = self.make_lead()
        self.assertEqual(lead.lead_stage_id, own)
        lead.write({"team_id": other_team.id, "user_id": self.manager.id})
        self.assertEqual(lead.lead_stage_id, self.first, "VIP is not for this team")

    def test_copy_starts_again(self):
        lead = self.make_lead(lead_stage_id=self.stages[2].id)
        self.assertEqual(lead.copy().lead_stage_id, self.first)

    @users("funnel_seller")
    def test_empty_stages_are_columns(self):
        domain = [("type", "=", "lead"), ("id", "=", self.make_lead().id)]
        columns = self.read_columns(self.env.user, domain)
        self.assertEqual(columns, self.stages.ids)

    def test_stage_of_foreign_team_is_no_column(self):
        team = self.env["crm.team"].create({"name": "Team B"})
        stage = self.env["crm.lead.stage"].create(
            {"name": "Theirs", "team_ids": [Command.set(team.ids)]}
        )
        for user, shown in ((self.seller, False), (self.manager, True)):
            columns = self.read_columns(user, [("type", "=", "lead")])
            self.assertEqual(stage.id in columns, shown)

    @users("funnel_seller")
    def test_salesperson_drags_card_not_column(self):
        lead = self.make_lead().with_env(self.env)
        lead.lead_stage_id = self.stages[1]
        self.assertEqual(lead.lead_stage_id, self.stages[1])
        with self.assertRaises(AccessError):
            self.stages.with_env(self.env).web_resequence({}, field_name="sequence")

    @users("funnel_manager")
    def test_manager_drags_column(self):
        stages = self.stages.with_env(self.env)
        turned = stages[::-1]
        turned.web_resequence({"name": {}}, field_name="sequence")
        stages.invalidate_model()
        self.assertEqual(self.env["crm.lead.stage"].search([]), turned)

    def test_stage_date_follows_each_move(self):
        leads = self.make_lead() | self.make_lead(lead_stage_id=self.stages[1].id)
        past = self.env.cr.now() - timedelta(days=3)
        leads.lead_stage_date = past
        leads.write({"lead_stage_id": self.stages[1].id})
        self.assertEqual(leads[0].lead_stage_days, 0)
        self.assertEqual(leads[1].lead_stage_days, 3, "was there already")

    def test_lead_rots_in_its_stage(self):
        self.first.rotting_threshold_days = 3
        fresh, rotten = self.make_lead(), self.make_lead()
        rotten.lead_stage_date = self.env.cr.now() - timedelta(days=5)
        self.assertFalse(fresh.is_rotting)
        self.assertTrue(rotten.is_rotting)
        self.assertEqual(rotten.rotting_days, 5)
        ours = [("id", "in", (fresh | rotten).ids)]
        Lead = self.env["crm.lead"]
        self.assertEqual(Lead.search([*ours, ("is_rotting", "=", True)]), rotten)
        self.assertEqual(Lead.search([*ours, ("is_rotting", "!=", True)]), fresh)
        self.first.rotting_threshold_days = 0
        rotten.invalidate_recordset()
        self.assertFalse(rotten.is_rotting)

    @users("funnel_seller")
    def test_quick_create(self):
        view = "crm_funnel_loyalty.crm_lead_view_form_quick_create"
        model = self.env["crm.lead"].with_context(
            default_type="lead", default_lead_stage_id=self.stages[1].id
        )
        with Form(model, view=view) as form:
            form.name = "Trà detox"
            form.contact_name = "Lê Thị Mai"
            form.phone = "0912 345 678"
        lead = form.record
        self.assertEqual(lead.lead_stage_id, self.stages[1])
        self.assertEqual(lead.user_id, self.seller)

    def test_both_menus_show_the_same_board(self):
        ours = self.env.ref("crm_funnel_loyalty.action_lead_board")
        core = self.env.ref("crm.crm_lead_all_leads")
        boards = {dict(map(reversed, action.views))["kanban"] for action in ours | core}
        self.assertEqual(boards, {self.env.ref("crm.view_crm_lead_kanban").id})

    def test_search_filters(self):
        lead = self.make_lead()
        unassigned = self.make_lead(user_id=False)
        lead.campaign_id = self.env["utm.campaign"].create({"name": "Tết"})
        ours = [("id", "in", (lead | unassigned).ids)]
        arch = self.env["crm.lead"].get_view(
            self.env.ref("crm.view_crm_case_leads_filter").id, "search"
        )["arch"]
        for name in ("new_leads", "assigned_leads", "no_campaign", "unassigned_leads"):
            self.assertIn(f'name="{name}"', arch)
        Lead = self.env["crm.lead"]
        self.assertEqual(Lead.search([*ours, ("campaign_id", "=", False)]), unassigned)
        self.assertEqual(Lead.search([*ours, ("user_id", "!=", False)]), lead)
