from datetime import timedelta

from lxml import etree

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged, users
from odoo.tools.safe_eval import safe_eval

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

    def test_stage_date_follows_a_move_with_the_team(self):
        """Another salesperson, another team: its first stage, from now on."""
        own = self.env["crm.lead.stage"].create(
            {"name": "VIP", "sequence": -1, "team_ids": [Command.set(self.team.ids)]}
        )
        self.env["crm.team"].create(
            {"name": "Team B", "use_leads": True, "member_ids": [self.manager.id]}
        )
        lead = self.make_lead()
        lead.lead_stage_date = self.env.cr.now() - timedelta(days=3)
        self.assertEqual((lead.lead_stage_id, lead.lead_stage_days), (own, 3))
        lead.user_id = self.manager
        self.assertEqual((lead.lead_stage_id, lead.lead_stage_days), (self.first, 0))

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

    def test_stage_of_another_team_is_refused(self):
        team = self.env["crm.team"].create({"name": "Team B"})
        theirs = self.env["crm.lead.stage"].create(
            {"name": "Theirs", "team_ids": [Command.set(team.ids)]}
        )
        lead = self.make_lead()
        with (
            self.assertRaisesRegex(ValidationError, "belongs to Team B"),
            self.env.cr.savepoint(),
        ):
            lead.lead_stage_id = theirs
        lead.write({"team_id": team.id, "lead_stage_id": theirs.id})
        self.assertEqual(lead.lead_stage_id, theirs)

    @users("funnel_seller")
    def test_foreign_number_is_kept_and_ours_is_read_anywhere(self):
        self.env.company.sudo().country_id = self.env.ref("base.be")
        for typed, kept in (
            ("0912 345 678", "+84 912 345 678"),
            ("+1 650 253 0000", "+1 650-253-0000"),
            ("abc", "abc"),
        ):
            lead = self.env["crm.lead"].new({"type": "lead", "phone": typed})
            lead._onchange_phone_validation()
            self.assertEqual(lead.phone, kept)

    # Untouched

    def make_old_lead(self, days):
        lead = self.make_lead()
        self.env.flush_all()
        moment = self.env.cr.now() - timedelta(days=days, hours=1)
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s, lead_stage_date = %s WHERE id = %s",
            [moment, moment, lead.id],
        )
        self.env.cr.execute(
            "UPDATE mail_message SET date = %s"
            " WHERE model = 'crm.lead' AND res_id = %s",
            [moment, lead.id],
        )
        self.env.invalidate_all()
        return lead

    def assertUntouched(self, lead, days):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(lead.untouched_days, days)
        one = [("id", "=", lead.id)]
        Lead = self.env["crm.lead"]
        self.assertEqual(Lead.search([*one, ("untouched_days", ">=", days)]), lead)
        self.assertEqual(Lead.search([*one, ("untouched_days", "<=", days)]), lead)
        self.assertFalse(Lead.search([*one, ("untouched_days", ">", days)]))
        self.assertFalse(Lead.search([*one, ("untouched_days", "<", days)]))

    def test_untouched_since_it_came(self):
        self.assertUntouched(self.make_old_lead(5), 5)
        self.assertUntouched(self.make_lead(), 0)

    def test_what_touches(self):
        acts = (
            lambda lead: lead.with_user(self.seller).message_post(
                body="Called", message_type="comment"
            ),
            lambda lead: (
                lead.with_user(self.seller)
                .activity_schedule("mail.mail_activity_data_call")
                .action_done()
            ),
            lambda lead: self.env["crm.phonecall"].create(
                {"name": "Call", "opportunity_id": lead.id}
            ),
            lambda lead: lead.write({"lead_stage_id": self.stages[1].id}),
        )
        for act in acts:
            lead = self.make_old_lead(5)
            act(lead)
            self.assertUntouched(lead, 0)

    def touch(self, lead, state):
        (touch,) = self.env["crm.contact.touch"].create(
            {
                "company_id": self.env.company.id,
                "channel": "sms",
                "kind": "care",
                "res_model": "crm.lead",
                "res_id": lead.id,
                "state": state,
            }
        )
        return touch

    def test_what_was_sent_touches(self):
        for state, days in (("sent", 0), ("queued", 0), ("blocked", 5), ("failed", 5)):
            lead = self.make_old_lead(5)
            self.touch(lead, state)
            self.assertUntouched(lead, days)

    def test_what_does_not_touch(self):
        self.customer.email = "hoa@example.com"
        lead = self.make_old_lead(5)
        lead.message_post(
            body="When?", message_type="email", author_id=self.customer.id
        )
        lead.message_post(body="Assigned by the system")
        lead.priority = "2"
        self.assertUntouched(lead, 5)

    def test_message_of_no_record_hides_nothing(self):
        message = self.make_lead().message_post(
            body="Called", message_type="comment", author_id=self.seller.partner_id.id
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_message SET res_id = NULL WHERE id = %s", [message.id]
        )
        self.assertUntouched(self.make_old_lead(5), 5)

    def test_untouched_asks_for_a_number(self):
        for leaf in (("untouched_days", ">=", "x"), ("untouched_days", "=", 3)):
            with self.assertRaisesRegex(UserError, "number of days"):
                self.env["crm.lead"].search([leaf])

    def test_untouched_queries_do_not_grow(self):
        def count(number):
            leads = self.env["crm.lead"].browse()
            for _number in range(number):
                leads |= self.make_old_lead(2)
            leads.mapped("lead_stage_date")
            before = self.env.cr.sql_log_count
            leads.mapped("untouched_days")
            return self.env.cr.sql_log_count - before

        self.assertEqual(count(2), count(9))

    # Filters

    def search_by(self, name, user=None):
        """Leads that a filter of the board finds, as its user."""
        model = self.env["crm.lead"].with_user(user or self.manager)
        view = self.env.ref("crm.view_crm_case_leads_filter")
        arch = etree.fromstring(model.get_view(view.id, "search")["arch"])
        (node,) = arch.xpath(f"//filter[@name='{name}']")
        domain = safe_eval(node.get("domain"), {"uid": model.env.uid})
        return model.search([*domain, ("type", "=", "lead")])

    def test_search_filters(self):
        campaign = self.env["utm.campaign"].create({"name": "Tết"})
        lead = self.make_lead(campaign_id=campaign.id, partner_id=self.customer.id)
        unassigned = self.make_lead(user_id=False, contact_name="Nobody's")
        old = self.make_old_lead(8)
        twin = self.make_lead(phone="0907000001") | self.make_lead(phone="0907000001")
        ours = lead | unassigned | old | twin
        for name, found in {
            "new_leads": ours - old,
            "unassigned_leads": unassigned,
            "assigned_leads": ours - unassigned,
            "no_campaign": ours - lead,
            "with_customer": lead,
            "without_customer": ours - lead,
            "duplicates": twin,
            "untouched_3": old,
            "untouched_7": old,
            "untouched_30": ours.browse(),
            "rotting": old,
        }.items():
            self.assertEqual(self.search_by(name) & ours, found, name)
        self.assertEqual(self.search_by("my_leads", self.seller), ours - unassigned)

    def test_groups_and_searches(self):
        arch = self.env["crm.lead"].get_view(
            self.env.ref("crm.view_crm_case_leads_filter").id, "search"
        )["arch"]
        for group in ("saleschannel", "medium", "source", "customer", "person"):
            self.assertIn(f'name="{group}"', arch)
        for field in ("partner_id", "medium_id", "team_id", "untouched_days"):
            self.assertIn(f'<field name="{field}"', arch)

    @users("funnel_manager")
    def test_manager_sees_each_salesperson(self):
        mine, theirs = self.make_lead(), self.make_lead(user_id=self.other.id)
        action = self.env.ref("crm_funnel_loyalty.action_leads_by_salesperson").sudo()
        view = dict(map(reversed, action.views))["kanban"]
        board = self.env["crm.lead"].get_view(view, "kanban")["arch"]
        self.assertIn('default_group_by="user_id"', board)
        groups = self.env["crm.lead"].web_read_group(
            [("id", "in", (mine | theirs).ids)], ["user_id"]
        )["groups"]
        self.assertEqual(
            {group["user_id"][0]: group["__count"] for group in groups},
            {self.seller.id: 1, self.other.id: 1},
        )
        mine.with_env(self.env).user_id = self.other
        self.assertEqual(mine.user_id, self.other, "dragged to the colleague")
