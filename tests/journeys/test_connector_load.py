"""Connectors under load: nothing is lost and nothing doubled, whatever happens.

A server of its own with two workers on a copy of the database that setup/test has made.
The providers are fake ones that keep what they hold, so that in the end every order
here can be compared with every order there.
"""

import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import requests
from client import ROOT, Server
from database_copy import copied_database, wake_crons
from fake_providers import FakeServer
from provoked import unexpected_complaints

CLIENTS = 10
EVENTS = {"haravan": 250, "nhanh": 125, "tiktok": 125}
CROWD = 20
SECONDS = 300
HOUR = 3600
ORDER = "crm.connector.order"
# What each platform's order ends in here.
STATES = ("new", "confirmed", "shipping", "done", "cancelled")


@pytest.fixture
def fakes():
    """The providers."""
    with FakeServer() as server:
        yield server


@pytest.fixture
def database():
    """A copy of the database, gone afterwards."""
    with copied_database("connectors") as name:
        yield name


class Office:
    """Our side: a server, its administrator, a connector for each provider."""

    def __init__(self, database, fakes):
        self.database = database
        self.fakes = fakes
        self.connectors = {}
        self.starts = 0
        self.server = self.admin = None

    def open(self):
        """Start the server."""
        self.starts += 1
        log = ROOT / ".work" / "log" / f"connector-server-{self.starts}.log"
        self.server = Server(self.database, log, "--workers=2", "--gevent-port=0")
        self.admin = self.server.wait().login("admin")
        return self

    def close(self):
        """Stop the server; its log must hold no complaint that nobody provoked."""
        self.server.stop()
        assert unexpected_complaints(self.server.log.read_text()) == []

    def kill(self):
        """Take the power away."""
        os.killpg(self.server.process.pid, signal.SIGKILL)
        self.server.process.wait()

    def connect(self, provider, **values):
        """A running connector to the fake shop; its id."""
        admin = self.admin
        name = "crm_ads_data.connector_allow_private_hosts"
        admin.call("ir.config_parameter", "set_param", name, "1")
        settings = self.fakes.settings(provider)
        self.connectors[provider] = connector = admin.create(
            "crm.connector", name=f"Load {provider}", **settings | values
        )
        admin.call("crm.connector", "action_run", [connector])
        return connector

    def read(self, provider, *fnames):
        """Values of the provider's connector."""
        ids = [self.connectors[provider]]
        return self.admin.read("crm.connector", ids, *fnames)[0]

    def address(self, provider):
        """Where the provider sends its webhooks."""
        uuid = self.read(provider, "webhook_uuid")["webhook_uuid"]
        return f"{self.server.url}/crm_ads/connector/{uuid}"

    def wait(self, is_enough, what):
        """Let the crons run until it is enough."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            if is_enough():
                return
            wake_crons(self.database)
            time.sleep(0.5)
        raise AssertionError(f"{what}: not within {SECONDS} s")

    def wait_for_fetch(self, provider, before=False):
        """Wait for the end of a fetch after the one that ended at ``before``."""
        self.wait(
            lambda: self.read(provider, "last_sync")["last_sync"] != before, "fetch"
        )

    def sync(self, provider):
        """Fetch now and wait for the end of it."""
        before = self.read(provider, "last_sync")["last_sync"]
        # last_sync has no fractions of seconds
        time.sleep(1.1)
        ids = [self.connectors[provider]]
        self.admin.call("crm.connector", "action_sync", ids)
        self.wait_for_fetch(provider, before)

    def count(self, provider, model=ORDER, *domain):
        """How many records of the provider there are."""
        mine = [["connector_id", "=", self.connectors[provider]], *domain]
        return self.admin.call(model, "search_count", mine)

    def assert_same(self, provider, wanted):
        """Every order there is one order here with one sale order, and nothing else.

        :param wanted: dict of the platform's id to the state it has there
        """
        mine = [["connector_id", "=", self.connectors[provider]]]
        fnames = ["external_id", "state", "order_id"]
        found = self.admin.call(ORDER, "search_read", mine, fnames)
        assert {one["external_id"]: one["state"] for one in found} == wanted
        assert len(found) == len({one["order_id"][0] for one in found}) == len(wanted)
        origin = [["origin", "=", f"Load {provider}"]]
        fnames = ["client_order_ref", "state"]
        sales = self.admin.call("sale.order", "search_read", origin, fnames)
        refs = [one["client_order_ref"] for one in sales]
        assert sorted(refs) == sorted(wanted)
        cancelled = {
            one["client_order_ref"] for one in sales if one["state"] == "cancel"
        }
        assert cancelled == {ref for ref in wanted if wanted[ref] == "cancelled"}


@pytest.fixture
def office(database, fakes):
    """Our side, open; the log of its last server is read at the end."""
    office = Office(database, fakes).open()
    try:
        yield office
    except BaseException:
        office.server.stop()
        raise
    office.close()


def _place(shop, number):
    """An order and its two webhooks: placed, then changed; ``(id, state, events)``."""
    now = int(time.time())
    state = STATES[number % len(STATES)]
    order = shop.add(state="new", updated=now - 2 * HOUR)
    key = shop.id_of(order)
    placed = shop.webhook(order)
    changed = shop.webhook(shop.change(key, state=state, updated=now - HOUR))
    return key, state, [placed, changed]


def _deliver(address, event):
    headers, body = event
    response = requests.post(address, data=body, headers=headers, timeout=60)
    return response.status_code


def _deliver_all(deliveries):
    """Ten clients share the deliveries; the statuses that came back."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(lambda one: _deliver(*one), deliveries))


