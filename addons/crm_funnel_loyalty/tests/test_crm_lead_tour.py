from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestCrmLeadTour(HttpCase):
    """What salespeople and managers do with leads, in the real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.seller = new_test_user(
            cls.env,
            "lead_tour_seller",
            "sales_team.group_sale_salesman",
            lang="en_US",
            name="Tour Seller",
        )
        cls.manager = new_test_user(
            cls.env, "lead_tour_manager", "sales_team.group_sale_manager", lang="en_US"
        )
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Tour team",
                "use_leads": True,
                "member_ids": [Command.set(cls.seller.ids)],
            }
        )
        cls.stages = cls.env["crm.lead.stage"].search([])

    def make_lead(self, name, **vals):
        return self.env["crm.lead"].create(
            {
                "name": name,
                "type": "lead",
                "user_id": self.seller.id,
                "team_id": self.team.id,
                "country_id": self.env.ref("base.vn").id,
                **vals,
            }
        )

    def test_quick_create_and_drag_a_card(self):
        self.env["res.partner"].create({"name": "Known Lady", "phone": "+84912345678"})
        self.make_lead("Tour lead")
        self.start_tour("/odoo/leads-board", "crm_funnel_card", login=self.seller.login)
        lead = self.env["crm.lead"].search([("name", "=", "Tour Person")])
        self.assertEqual(lead.lead_stage_id, self.stages[1])
        self.assertEqual(lead.phone_sanitized, "+84912345678")
        self.assertEqual(lead.source_id.name, "By hand")
        self.assertIn("Wants a sample", lead.message_ids[0].body)

    def test_drag_a_stage(self):
        self.make_lead("Tour lead")
        self.start_tour(
            "/odoo/leads-board", "crm_funnel_stage", login=self.manager.login
        )
        self.stages.invalidate_recordset()
        order = self.env["crm.lead.stage"].search([])
        self.assertEqual(order[:2], self.stages[1] | self.stages[0])

    def test_salesperson_does_not_drag_a_stage(self):
        arch = self.env["crm.lead"].with_user(self.seller)
        board = self.env.ref("crm.view_crm_lead_kanban").id
        self.assertIn('groups_draggable="0"', arch.get_view(board, "kanban")["arch"])
        arch = self.env["crm.lead"].with_user(self.manager)
        self.assertNotIn("groups_draggable", arch.get_view(board, "kanban")["arch"])

    def test_convert_without_a_match_and_undo(self):
        lead = self.make_lead("No match", contact_name="New Man", phone="0912000001")
        self.start_tour(
            f"/odoo/leads-board/{lead.id}",
            "crm_funnel_convert_none",
            login=self.seller.login,
        )
        self.assertEqual(lead.type, "lead")
        self.assertFalse(lead.partner_id)
        self.assertFalse(
            self.env["res.partner"].search([("name", "=", "New Man")]), "undone"
        )

    def test_undo_from_another_screen_keeps_that_screen(self):
        lead = self.make_lead("No match", contact_name="New Man", phone="0912000001")
        self.start_tour(
            f"/odoo/leads-board/{lead.id}",
            "crm_funnel_convert_elsewhere",
            login=self.seller.login,
        )
        self.assertEqual(lead.type, "lead")

    def test_convert_from_the_card_with_one_match(self):
        customer = self.env["res.partner"].create(
            {"name": "Known Lady", "phone": "+84912000002"}
        )
        lead = self.make_lead("One match", phone="0912000002")
        self.start_tour(
            "/odoo/leads-board", "crm_funnel_convert_one", login=self.seller.login
        )
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.partner_id, customer)
        self.assertEqual(lead.phonecall_count, 1)

    def test_convert_with_several_matches(self):
        one, two = self.env["res.partner"].create(
            [{"name": name, "phone": "+84912000003"} for name in ("An", "Bình")]
        )
        self.env["crm.lead.checklist.item"].create({"name": "Budget known?"})
        lead = self.make_lead("Two matches", phone="0912000003")
        self.start_tour(
            f"/odoo/leads-board/{lead.id}",
            "crm_funnel_convert_several",
            login=self.seller.login,
        )
        self.assertEqual(lead.type, "opportunity")
        self.assertIn(lead.partner_id, one | two)
        self.assertEqual(lead.checklist_answer_ids.user_id, self.seller)

    def test_convert_many_with_a_report(self):
        clear = self.make_lead("Clear", contact_name="Clear", phone="0912000004")
        twins = self.make_lead("Twin A", phone="0912000005")
        twins |= self.make_lead("Twin B", phone="0912000005")
        self.start_tour(
            "/odoo/leads-board?view_type=list",
            "crm_funnel_convert_many",
            login=self.seller.login,
        )
        self.assertEqual(clear.type, "opportunity")
        self.assertEqual(twins.mapped("type"), ["lead", "lead"])
