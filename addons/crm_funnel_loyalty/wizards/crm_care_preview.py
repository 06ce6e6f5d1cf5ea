from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime, html_sanitize

from odoo.addons.crm_campaign_partner.services.guard import next_allowed
from odoo.addons.crm_campaign_partner.services.send.message import label_advertising

from ..models.care.crm_care_step_message import HTML_CHANNELS


class CrmCarePreview(models.TransientModel):
    """What one customer would get from a scenario, and when, if it started now.

    Nothing is written and nothing is sent. Texts are filled in with the rights of
    whoever looks; answers of the contact guard are those of this moment.
    """

    _name = "crm.care.preview"
    _description = "Preview of Care"

    scenario_id = fields.Many2one(
        "crm.care.scenario", required=True, readonly=True, ondelete="cascade"
    )
    target_model = fields.Char(related="scenario_id.target_model")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", domain=[("partner_share", "=", True)]
    )
    lead_id = fields.Many2one("crm.lead", domain=[("type", "=", "lead")])
    start_date = fields.Datetime(
        string="If It Started On", required=True, default=fields.Datetime.now
    )
    preview_html = fields.Html(compute="_compute_preview_html", sanitize=False)

    @api.depends("scenario_id", "partner_id", "lead_id", "start_date")
    def _compute_preview_html(self):
        for preview in self:
            record = preview._get_record()
            preview.preview_html = self.env["ir.qweb"]._render(
                "crm_funnel_loyalty.care_preview",
                {
                    "record": record,
                    "hindrances": record and preview._get_hindrances(record),
                    "steps": record and preview._prepare_steps(record),
                },
            )

    def _get_record(self):
        self.ensure_one()
        chosen = {"crm.lead": self.lead_id}
        record = chosen.get(self.target_model, self.partner_id)
        record.check_access("read")
        return record

    # ------------------------------------------------------------------
    # Would it start
    # ------------------------------------------------------------------

    def _get_hindrances(self, record):
        """:return: the reasons why it would not start for this customer"""
        scenario = self.scenario_id
        wanted = scenario._get_domain(scenario.domain)
        reasons = []
        if not record.filtered_domain(wanted):
            reasons.append(self.env._("The conditions of the scenario do not hold."))
        # ready-made scenarios are shown as the own company would use them
        company = scenario.company_id or self.env.company
        if record.company_id and record.company_id != company:
            reasons.append(self.env._("Belongs to %s.", record.company_id.display_name))
        # sudo: whether it runs already is known by the system
        runs = self.env["crm.care.run"].sudo()
        name = {"crm.lead": "lead_id"}.get(record._name, "partner_id")
        mine = Domain("scenario_id", "=", scenario.id) & Domain(name, "=", record.id)
        if runs.search_count(mine & Domain("state", "=", "running"), limit=1):
            reasons.append(self.env._("Is in this scenario already."))
        last = runs.search(mine, limit=1)
        days = (fields.Datetime.now() - last.start_date).days if last else None
        if last and last.state != "running" and days < scenario.cooldown_days:
            reasons.append(self.env._("Was in this scenario %s days ago.", days))
        return reasons

    # ------------------------------------------------------------------
    # What, when
    # ------------------------------------------------------------------

    def _prepare_steps(self, record):
        """:return: list of what the page shows for each step"""
        moment = self.start_date or fields.Datetime.now()
        shown = []
        for step in self.scenario_id.step_ids:
            moment = self.scenario_id._plan_step(step, moment)
            shown.append(self._prepare_step(step, record, moment))
        return shown

    def _prepare_step(self, step, record, moment):
        wanted = self.scenario_id._get_domain(step.domain)
        values = {
            "name": step.name,
            "action": step._get_action_label(),
            "skipped": not record.filtered_domain(wanted),
            "later": False,
            "reason": False,
            "message": {},
            "note": False,
        }
        channel = step._get_channel()
        if channel:
            moment = self._look_at_message(step, record, channel, moment, values)
        else:
            self._look_at_task(step, record, values)
        zone = self.scenario_id._get_timezone()
        values["moment"] = format_datetime(
            self.env, moment, tz=zone, dt_format="EEE dd/MM/yyyy HH:mm"
        )
        return values

    @api.model
    def _look_at_task(self, step, record, values):
        try:
            values["note"] = step._describe_task(record)
        except UserError as error:
            values["reason"] = str(error)

    def _look_at_message(self, step, record, channel, moment, values):
        """Fill in the message, and what the guard says to it."""
        company, kind = step._get_company(), step._get_kind()
        touches = self.env["crm.contact.touch"]
        (verdict,) = touches._guard(
            company, channel, kind, touches._prepare_recipients(record)
        )
        values["address"] = verdict.address
        if verdict.state == "blocked":
            values["reason"] = verdict.reason
        policy = company._get_contact_policy(channel, kind)
        allowed = next_allowed(moment, policy)
        values["later"] = allowed > moment
        try:
            values["message"] = self._fill_in(step, record, channel, company, kind)
        except UserError as error:
            values["reason"] = str(error)
        return allowed

    def _fill_in(self, step, record, channel, company, kind):
        lang = step._get_lang_of(record)
        (message,) = step._write_to(record, lang)
        step.with_context(lang=lang)._fill_words(message, self._get_example(record))
        # sudo: borrows the right to read one's company; the label is no secret
        label = company.sudo().contact_ad_label if kind == "marketing" else False
        labelled = {"sms": "body", "email": "subject"}.get(channel)
        if labelled:
            message[labelled] = label_advertising(message[labelled], label)
        body = {"email": html_sanitize}.get(channel, str)(message.get("body") or "")
        return {
            "subject": message.get("subject"),
            "html": channel in HTML_CHANNELS and body,
            "text": body,
            "is_rating": step.action == "rating",
        }

    def _get_example(self, record):
        """:return: a document of this customer like the one that would start it"""
        customer = record.commercial_partner_id
        found = {
            "order_confirmed": ("sale.order", "partner_id", "date_order desc"),
            "order_delivered": ("sale.order", "partner_id", "date_order desc"),
            "instalment": ("agreement.instalment", "partner_id", "due_date"),
        }.get(self.scenario_id.trigger)
        if not found:
            return None
        model, name, order = found
        domain = Domain(name, "child_of", customer.id)
        return self.env[model].search(domain, order=order, limit=1) or None
