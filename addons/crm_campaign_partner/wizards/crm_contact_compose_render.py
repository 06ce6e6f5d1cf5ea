from lxml.etree import LxmlError

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools.mail import html_normalize

from odoo.addons.base.models.ir_qweb import QWebError

from ..services.send.message import strip_accents

# What a text with wrong placeholders can raise while it is filled in.
FAULTS = (
    AccessError,
    UserError,
    QWebError,
    LxmlError,
    SyntaxError,
    ValueError,
    KeyError,
    AttributeError,
    TypeError,
)


class CrmContactComposeRender(models.TransientModel):
    """Fill the message in for each person.

    TRUST: a text that is the template's own is rendered as the template, in each
    person's language, with all it may do. What was typed or changed in the dialog may
    only use the placeholders that Odoo allows to everybody, unless the user may edit
    templates. Values (a name, a note) are put in as text and never rendered
    themselves, and in e-mails they are escaped.
    """

    _inherit = "crm.contact.compose"

    def _render_messages(self, company, records):
        """:return: for each record a dict of ``subject``, ``body``, ``payload``
        :raises UserError: when a placeholder cannot be filled in
        """
        try:
            return getattr(self, f"_render_{self.channel}")(company, records)
        except FAULTS as error:
            raise UserError(
                self.env._("The message cannot be filled in: %s", self._say(error))
            ) from error

    def _say(self, error):
        """The first line, without Odoo's trace of the template."""
        if isinstance(error, KeyError | AttributeError | TypeError):
            return self.env._("there is a placeholder that does not exist.")
        return (str(error).strip() or type(error).__name__).splitlines()[0]

    def _render_email(self, company, records):
        subjects = self._render_part("subject", "subject", records)
        bodies = self._render_part("body", "body_html", records)
        recipients = self.env["crm.contact.touch"]._prepare_recipients(records)
        messages = []
        for record, recipient, subject, body in zip(
            records, recipients, subjects, bodies, strict=True
        ):
            message = {"subject": " ".join(subject.split()), "body": body}
            if self.kind == "marketing" and recipient["email"]:
                url = self._get_stop_url(company, record, recipient["email"])
                message["body"] += self._render_stop(company, record, url)
                message["payload"] = {"unsubscribe_url": url}
            message["body"] = str(message["body"])
            messages.append(message)
        return messages

    def _render_sms(self, _company, records):
        return [
            {"body": strip_accents(text) if self.strip_accents else text}
            for text in self._render_part("sms_body", "body", records)
        ]

    def _render_part(self, name, template_name, records):
        """:return: texts in the order of the records"""
        sources = self._get_render_records(records)
        template = self._get_template()
        if template and self._is_templates_own(self[name], template[template_name]):
            rendered = template._render_field(
                template_name, sources.ids, compute_lang=True
            )
        else:
            rendered = self._render_field(name, sources.ids)
        return [rendered[source.id] or "" for source in sources]

    def _get_render_records(self, records):
        """A member may also be written to with a template for customers."""
        if self.render_model == records._name:
            return records
        if self.render_model == "res.partner" and "partner_id" in records:
            return records.env["res.partner"].browse(
                record.partner_id.id for record in records
            )
        raise UserError(
            self.env._("This template is not made for these people. Choose another.")
        )

    def _is_templates_own(self, text, original):
        """Whether nothing was changed, apart from how the editor writes HTML."""
        text, original = str(text or ""), str(original or "")
        return text == original or (
            "<" in original and html_normalize(text) == html_normalize(original)
        )

    # ------------------------------------------------------------------
    # The end of advertising
    # ------------------------------------------------------------------

    def _get_stop_url(self, company, record, email):
        return self.env["crm.contact.consent"]._get_stop_url(
            company, "email", email, self._get_lang(record)
        )

    def _render_stop(self, company, record, url):
        qweb = self.env["ir.qweb"].with_context(lang=self._get_lang(record))
        # sudo: borrows the right to read one's company; its name is no secret
        values = {"company": company.sudo(), "url": url}
        return qweb._render("crm_campaign_partner.contact_stop_footer", values)

    def _get_lang(self, record):
        partner = record if record._name == "res.partner" else record.partner_id
        return partner.lang or self.env.lang
