from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ..hooks import uninstall_hook
from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
class TestAgreementRights(ContractCommon):
    """What is written on side ways: defaults, computed fields, other kinds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.make_contract()
        cls.Agreement = cls.env["agreement"].with_user(cls.seller)
        cls.values = {"name": "Mine", "partner_id": cls.customer.id}

    def test_defaults_count_as_written(self):
        hidden = self.make_order(self.customer, user_id=self.other.id)
        for name, value, error in (
            ("state", "signed", UserError),
            ("signed_text", "<p>x</p>", UserError),
            ("commercial_partner_id", self.company.partner_id.id, UserError),
            ("amount", 5, AccessError),
            ("is_template", True, AccessError),
            ("sale_order_id", hidden.id, AccessError),
        ):
            context = {f"default_{name}": value}
            with self.subTest(name), self.assertRaises(error):
                self.Agreement.with_context(**context).create(self.values)
            with self.subTest(f"{name} by the user's own default"):
                preset = self.env["ir.default"].with_user(self.seller)
                preset.sudo().set("agreement", name, value, user_id=self.seller.id)
                with self.assertRaises(error):
                    self.Agreement.create(self.values)
                preset.sudo().search([("user_id", "=", self.seller.id)]).unlink()

    def test_side_way_through_the_order(self):
        with self.assertRaises(UserError):
            self.order.with_user(self.seller).write(
                {"agreement_ids": [Command.create({**self.values, "state": "signed"})]}
            )

    def test_computed_fields_of_instalments(self):
        part = self.contract.instalment_ids
        values = {
            "amount_paid": 5,
            "amount_open": 0,
            "amount_credited": 5,
            "amount_company": 1,
            "open_company": 0,
            "state": "paid",
            "user_id": self.other.id,
            "partner_id": self.company.partner_id.id,
            "company_id": self.elsewhere.id,
            "currency_id": self.env.ref("base.EUR").id,
            "invoice_id": False,
            "reminder_date": "2020-01-01",
        }
        for name, value in values.items():
            for user in (self.seller, self.manager):
                mine = part.with_user(user)
                with self.subTest(name), self.assertRaises(AccessError):
                    mine.write({name: value})
                context = {f"default_{name}": value or 1}
                line = {
                    "agreement_id": self.contract.id,
                    "due_date": "2030-01-01",
                    "amount": 5,
                }
                with self.subTest(name), self.assertRaises(AccessError):
                    mine.with_context(**context).create(line)
                with self.subTest(name), self.assertRaises(AccessError):
                    mine.create({**line, name: value})

    def test_signed_contract_is_given_away_by_the_manager(self):
        self.contract.with_user(self.seller).write({"user_id": self.seller.id})
        self.contract.with_user(self.seller).action_sign()
        for vals in ({"user_id": self.other.id}, {"active": False}):
            with self.assertRaisesRegex(UserError, "ask a manager"):
                self.contract.with_user(self.seller).write(vals)
        self.contract.with_user(self.manager).user_id = self.other
        self.assertEqual(self.contract.instalment_ids.user_id, self.other)
        self.assertTrue(self.contract.with_user(self.other).has_access("write"))
        self.assertFalse(self.contract.with_user(self.seller).has_access("read"))
        self.env.invalidate_all()
        with Form(self.contract.with_user(self.other)) as form:
            self.assertFalse(form.order_amount_differs, "the order is a colleague's")
        with Form(self.contract.instalment_ids.with_user(self.other)) as form:
            self.assertEqual(form.amount, 10000000)

    def test_order_of_a_reader_without_contracts(self):
        """Whoever reads orders for the accounts need not know of contracts."""
        accountant = new_test_user(
            self.env, "contract_accountant", "account.group_account_invoice"
        )
        accountant.group_ids -= self.env.ref("agreement.group_agreement_user")
        self.env.invalidate_all()
        order = self.order.with_user(accountant)
        self.assertTrue(order.read(["name"]))
        self.assertNotIn("agreement_count", order.fields_get())
        with self.assertRaises(AccessError):
            order.action_create_agreement()

    def test_copy_of_the_own_contract(self):
        copied = self.contract.with_user(self.seller).copy()
        self.assertEqual(copied.user_id, self.seller)
        self.assertFalse(copied.sale_order_id | copied.instalment_ids.sale_order_id)
        self.assertFalse(copied.amount)
        self.assertEqual(copied.text, self.contract.text)

    def test_archived_contract_is_found_again(self):
        self.contract.active = False
        self.assertEqual(self.make_contract(), self.contract)

    def test_value_of_the_order_is_not_taken_over_after_the_signature(self):
        self.contract.with_user(self.seller).action_sign()
        dollar = self.env.ref("base.USD") - self.company.currency_id
        self.order.order_line.price_unit = 5 if dollar else 6
        with self.assertRaisesRegex(UserError, "not a draft"):
            self.contract.with_user(self.seller).action_take_order_amount()
        self.assertEqual(self.contract.amount, 10000000)

    def test_partner_and_supplier_agreements(self):
        """In the same screens, with text, value and signature, without instalments."""
        for domain, titles in (
            ("partner", ["Party A", "Party B"]),
            ("purchase", ["Seller", "Buyer"]),
        ):
            with self.subTest(domain):
                agreement = self.Agreement.create(
                    {
                        **self.values,
                        "domain": domain,
                        "amount": 700,
                        "text": "<p>{{ company }} with {{ customer }}</p>",
                    }
                )
                agreement.action_sign()
                self.assertEqual(agreement.state, "signed")
                self.assertIn(self.customer.name, agreement.text_filled)
                self.assertFalse(agreement.instalment_ids)
                parties = agreement._get_parties()
                self.assertEqual([party["title"] for party in parties], titles)
                ours = parties[0 if domain == "partner" else 1]
                self.assertEqual(ours["partner"], self.company.partner_id)
                self.assertFalse(
                    self.env["agreement"]
                    .with_user(self.foreigner)
                    .search([("id", "=", agreement.id)])
                )
        draft = self.Agreement.create({**self.values, "domain": "purchase"})
        with self.assertRaisesRegex(UserError, "Only contracts with customers"):
            self.plan(draft, count=2)

    def test_contract_does_not_become_another_kind(self):
        for user in (self.seller, self.manager):
            with self.assertRaisesRegex(ValidationError, "Remove them"):
                self.contract.with_user(user).domain = "partner"

    def test_copy_of_a_template_is_a_template(self):
        template = self.env.ref("crm_funnel_loyalty.agreement_template_vi")
        copied = template.with_user(self.manager).copy()
        self.assertTrue(copied.is_template)
        self.assertEqual(copied.text, template.text)
        self.assertFalse(copied.user_id)
        with self.assertRaises(AccessError):
            template.with_user(self.seller).copy()

    def test_dates_in_order(self):
        today = self.contract._get_today()
        with self.assertRaisesRegex(ValidationError, "before it starts"):
            self.contract.write(
                {"start_date": today, "end_date": today - timedelta(days=1)}
            )

    def test_text_cannot_carry_code(self):
        """Neither the text, nor a customer's name in an attribute, runs anything."""
        self.customer.name = "javascript:alert(1)"
        self.contract.with_user(self.seller).text = (
            '<p><a href="{{customer}}">x</a><script>alert(2)</script>'
            '<img src="x" onerror="alert(3)"><t t-out="1 + 1"/>${object.env}</p>'
        )
        for text in (self.contract.text_filled, self.contract.text):
            self.assertNotIn("<script", text)
            self.assertNotIn("onerror", text)
        self.assertNotIn('href="javascript', self.contract.text_filled)
        self.assertIn("${object.env}", self.contract.text_filled)
        self.contract.with_user(self.seller).action_sign()
        self.assertNotIn('href="javascript', self.contract.signed_text)
        self.assertNotIn("onerror", self.contract.signed_text)

    def test_uninstall_lets_go(self):
        agreement = self.Agreement.create({**self.values, "domain": "partner"})
        part = self.contract.instalment_ids
        part.sudo().activity_schedule(
            "crm_funnel_loyalty.mail_activity_type_instalment", user_id=self.seller.id
        )
        uninstall_hook(self.env)
        self.assertEqual(agreement.domain, "sale")
        self.assertFalse(part.activity_ids)
        self.assertFalse(
            self.env["ir.sequence"].search([("code", "=", "agreement.contract")])
        )

    def test_uninvolved_cannot_print(self):
        report = self.env["ir.actions.report"]
        name = "crm_funnel_loyalty.report_agreement"
        html = report.with_user(self.seller)._render_qweb_html(name, self.contract.ids)
        self.assertIn(self.contract.code, html[0].decode())
        for user in (self.other, self.foreigner, self.portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                report.with_user(user).with_context(
                    allowed_company_ids=user.company_ids.ids
                )._render_qweb_html(name, self.contract.ids)
