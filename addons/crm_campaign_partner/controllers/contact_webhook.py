import logging
import re
from urllib.parse import parse_qsl

from odoo import http
from odoo.http import request

from ..services.send.payload import (
    MAX_BYTES,
    PayloadError,
    check_storable,
    parse_json,
)

_logger = logging.getLogger(__name__)

_UUID = re.compile(r"[0-9a-f]{32}")
# What a body of another shape than the provider's can make a reader stumble over.
_FOREIGN = (AttributeError, LookupError, TypeError, ValueError)


class ContactWebhookController(http.Controller):
    """The door for reports of messages and calls: one address per account.

    SPECIFICATION
    - The raw bytes are proven first, by the provider's own rule; a provider that signs
      nothing is proven by the secret address alone. Unproven is 403, nothing is kept.
    - What is proven goes into the inbox, without secrets, and is answered at once;
      nothing is worked off and nobody is called here.
    - No body makes more than a 4xx: 400 no report of that shape, 413 too large, 404
      nobody's address. Reports come as JSON, as a form or in the query.

    COST: four queries for a report that is new.
    """

    @http.route(
        "/contact/webhook/<string:webhook_uuid>",
        type="http",
        auth="none",
        methods=["GET", "POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        only_params=("webhook_uuid",),
        max_content_length=MAX_BYTES,
    )
    def report(self, webhook_uuid):
        """Take a report of a message or a call."""
        account = self._find(webhook_uuid)
        if not account:
            return self._answer(404)
        if (request.httprequest.content_length or 0) > MAX_BYTES:
            return self._answer(413)
        handler = account._get_handler()
        raw = request.httprequest.get_data(parse_form_data=False)
        if not handler._verify(account, raw, request.httprequest.headers):
            _logger.info("Account %s: a report was not proven", account.id)
            return self._answer(403)
        try:
            payload = account._scrub_report(self._get_payload(raw))
            events = handler._read_events(account, payload)
        except _FOREIGN as error:
            _logger.info(
                "Account %s: a report was not understood (%s)",
                account.id,
                type(error).__name__,
            )
            return self._answer(400)
        account._receive(events, payload)
        return self._answer(200, "ok")

    def _find(self, webhook_uuid):
        # sudo: the provider has no user here; it proves itself below
        accounts = request.env["crm.contact.account"].sudo()
        if not _UUID.fullmatch(webhook_uuid):
            return accounts
        found = accounts.search([("webhook_uuid", "=", webhook_uuid)])
        return found.filtered(lambda account: account._get_handler() is not None)

    def _get_payload(self, raw):
        """The report as a value: the JSON of the body, else the form or the query."""
        if request.httprequest.method == "POST" and raw.lstrip()[:1] in (b"{", b"["):
            return parse_json(raw)
        values = request.httprequest.args.to_dict()
        if request.httprequest.method == "POST":
            values.update(parse_qsl(raw.decode("utf-8", "replace"), max_num_fields=100))
        if not values:
            raise PayloadError("empty")
        return check_storable(values)

    def _answer(self, status, text=""):
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(text, headers, status=status)
