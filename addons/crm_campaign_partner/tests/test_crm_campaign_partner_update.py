from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common_desk import DeskCase


@tagged("post_install", "-at_install")
class TestCrmCampaignPartnerUpdate(DeskCase):
    def _update(self, member=None, user=None, **values):
        wizard = (
            self.env["crm.campaign.partner.update"]
            .with_user(user or self.assignee)
            .create({"member_id": (member or self.member).id, **values})
        )
        wizard.action_update()
        return wizard

    def _notes(self, partner=None):
        return (partner or self.partners[0]).message_ids.filtered(
            lambda m: "Corrected while contacting" in (m.body or "")
        )

    def test_what_was_there_before_is_kept(self):
        self._update(
            partner_phone="0987654321",
            partner_email="Lan@Example.com",
            partner_street="1 Tràng Tiền",
            partner_state_id=self.env.ref("base.state_vn_VN-HN").id,
        )
        partner = self.partners[0]
        self.assertEqual(partner.phone, "+84 987 654 321")
        self.assertEqual(partner.email, "Lan@Example.com")
        self.assertEqual(partner.street, "1 Tràng Tiền")
        note = self._notes()
        self.assertEqual(len(note), 1)
        self.assertEqual(note.author_id, self.assignee.partner_id)
        self.assertIn("Dealers North", note.body)
        changes = {
            value.field_id.name: (value.old_value_char, value.new_value_char)
            for value in note.sudo().tracking_value_ids
        }
        self.assertEqual(changes["phone"], ("0901234500", "+84 987 654 321"))
        self.assertEqual(changes["email"], ("Dealer0@Example.com", "Lan@Example.com"))
        self.assertEqual(set(changes), {"phone", "email", "street", "state_id"})

    def test_nothing_changed_writes_nothing(self):
        before = self.partners[0].write_date
        self._update()
        self._update(partner_phone="+84 901 234 500", partner_name=" Dealer 0 ")
        self.assertFalse(self._notes())
        self.assertEqual(self.partners[0].write_date, before)
        self.assertEqual(self.partners[0].phone, "0901234500")

    def test_bad_input_is_refused(self):
        for values in (
            {"partner_phone": "12"},
            {"partner_phone": "call me"},
            {"partner_email": "lan at example"},
            {"partner_name": "  "},
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                self._update(**values)
        self.assertFalse(self._notes())

    def test_data_may_be_emptied(self):
        self._update(partner_email=False)
        self.assertFalse(self.partners[0].email)
        self.assertEqual(len(self._notes()), 1)

    def test_same_number_elsewhere_is_named(self):
        form = Form(
            self.env["crm.campaign.partner.update"]
            .with_user(self.assignee)
            .with_context(default_member_id=self.member.id)
        )
        self.assertFalse(form.duplicate_text)
        form.partner_phone = "+84 90 123 45 01"
        self.assertIn("Dealer 1", form.duplicate_text)
        form.partner_phone = "0901234500"
        form.partner_email = "dealer3@example.com"
        self.assertIn("Dealer 3", form.duplicate_text)
        form.save().action_update()
        self.assertEqual(self.partners[0].email, "dealer3@example.com")

    def test_the_same_family_is_no_duplicate(self):
        self.env["res.partner"].create(
            {"name": "Lan", "parent_id": self.partners[0].id, "phone": "0901234500"}
        )
        wizard = self.env["crm.campaign.partner.update"].create(
            {"member_id": self.member.id}
        )
        self.assertFalse(wizard.duplicate_text)

    def test_contact_person(self):
        self._update(contact_name="Chị Lan", contact_phone="0911222333")
        (lan,) = self.partners[0].child_ids
        self.assertEqual((lan.name, lan.phone), ("Chị Lan", "+84 911 222 333"))
        self.assertIn("nobody → Chị Lan", self._notes().body)
        self._update(contact_name="Chị Lan", contact_phone="0911222334")
        self.assertEqual(lan.phone_sanitized, "+84911222334")
        self.assertEqual(len(self.partners[0].child_ids), 1)
        notes = len(self._notes())
        self._update()
        self.assertEqual(len(self._notes()), notes)

    def test_only_for_members_one_may_write(self):
        for member, user in (
            (self.other_member, self.assignee),
            (self.member, self.outsider),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self._update(member, user, partner_phone="0987654321")
        with self.assertRaises(AccessError):
            self.other_member.with_user(self.assignee).action_update_partner()
        portal = new_test_user(self.env, "reach_portal", groups="base.group_portal")
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._update(user=portal, partner_phone="0987654321")
        self.assertEqual(self.partners[0].phone, "0901234500")

    def test_campaign_user_without_sales_rights_corrects(self):
        self.assertFalse(self.partners[1].with_user(self.owner).has_access("write"))
        self._update(self.other_member, self.owner, partner_phone="0987654321")
        self.assertEqual(self.partners[1].phone_sanitized, "+84987654321")
        self.assertEqual(self._notes(self.partners[1]).author_id, self.owner.partner_id)

    def test_a_login_is_not_taken_over(self):
        """Who may not write partners does not change the address that opens a login."""
        new_test_user(
            self.env,
            "reach_customer",
            groups="base.group_portal",
            partner_id=self.partners[1].id,
        )
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._update(self.other_member, self.owner, partner_email="me@x.example")
        contact = self.env["res.partner"].create(
            {"name": "Boss", "parent_id": self.partners[2].id}
        )
        self.env["res.users"].create(
            {
                "login": "boss",
                "partner_id": contact.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._update(self.members[1], self.owner, contact_name="Me")
        self.assertEqual(contact.name, "Boss")
