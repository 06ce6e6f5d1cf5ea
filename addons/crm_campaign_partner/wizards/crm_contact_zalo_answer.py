from odoo import fields, models
from odoo.exceptions import UserError


class CrmContactZaloAnswer(models.TransientModel):
    """A text of one's own to somebody who has written to the Official Account.

    It is a contact like any other: the guard is asked, it stands in the ledger, and the
    cron that is called at once sends it.
    """

    _name = "crm.contact.zalo.answer"
    _description = "Answer on Zalo"

    person_id = fields.Many2one(
        "crm.contact.zalo.user", required=True, readonly=True, ondelete="cascade"
    )
    last_text = fields.Char(related="person_id.last_text")
    last_date = fields.Datetime(related="person_id.last_date")
    body = fields.Text(string="Answer", required=True)

    def action_send(self):
        """Send the answer.

        :return: the action that says when it goes out
        :raises UserError: when it is too late, empty, or the guard does not allow it
        """
        self.ensure_one()
        person = self.person_id
        person.check_access("write")
        person._check_can_answer()
        if not self.body.strip():
            raise UserError(self.env._("Write something first."))
        touches = self.env["crm.contact.touch"]
        touch = touches._open(
            person.company_id, "zalo", "care", [self._prepare_recipient()]
        )
        if touch.state == "blocked":
            raise UserError(touch.reason)
        person.message_post(body=self.body.strip(), subtype_xmlid="mail.mt_note")
        person.activity_unlink(["mail.mail_activity_data_todo"])
        return touch._get_opened_notification()

    def _prepare_recipient(self):
        person = self.person_id
        return {
            "partner_id": person.partner_id.id,
            "phone": person.phone_key,
            "body": self.body.strip(),
            "payload": {"zalo_user_id": person.id},
            "res_model": person._name,
            "res_id": person.id,
        }
