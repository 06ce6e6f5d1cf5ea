from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.mail import is_html_empty

from ..models.const import CHANNELS, KINDS


class CrmContactCompose(models.TransientModel):
    """Write an e-mail, an SMS or a Zalo message to one or many people (000.24, 000.27).

    PEOPLE: see ``crm.contact.recipients``.

    KIND: advertising carries the company's label and, by e-mail, the link to end it;
    the campaign decides at first, else several people are advertised to and one is
    looked after.

    BEFORE: the contact guard's answers are shown before anything is sent
    (``crm_contact_compose_preview``), and the message as one of them will get it.

    SENDING: every message is a touch, opened in one batch per company. COST: the
    guard's queries and one batched INSERT for any number of people, beside what the
    template itself reads.

    ATTACHMENTS: only those that the user may read; they are copied, so that what was
    sent stays as it was.
    """

    _name = "crm.contact.compose"
    _description = "Write to Customers"
    _inherit = ["crm.contact.recipients", "mail.render.mixin"]

    channel = fields.Selection(
        [choice for choice in CHANNELS if choice[0] != "call"],
        required=True,
        default="email",
    )
    kind = fields.Selection(
        KINDS,
        string="Purpose",
        required=True,
        compute="_compute_kind",
        store=True,
        readonly=False,
        precompute=True,
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="E-mail Template",
        domain="[('model', 'in', template_models)]",
    )
    sms_template_id = fields.Many2one(
        "sms.template",
        string="SMS Template",
        domain="[('model', 'in', template_models)]",
    )
    template_models = fields.Json(compute="_compute_template_models")
    subject = fields.Char(
        compute="_compute_subject", store=True, readonly=False, precompute=True
    )
    body = fields.Html(
        string="Message",
        render_engine="qweb",
        render_options={"post_process": True},
        sanitize="email_outgoing",
        compute="_compute_body",
        store=True,
        readonly=False,
        precompute=True,
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Attachments",
        compute="_compute_attachment_ids",
        store=True,
        readonly=False,
    )
    sms_body = fields.Text(
        string="Text", compute="_compute_sms_body", store=True, readonly=False
    )
    strip_accents = fields.Boolean(
        string="Without Accents",
        help="160 characters fit into a part instead of 70: less than half the price.",
    )
    account_text = fields.Char(compute="_compute_account_text")
    has_account = fields.Boolean(compute="_compute_account_text")
    is_sent = fields.Boolean(readonly=True)

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.depends("res_model", "res_ids")
    def _compute_kind(self):
        for wizard in self:
            records = wizard._get_visible_records()
            if wizard.res_model == "crm.campaign.member":
                kinds = set(records.campaign_id.mapped("kind"))
                wizard.kind = "care" if kinds == {"care"} else "marketing"
            else:
                wizard.kind = "marketing" if len(records) > 1 else "care"

    @api.depends("res_model")
    def _compute_template_models(self):
        for wizard in self:
            models_ = [wizard.res_model] if wizard.res_model else []
            if wizard.res_model == "crm.campaign.member":
                models_.append("res.partner")
            wizard.template_models = models_

    @api.depends("channel", "mail_template_id", "sms_template_id", "res_model")
    def _compute_render_model(self):
        for wizard in self:
            template = wizard._get_template()
            wizard.render_model = (template and template.model) or wizard.res_model

    @api.depends("mail_template_id")
    def _compute_subject(self):
        for wizard in self:
            wizard.subject = wizard.mail_template_id.subject or wizard.subject

    @api.depends("mail_template_id")
    def _compute_body(self):
        for wizard in self:
            if wizard.mail_template_id:
                wizard.body = wizard.mail_template_id.body_html
            elif is_html_empty(wizard.body):
                wizard.body = self.env.user.signature

    @api.depends("mail_template_id")
    def _compute_attachment_ids(self):
        for wizard in self:
            wizard.attachment_ids |= wizard.mail_template_id.attachment_ids

    @api.depends("sms_template_id")
    def _compute_sms_body(self):
        for wizard in self:
            wizard.sms_body = wizard.sms_template_id.body or wizard.sms_body

    @api.depends("channel", "res_model", "res_ids")
    def _compute_account_text(self):
        for wizard in self:
            accounts = [
                self.env["crm.contact.account"]._get_for(
                    self.env.user, company, wizard.channel
                )
                for company in wizard._get_companies()
            ]
            wizard.has_account = all(accounts)
            wizard.account_text = ", ".join(
                account.name for account in accounts if account
            )

    def _get_companies(self):
        companies = self.env["res.company"]
        for record in self._get_visible_records():
            companies |= self._get_company(record)
        return companies or self.env.company

    def _get_template(self):
        """:return: the template of the channel, or None"""
        return {"email": self.mail_template_id, "sms": self.sms_template_id}.get(
            self.channel
        )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_set_up_account(self):
        """:return: the action that sets up the missing account"""
        self.ensure_one()
        return self.env["crm.contact.account"]._get_setup_action(self.channel)

    def action_send(self):
        """Open a touch for everybody, and say what happens to each.

        :raises RedirectWarning: without an account, with a button to the set-up
        """
        self.ensure_one()
        records = self._get_records()
        self._check_content()
        companies = records.grouped(self._get_company)
        for company in companies:
            self.env["crm.contact.account"]._require_for(
                self.env.user, company, self.channel
            )
        touches = self.env["crm.contact.touch"]
        for company, people in companies.items():
            touches += touches._open(
                company, self.channel, self.kind, self._prepare_people(company, people)
            )
        self.is_sent = True
        return self._get_sent_action(touches)

    def _check_content(self):
        if self.is_sent:
            raise UserError(self.env._("This message has been sent already."))
        getattr(self, f"_check_{self.channel}")()

    def _check_email(self):
        if not (self.subject or "").strip() or is_html_empty(self.body):
            raise UserError(self.env._("Write a subject and a message first."))

    def _check_sms(self):
        if not (self.sms_body or "").strip():
            raise UserError(self.env._("Write the text of the SMS first."))

    def _prepare_people(self, company, records):
        """:return: what ``crm.contact.touch._open`` takes, in the order of records"""
        recipients = self.env["crm.contact.touch"]._prepare_recipients(records)
        messages = self._render_messages(company, records)
        payload = self._prepare_payload(company)
        people = []
        for recipient, message in zip(recipients, messages, strict=True):
            added = {**payload, **message.pop("payload", {})}
            people.append(
                {**recipient, **message, **({"payload": added} if added else {})}
            )
        return people

    def _prepare_payload(self, company):
        """:return: what the sender of the channel needs, the same for everybody"""
        prepare = {"email": self._prepare_attachments}.get(self.channel)
        return prepare(company) if prepare else {}

    def _prepare_attachments(self, company):
        attachments = self.attachment_ids
        if not attachments:
            return {}
        attachments.check_access("read")
        # sudo: borrows the system's right to keep what was sent with the ledger.
        kept = attachments.sudo().copy(
            {"res_model": "crm.contact.touch", "res_id": 0, "company_id": company.id}
        )
        return {"attachment_ids": kept.ids}

    def _get_sent_action(self, touches):
        summary = self._summarise(
            [(t.state, t.planned_date, t.company_id) for t in touches]
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if summary["blocked"] else "success",
                "sticky": bool(summary["blocked"]),
                "message": summary["text"],
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
