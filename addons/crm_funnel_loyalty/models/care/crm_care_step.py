from textwrap import shorten

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.mail import is_html_empty

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

# What a step does to the channel on which it reaches somebody.
CHANNEL_OF = {"email": "email", "sms": "sms", "zalo": "zalo"}
# So much of its content is shown beside a step's name.
SHORT = 50
RATING_CHANNELS = [("email", "E-mail"), ("sms", "SMS")]


class CrmCareStep(models.Model):
    """One thing that is done for a customer in a care scenario.

    WHEN: ``wait_days`` and ``wait_hours`` after the step before it was done (the first
    one: after the start), and with ``has_clock`` at a time of the day in the company's
    time zone. What hours or limits of contact forbid then waits in the contact guard.

    WHOM: everybody in the scenario, or those only for whom ``domain`` holds at that
    moment; the others go on to the next step.

    TEXTS may use the placeholders that Odoo allows to everybody; others only when
    somebody wrote them who may edit templates (Odoo's own rule, checked when they are
    written). ``[[document]]``, ``[[date]]`` and ``[[amount]]`` stand for the order,
    instalment or ticket that started the run, ``[[company]]`` and ``[[sender]]`` for
    who writes.

    REMOVED: a step that was done for somebody is archived instead of deleted, so that
    its figures stay.
    """

    _name = "crm.care.step"
    _description = "Care Step"
    _inherit = ["mail.render.mixin"]
    _order = "scenario_id, sequence, id"
    _rec_names_search = ["title"]
    # as in a mail.template: texts are checked when they are written
    _unrestricted_rendering = True

    scenario_id = fields.Many2one(
        "crm.care.scenario", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="scenario_id.company_id", store=True, index="btree_not_null"
    )
    trigger = fields.Selection(related="scenario_id.trigger")
    target_model = fields.Char(related="scenario_id.target_model")
    name = fields.Char(compute="_compute_name")
    title = fields.Char(
        translate=True, help="A name of your own for this step, for the figures."
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    when_text = fields.Char(string="When", compute="_compute_when_text")
    content_text = fields.Char(string="Content", compute="_compute_content_text")
    wait_days = fields.Integer(string="Wait (days)")
    wait_hours = fields.Integer(string="and (hours)")
    has_clock = fields.Boolean(string="At a Time of the Day")
    clock = fields.Float(string="Time", default=9.0)
    domain = fields.Char(
        string="Only If",
        default="[]",
        help="Looked at when the step is due. Others go on to the next step.",
    )
    action = fields.Selection(
        [
            ("email", "Send an e-mail"),
            ("sms", "Send an SMS"),
            ("zalo", "Send a Zalo message"),
            ("call", "Have somebody call"),
            ("activity", "Plan an activity"),
            ("tag", "Add tags"),
            ("rating", "Ask for a rating"),
        ],
        string="What",
        required=True,
        default="email",
    )
    rating_channel = fields.Selection(
        RATING_CHANNELS, string="Ask By", default="email", required=True
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="E-mail Template",
        domain="[('model', '=', target_model)]",
        ondelete="restrict",
    )
    sms_template_id = fields.Many2one(
        "sms.template",
        string="SMS Template",
        domain="[('model', '=', target_model)]",
        ondelete="restrict",
    )
    zalo_template_id = fields.Many2one(
        "crm.contact.zalo.template",
        domain="[('company_id', '=', company_id)]",
        ondelete="restrict",
    )
    subject = fields.Char(translate=True)
    body_html = fields.Html(
        string="Message",
        translate=True,
        render_engine="qweb",
        render_options={"post_process": True},
        sanitize="email_outgoing",
    )
    sms_body = fields.Text(string="Text", translate=True)
    strip_accents = fields.Boolean(string="Without Accents")
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        ondelete="restrict",
        domain="['|', ('res_model', '=', False), ('res_model', '=', target_model)]",
    )
    activity_summary = fields.Char(string="Summary", translate=True)
    activity_days = fields.Integer(
        string="To Be Done Within (days)", default=0, help="0 is the same day."
    )
    user_id = fields.Many2one(
        "res.users",
        string="For",
        domain=[("share", "=", False)],
        help="Without anybody: the salesperson of the customer, else whoever sends "
        "the messages.",
    )
    partner_tag_ids = fields.Many2many("res.partner.category", string="Customer Tags")
    lead_tag_ids = fields.Many2many("crm.tag", string="Lead Tags")
    line_ids = fields.One2many("crm.care.run.line", "step_id", string="Done For")

    _wait_positive = models.Constraint(
        "CHECK (wait_days >= 0 AND wait_hours >= 0 AND activity_days >= 0)",
        "A step cannot wait for less than nothing.",
    )
    _clock_of_day = models.Constraint(
        "CHECK (clock >= 0 AND clock < 24)", "A time of the day is from 00:00 to 23:59."
    )

    @api.depends("scenario_id.target_model")
    def _compute_render_model(self):
        for step in self:
            step.render_model = step.scenario_id.target_model or "res.partner"

    @api.depends("action", "title")
    @api.depends_context("lang")
    def _compute_name(self):
        for step in self:
            step.name = step.title or (step.action and step._get_action_label())

    @api.depends("name", "title", "content_text")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """In figures, two e-mails of a scenario are told apart by what they say."""
        for step in self:
            content = not step.title and step.content_text
            step.display_name = (
                f"{step.name}: {shorten(content, SHORT)}" if content else step.name
            )

    @api.depends("wait_days", "wait_hours", "has_clock", "clock")
    @api.depends_context("lang")
    def _compute_when_text(self):
        for step in self:
            parts = []
            if step.wait_days:
                parts.append(self.env._("after %s days", step.wait_days))
            if step.wait_hours:
                parts.append(self.env._("after %s hours", step.wait_hours))
            if step.has_clock:
                hours, minutes = divmod(round(step.clock * 60), 60)
                parts.append(self.env._("at %s", f"{hours:02d}:{minutes:02d}"))
            step.when_text = ", ".join(parts) or self.env._("at once")

    @api.depends(lambda self: self._get_content_fields())
    def _compute_content_text(self):
        for step in self:
            step.content_text = step._get_content()

    @api.model
    def _get_content_fields(self):
        return (
            "action",
            "rating_channel",
            "subject",
            "sms_body",
            "activity_summary",
            "mail_template_id",
            "sms_template_id",
            "zalo_template_id",
            "activity_type_id",
            "partner_tag_ids",
            "lead_tag_ids",
        )

    def _get_content(self):
        """:return: in a few words what this step sends or asks for"""
        tags = self.partner_tag_ids.mapped("name") + self.lead_tag_ids.mapped("name")
        rating = {"email": self.subject, "sms": self.sms_body}
        return {
            "email": self.mail_template_id.name or self.subject,
            "sms": self.sms_template_id.name or self.sms_body,
            "zalo": self.zalo_template_id.name,
            "call": self.activity_summary,
            "activity": self.activity_summary or self.activity_type_id.name,
            "tag": ", ".join(tags),
            "rating": rating.get(self.rating_channel),
        }.get(self.action)

    @api.constrains("domain")
    def _check_domain(self):
        for step in self:
            step.scenario_id._get_domain(step.domain)

    @api.constrains("zalo_template_id", "scenario_id")
    def _check_zalo_template(self):
        for step in self.filtered("zalo_template_id"):
            company = step.scenario_id.company_id
            if company and step.zalo_template_id.company_id != company:
                raise ValidationError(
                    self.env._("This Zalo template belongs to another company.")
                )

    @api.onchange("trigger")
    def _onchange_trigger(self):
        self.mail_template_id = self.sms_template_id = False

    def unlink(self):
        """What was done for somebody is kept, out of sight."""
        # sudo: the system's right to know of runs that the user may not see
        used = self.sudo().filtered("line_ids").sudo(False)
        if used and not self.env.context.get(MODULE_UNINSTALL_FLAG):
            used.active = False
            return super(CrmCareStep, self - used).unlink()
        return super().unlink()

    # ------------------------------------------------------------------
    # Is it complete
    # ------------------------------------------------------------------

    def _get_action_label(self):
        return dict(self._fields["action"]._description_selection(self.env))[
            self.action
        ]

    def _get_channel(self):
        """:return: the channel by which this step reaches somebody, or None"""
        self.ensure_one()
        asked = {"rating": self.rating_channel}
        return asked.get(self.action) or CHANNEL_OF.get(self.action)

    def _check_complete(self):
        """:raises UserError: with what the step still needs"""
        self.ensure_one()
        missing = self._get_missing()
        if missing:
            raise UserError(
                self.env._(
                    "Step “%(step)s”: %(missing)s", step=self.name, missing=missing
                )
            )

    def _get_missing(self):
        """:return: what has to be filled in before this step can be done, or None"""
        wanted = {
            "email": self.mail_template_id or (self.subject and self._get_plain_body()),
            "sms": self.sms_template_id or (self.sms_body or "").strip(),
            "zalo": self.zalo_template_id,
            "call": True,
            "activity": self.activity_type_id,
            "tag": self.partner_tag_ids or self.lead_tag_ids,
            "rating": self._has_rating_text(),
        }
        if wanted[self.action]:
            return None
        return {
            "email": self.env._("write a subject and a message, or choose a template."),
            "sms": self.env._("write the text, or choose a template."),
            "zalo": self.env._("choose a template that Zalo has approved."),
            "activity": self.env._("choose the kind of activity."),
            "tag": self.env._("choose the tags."),
            "rating": self.env._("write what the customer is asked."),
        }[self.action]

    def _get_plain_body(self):
        return "" if is_html_empty(self.body_html) else self.body_html

    def _has_rating_text(self):
        texts = {
            "email": self.subject and self._get_plain_body(),
            "sms": (self.sms_body or "").strip(),
        }
        return texts[self.rating_channel]
