"""Webhooks a second against core's ``/web/manifest.webmanifest``, in one run.

Run by setup/bench in ``odoo shell``. A server with two workers and no crons serves
both: signed events of Haravan (a whole order, 2.5 kB) and of Meta (a lead), all
different, each proven and stored; and core's cheapest public page, which writes
nothing. ``CLIENTS`` connections at a time, both sides in turn ``ROUNDS`` times; the
best round of each is compared. The webhooks must reach 0.7 times core's rate, and every
event must be in the inbox in the end.
"""

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(os.environ["ROOT"])
sys.path.append(str(ROOT / "addons" / "crm_ads_data" / "tests"))
from fake_provider import FakeServer

CLIENTS = 4
REQUESTS = 600
ROUNDS = 5
FACTOR = 0.7
START_SECONDS = 90
PEER = "/web/manifest.webmanifest"
PROVIDERS = ("haravan", "facebook")


def get_free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_connectors(shops):
    """Dict of provider to running connector; what cannot be served is left out."""
    return {
        provider: env["crm.connector"].create(
            {
                "name": f"Bench {provider}",
                "provider": provider,
                "state": "running",
                **shops.shop(provider).credentials,
            }
        )
        for provider in PROVIDERS
        if f"crm.connector.{provider}" in env
    }


def pack(method, path, headers=(), body=b""):
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def make_events(shops, connectors, count):
    """Requests of that many different events, the providers in turn."""
    events = []
    for number in range(count):
        provider = list(connectors)[number % len(connectors)]
        shop = shops.shop(provider)
        headers, body = shop.webhook(shop.add())
        path = f"/crm_ads/connector/{connectors[provider].webhook_uuid}"
        events.append(pack("POST", path, headers.items(), body))
    return events


def start_server(port):
    process = subprocess.Popen(
        [
            ROOT / "setup" / "odoo",
            "server",
            f"--database={env.cr.dbname}",
            f"--http-port={port}",
            f"--gevent-port={get_free_port()}",
            "--workers=2",
            "--max-cron-threads=0",
            "--log-level=warn",
        ],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            with urlopen(f"http://127.0.0.1:{port}{PEER}", timeout=5):
                return process
        except OSError:
            time.sleep(0.3)
    os.killpg(process.pid, 2)
    raise SystemExit("the server did not start")


def measure(port, requests):
    """Requests a second; every answer has to be 200."""

    def send(request):
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.sendall(request)
            parts = []
            while part := connection.recv(65536):
                parts.append(part)
        return b"".join(parts)[:12]

    begin = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = set(pool.map(send, requests))
    taken = time.perf_counter() - begin
    if {answer[-4:] for answer in answers} != {b" 200"}:
        raise SystemExit(f"not all answers are 200: {answers}")
    return len(requests) / taken


def compare(port, shops, connectors):
    """``(best of webhooks, best of core)``, in requests a second."""
    peers = [pack("GET", PEER)] * REQUESTS
    best = {"webhook": 0, "core": 0}
    # the first round warms both workers up
    for number in range(ROUNDS + 1):
        events = make_events(shops, connectors, REQUESTS)
        rates = {"core": measure(port, peers), "webhook": measure(port, events)}
        if number:
            best = {name: max(best[name], rates[name]) for name in best}
    return best["webhook"], best["core"]


env = globals()["env"](su=True)
shops = FakeServer()
connectors = make_connectors(shops)
env.cr.commit()
port = get_free_port()
server = start_server(port)
try:
    webhook, core = compare(port, shops, connectors)
finally:
    os.killpg(server.pid, 2)
    server.wait(60)
env.cr.rollback()
stored = env["crm.connector.event"].search_count([])
sent = REQUESTS * (ROUNDS + 1)
env["crm.connector"].browse([one.id for one in connectors.values()]).unlink()
env.cr.commit()
factor = webhook / core
is_good = factor >= FACTOR and stored == sent
sys.stdout.write(
    f"webhooks of {', '.join(connectors)}: {webhook:.0f} a second"
    f"   core {PEER}: {core:.0f} a second   {factor:.2f} x (at least {FACTOR} x);"
    f" {stored} of {sent} events stored {'ok' if is_good else 'FAILED'}\n"
)
sys.stdout.write(f"BENCH {'OK' if is_good else 'FAILED'}\n")
