from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Date
from odoo.tests import Form, tagged, users

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
class TestAgreement(ContractCommon):
    def test_one_click(self):
        contract = self.make_contract()
        self.assertEqual(contract.partner_id, self.customer)
        self.assertEqual(contract.amount, 10000000)
        self.assertEqual(contract.user_id, self.seller)
        self.assertEqual(contract.state, "draft")
        self.assertEqual(contract.domain, "sale")
        self.assertTrue(contract.template_id)
        self.assertAddsUp(contract)
        self.assertEqual(self.make_contract(), contract, "opened, not made again")
        self.assertEqual(self.order.agreement_count, 1)

    def test_from_quotation(self):
        quotation = self.make_quotation(self.customer)
        contract = self.make_contract(quotation)
        self.assertEqual(contract.sale_order_id, quotation)
        quotation.action_cancel()
        empty = self.env["sale.order"].create({"partner_id": self.customer.id})
        with self.assertRaisesRegex(UserError, "Add what is sold"):
            empty.with_user(self.manager).action_create_agreement()

    def test_cancelled_contract_makes_room(self):
        first = self.make_contract()
        first.with_user(self.seller).action_cancel()
        self.assertNotEqual(self.make_contract(), first)

    def test_numbers(self):
        first = self.make_contract()
        second = first.copy()
        self.assertRegex(first.code, r"^HD/\d{4}/\d{4}$")
        self.assertNotEqual(first.code, second.code)
        foreign = self.env["agreement"].create(
            {
                "name": "Elsewhere",
                "partner_id": self.env["res.partner"].create({"name": "X"}).id,
                "company_id": self.elsewhere.id,
            }
        )
        self.assertTrue(foreign.code.endswith("/0001"))

    def test_terms_of_the_order(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "30 now, rest later",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 30}),
                    Command.create(
                        {"value": "percent", "value_amount": 70, "nb_days": 30}
                    ),
                ],
            }
        )
        terms.line_ids[0].nb_days = 0
        order = self.make_quotation(self.customer, payment_term_id=terms.id)
        parts = self.make_contract(order).instalment_ids
        self.assertEqual(parts.mapped("amount"), [1800000, 4200000])
        self.assertEqual(parts[1].due_date - parts[0].due_date, timedelta(days=30))

    def test_order_that_changes(self):
        contract = self.make_contract()
        self.assertFalse(contract.order_amount_differs)
        self.order.order_line.price_unit = 12000000
        self.assertTrue(contract.order_amount_differs)
        seller = contract.with_user(self.seller)
        with self.assertRaisesRegex(UserError, "total has changed"):
            seller.action_sign()
        seller.action_take_order_amount()
        self.assertEqual(contract.amount, 12000000)
        self.assertAddsUp(contract)
        seller.action_sign()
        self.assertEqual(contract.state, "signed")

    # ------------------------------------------------------------------
    # Text
    # ------------------------------------------------------------------

    def test_text_is_filled_in(self):
        self.customer.lang = "vi_VN"
        self.customer.name = "Nguyễn <b>Hoa</b>"
        contract = self.make_contract()
        self.assertEqual(
            contract.template_id,
            self.env.ref("crm_funnel_loyalty.agreement_template_vi"),
        )
        self.assertIn("Nguyễn &lt;b&gt;Hoa", contract.text_filled)
        self.assertIn("Mười triệu", contract.text_filled)
        self.assertNotIn("{{", contract.text_filled)
        self.assertIn("{{ customer }}", contract.text)

    def test_text_is_fixed_by_the_signature(self):
        contract = self.make_contract()
        contract.with_user(self.seller).action_sign()
        before = contract.text_filled
        self.assertIn(self.customer.name, before)
        self.customer.name = "Somebody else"
        contract.invalidate_recordset()
        self.assertEqual(contract.text_filled, before)
        contract.with_user(self.manager).action_draft()
        self.assertIn("Somebody else", contract.text_filled)

    def test_unknown_field(self):
        contract = self.make_contract()
        for text in ("{{ password }}", "{{ object.env.user }}", "{{ 7 * 7 }}"):
            with self.assertRaisesRegex(ValidationError, "no field"):
                contract.text = f"<p>{text}</p>"

    def test_amount_in_words(self):
        contract = self.make_contract()
        dong = self.env.ref("base.VND")
        dong.active = True
        contract.currency_id = dong
        spelled = contract.with_context(lang="vi_VN").amount_in_words
        self.assertEqual(spelled, "Mười triệu đồng")
        self.assertIn(
            "Ten Million", contract.with_context(lang="en_US").amount_in_words
        )

    def test_pdf(self):
        self.customer.lang = "vi_VN"
        contract = self.make_contract()
        self.plan(contract, count=3)
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("crm_funnel_loyalty.report_agreement", contract.ids)[0]
            .decode()
        )
        self.assertIn(contract.code, html)
        self.assertIn("Detox tea", html)
        self.assertIn("Mười triệu", html)
        self.assertEqual(html.count("3.333.333,33"), 2)
        self.assertEqual(html.count("3.333.333,34"), 1)

    # ------------------------------------------------------------------
    # States and rights
    # ------------------------------------------------------------------

    def test_signing_needs_a_value(self):
        contract = self.env["agreement"].create(
            {"name": "Nothing", "partner_id": self.customer.id}
        )
        with self.assertRaisesRegex(UserError, "no value"):
            contract.action_sign()

    def test_signed_is_fixed(self):
        contract = self.make_contract()
        contract.with_user(self.seller).action_sign()
        self.assertEqual(contract.signature_date, contract._get_today())
        for user in (self.seller, self.manager):
            for vals in ({"text": "<p>x</p>"}, {"start_date": "2020-01-01"}):
                with self.assertRaisesRegex(UserError, "not a draft"):
                    contract.with_user(user).write(vals)
        with self.assertRaisesRegex(UserError, "ask a manager"):
            contract.with_user(self.seller).action_draft()
        with self.assertRaisesRegex(UserError, "ask a manager"):
            contract.with_user(self.seller).action_cancel()
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            contract.with_user(self.manager).unlink()
        contract.with_user(self.manager).action_draft()
        self.assertFalse(contract.signed_text)

    def test_closing_waits_for_the_money(self):
        contract = self.make_contract()
        contract.with_user(self.seller).action_sign()
        with self.assertRaisesRegex(UserError, "not paid"):
            contract.with_user(self.seller).action_done()
        contract.with_user(self.manager).action_done()
        self.assertEqual(contract.state, "done")

    def test_value_is_not_typed_by_the_salesperson(self):
        contract = self.make_contract().with_user(self.seller)
        with self.assertRaisesRegex(AccessError, "comes from its order"):
            contract.amount = 5
        Agreement = self.env["agreement"].with_user(self.seller)
        values = {"name": "Mine", "partner_id": self.customer.id}
        with self.assertRaises(AccessError):
            Agreement.create({**values, "amount": 5})
        with self.assertRaises(AccessError):
            Agreement.with_context(default_amount=5).create(values)
        for vals in ({"state": "signed"}, {"signed_text": "<p>x</p>"}):
            with self.assertRaises(UserError):
                contract.write(vals)
            with self.assertRaises(UserError):
                Agreement.create({**values, **vals})
        contract.write({"amount": 10000000, "name": "Same value is harmless"})
        contract.with_user(self.manager).amount = 9000000
        self.assertAddsUp(contract)

    def test_supplier_agreement_does_not_become_a_contract(self):
        Agreement = self.env["agreement"].with_user(self.seller)
        bought = Agreement.create(
            {
                "name": "Rent",
                "partner_id": self.customer.id,
                "domain": "purchase",
                "amount": 700,
            }
        )
        self.assertEqual(bought.amount, 700)
        with self.assertRaises(AccessError):
            bought.domain = "sale"

    def test_order_of_somebody_else(self):
        hidden = self.make_order(
            self.env["res.partner"].create({"name": "Y"}), user_id=self.other.id
        )
        with self.assertRaises(AccessError):
            self.env["agreement"].with_user(self.seller).create(
                {
                    "name": "Peek",
                    "partner_id": hidden.partner_id.id,
                    "sale_order_id": hidden.id,
                }
            )
        with self.assertRaisesRegex(ValidationError, "Choose an order"):
            self.env["agreement"].create(
                {
                    "name": "Wrong",
                    "partner_id": self.customer.id,
                    "sale_order_id": hidden.id,
                }
            )

    def test_templates_are_the_managers(self):
        template = self.env.ref("crm_funnel_loyalty.agreement_template_en")
        self.assertTrue(template.with_user(self.seller).text)
        with self.assertRaises(AccessError):
            template.with_user(self.seller).text = "<p>x</p>"
        with self.assertRaises(AccessError):
            self.env["agreement"].with_user(self.seller).create(
                {"name": "T", "code": "T", "is_template": True}
            )
        template.with_user(self.manager).text = "<p>{{ customer }}</p>"
        with self.assertRaisesRegex(UserError, "not signed"):
            template.with_user(self.manager).action_sign()

    def test_who_sees_what(self):
        contract = self.make_contract()
        for records in (contract, contract.instalment_ids):
            for user, seen in (
                (self.seller, True),
                (self.manager, True),
                (self.other, False),
                (self.foreigner, False),
                (self.portal, False),
            ):
                asked = records.with_user(user).with_context(
                    allowed_company_ids=user.company_ids.ids
                )
                self.assertEqual(asked.has_access("read"), seen, user.login)
                self.assertEqual(asked.has_access("write"), seen, user.login)

    @users("funnel_seller")
    def test_form(self):
        """The screen of the salesperson: plan, change one part, save."""
        contract = self.make_contract().with_env(self.env)
        self.plan(contract, count=2)
        with (
            Form(contract, view="agreement.agreement_form") as form,
            form.instalment_ids.edit(0) as line,
        ):
            line.amount = 7000000
        self.assertEqual(contract.instalment_ids.mapped("amount"), [7e6, 3e6])

    def test_new_agreement_form(self):
        with Form(self.env["agreement"].with_user(self.manager)) as form:
            form.name = "By hand"
            form.partner_id = self.customer
            form.amount = 500
        contract = form.save()
        self.assertEqual(contract.user_id, self.manager)
        self.assertEqual(contract.amount, 500)
        self.assertNotEqual(contract.code, "/")

    def test_state_of_old_agreements(self):
        """Agreements made before the addon: their date of signature tells the state."""
        old = self.env["agreement"].create(
            {"name": "Old", "code": "OLD", "signature_date": Date.today()}
        )
        fresh = self.env["agreement"].create({"name": "Fresh", "code": "FRESH"})
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE agreement ALTER state DROP NOT NULL")
        self.env.cr.execute(
            "UPDATE agreement SET state = NULL WHERE id IN %s", [(old.id, fresh.id)]
        )
        self.env["agreement"]._init_column("state")
        self.env.invalidate_all()
        self.assertEqual(old.state, "signed")
        self.assertEqual(fresh.state, "draft")

    def test_words_of_other_currencies(self):
        contract = self.make_contract().with_context(lang="vi_VN")
        for code, words in (
            ("USD", "Một nghìn hai trăm năm mươi đô la Mỹ và năm mươi xu"),
            ("EUR", "Một nghìn hai trăm năm mươi euro và năm mươi cent"),
        ):
            currency = self.env.ref(f"base.{code}")
            currency.active = True
            contract.write({"currency_id": currency.id, "amount": 1250.5})
            self.assertEqual(contract.amount_in_words, words)

    def test_pdf_in_vietnamese_begins_with_the_country(self):
        report = self.env["ir.actions.report"]
        name = "crm_funnel_loyalty.report_agreement"
        contract = self.make_contract()
        for lang, seen in (("vi_VN", True), ("en_US", False)):
            contract.lang = lang
            html = report._render_qweb_html(name, contract.ids)[0].decode()
            self.assertEqual("Độc lập - Tự do - Hạnh phúc" in html, seen)

    def test_cost_of_lists(self):
        """Columns of the list cost the same for few and many contracts."""
        names = [
            "paid_amount",
            "overdue_amount",
            "next_due_date",
            "order_amount_differs",
        ]
        orders = [self.make_order(self.customer) for _number in range(8)]
        contracts = self.env["agreement"].concat(*map(self.make_contract, orders))
        counts = []
        for records in (contracts[:2], contracts):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records.read(names)
            records.sale_order_id.read(["agreement_count"])
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
