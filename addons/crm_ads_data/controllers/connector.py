import logging
import re

from werkzeug.datastructures import Headers

from odoo import http
from odoo.http import request

from ..services.connect.payload import MAX_BYTES, parse_json

_logger = logging.getLogger(__name__)

_UUID = re.compile(r"[0-9a-f]{32}")
# What a body of another shape than the provider's can make a reader stumble over.
_FOREIGN = (AttributeError, LookupError, TypeError, ValueError)


class ConnectorController(http.Controller):
    """The door for webhooks: one address per connector.

    SPECIFICATION
    - The raw bytes are proven first, by the provider's own rule; without a secret, or
      with anything wrong, it is 403 and nothing is stored.
    - What is proven goes into the inbox and is answered at once; nothing is worked off
      and nobody is called here.
    - No body makes more than a 4xx: 400 no JSON of that shape, 411 no length, 413 too
      large, 415 no JSON type, 404 nobody's address.
    - A draft or paused connector keeps what comes: nothing is lost by a pause.

    COST: four queries for an event that is new, whatever the number of events in it.
    """

    @http.route(
        "/crm_ads/connector/<string:webhook_uuid>",
        type="http",
        auth="none",
        methods=["GET", "POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        only_params=("webhook_uuid",),
        max_content_length=MAX_BYTES,
    )
    def webhook(self, webhook_uuid):
        """Take a webhook, or answer the provider's proof of the address."""
        connector = self._find(webhook_uuid)
        if not connector:
            return self._answer(404)
        api = connector._get_webhook_api()
        if request.httprequest.method == "POST":
            return self._take(connector, api)
        challenge = api.challenge(request.httprequest.args)
        return self._answer(403) if challenge is None else self._answer(200, challenge)

    def _find(self, webhook_uuid):
        # sudo: the provider has no user here; who it is, is proven by the signature
        connectors = request.env["crm.connector"].sudo()
        if not _UUID.fullmatch(webhook_uuid):
            return connectors
        domain = [("webhook_uuid", "=", webhook_uuid)]
        found = connectors.search_fetch(domain, connectors._get_webhook_fields())
        return found.filtered(lambda one: one._get_handler() is not None)

    def _take(self, connector, api):
        status = self._get_fault()
        if status:
            return self._answer(status)
        raw = request.httprequest.get_data()
        headers = self._get_headers()
        if not api.verify(raw, headers):
            _logger.info("Connector %s: a webhook was not proven", connector.id)
            return self._answer(403)
        try:
            events = api.read_events(parse_json(raw), headers)
        except _FOREIGN as error:
            _logger.info(
                "Connector %s: a webhook was not understood (%s)",
                connector.id,
                type(error).__name__,
            )
            return self._answer(400)
        connector._receive(events)
        return self._answer(200, api.WEBHOOK_ANSWER)

    def _get_fault(self):
        """The status for a body that is not even read; None when it is fine."""
        length = request.httprequest.content_length
        if length is None:
            return 411
        if length > MAX_BYTES:
            return 413
        if request.httprequest.mimetype != "application/json":
            return 415
        return None

    def _get_headers(self):
        """The headers, and the secret where it stands in the address."""
        headers = Headers(list(request.httprequest.headers.items()))
        headers["secret"] = request.httprequest.args.get("secret", "")
        return headers

    def _answer(self, status, text=""):
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(text, headers, status=status)
