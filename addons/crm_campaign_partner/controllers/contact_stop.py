from odoo import http
from odoo.http import request


class ContactStop(http.Controller):
    """The page on which a person ends advertising (``crm_contact_consent_stop``).

    GET only asks: mail servers open every link. POST writes it down, from the page's
    button and from the one-click header of mail programs (RFC 8058), which know no
    session and no CSRF token; the signed token stands for both.
    """

    @http.route(
        "/contact/stop/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        csrf=False,
        readonly=True,
        save_session=False,
    )
    def show(self, token, **_kwargs):
        """Ask whether advertising is to end."""
        return self._answer(token, lambda *_person: False)

    @http.route(
        "/contact/stop/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def stop(self, token, **_kwargs):
        """Write down that advertising ends."""

        def write_down(company, channel, address):
            request.env["crm.contact.consent"]._stop(
                company, channel, address, self._get_proof()
            )
            return True

        return self._answer(token, write_down)

    def _answer(self, token, act):
        consents = request.env["crm.contact.consent"]
        person = consents._read_stop_token(token)
        if not person:
            raise request.not_found()
        company, channel, address, lang = person
        if lang:
            # sudo: borrows the right to know which languages there are
            lang = request.env["res.lang"].sudo()._get_data(code=lang).code
            request.update_context(lang=lang or request.env.lang)
        pressed = act(company, channel, address)
        response = request.render(
            "crm_campaign_partner.contact_stop_page",
            {
                "company": company,
                "address": address,
                "channel": channel,
                "is_stopped": pressed
                or request.env["crm.contact.consent"]._is_stopped(
                    company, channel, address
                ),
                "lang": request.env.lang,
            },
        )
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _get_proof(self):
        is_one_click = request.httprequest.form.get("List-Unsubscribe") == "One-Click"
        return "\n".join(
            [
                "List-Unsubscribe=One-Click" if is_one_click else "/contact/stop",
                f"IP: {request.httprequest.remote_addr}",
                f"User-Agent: {request.httprequest.user_agent.string[:300]}",
            ]
        )
