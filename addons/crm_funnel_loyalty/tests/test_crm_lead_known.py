from odoo.fields import Command
from odoo.tests import Form, tagged, users

from .common import FunnelCommon


@tagged("post_install", "-at_install")
class TestCrmLeadKnown(FunnelCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"phone": "0901234567", "country_id": cls.vietnam.id})
        cls.order = cls.make_order(cls.customer, date_order="2026-03-02 03:00:00")

    def fill(self, model, **values):
        view = {
            "crm.lead": "crm_funnel_loyalty.crm_lead_view_form_quick_create",
            "res.partner": "base.view_partner_form",
        }[model]
        record = self.env[model].with_context(default_type="lead")
        if model == "res.partner":
            record = self.env[model]
        form = Form(record.with_context(default_country_id=self.vietnam.id), view=view)
        for name, value in values.items():
            setattr(form, name, value)
        return form

    @users("funnel_seller")
    def test_lead_form_says_at_once_who_bought_before(self):
        for phone in ("0901234567", "+84 901 234 567", "84901234567", "0901.234.567"):
            form = self.fill("crm.lead", phone=phone)
            self.assertEqual(form.known_level, "info", phone)
            self.assertIn("Bought before", form.known_text)
            self.assertIn("Nguyễn Thị Hoa", form.known_text)
            self.assertIn(self.order.name, form.known_text)
            self.assertIn("03/02/2026", form.known_text)
            self.assertIn(self.seller.name, form.known_text)

    @users("funnel_seller")
    def test_lead_form_by_email_and_never_bought(self):
        self.env["res.partner"].create(
            {"name": "Mai", "email": "Mai <mai@example.com>"}
        )
        form = self.fill("crm.lead", email_from="MAI@example.com")
        self.assertIn("has not bought yet", form.known_text)
        form.email_from = "somebody@example.com"
        self.assertFalse(form.known_level)
        self.assertFalse(form.known_text)

    @users("funnel_seller")
    def test_lead_by_tax_id(self):
        self.customer.vat = "0101248141"
        lead = self.make_lead(vat=" 0101248141 ").with_env(self.env)
        self.assertIn("Nguyễn Thị Hoa", lead.known_text)
        lead.vat = "/"
        self.assertFalse(lead.known_level, "a slash says that there is none")

    @users("funnel_seller")
    def test_open_leads_warn(self):
        twin = self.make_lead(phone="0907000001", name="Tea for two")
        form = self.fill("crm.lead", phone="0907 000 001")
        self.assertEqual(form.known_level, "warning")
        self.assertIn("Tea for two", form.known_text)
        twin.action_set_lost()
        again = self.fill("crm.lead", phone="0907 000 001")
        self.assertFalse(again.known_level, "a lost one is not in work")

    @users("funnel_other")
    def test_of_a_colleagues_lead_only_the_colleague_is_told(self):
        self.make_lead(phone="0907000001", name="Secret need")
        form = self.fill("crm.lead", phone="0907000001")
        self.assertEqual(form.known_level, "warning")
        self.assertNotIn("Secret need", form.known_text)
        self.assertIn(self.seller.name, form.known_text)

    @users("funnel_seller")
    def test_saved_lead_does_not_warn_of_itself(self):
        lead = self.make_lead(phone="0907000001").with_env(self.env)
        self.assertFalse(lead.known_level)

    @users("funnel_seller")
    def test_names_are_text(self):
        name = "<script>alert(1)</script>"
        self.env["res.partner"].create({"name": name, "phone": "0907000009"})
        lead = self.make_lead(phone="0907000009").with_env(self.env)
        self.assertNotIn("<script", lead.known_text)
        self.assertIn("&lt;script", lead.known_text)

    @users("funnel_seller")
    def test_partner_form_warns_at_once(self):
        # OCA's agreement counts on every partner form, whatever the user may read
        readers = self.env.ref("agreement.group_agreement_readonly")
        self.seller.sudo().group_ids += readers.sudo()
        form = self.fill("res.partner", name="Hoa again", phone="+84901234567")
        self.assertEqual(form.known_level, "warning")
        self.assertIn("Bought before", form.known_text)
        form.phone = "0909999999"
        self.assertFalse(form.known_level)

    def test_own_family_is_no_duplicate(self):
        child = self.env["res.partner"].create(
            {"name": "Child", "parent_id": self.customer.id, "phone": "0901234567"}
        )
        self.assertFalse(child.known_level)
        self.assertFalse(self.customer.known_level)
        self.env["res.partner"].create({"name": "Twin", "phone": "0901 234 567"})
        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.known_level, "warning")

    def test_other_company_is_not_known(self):
        company = self.env["res.company"].create({"name": "Other company"})
        stranger = self.env["res.partner"].create(
            {"name": "Stranger", "phone": "0908888888", "company_id": company.id}
        )
        lead = self.make_lead(phone="0908888888")
        self.assertFalse(lead.known_level)
        stranger.company_id = False
        lead.invalidate_recordset()
        self.assertIn("Stranger", lead.known_text)

    def test_form_does_not_ask_other_companies(self):
        """Whoever writes a foreign company into a form learns nothing of it."""
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.make_lead(
            phone="0909876501", company_id=elsewhere.id, team_id=False, user_id=False
        )
        form = self.env["crm.lead"].with_user(self.seller)
        lead = form.new(
            {"type": "lead", "phone": "0909876501", "company_id": elsewhere.id}
        )
        self.assertFalse(lead.known_text)
        self.env.user.company_ids |= elsewhere
        lead = self.env["crm.lead"].new(
            {"type": "lead", "phone": "0909876501", "company_id": elsewhere.id}
        )
        self.assertIn("Open already", lead.known_text)

    def test_core_counter_knows_every_spelling_and_the_tax_id(self):
        lead = self.make_lead(phone="0907000001", vat="0101248141")
        abroad = self.env["crm.lead"].create(
            {
                "name": "Typed abroad",
                "type": "lead",
                "phone": "0907000001",
                "country_id": self.env.ref("base.be").id,
            }
        )
        by_tax = self.make_lead(vat="0101248141")
        self.assertEqual(lead.duplicate_lead_count, 2)
        self.assertEqual(lead.duplicate_lead_ids, lead | abroad | by_tax)

    def test_twins_on_cards_and_as_filter(self):
        one = self.make_lead(phone="0907000001")
        two = self.make_lead(phone="+84907000001")
        mails = self.make_lead(email_from="x@example.com")
        mails |= self.make_opportunity(
            self.customer, email_from="X@example.com", phone=False
        )
        single = self.make_lead(phone="0907000002")
        every = one | two | mails | single
        self.assertEqual(every.filtered("has_twin"), one | two | mails)
        ours = [("id", "in", every.ids)]
        Lead = self.env["crm.lead"]
        found = Lead.search([*ours, ("has_twin", "=", True)])
        self.assertEqual(found, one | two | mails)
        self.assertEqual(Lead.search([*ours, ("has_twin", "=", False)]), single)
        leads = Lead.search([("type", "=", "lead"), ("has_twin", "=", True)])
        self.assertEqual(leads & every, one | two | mails[0], "beside other conditions")
        two.action_set_lost()
        one.invalidate_recordset()
        self.assertFalse(one.has_twin)

    def test_twin_of_another_company_does_not_count(self):
        company = self.env["res.company"].create({"name": "Other company"})
        self.env["crm.lead"].create(
            {
                "name": "Theirs",
                "type": "lead",
                "phone": "+84907000001",
                "company_id": company.id,
                "user_id": False,
                "team_id": False,
            }
        )
        lead = self.make_lead(phone="0907000001")
        self.assertFalse(lead.with_user(self.seller).has_twin)

    def test_form_costs_a_fixed_few_queries(self):
        self.env["res.partner"].create(
            [{"name": f"P{n}", "phone": "0907000001"} for n in range(2)]
        )
        few = self.make_lead(phone="0907000001")
        self.env["res.partner"].create(
            [{"name": f"Q{n}", "phone": "0907000002"} for n in range(20)]
        )
        many = self.make_lead(phone="0907000002")

        def count(lead):
            self.env.flush_all()
            self.env.invalidate_all()
            lead.mapped("phone")
            before = self.env.cr.sql_log_count
            self.assertEqual(lead.known_level, "warning")
            return self.env.cr.sql_log_count - before

        count(few)
        self.assertEqual(count(few), count(many))

    def test_portal_form_is_spared(self):
        employee = self.env["res.users"].create(
            {
                "name": "Clerk",
                "login": "funnel_clerk",
                "group_ids": [Command.set(self.env.ref("base.group_user").ids)],
            }
        )
        arch = self.customer.with_user(employee).get_view(view_type="form")["arch"]
        self.assertNotIn("known_text", arch)
