"""Meta's Graph: pages, forms, leads, conversations, stage feedback; webhooks."""

import copy
import time

from . import graph
from .meta_ads import AdsBook
from .shop import Reply, Shop, dump, hex_hmac, iso

PAGE, FORM = "109900000000101", "880000000000201"
LEAD_FIELDS = [
    "id",
    "created_time",
    "ad_id",
    "ad_name",
    "adset_id",
    "adset_name",
    "campaign_id",
    "campaign_name",
    "form_id",
    "is_organic",
    "platform",
    "field_data",
]
_WEEK = 7 * 24 * 3600


class MetaShop(Shop):
    """One app with its pages. What ``add`` takes in are leads.

    Words of ``add`` and ``change``: ``name``, ``phone``, ``email``, ``ad`` (its id;
    None: organic), ``form``, ``page``, ``created`` (unix seconds), ``answers`` (dict of
    question to answer), ``raw``.

    ``ads`` is the ``AdsBook``; ``events`` are the stages that we reported; ``hidden``
    the ids of leads that cannot be read yet.
    """

    PROVIDER = "facebook"
    SAMPLE = ("meta/lead_1.json", ())
    FIRST_NUMBER = 8329500000000001

    def __init__(self, lock):
        super().__init__(lock)
        self.ads = AdsBook()
        self.pages, self.forms, self.conversations = {}, {}, {}
        self.subscribed, self.hidden = set(), set()
        self.events = []
        self.add_page(PAGE, "Lá Xanh")
        self.add_form(FORM, PAGE, "Tư vấn da")

    def make_credentials(self):
        return {
            "app_key": "77001001",
            "app_secret": "fake-meta-app-secret-0001",
            "access_token": "EAAFAKEUSERTOKEN0001",
            "verify_token": "fake-meta-verify-0001",
        }

    def add_page(self, page_id, name):
        """A page with a token of its own; its dict."""
        token = f"EAAFAKEPAGETOKEN{page_id}"
        self.pages[page_id] = {"id": page_id, "name": name, "access_token": token}
        return self.pages[page_id]

    def add_form(self, form_id, page, name, questions=("full_name", "phone_number")):
        """A form of a page; its dict."""
        self.forms[form_id] = {
            "id": form_id,
            "name": name,
            "status": "ACTIVE",
            "locale": "vi_VN",
            "page_id": page,
            "questions": [{"key": key, "label": key} for key in questions],
        }
        return self.forms[form_id]

    def add_conversation(self, psid, name, page=PAGE):
        """A conversation of a person with a page."""
        people = [{"id": psid, "name": name}, {"id": page, "name": "Lá Xanh"}]
        self.conversations[psid] = {
            "id": f"t_{psid}",
            "link": f"/{page}/inbox/{psid}/",
            "page_id": page,
            "participants": {"data": people},
        }

    # ------------------------------------------------------------
    # LEADS
    # ------------------------------------------------------------

    def make_order(self, number):
        return {"id": str(number), "platform": "fb", "field_data": []}

    def updated(self, order):
        return order["_created"]

    def fill(self, order, values):
        order["_page"] = values.get("page", order.get("_page", PAGE))
        order["form_id"] = values.get("form", order.get("form_id", FORM))
        if "created" in values:
            order["_created"] = values["created"]
            order["created_time"] = iso(values["created"], "+0000")
        if "ad" in values:
            self._fill_ad(order, values["ad"])
        names = {"name": "full_name", "phone": "phone_number", "email": "email"}
        answers = {names[key]: values[key] for key in names if values.get(key)}
        answers |= values.get("answers", {})
        said = {one["name"]: one["values"] for one in order["field_data"]}
        said |= {name: [answer] for name, answer in answers.items()}
        order["field_data"] = [
            {"name": name, "values": answer} for name, answer in said.items()
        ]

    def _fill_ad(self, lead, ad_id):
        lead["is_organic"] = ad_id is None
        ad = self.ads.ads.get(ad_id)
        if ad:
            campaign = self.ads.campaigns[ad["campaign_id"]]
            lead |= {"ad_id": ad_id, "ad_name": ad["name"], "adset_id": ad["adset_id"]}
            lead |= {"adset_name": self.ads.adset_name(ad)}
            lead |= {"campaign_id": campaign["id"], "campaign_name": campaign["name"]}
        elif ad_id:
            lead["ad_id"] = ad_id

    # ------------------------------------------------------------
    # CALLS
    # ------------------------------------------------------------

    def throttled(self):
        usage = (
            '{"990000000000011": [{"type": "leadgen", "call_count": 100,'
            ' "total_cputime": 31, "total_time": 40,'
            ' "estimated_time_to_regain_access": 7}]}'
        )
        reply = graph.error(
            17, "User request limit reached", 2446079, is_transient=True
        )
        return Reply(400, reply.body, {"X-Business-Use-Case-Usage": usage})

    def refused(self):
        text = "Error validating access token: Session has expired."
        return graph.error(190, text, 463)

    def refusal(self, request):
        token = request.query.get("access_token", "")
        pages = [page["access_token"] for page in self.pages.values()]
        if token not in (self.credentials["access_token"], *pages):
            return self.refused()
        proof = hex_hmac(self.credentials["app_secret"], token.encode())
        if request.query.get("appsecret_proof") != proof:
            text = "Invalid appsecret_proof provided in the API argument"
            return graph.error(100, text)
        return None

    def handle(self, request):
        path = request.path.strip("/").partition("/")[2]
        owner, _slash, edge = path.partition("/")
        fields = request.query.get("fields", "")
        if path == "me":
            return Reply(200, graph.pick({"id": "1", "name": "Lá Xanh"}, fields))
        if path == "me/accounts":
            found = [graph.pick(page, fields) for page in self.pages.values()]
            return graph.page(request, self.address, found, self.page_cap)
        reply = self.ads.handle(request, path, self.address, self.page_cap)
        if reply:
            return reply
        if owner in self.pages:
            return self._of_page(request, owner, edge, fields)
        if owner in self.forms and edge == "leads":
            return self._form_leads(request, owner, fields)
        if edge == "events" and request.method == "POST":
            return self._take_events(request.json or {})
        lead = self.orders.get(path)
        if lead and path not in self.hidden and self._may_read(request, lead):
            wrong = graph.unknown_field(fields, LEAD_FIELDS, "Lead")
            return wrong or Reply(200, graph.pick(lead, fields or "created_time"))
        return graph.missing(path)

    def _may_read(self, request, lead):
        own = self.pages[lead["_page"]]["access_token"]
        allowed = (own, self.credentials["access_token"])
        return request.query["access_token"] in allowed

    def _of_page(self, request, page_id, edge, fields):
        token = request.query["access_token"]
        if token != self.pages[page_id]["access_token"] and edge:
            text = "(#190) This method must be called with a Page Access Token"
            return graph.error(190, text, 2069032)
        if edge == "subscribed_apps" and request.method == "POST":
            self.subscribed.add(page_id)
            return Reply(200, {"success": True})
        if edge == "leadgen_forms":
            shelf = self.forms
        elif edge == "conversations":
            person = request.query.get("user_id")
            shelf = self.conversations
            if person:
                shelf = {key: one for key, one in shelf.items() if key == person}
        elif not edge:
            return Reply(200, graph.pick(self.pages[page_id], fields))
        else:
            return graph.missing(f"{page_id}/{edge}")
        found = [one for one in shelf.values() if one["page_id"] == page_id]
        found = [graph.pick(one, fields) for one in found]
        return graph.page(request, self.address, found, self.page_cap)

    def _form_leads(self, request, form, fields):
        found = [
            lead
            for lead in self.orders.values()
            if lead["form_id"] == form and self._may_read(request, lead)
        ]
        for rule in graph.read_json(request.query, "filtering") or []:
            if rule["field"] == "time_created" and rule["operator"] == "GREATER_THAN":
                found = [one for one in found if one["_created"] > rule["value"]]
        found.sort(key=lambda one: (one["_created"], one["id"]), reverse=True)
        wrong = graph.unknown_field(fields, LEAD_FIELDS, "Lead")
        found = [graph.pick(one, fields or "created_time") for one in found]
        return wrong or graph.page(request, self.address, found, self.page_cap)

    def _take_events(self, body):
        events = body.get("data") or []
        if any(event["event_time"] < time.time() - _WEEK for event in events):
            return graph.error(100, "Invalid parameter", 2804003)
        self.events += copy.deepcopy(events)
        return Reply(200, {"events_received": len(events), "messages": []})

    # ------------------------------------------------------------
    # WEBHOOKS
    # ------------------------------------------------------------

    def webhook(self, order, secret=None, topic=None):
        """What Meta tells of a lead, or of a list of leads in one body."""
        leads = order if isinstance(order, list) else [order]
        entries = {}
        for lead in leads:
            value = {
                "created_time": lead["_created"],
                "leadgen_id": lead["id"],
                "page_id": lead["_page"],
                "form_id": lead["form_id"],
            }
            if lead.get("ad_id"):
                value |= {"ad_id": lead["ad_id"], "adgroup_id": lead["ad_id"]}
            change = {"field": "leadgen", "value": value}
            entries.setdefault(lead["_page"], []).append(change)
        return self._sign(
            [
                {"id": page, "time": int(time.time()), "changes": changes}
                for page, changes in entries.items()
            ],
            secret,
        )

    def message(self, psid, text=None, ad=None, page=PAGE, secret=None):
        """``(headers, body)`` of a message, with the ad that it came from."""
        now = int(time.time() * 1000)
        message = {"mid": f"m_FAKE{next(self.numbers)}", "text": text or "Xin chào"}
        if ad:
            referral = {"ref": "", "ad_id": ad, "source": "ADS", "type": "OPEN_THREAD"}
            message["referral"] = referral | {"ads_context_data": {"ad_title": "Clip"}}
        item = {"sender": {"id": psid}, "recipient": {"id": page}, "timestamp": now}
        entry = {"id": page, "time": now, "messaging": [item | {"message": message}]}
        return self._sign([entry], secret)

    def _sign(self, entries, secret):
        body = dump({"object": "page", "entry": entries})
        sign = hex_hmac(secret or self.credentials["app_secret"], body)
        headers = {"X-Hub-Signature-256": f"sha256={sign}"}
        return {"Content-Type": "application/json", **headers}, body
