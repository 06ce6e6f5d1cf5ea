"""The server: finds whose call it is, records it, breaks what it was told to break."""

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from .aggregators import NhanhShop, PancakeShop
from .faults import FAULTS
from .meta import MetaShop
from .shop import Reply
from .shopee import ShopeeShop
from .shopify_like import HaravanShop, SapoShop
from .tiktok import TiktokShop

# The first that fits says whose path it is.
ROUTES = (
    (r"/v3\.0/(order|app)/", NhanhShop),
    (r"/api/v1/shops\b", PancakeShop),
    (r"/com/", HaravanShop),
    (r"/admin/", SapoShop),
    (r"/api/v2/(order|auth|shop)/", ShopeeShop),
    (r"/(order|authorization)/202309/|/api/v2/token/", TiktokShop),
    (r"/v\d+\.\d+(/|$)", MetaShop),
)


@dataclass(frozen=True)
class Request:
    """A call that came in; ``query`` holds the last value of each name."""

    method: str
    path: str
    query: dict
    headers: dict
    body: bytes
    provider: str
    params: dict = field(default_factory=dict)

    @property
    def json(self):
        """The parsed body; None without one."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass
class Fault:
    """What happens to the next calls of a provider.

    ``path``: to those alone whose path holds it; ``times``: None for all of them.
    """

    provider: str
    kind: str
    path: str = ""
    times: int | None = 1


class FakeServer:
    """All providers, each with its one shop, behind one address.

    :param port: 0 for any free one; it is kept when the server is started again
    """

    def __init__(self, port=0):
        self.port = port
        self.lock = threading.RLock()
        self.requests = []
        self.faults = []
        # How long a call that times out is held, in seconds.
        self.patience = 30
        self.stopping = threading.Event()
        self.shops = {kind.PROVIDER: kind(self.lock) for _path, kind in ROUTES}
        self._http = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_error):
        self.stop()

    def start(self):
        """Listen; the shops keep what they have."""
        self.stopping.clear()
        self._http = _Http(("127.0.0.1", self.port), _Handler)
        self._http.owner = self
        self.port = self._http.server_address[1]
        for shop in self.shops.values():
            shop.address = self.url
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        return self

    def stop(self):
        """Be gone: calls are refused until ``start``."""
        self.stopping.set()
        if self._http:
            self._http.shutdown()
            self._http.server_close()
            self._http = None

    @property
    def url(self):
        """The address that stands for every host of every provider."""
        return f"http://127.0.0.1:{self.port}"

    def shop(self, provider):
        """The provider's shop (``facebook`` and ``meta`` are the same)."""
        return self.shops[{"meta": "facebook"}.get(provider, provider)]

    def hosts(self, provider):
        """What replaces the provider's addresses."""
        return dict.fromkeys(self.shop(provider).HOSTS, self.url)

    def settings(self, provider):
        """The credentials that the provider takes at this moment, and its hosts."""
        return {
            "provider": self.shop(provider).PROVIDER,
            **self.shop(provider).credentials,
            "host_overrides": self.hosts(provider),
        }

    def fail(self, provider, kind, times=1, path=""):
        """Let the provider's next calls fail.

        :param kind: one of ``FAULTS``
        :param times: how many; None until ``heal``
        :param path: only those whose path holds it
        """
        if kind not in FAULTS:
            raise ValueError(f"{kind} is none of {', '.join(FAULTS)}")
        shop = self.shop(provider)
        with self.lock:
            self.faults.append(Fault(shop.PROVIDER, kind, path, times))

    def heal(self):
        """Forget all faults."""
        with self.lock:
            self.faults.clear()

    def calls(self, provider=None, path=""):
        """The recorded calls of a provider whose path holds the text."""
        wanted = provider and self.shop(provider).PROVIDER
        with self.lock:
            return [
                request
                for request in self.requests
                if path in request.path and wanted in (None, request.provider)
            ]

    def answer(self, request):
        """Record the call; ``(kind of fault or None, shop)``."""
        with self.lock:
            self.requests.append(request)
            for fault in self.faults:
                if fault.provider == request.provider and fault.path in request.path:
                    if fault.times is not None:
                        fault.times -= 1
                        if not fault.times:
                            self.faults.remove(fault)
                    return fault.kind
        return None


def find_provider(path):
    """The provider that a path belongs to; None for nobody's.

    >>> [find_provider(path) for path in ("/v3.0/order/list", "/v26.0/me", "/")]
    ['nhanh', 'facebook', None]
    """
    for pattern, kind in ROUTES:
        if re.match(pattern, path):
            return kind.PROVIDER
    return None


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A client that went away is nothing to talk about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def _serve(self):
        owner = self.server.owner
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length),
            find_provider(parts.path),
        )
        kind = owner.answer(request)
        shop = owner.shops.get(request.provider)
        if shop is None:
            self.send(Reply(404, b"not found"))
        elif kind:
            FAULTS[kind](self, shop, request)
        else:
            self.send(shop.answer(request))

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def send(self, reply, body=None, length=None):
        """Write the reply; ``body`` and ``length`` replace what it holds."""
        raw, kind = reply.raw()
        body = raw if body is None else body
        self.send_response(reply.status)
        for name, value in {"Content-Type": kind, **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_args):
        """Tests have to stay quiet."""
