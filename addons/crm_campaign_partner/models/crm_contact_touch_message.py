from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import html_sanitize


class CrmContactTouchMessage(models.Model):
    """The message of a touch as a person reads it: e-mails are HTML, and whatever came
    into one is not trusted when it is shown."""

    _inherit = "crm.contact.touch"

    message_html = fields.Html(
        string="What Was Written", compute="_compute_message_html", sanitize=False
    )

    @api.depends("channel", "body")
    def _compute_message_html(self):
        show = {"email": html_sanitize}
        for touch in self:
            touch.message_html = show.get(touch.channel, self._show_text)(
                touch.body or ""
            )

    @api.model
    def _show_text(self, text):
        return Markup('<div style="white-space: pre-wrap">%s</div>') % text
