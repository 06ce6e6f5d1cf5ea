from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

# How long Zalo lets an Official Account answer somebody who wrote.
ANSWER_WITHIN = timedelta(days=7)
MAX_TEXT = 2000
# What becomes of each kind of report.
TAKES = {
    "user_received_message": "_take_arrival",
    "user_submit_info": "_take_shared_number",
    "user_send": "_take_message",
    "follow": "_take_follow",
    "unfollow": "_take_follow",
}
PROTECTED = {
    "account_id",
    "company_id",
    "is_following",
    "last_date",
    "last_text",
    "phone_key",
    "zalo_ref",
}


class CrmContactZaloUser(models.Model):
    """A person as an Official Account knows them: Zalo's own number, no telephone.

    WHO: the telephone number is learnt when a template arrives (Zalo then names the
    person), when the person shares it, or from the customer that somebody chooses.

    ANSWER: what the person writes stands here, and whoever looks after the customer has
    a to-do. For seven days it can be answered by a text of one's own, see
    ``action_answer``; afterwards only by an approved template.

    REFUSAL: who stops following the Official Account has withdrawn the consent to
    advertising on Zalo, where the number is known; else as soon as it is.

    RIGHTS: written by the system; people see those of their own account and of their
    customers and choose the customer, campaign managers see all of the company.
    """

    _name = "crm.contact.zalo.user"
    _description = "Person on Zalo"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "last_date desc nulls last, id desc"
    _check_company_auto = True

    account_id = fields.Many2one(
        "crm.contact.account",
        string="Official Account",
        required=True,
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True, precompute=True
    )
    zalo_ref = fields.Char(string="Number at Zalo", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        tracking=True,
    )
    phone_key = fields.Char(
        string="Phone",
        compute="_compute_phone_key",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    is_following = fields.Boolean(string="Follows", default=True, readonly=True)
    last_date = fields.Datetime(string="Last Wrote On", readonly=True)
    last_text = fields.Char(string="Last Message", readonly=True)
    can_answer = fields.Boolean(compute="_compute_can_answer")

    _zalo_ref_uniq = models.UniqueIndex("(account_id, zalo_ref)")

    @api.depends("partner_id")
    def _compute_phone_key(self):
        """What Zalo has told stays, unless another customer is chosen."""
        for person in self:
            # sudo: borrows the right to read the number of the chosen customer
            partner = person.partner_id.sudo()
            person.phone_key = partner.phone_sanitized or person.phone_key

    @api.depends("partner_id", "phone_key", "zalo_ref")
    def _compute_display_name(self):
        for person in self:
            # sudo: borrows the right to read the customer's name
            name = person.partner_id.sudo().name
            person.display_name = name or person.phone_key or f"Zalo {person.zalo_ref}"

    @api.depends("last_date")
    def _compute_can_answer(self):
        limit = fields.Datetime.now() - ANSWER_WITHIN
        for person in self:
            person.can_answer = bool(person.last_date) and person.last_date > limit

    def write(self, vals):
        """People choose the customer, the rest is what Zalo reports; a customer who is
        chosen takes along what the person has refused."""
        if not self.env.su and not PROTECTED.isdisjoint(vals):
            raise AccessError(self.env._("What Zalo reports is not changed by hand."))
        result = super().write(vals)
        if "partner_id" in vals:
            self._note_refusals()
        return result

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_answer(self):
        """Answer by a text of one's own.

        :return: the action that opens the dialog
        :raises UserError: when it is too late, or the number is not known
        """
        self.ensure_one()
        self.check_access("write")
        self._check_can_answer()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer %s", self.display_name),
            "res_model": "crm.contact.zalo.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_person_id": self.id},
        }

    def _check_can_answer(self):
        self.ensure_one()
        if not self.can_answer:
            raise UserError(self._get_too_late_text())
        if not self.phone_key:
            raise UserError(
                self.env._(
                    "Choose the customer first: whom we contact is kept by the phone "
                    "number."
                )
            )

    def _get_too_late_text(self):
        return self.env._(
            "Zalo lets us answer for %(days)s days after somebody wrote. Send an "
            "approved template instead.",
            days=ANSWER_WITHIN.days,
        )

    # ------------------------------------------------------------------
    # Reports
    # ------------------------------------------------------------------

    @api.model
    def _take_event(self, account, event):
        """Learn from a report of an Official Account.

        :param event: ``services.send.provider.Event``
        :return: whether it concerned a person
        """
        topic = "user_send" if event.topic.startswith("user_send_") else event.topic
        if topic not in TAKES or not event.user_id:
            return False
        person = self._ensure(account, event.user_id)
        getattr(person, TAKES[topic])(event)
        return True

    @api.model
    def _ensure(self, account, zalo_ref):
        """:return: the person, as superuser; made where there is none"""
        # sudo: the system writes down what Zalo reports
        people = self.sudo()
        domain = [("account_id", "=", account.id), ("zalo_ref", "=", zalo_ref)]
        return people.search(domain, limit=1) or people.create(
            {"account_id": account.id, "zalo_ref": zalo_ref}
        )

    def _take_arrival(self, event):
        """A template has arrived: this is the person who has that number."""
        touch = self.env["crm.contact.touch"]._find_reported(
            self.account_id, event.tracking_id, event.provider_id
        )
        if touch.phone_key and not self.phone_key:
            self._learn(touch.phone_key, touch.partner_id)

    def _take_shared_number(self, event):
        if event.phone:
            partner = self.env["crm.phonecall"]._find_caller(
                self.account_id, event.phone
            )
            self._learn(event.phone, partner)

    def _learn(self, phone, partner):
        self.write({"phone_key": phone, "partner_id": partner.id or self.partner_id.id})

    def _take_follow(self, event):
        self.is_following = {"follow": True, "unfollow": False}[event.topic]
        self._note_refusals()

    def _note_refusals(self):
        """Who does not follow any more wants no advertising on Zalo."""
        for person in self.filtered(lambda p: p.phone_key and not p.is_following):
            self.env["crm.contact.consent"]._stop(
                person.company_id,
                "zalo",
                person.phone_key,
                self.env._(
                    "Has stopped following “%s” on Zalo.", person.account_id.name
                ),
            )

    def _take_message(self, event):
        """Somebody wrote: kept here, and whoever looks after the customer is told."""
        told = event.time or fields.Datetime.now()
        self.write(
            {
                "last_date": max(filter(None, (told, self.last_date))),
                "last_text": (event.text or event.topic)[:200],
            }
        )
        text = event.text or self.env._("(no text: %s)", event.topic)
        self.message_post(
            body=plaintext2html(text[:MAX_TEXT]),
            author_id=self.partner_id.id or self.env.ref("base.partner_root").id,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        caretaker = self._get_caretaker()
        if caretaker and not self.activity_ids:
            # due on the day of whoever has to answer
            self.with_context(tz=caretaker.tz).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Answer on Zalo"),
                note=Markup("<p>%s</p>") % text[:MAX_TEXT],
                user_id=caretaker.id,
            )

    def _get_caretaker(self):
        """:return: who looks after this person, or nobody"""
        account = self.account_id
        for user in (self.partner_id.user_id, account.user_id, account.create_uid):
            if user and self.with_user(user).has_access("write"):
                return user
        return self.env["res.users"]
