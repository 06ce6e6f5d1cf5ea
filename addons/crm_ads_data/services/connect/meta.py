"""Meta's Graph API: webhooks of pages, calls with a proof, errors and allowances.

One app has one address and one secret for all its pages; each page has its own token.
What the objects look like stands in ``meta_leads``, ``meta_tree``, ``meta_insights``
and ``meta_events``.
"""

from functools import cached_property

from . import errors
from .meta_codes import MissingPermission, judge, usage_wait
from .meta_messages import read_messages
from .payload import PayloadError, dig, records, text
from .provider import Event, ProviderApi
from .scrub import scrub_text
from .signing import hmac_hex, is_same, verify_meta

VERSION = "v26.0"
PAGE_SIZE = 100
SUBSCRIBED = "leadgen,messages,messaging_postbacks,messaging_referrals"


class MetaApi(ProviderApi):
    """Meta; credentials ``app_secret``, ``access_token``, ``verify_token`` and
    ``api_version``.

    ``wait`` is how many seconds Meta asked to pause in its last answer: an answer that
    is good is used all the same, and the next call waits.
    """

    HOSTS = {"api": "https://graph.facebook.com"}
    SECRETS = ("app_secret", "access_token", "verify_token")
    # Leads are held back for a while, and come in any order.
    OVERLAP = 3600
    # Meta keeps leads for 90 days.
    WINDOW = 90 * 24 * 3600

    def __init__(self, credentials, hosts=None):
        super().__init__(credentials, hosts)
        self.wait = None

    def with_token(self, token):
        """The same API on behalf of a page."""
        return type(self)({**self.credentials, "access_token": token}, self.hosts)

    # ------------------------------------------------------------
    # WEBHOOK
    # ------------------------------------------------------------

    def verify(self, raw, headers):
        return verify_meta(raw, headers, self.credentials.get("app_secret"))

    def challenge(self, query):
        """The digits that Meta wants back, where it knows our verify token."""
        challenge = str(query.get("hub.challenge") or "")
        is_ours = query.get("hub.mode") == "subscribe" and is_same(
            query.get("hub.verify_token"), self.credentials.get("verify_token")
        )
        is_plain = challenge.isascii() and challenge.isdigit()
        return challenge if is_ours and is_plain else None

    def read_events(self, payload, headers):
        if not isinstance(payload, dict):
            raise PayloadError("no notification")
        if payload.get("object") != "page":
            return []
        if not isinstance(payload.get("entry"), list):
            raise PayloadError("no entries")
        events = []
        for entry in records(payload["entry"]):
            page = text(entry.get("id"), 64)
            for change in records(entry.get("changes")):
                events += self._read_change(page, change)
            events += read_messages(page, records(entry.get("messaging")))
        return events

    def _read_change(self, page, change):
        """The lead of a change; nothing for what is no lead."""
        value = change.get("value")
        lead = text(dig(value, "leadgen_id"), 64)
        if change.get("field") != "leadgen" or not lead:
            return []
        page = text(value.get("page_id"), 64) or page
        names = ("form_id", "ad_id", "adgroup_id", "created_time")
        kept = {name: text(value.get(name), 64) for name in names if value.get(name)}
        return [Event("leadgen", lead, lead, page, {"leadgen_id": lead, **kept})]

    # ------------------------------------------------------------
    # CALLS
    # ------------------------------------------------------------

    @cached_property
    def _client(self):
        return self.client()

    def check(self, reply):
        body = reply.body if isinstance(reply.body, dict) else {}
        if reply.status < 400 and "error" not in body:
            return body
        secrets = [self.credentials.get(name) for name in self.SECRETS]
        shown = text(dig(body, "error", "message"), 500) or reply.text
        raise judge(
            dig(body, "error"),
            scrub_text(shown, secrets),
            reply.status,
            usage_wait(reply.headers),
        )

    def call(self, method, path, params=None, *, needs="", json=None, repeatable=True):
        """Call the Graph and give the body of its answer.

        :param needs: the permissions that this call takes, to be named when Meta says
            that one is missing
        :param repeatable: False for what must not be done twice
        :raise ApiError: one of ``errors``
        """
        token = self.credentials.get("access_token") or ""
        secret = self.credentials.get("app_secret") or ""
        version = self.credentials.get("api_version") or VERSION
        reply = self._client.call(
            method,
            f"/{version}{path}",
            params={
                **(params or {}),
                "access_token": token,
                "appsecret_proof": hmac_hex(secret, token),
            },
            json=json,
            repeatable=repeatable,
        )
        self.wait = usage_wait(reply.headers)
        try:
            return self.check(reply)
        except MissingPermission as error:
            error.permissions = needs
            raise

    def fetch_records(self, path, params, cursor=None, needs="", limit=PAGE_SIZE):
        """One page of a list.

        :return: ``(list of dict, cursor of the next page or None)``; the address of the
            next page holds the token, so only the cursor is taken out of it
        """
        paging = {"limit": limit} | ({"after": cursor} if cursor else {})
        body = self.call("GET", path, {**params, **paging}, needs=needs)
        return records(body.get("data")), next_cursor(body)

    def test(self):
        return text(self.call("GET", "/me", {"fields": "id,name"}).get("name")) or "ok"

    def fetch_pages(self, cursor=None):
        """One page of ``{id, name, access_token}`` of the pages of the token."""
        return self.fetch_records(
            "/me/accounts",
            {"fields": "id,name,access_token"},
            cursor,
            "pages_show_list",
        )

    def subscribe(self, page):
        """Have the page's leads and messages sent to the app; with the page's token."""
        body = self.call(
            "POST",
            f"/{page}/subscribed_apps",
            {"subscribed_fields": SUBSCRIBED},
            needs="pages_manage_metadata, pages_messaging, leads_retrieval",
        )
        if str(body.get("success")).lower() != "true":
            raise errors.Permanent("the page was not subscribed")


def next_cursor(body):
    """Where the next page begins; None on the last one.

    >>> next_cursor({"paging": {"cursors": {"after": "B"}, "next": "https://x"}})
    'B'
    >>> next_cursor({"paging": {"cursors": {"after": "B"}}})
    """
    if not dig(body, "paging", "next"):
        return None
    return text(dig(body, "paging", "cursors", "after"), 2000)
