"""Ad accounts, campaigns and ads with their status and budgets.

Budgets are texts in the smallest unit of the account's currency; what an insight calls
``spend`` is in whole units.
"""

from dataclasses import dataclass
from decimal import Decimal

from .payload import amount, dig, text

NEEDS = "ads_read"
ACTIVE = "ACTIVE"
# Currencies whose budgets Meta counts in whole units (its own list, not ISO 4217's).
WHOLE_CURRENCIES = {
    *("CLP", "COP", "CRC", "HUF", "IDR", "ISK", "JPY", "KRW", "PYG", "TWD", "VND"),
}


@dataclass(frozen=True, slots=True)
class AdAccount:
    """An ad account; ``tz`` is the name of the time zone that its days are of."""

    external_ref: str
    name: str
    currency: str | None = None
    tz: str | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign; budgets are in whole units of the currency, None without one."""

    external_ref: str
    name: str
    is_running: bool
    daily_budget: Decimal | None = None
    lifetime_budget: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Ad:
    """An ad with the set and the campaign that it is in."""

    external_ref: str
    name: str
    is_running: bool
    campaign_ref: str | None = None
    campaign_name: str | None = None
    adset_ref: str | None = None
    adset_name: str | None = None


def from_minor(value, currency):
    """A budget as Meta writes it, in whole units; None without one.

    >>> from_minor("600000", "VND"), from_minor("1234", "USD"), from_minor("0", "USD")
    (Decimal('600000'), Decimal('12.34'), None)
    >>> from_minor("100000", "IDR"), from_minor(None, "VND")
    (Decimal('100000'), None)
    """
    number = amount(value)
    if not number:
        return None
    return number if currency in WHOLE_CURRENCIES else number / 100


def read_account(account):
    """An account; its id with or without ``act_``.

    >>> read_account({"id": "act_990", "name": "A", "currency": "VND"}).external_ref
    '990'
    """
    ref = text(account.get("account_id"), 64) or text(account.get("id"), 64) or ""
    ref = ref.removeprefix("act_")
    return AdAccount(
        external_ref=ref,
        name=text(account.get("name")) or ref,
        currency=text(account.get("currency"), 3),
        tz=text(account.get("timezone_name"), 64),
    )


def read_campaign(campaign, currency):
    """A campaign of an account with that currency."""
    ref = text(campaign.get("id"), 64) or ""
    return Campaign(
        external_ref=ref,
        name=text(campaign.get("name")) or ref,
        is_running=_is_active(campaign),
        daily_budget=from_minor(campaign.get("daily_budget"), currency),
        lifetime_budget=from_minor(campaign.get("lifetime_budget"), currency),
    )


def read_ad(ad):
    """An ad; the names of its set and campaign where the answer holds them."""
    ref = text(ad.get("id"), 64) or ""
    return Ad(
        external_ref=ref,
        name=text(ad.get("name")) or ref,
        is_running=_is_active(ad),
        campaign_ref=text(ad.get("campaign_id"), 64),
        campaign_name=text(dig(ad, "campaign", "name")),
        adset_ref=text(ad.get("adset_id"), 64),
        adset_name=text(dig(ad, "adset", "name")),
    )


def _is_active(thing):
    """Whether it is delivered: what Meta makes of its status and those above it."""
    return (thing.get("effective_status") or thing.get("status")) == ACTIVE


def fetch_accounts(api, cursor=None):
    """``(list of AdAccount, next cursor or None)`` of one page."""
    fields = "id,account_id,name,currency,account_status,timezone_name"
    found, following = api.fetch_records(
        "/me/adaccounts", {"fields": fields}, cursor, NEEDS
    )
    return [read_account(one) for one in found if one.get("id")], following


def fetch_account(api, account):
    """One ``AdAccount`` by its id."""
    fields = "id,account_id,name,currency,timezone_name"
    return read_account(
        api.call("GET", f"/act_{account}", {"fields": fields}, needs=NEEDS)
    )


def fetch_account_ref(api, ad):
    """The id of the account that an ad belongs to; None where it does not say."""
    body = api.call("GET", f"/{ad}", {"fields": "id,account_id"}, needs=NEEDS)
    return text(body.get("account_id"), 64)


def fetch_campaigns(api, account, currency, cursor=None):
    """``(list of Campaign, next cursor or None)`` of one page of an account."""
    fields = (
        "id,name,status,effective_status,objective,daily_budget,lifetime_budget,"
        "updated_time"
    )
    found, following = api.fetch_records(
        f"/act_{account}/campaigns", {"fields": fields}, cursor, NEEDS
    )
    return [read_campaign(one, currency) for one in found if one.get("id")], following


def fetch_ads(api, account, cursor=None):
    """``(list of Ad, next cursor or None)`` of one page of an account."""
    fields = (
        "id,name,adset_id,campaign_id,status,effective_status,updated_time,"
        "adset{name},campaign{name}"
    )
    found, following = api.fetch_records(
        f"/act_{account}/ads", {"fields": fields}, cursor, NEEDS
    )
    return [read_ad(one) for one in found if one.get("id")], following
