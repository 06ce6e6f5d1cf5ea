"""The ad accounts of the fake Meta: campaigns, ads, their daily figures."""

import copy

from . import graph
from .shop import Reply, read_sample

_ACCOUNT = ["id", "account_id", "name", "currency", "account_status", "timezone_name"]
_CAMPAIGN = [
    "id",
    "name",
    "account_id",
    "status",
    "effective_status",
    "objective",
    "daily_budget",
    "lifetime_budget",
    "start_time",
    "stop_time",
    "updated_time",
]
_AD = [
    "id",
    "name",
    "adset_id",
    "campaign_id",
    "account_id",
    "status",
    "effective_status",
    "updated_time",
    "created_time",
    "adset",
    "campaign",
]


class AdsBook:
    """What Ads Manager knows; begins with the story of the samples.

    ``accounts``, ``campaigns``, ``adsets``, ``ads`` are dicts by id, ``insights`` is a
    list of rows: change what is in them, or add to them.
    """

    def __init__(self):
        def sample(name, *pages):
            return [
                copy.deepcopy(one)
                for number in pages
                for one in read_sample(f"meta/{name}{number}.json", ("data",))
            ]

        self.accounts = {one["id"]: one for one in sample("adaccounts", "")}
        self.campaigns = {one["id"]: one for one in sample("campaigns_page_", 1, 2)}
        self.insights = sample("insights_page_", 1, 2)
        self.ads, self.adsets = {}, {}
        for one in sample("ads_page_", 1, 2, 3):
            campaign = self.campaigns[one["campaign_id"]]
            self._keep_ad(one | {"account_id": campaign["account_id"]})

    def _keep_ad(self, ad):
        self.ads[ad["id"]] = ad
        adset = {"id": ad["adset_id"], "name": f"Nhóm {ad['adset_id'][-4:]}"}
        self.adsets.setdefault(adset["id"], adset)

    def add_campaign(self, account="990000000000011", **values):
        """A new campaign of the account; its dict."""
        campaign = copy.deepcopy(next(iter(self.campaigns.values())))
        campaign |= {"id": f"1202109{len(self.campaigns):011d}", "account_id": account}
        self.campaigns[campaign["id"]] = campaign | values
        return self.campaigns[campaign["id"]]

    def add_ad(self, campaign, **values):
        """A new ad of the campaign (its id); its dict."""
        ad = copy.deepcopy(next(iter(self.ads.values())))
        ad |= {
            "id": f"1202108{len(self.ads):011d}",
            "adset_id": f"1202107{len(self.adsets):011d}",
            "campaign_id": campaign,
            "account_id": self.campaigns[campaign]["account_id"],
        }
        self._keep_ad(ad | values)
        return self.ads[ad["id"]]

    def add_insight(self, ad, day, spend, **values):
        """The figures of an ad (its id) on a day, replacing those it had; the row."""
        row = copy.deepcopy(self.insights[0])
        known = self.ads[ad]
        row |= {
            "ad_id": ad,
            "ad_name": known["name"],
            "adset_id": known["adset_id"],
            "campaign_id": known["campaign_id"],
            "account_id": known["account_id"],
            "campaign_name": self.campaigns[known["campaign_id"]]["name"],
            "date_start": day,
            "date_stop": day,
            "spend": str(spend),
        }
        self.insights = [
            one
            for one in self.insights
            if (one["ad_id"], one["date_start"]) != (ad, day)
        ]
        self.insights.append(row | values)
        return self.insights[-1]

    def adset_name(self, ad):
        """The name of the set that the ad (a dict) is in."""
        return self.adsets[ad["adset_id"]]["name"]

    def handle(self, request, path, address, page_cap):
        """The ``Reply`` to a call about ads; None for one that is about something else.

        :param path: without the version
        """
        owner, _slash, edge = path.partition("/")
        if (owner, edge) == ("me", "adaccounts"):
            return self._list(request, address, page_cap, self.accounts, _ACCOUNT)
        if owner in self.ads and not edge:
            ad, fields = self.ads[owner], request.query.get("fields", "")
            wrong = graph.unknown_field(fields, _AD, "Ad")
            return wrong or Reply(200, graph.pick(ad, fields, self._related))
        if owner not in self.accounts:
            return None
        account = owner.removeprefix("act_")
        if edge == "campaigns":
            found = self._of(self.campaigns, account)
            return self._list(request, address, page_cap, found, _CAMPAIGN)
        if edge == "ads":
            found = self._of(self.ads, account)
            return self._list(request, address, page_cap, found, _AD)
        if edge == "adsets":
            return self._list(request, address, page_cap, self.adsets, ["id", "name"])
        if edge == "insights":
            return self._insights(request, account, address, page_cap)
        if not edge:
            fields = request.query.get("fields", "")
            return Reply(200, graph.pick(self.accounts[owner], fields))
        return graph.missing(path)

    def _of(self, things, account):
        return {
            key: thing
            for key, thing in things.items()
            if thing["account_id"] == account
        }

    def _list(self, request, address, page_cap, things, known):
        fields = request.query.get("fields", "")
        wrong = graph.unknown_field(fields, known, known[1])
        found = [graph.pick(one, fields, self._related) for one in things.values()]
        return wrong or graph.page(request, address, found, page_cap)

    def _related(self, thing, name):
        shelf = {"campaign": self.campaigns, "adset": self.adsets}.get(name, {})
        return shelf.get(thing.get(f"{name}_id"))

    def _insights(self, request, account, address, page_cap):
        query = request.query
        period = graph.read_json(query, "time_range") or {}
        if query.get("level", "account") != "ad" or query.get("time_increment") != "1":
            text = "(#100) the fake knows figures by ad and day only"
            return graph.error(100, text)
        if not period.get("since") or period["since"] > period.get("until", ""):
            return graph.error(100, "(#100) time_range is not a period")
        fields = query.get("fields", "") + ",date_start,date_stop"
        found = [
            graph.pick(row, fields)
            for row in self.insights
            if row["account_id"] == account
            and period["since"] <= row["date_start"] <= period["until"]
        ]
        return graph.page(request, address, found, page_cap)