def _deliver_at_once(address, event):
    """The same event from a crowd at the same moment."""
    barrier = Barrier(CROWD)

    def push(_number):
        barrier.wait()
        return _deliver(address, event)

    with ThreadPoolExecutor(CROWD) as pool:
        return list(pool.map(push, range(CROWD)))


def test_500_events_by_10_clients(office, fakes):
    luck = random.Random(4)
    wanted, deliveries, crowded = {}, [], []
    for provider, count in EVENTS.items():
        office.connect(provider)
        # the first fetch finds nothing: what comes in comes by webhooks
        office.wait(
            lambda p=provider: office.read(p, "last_sync")["last_sync"], "fetch"
        )
        address, wanted[provider] = office.address(provider), {}
        for number in range(count // 2):
            key, state, events = _place(fakes.shop(provider), number)
            wanted[provider][key] = state
            for event in events:
                deliveries += [(address, event)] * luck.randint(1, 3)
        crowded.append((address, events[-1]))
    luck.shuffle(deliveries)
    statuses = _deliver_all(deliveries)
    for address, event in crowded:
        statuses += _deliver_at_once(address, event)
    assert set(statuses) == {200}
    assert len(statuses) == len(deliveries) + CROWD * len(crowded)

    event = "crm.connector.event"
    for provider, states in wanted.items():
        assert office.count(provider, event) == 2 * len(states)
    waiting = [["state", "in", ["pending", "failed"]]]
    office.wait(
        lambda: not office.admin.call(event, "search_count", waiting), "working off"
    )
    for provider, states in wanted.items():
        done = office.count(provider, event, ["state", "=", "done"])
        assert done == 2 * len(states)
        office.assert_same(provider, states)


def test_night_without_the_provider_is_caught_up(office, fakes):
    providers = ("haravan", "nhanh", "shopee")
    wanted = {provider: {} for provider in providers}
    for provider in providers:
        shop = fakes.shop(provider)
        office.connect(provider)
        for order in shop.add_many(4, state="confirmed"):
            wanted[provider][shop.id_of(order)] = "confirmed"
        office.sync(provider)
        office.assert_same(provider, wanted[provider])

    fakes.stop()
    ids = list(office.connectors.values())
    office.admin.call("crm.connector", "action_sync", ids)
    office.wait(
        lambda: all(
            office.read(provider, "last_error_kind")["last_error_kind"] == "transient"
            for provider in providers
        ),
        "noting the outage",
    )
    for provider in providers:
        shop = fakes.shop(provider)
        shop.page_cap = 20 if provider != "haravan" else None
        for key in wanted[provider]:
            shop.cancel(key)
            wanted[provider][key] = "cancelled"
        for number in range(60):
            key, state, _unheard = _place(shop, number)
            shop.change(key)
            wanted[provider][key] = state
    fakes.shop("shopee").expire()

    fakes.start()
    for provider in providers:
        office.sync(provider)
        office.assert_same(provider, wanted[provider])
        found = office.read(provider, "last_error", "failure_count", "auth_state")
        assert found["last_error"] is False
        assert found["auth_state"] == "ok"
        assert found["failure_count"] == 0
    assert fakes.shop("shopee").refreshes == 1


def test_killed_in_the_middle_of_a_fetch(office, fakes):
    shop = fakes.shop("nhanh")
    shop.page_cap = 10
    wanted = {
        shop.id_of(order): "confirmed"
        for order in shop.add_many(120, state="confirmed")
    }
    office.connect("nhanh")
    office.wait(lambda: office.count("nhanh") >= 30, "the first pages")
    office.kill()
    pages = len(fakes.calls("nhanh"))
    assert pages < len(wanted) / shop.page_cap

    office.open()
    kept = office.count("nhanh")
    assert kept % shop.page_cap == 0
    assert 30 <= kept < len(wanted)
    office.wait(lambda: office.count("nhanh") == len(wanted), "the other pages")
    office.wait_for_fetch("nhanh")
    office.assert_same("nhanh", wanted)
    # it went on where it was: no page was fetched again that had been kept
    assert len(fakes.calls("nhanh")) - pages <= (len(wanted) - kept) / shop.page_cap
