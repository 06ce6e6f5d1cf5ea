from datetime import datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common_contact import NIGHT, NOON
from .common_desk import DeskCase


@tagged("post_install", "-at_install")
class TestCrmContactCompose(DeskCase):
    def setUp(self):
        super().setUp()
        self.account = self._set_account("sms")

    # Who, when, why not

    def test_screen_says_what_will_happen(self):
        self._consent("withdrawn", partner_id=self.partners[2].id, date=NOON)
        self.partners[3].phone = False
        with freeze_time(NOON):
            wizard = self._sms(self.members)
            shown = wizard.verdict_html
            self.assertEqual(wizard.sendable_count, 1)
            self.assertIn("has withdrawn the consent", shown)
            self.assertIn("No usable phone number", shown)
            self.assertIn("Dealer 2", shown)
            self.assertNotIn("Dealer 0", shown)
            self.assertFalse(self._touches())
            action = wizard.action_send()
        self.assertEqual(
            action["params"]["message"], "1 go out now, 2 are not contacted"
        )
        self.assertEqual(action["params"]["type"], "warning")
        touches = self._touches(channel="sms")
        self.assertEqual(touches.mapped("state"), ["queued", "blocked", "blocked"])
        self.assertEqual(touches.member_id, self.members)
        self.assertEqual(touches.user_id, self.assignee)

    def test_at_night_they_wait(self):
        with freeze_time(NIGHT):
            wizard = self._sms(self.members)
            self.assertIn("7:00", wizard.verdict_html)
            message = wizard.action_send()["params"]["message"]
        self.assertIn("3 wait until", message)
        touches = self._touches(channel="sms")
        self.assertEqual(set(touches.mapped("state")), {"queued"})
        self.assertEqual(
            set(touches.mapped("planned_date")), {datetime(2026, 3, 3, 0, 0)}
        )

    def test_sent_by_the_cron(self):
        with freeze_time(NOON):
            self._sms(self.members).action_send()
        self._release(NOON)
        touches = self._touches(channel="sms")
        self.assertEqual(set(touches.mapped("state")), {"sent"})
        self.assertEqual(
            touches.mapped("body"), [f"[QC] Hello Dealer {n}" for n in (0, 2, 3)]
        )
        self.assertEqual(self.own.mapped("sms_count"), [1, 1, 1])
        self.assertEqual(self.own[0].last_touch_date.isoformat(" "), NOON)

    def test_kind_comes_from_the_campaign(self):
        self.assertEqual(self._sms(self.members).kind, "marketing")
        self.sub_campaign.kind = "care"
        with freeze_time(NOON):
            wizard = self._sms(self.members)
            self.assertEqual(wizard.kind, "care")
            wizard.action_send()
        self.assertFalse(self._touches(channel="sms")[0].body.startswith("[QC]"))
        self.assertEqual(self._sms(self.partners[0]).kind, "care")
        self.assertEqual(self._sms(self.partners).kind, "marketing")

    def test_not_twice(self):
        wizard = self._sms(self.members)
        wizard.action_send()
        with self.assertRaises(UserError):
            wizard.action_send()
        self.assertEqual(len(self._touches(channel="sms")), 3)

    def test_partners_and_leads(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Ads lead",
                "phone": "0909000111",
                "user_id": self.assignee.id,
                "company_id": self.company.id,
            }
        )
        with freeze_time(NOON):
            self._sms(self.partners[1], "Hello {{ object.name }}").action_send()
            self._sms(lead, "About {{ object.name }}").action_send()
        touches = self._touches(channel="sms")
        self.assertEqual(touches.mapped("body"), ["Hello Dealer 1", "About Ads lead"])
        self.assertEqual(touches[1].res_id, lead.id)
        self.assertEqual(touches[1].address, "+84909000111")
        self.assertEqual(lead.with_user(self.assignee).contact_touch_count, 1)

    # Content

    def test_empty_message(self):
        with self.assertRaises(UserError):
            self._sms(self.members, " ").action_send()
        with self.assertRaises(UserError):
            self._compose(
                self.members, "email", subject="Hi", body="<p><br></p>"
            ).action_send()
        self.assertFalse(self._touches())

    def test_size_as_it_goes_out(self):
        wizard = self._sms(self.members[0], "Chào bạn")
        self.assertIn("1 SMS, 13 characters (with accents), 57 left", wizard.sms_size)
        self.assertIn("[QC] Chào bạn", wizard.preview_html)
        wizard.strip_accents = True
        self.assertIn("15 characters (without accents), 145", wizard.sms_size)
        self.assertIn("[QC] Chao ban", wizard.preview_html)
        with freeze_time(NOON):
            wizard.action_send()
        self.assertEqual(self._touches(channel="sms").body, "[QC] Chao ban")

    def test_names_are_never_templates(self):
        self.partners[0].name = "{{ object.env.cr }} <b>Evil</b> ${1+1}"
        self.partners[2].name = '<t t-out="object.env.cr"/>'
        with freeze_time(NOON):
            self._sms(self.members).action_send()
        self._set_account("email")
        body = '<p>Dear <t t-out="object.partner_id.name"></t></p>'
        with freeze_time(NOON):
            self._compose(
                self.members,
                "email",
                subject="For {{ object.partner_id.name }}",
                body=body,
            ).action_send()
        texts = self._touches(channel="sms").mapped("body")
        self.assertEqual(texts[0], "[QC] Hello {{ object.env.cr }} <b>Evil</b> ${1+1}")
        mails = self._touches(channel="email")
        self.assertIn("Dear {{ object.env.cr }} &lt;b&gt;Evil", mails[0].body)
        self.assertIn("{{ object.env.cr }}", mails[0].subject)
        self.assertIn("&lt;t t-out=", mails[1].body)

    def test_what_is_typed_may_not_run_code(self):
        for text in ("{{ object.env.user.name }}", "{{ object.unknown }}", "{{ 1/0 }}"):
            wizard = self._sms(self.members, text)
            self.assertIn("alert-danger", wizard.preview_html)
            with self.assertRaises(UserError):
                wizard.action_send()
        self._set_account("email")
        with self.assertRaises(UserError):
            self._compose(
                self.members,
                "email",
                subject="Hi",
                body='<p t-out="object.env.user.name"/>',
            ).action_send()
        self.assertFalse(self._touches())

    def test_a_template_may_do_more_than_who_uses_it(self):
        template = self.env["sms.template"].create(
            {
                "name": "Trusted",
                "model_id": self.env["ir.model"]._get_id("crm.campaign.member"),
                "body": "{{ object.partner_id.name.upper() }}",
            }
        )
        with freeze_time(NOON):
            self._compose(
                self.members, "sms", sms_template_id=template.id
            ).action_send()
        self.assertEqual(self._touches(channel="sms")[0].body, "[QC] DEALER 0")
        changed = self._compose(
            self.members,
            "sms",
            sms_template_id=template.id,
            sms_body="{{ object.partner_id.name.upper() }}!",
        )
        with self.assertRaises(UserError):
            changed.action_send()

    def test_each_in_his_language(self):
        self.env["res.lang"]._activate_lang("vi_VN")
        template = self.env.ref("crm_campaign_partner.sms_template_invitation")
        template.with_context(lang="vi_VN").body = "Mời {{ object.partner_id.name }}"
        self.partners[2].lang = "vi_VN"
        with freeze_time(NOON):
            self._compose(
                self.members, "sms", sms_template_id=template.id
            ).action_send()
        touches = self._touches(channel="sms")
        self.assertIn("you are invited", touches[0].body)
        self.assertEqual(touches[1].body, "[QC] Mời Dealer 2")

    def test_template_for_customers_also_for_members(self):
        template = self.env["sms.template"].create(
            {
                "name": "Customers",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "body": "Dear {{ object.name }}",
            }
        )
        with freeze_time(NOON):
            self._compose(
                self.members, "sms", sms_template_id=template.id
            ).action_send()
        self.assertEqual(self._touches(channel="sms")[1].body, "[QC] Dear Dealer 2")

    def test_email(self):
        self._set_account("email")
        template = self.env.ref("crm_campaign_partner.mail_template_invitation")
        with freeze_time(NOON):
            form = Form(
                self.env["crm.contact.compose"]
                .with_user(self.assignee)
                .with_context(
                    default_res_model="crm.campaign.member",
                    default_res_ids=self.members.ids,
                )
            )
            form.mail_template_id = template
            self.assertIn("Dear Dealer 0", form.preview_html)
            self.assertIn("I want no more of it", form.preview_html)
            form.preview_position = 2
            self.assertIn("Dear Dealer 2", form.preview_html)
            form.save().action_send()
        mails = self._touches(channel="email")
        self.assertEqual(mails[0].subject, "[QC] Dealers North")
        self.assertIn("Dear Dealer 0", mails[0].body)
        self.assertIn(mails[0].payload["unsubscribe_url"], mails[0].body)
        self.assertNotEqual(*mails[:2].mapped(lambda t: t.payload["unsubscribe_url"]))

    def test_care_has_no_link(self):
        self._set_account("email")
        with freeze_time(NOON):
            self._compose(
                self.members, "email", kind="care", subject="Hi", body="<p>Hi</p>"
            ).action_send()
        mail = self._touches(channel="email")[0]
        self.assertEqual((mail.subject, mail.body), ("Hi", "<p>Hi</p>"))
        self.assertFalse(mail.payload)

    def test_attachments_are_kept_and_only_own_ones(self):
        self._set_account("email")
        attachments = self.env["ir.attachment"]
        own = attachments.with_user(self.assignee).create(
            {"name": "price.txt", "raw": b"1", "res_model": "crm.contact.compose"}
        )
        secret = attachments.with_user(self.manager).create(
            {"name": "secret.txt", "raw": b"2"}
        )
        values = {"subject": "Hi", "body": "<p>Hi</p>"}
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._compose(
                self.members,
                "email",
                attachment_ids=[Command.set([own.id, secret.id])],
                **values,
            ).action_send()
        with freeze_time(NOON):
            self._compose(
                self.members, "email", attachment_ids=[Command.set(own.ids)], **values
            ).action_send()
        (payload,) = {
            tuple(t.payload["attachment_ids"]) for t in self._touches(channel="email")
        }
        kept = attachments.browse(payload)
        self.assertEqual(kept.mapped("name"), ["price.txt"])
        self.assertNotEqual(kept, own)
        own.unlink()
        self.assertEqual(kept.raw, b"1")

    def test_zalo(self):
        self._set_account("zalo")
        wizard = self._compose(self.members, "zalo")
        with self.assertRaises(UserError):
            wizard.action_send()
        template = self.env["crm.contact.zalo.template"].create(
            {
                "name": "Invitation",
                "template_ref": "7895417",
                "preview": "Dear <who>, come!",
                "company_id": self.company.id,
                "kind": "care",
                "param_ids": [
                    Command.create({"name": "who", "field_path": "partner_id.name"}),
                    Command.create({"name": "what", "fixed_text": "Tea"}),
                ],
            }
        )
        wizard.zalo_template_id = template
        self.assertEqual(wizard.kind, "care")
        self.assertIn("Dear Dealer 0, come!", wizard.preview_html)
        self.assertFalse(wizard.sms_size)
        with freeze_time(NOON):
            wizard.action_send()
        touch = self._touches(channel="zalo")[1]
        self.assertEqual(
            touch.payload,
            {
                "template_id": template.id,
                "values": {"who": "Dealer 2", "what": "Tea"},
            },
        )
        self.assertEqual(touch.body, "Dear Dealer 2, come!\nwhat: Tea")

    # Cost

    def test_cost_does_not_grow(self):
        def count(number):
            partners = self.env["res.partner"].create(
                [
                    {"name": f"P{number}-{n}", "phone": f"09{number:03d}{n:05d}"}
                    for n in range(number)
                ]
            )
            members = self.env["crm.campaign.member"].create(
                [
                    {
                        "campaign_id": self.sub_campaign.id,
                        "partner_id": partner.id,
                        "user_id": self.assignee.id,
                    }
                    for partner in partners
                ]
            )
            wizard = self._sms(members)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            with freeze_time(NOON):
                wizard.action_send()
                self.env.flush_all()
            return self.cr.sql_log_count - before

        count(2)
        few, many = count(5), count(60)
        self.assertLessEqual(many, few + 2)
