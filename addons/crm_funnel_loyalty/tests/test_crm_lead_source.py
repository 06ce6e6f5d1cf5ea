import unittest

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged, users

from .common import FunnelCommon

MAIL = """From: Khách <khach@example.com>
To: {to}
Subject: Hỏi giá trà
Message-Id: <funnel-1@example.com>
Content-Type: text/plain; charset="utf-8"

Báo giá giúp tôi.
"""


class SourceCase(FunnelCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.env["crm.lead.stage"].create(
            {"name": "Own", "sequence": -1, "team_ids": [Command.set(cls.team.ids)]}
        )

    def assertLanded(self, lead, source, team=None):
        self.assertRecordValues(
            lead,
            [
                {
                    "type": "lead",
                    "lead_stage_id": self.first.id,
                    "team_id": (team or self.team).id,
                }
            ],
        )
        self.assertEqual(lead.source_id.name, source)


@tagged("post_install", "-at_install")
class TestCrmLeadSource(SourceCase):
    def test_email_to_the_teams_address(self):
        domain = self.env["mail.alias.domain"].create({"name": "tea.example.com"})
        self.team.write({"alias_name": "sales-a", "alias_domain_id": domain.id})
        mail = MAIL.format(to="sales-a@tea.example.com")
        lead_id = self.env["mail.thread"].message_process(False, mail.encode())
        lead = self.env["crm.lead"].browse(lead_id)
        self.assertLanded(lead, "E-mail")
        self.assertEqual(lead.email_normalized, "khach@example.com")

    def test_business_card_on_the_board(self):
        action = self.env.ref("crm_funnel_loyalty.action_lead_board")
        context = {"default_type": "lead", "lead_way_in": "hand"}
        self.assertEqual(action.context, str(context))
        lead = (
            self.env["crm.lead"]
            .with_user(self.seller)
            .with_context(**context)
            .create({"phone": "+84901234567", "contact_name": "Lê Thị Mai"})
        )
        self.assertLanded(lead, "By hand")
        self.assertEqual(lead.name, "Lê Thị Mai", "called by the person")
        self.assertEqual(lead.user_id, self.seller)

    @users("funnel_seller")
    def test_phone_alone_is_enough(self):
        lead = self.env["crm.lead"].create(
            {"type": "lead", "name": False, "phone": "+84901234567"}
        )
        self.assertEqual(lead.name, "+84901234567")

    def test_file(self):
        wizard = self.env["base_import.import"].with_user(self.seller)
        wizard = wizard.create(
            {
                "res_model": "crm.lead",
                "file": "Trà,0901234567,Lê Mai\nDầu gội,0901234568,An\n".encode(),
                "file_type": "text/csv",
                "file_name": "leads.csv",
            }
        )
        wizard = wizard.with_context(default_type="lead")
        result = wizard.execute_import(
            ["name", "phone", "contact_name"],
            ["name", "phone", "contact_name"],
            {"quoting": '"', "separator": ",", "has_headers": False},
        )
        self.assertFalse([m for m in result["messages"] if m["type"] == "error"])
        for lead in self.env["crm.lead"].browse(result["ids"]):
            self.assertLanded(lead, "File")

    @users("funnel_seller")
    def test_address_book_one(self):
        action = self.customer.with_env(self.env).action_create_lead()
        lead = self.env["crm.lead"].browse(action["res_id"])
        self.assertLanded(lead, "Address book")
        self.assertEqual(lead.partner_id, self.customer)
        self.assertEqual(lead.user_id, self.seller)
        again = self.customer.with_env(self.env).action_create_lead()
        self.assertEqual(again["res_id"], lead.id, "who has one open keeps it")

    @users("funnel_seller")
    def test_address_book_many(self):
        nobody = self.env["res.partner"].create({"name": "Met at the fair"})
        both = self.customer.with_env(self.env) | nobody
        action = both.action_create_lead()
        leads = self.env["crm.lead"].search(action["domain"])
        self.assertEqual(leads.partner_id, both)
        unassigned = leads.filtered(lambda lead: lead.partner_id == nobody)
        self.assertFalse(unassigned.user_id, "collect first, then assign")
        self.assertTrue(unassigned.team_id)
        self.assertEqual(unassigned.source_id.name, "Address book")
        with self.assertRaisesRegex(UserError, "Choose"):
            self.env["res.partner"].action_create_lead()

    @users("funnel_seller")
    def test_address_book_of_a_colleague(self):
        theirs = self.env["res.partner"].create(
            {"name": "Theirs", "user_id": self.other.id}
        )
        both = self.customer.with_env(self.env) | theirs
        with self.assertRaisesRegex(UserError, r"Theirs \(funnel_other"):
            both.action_create_lead()
        action = both.with_user(self.manager).action_create_lead()
        leads = self.env["crm.lead"].sudo().search(action["domain"])
        self.assertEqual(leads.user_id, self.seller | self.other)

    def test_address_book_is_for_salespeople(self):
        clerk = new_test_user(self.env, "funnel_clerk", "base.group_user")
        portal = new_test_user(self.env, "funnel_portal", "base.group_portal")
        for user in (clerk, portal):
            with self.assertRaises(AccessError):
                self.customer.with_user(user).action_create_lead()

    def test_form_of_the_website(self):
        """What website_crm hands over: its medium, and the team of the website."""
        lead = (
            self.env["crm.lead"]
            .with_user(self.env.ref("base.user_root"))
            .create(
                {
                    "type": "lead",
                    "name": "Contact us",
                    "phone": "0901234567",
                    "medium_id": self.env.ref("utm.utm_medium_website").id,
                    "team_id": self.team.id,
                    "user_id": False,
                }
            )
        )
        self.assertLanded(lead, "Website")

    def test_without_a_team_it_gets_one(self):
        lead = (
            self.env["crm.lead"]
            .with_context(lead_way_in="email", default_user_id=False)
            .create({"type": "lead", "name": "No team", "team_id": False})
        )
        self.assertTrue(lead.team_id.use_leads)
        self.assertTrue(lead.lead_stage_id._is_for_team(lead.team_id))

    def test_what_is_given_is_kept(self):
        source = self.env["utm.source"].create({"name": "Fair in Huế"})
        lead = (
            self.env["crm.lead"]
            .with_context(lead_way_in="hand")
            .create({"type": "lead", "name": "Tea", "source_id": source.id})
        )
        self.assertEqual(lead.source_id, source)
        self.assertFalse(self.make_lead().source_id, "made by a program")
        opportunity = self.env["crm.lead"].with_context(lead_way_in="hand")
        opportunity = opportunity.create({"type": "opportunity", "name": "Need"})
        self.assertFalse(opportunity.source_id)

    def test_source_is_the_same_in_every_language(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        leads = self.env["crm.lead"].with_context(lead_way_in="hand")
        ours = leads.with_context(lang="en_US").create({"type": "lead", "name": "A"})
        theirs = leads.with_context(lang="vi_VN").create({"type": "lead", "name": "B"})
        self.assertEqual(ours.source_id, theirs.source_id)

    @users("funnel_seller")
    def test_empty_board_tells_the_address(self):
        domain = self.env["mail.alias.domain"].sudo().create({"name": "t.example.com"})
        self.team.sudo().write({"alias_name": "board", "alias_domain_id": domain.id})
        leads = self.env["crm.lead"].with_context(default_type="lead")
        text = leads.get_empty_list_help("<p>Write down your first lead</p>")
        self.assertIn("Write down your first lead", text)
        self.assertIn("mailto:board@t.example.com", text)

    def test_unknown_way_in_is_no_way_in(self):
        lead = self.env["crm.lead"].with_context(lead_way_in="<b>x</b>")
        self.assertFalse(lead.create({"type": "lead", "name": "T"}).source_id)

    def test_queries_do_not_grow(self):
        def count(number):
            leads = self.env["crm.lead"].with_context(
                lead_way_in="hand", tracking_disable=True
            )
            leads = leads.create(
                [{"type": "lead", "name": f"L{n}"} for n in range(number)]
            )
            leads.source_id = False
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            leads._complete_way_in("hand")
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(1), count(20))

    @users("funnel_seller")
    def test_bulk_message_to_leads(self):
        """The list's button opens the composer of campaigns with the chosen leads."""
        arch = self.env["crm.lead"].get_view(
            self.env.ref("crm.crm_case_tree_view_leads").id, "list"
        )["arch"]
        action = self.env.ref("crm_campaign_partner.crm_contact_compose_action_lead")
        self.assertIn(f'name="{action.id}"', arch)
        leads = self.make_lead(email_from="a@example.com") | self.make_lead()
        composer = self.env["crm.contact.compose"].with_context(
            active_model="crm.lead", active_ids=leads.ids
        )
        composer = composer.create({"channel": "email"})
        self.assertEqual(composer._get_records(), leads)


@tagged("post_install", "-at_install")
class TestCrmLeadWebsite(SourceCase, HttpCase):
    def test_form_of_the_website_for_real(self):
        """Only where ``website_crm`` is installed: nothing of ours depends on it."""
        if "website" not in self.env:
            raise unittest.SkipTest("website_crm is not installed")
        self.env["website"].search([], limit=1).crm_default_team_id = self.team
        self.authenticate(None, None)
        answer = self.url_open(
            "/website/form/crm.lead",
            data={
                "name": "Contact us",
                "contact_name": "Lê Mai",
                "phone": "0901234567",
                "csrf_token": self.csrf_token(),
            },
        )
        lead = self.env["crm.lead"].browse(answer.json()["id"])
        self.assertLanded(lead, "Website")

    def csrf_token(self):
        page = self.url_open("/web/login").text
        return page.split('name="csrf_token" value="')[1].split('"')[0]
