from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime, html_sanitize

from ..services.send.message import label_advertising, measure_sms

# More people than this are counted, not listed.
LISTED = 100


class CrmContactComposePreview(models.TransientModel):
    """What will happen, before it happens: who gets it when, who not and why, and how
    it will look. Nothing is written here."""

    _inherit = "crm.contact.compose"

    verdict_html = fields.Html(compute="_compute_verdict_html", sanitize=False)
    sendable_count = fields.Integer(compute="_compute_verdict_html")
    preview_position = fields.Integer(default=1)
    preview_html = fields.Html(compute="_compute_preview_html", sanitize=False)
    sms_size = fields.Char(compute="_compute_preview_html")

    # ------------------------------------------------------------------
    # Who, when, why not
    # ------------------------------------------------------------------

    @api.depends("channel", "kind", "res_model", "res_ids")
    def _compute_verdict_html(self):
        for wizard in self:
            people = wizard._get_verdicts()
            summary = self._summarise(
                [
                    (
                        "blocked" if not verdict.moment else verdict.state,
                        verdict.state == "queued" and verdict.moment,
                        company,
                    )
                    for company, _record, verdict in people
                ]
            )
            wizard.sendable_count = summary["now"] + summary["waiting"]
            stopped = [
                (company, record, verdict)
                for company, record, verdict in people
                if verdict.state != "sending"
            ]
            stopped.sort(key=lambda row: row[2].state != "blocked")
            wizard.verdict_html = self.env["ir.qweb"]._render(
                "crm_campaign_partner.contact_compose_verdicts",
                {
                    "summary": summary,
                    "total": len(people),
                    "rows": [self._prepare_row(*row) for row in stopped[:LISTED]],
                    "more": max(len(stopped) - LISTED, 0),
                },
            )

    def _get_verdicts(self):
        """:return: list of (company, record, verdict)"""
        touches = self.env["crm.contact.touch"]
        if not self.channel or not self.kind or not self.res_model:
            return []
        return [
            (company, record, verdict)
            for company, records in self._get_visible_records()
            .grouped(self._get_company)
            .items()
            for record, verdict in zip(
                records,
                touches._guard(
                    company,
                    self.channel,
                    self.kind,
                    touches._prepare_recipients(records),
                ),
                strict=True,
            )
        ]

    @api.model
    def _prepare_row(self, company, record, verdict):
        return {
            "name": record.display_name,
            "address": verdict.address,
            "is_blocked": verdict.state == "blocked",
            "reason": verdict.reason,
            "moment": verdict.moment and self._format_moment(verdict.moment, company),
        }

    @api.model
    def _format_moment(self, moment, company):
        policy = company._get_contact_policy("sms", "marketing")
        return format_datetime(self.env, moment, tz=policy.timezone, dt_format="short")

    @api.model
    def _summarise(self, outcomes):
        """:param outcomes: list of (state, moment, company)
        :return: dict of the numbers, and of the sentence that says them"""
        now = fields.Datetime.now()
        waiting = [
            (moment, company)
            for state, moment, company in outcomes
            if state == "queued" and moment and moment > now
        ]
        count = Counter(state for state, _moment, _company in outcomes)
        numbers = {
            "waiting": len(waiting),
            "blocked": count["blocked"],
            "now": len(outcomes) - len(waiting) - count["blocked"],
        }
        texts = []
        if numbers["now"]:
            texts.append(self.env._("%s go out now", numbers["now"]))
        if waiting:
            first = min(waiting, key=lambda pair: pair[0])
            numbers["first"] = self._format_moment(*first)
            texts.append(
                self.env._(
                    "%(count)s wait until %(moment)s",
                    count=len(waiting),
                    moment=numbers["first"],
                )
                if len({moment for moment, _company in waiting}) == 1
                else self.env._(
                    "%(count)s wait, the first until %(moment)s",
                    count=len(waiting),
                    moment=numbers["first"],
                )
            )
        if numbers["blocked"]:
            texts.append(self.env._("%s are not contacted", numbers["blocked"]))
        return {**numbers, "text": ", ".join(texts)}

    # ------------------------------------------------------------------
    # How it looks
    # ------------------------------------------------------------------

    @api.depends(
        "channel",
        "kind",
        "res_model",
        "res_ids",
        "mail_template_id",
        "sms_template_id",
        "subject",
        "body",
        "sms_body",
        "strip_accents",
        "preview_position",
    )
    def _compute_preview_html(self):
        for wizard in self:
            records = wizard._get_visible_records()
            place = min(max(wizard.preview_position, 1), len(records) or 1)
            record = records[place - 1 : place]
            values = {"channel": wizard.channel, "record": record, "error": False}
            if record:
                try:
                    values.update(wizard._prepare_preview(record))
                except UserError as error:
                    values["error"] = str(error)
            wizard.sms_size = values.get("size", False)
            wizard.preview_html = self.env["ir.qweb"]._render(
                "crm_campaign_partner.contact_compose_preview", values
            )

    def _prepare_preview(self, record):
        company = self._get_company(record)
        (message,) = self._render_messages(company, record)
        # sudo: borrows the right to read one's company; the label is no secret.
        label = company.sudo().contact_ad_label if self.kind == "marketing" else False
        return getattr(self, f"_preview_{self.channel}")(message, label)

    def _preview_email(self, message, label):
        return {
            "subject": label_advertising(message["subject"], label),
            "html": html_sanitize(message["body"]),
            "attachments": self.attachment_ids,
        }

    def _preview_sms(self, message, label):
        text = label_advertising(message["body"], label)
        return {"text": text, "size": self._describe_size(text)}

    def _preview_zalo(self, message, _label):
        return {"text": message["body"]}

    @api.model
    def _describe_size(self, text):
        if not text:
            return False
        size = measure_sms(text)
        return self.env._(
            "%(parts)s SMS, %(used)s characters (%(encoding)s), %(left)s left",
            parts=size.parts,
            used=size.units,
            left=size.left,
            encoding=(
                self.env._("without accents")
                if size.encoding == "gsm7"
                else self.env._("with accents")
            ),
        )
