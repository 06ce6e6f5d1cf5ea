"""The server: finds whose call it is, records it, fails where it was told to."""

import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from .calls import Omicall, Pbx, Stringee
from .sms import Esms, Speedsms
from .zalo import Zalo

# What any gateway can be told to do instead of answering: status, headers, body.
FAULTS = {
    "http_500": (500, {}, b"<html>Internal Server Error</html>"),
    "http_504": (504, {}, b"<html>Gateway Time-out</html>"),
    "throttle": (429, {"Retry-After": "30"}, b"{}"),
    "refused": (401, {}, b'{"message": "who are you?"}'),
    "no_json": (200, {}, b"<html>hello</html>"),
    "hang_up": None,
    "timeout": "timeout",
}
# Longer than anybody waits for an answer.
TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Request:
    """A call that came in."""

    method: str
    path: str
    query: dict
    headers: dict
    body: bytes

    @property
    def json(self):
        """The parsed body; an empty dict without one."""
        try:
            return json.loads(self.body)
        except ValueError:
            return {}

    @property
    def form(self):
        """The body as a form."""
        return dict(parse_qsl(self.body.decode()))


class FakeGateway:
    """All gateways behind one address, for all hosts of all of them."""

    def __init__(self, port=0):
        self.port = port
        self.lock = threading.RLock()
        self.requests = []
        self.faults = []
        self.esms, self.speedsms, self.zalo = Esms(), Speedsms(), Zalo()
        self.stringee, self.omicall, self.pbx = Stringee(), Omicall(), Pbx()
        self.gateways = (
            self.esms,
            self.speedsms,
            self.zalo,
            self.stringee,
            self.omicall,
            self.pbx,
        )
        self._http = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_error):
        self.stop()

    def start(self):
        """Listen."""
        self._http = _Http(("127.0.0.1", self.port), _Handler)
        self._http.owner = self
        self.port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        return self

    def stop(self):
        """Be gone."""
        self._http.shutdown()
        self._http.server_close()

    @property
    def url(self):
        """The address that stands for every host."""
        return f"http://127.0.0.1:{self.port}"

    def hosts(self, *names):
        """What replaces a provider's own hosts."""
        return dict.fromkeys(names or ("api",), self.url)

    def fail(self, name, kind, times=1, path=""):
        """Let the next calls of a gateway fail.

        :param kind: one of ``FAULTS``, or one of the gateway's own ``FAULTS``
        :param path: how the address of the calls begins
        """
        with self.lock:
            self.faults += [(name, kind, path)] * times

    def answer(self, request):
        """``(status, headers, body)``; None to hang up."""
        with self.lock:
            self.requests.append(request)
            for gateway in self.gateways:
                if request.path.startswith(gateway.PATHS):
                    return self._answer_of(gateway, request)
        return 404, {}, b"not found"

    def _answer_of(self, gateway, request):
        for fault in self.faults:
            name, kind, path = fault
            if name == gateway.NAME and request.path.startswith(path):
                self.faults.remove(fault)
                if kind in FAULTS:
                    return FAULTS[kind]
                return 200, {}, json.dumps(gateway.FAULTS[kind]).encode()
        reply = gateway.answer(request)
        status, body = reply if isinstance(reply, tuple) else (200, reply)
        return status, {}, json.dumps(body).encode()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        """A client that went away is nothing to talk about."""


class _Handler(BaseHTTPRequestHandler):
    def _serve(self):
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length),
        )
        reply = self.server.owner.answer(request)
        if reply == "timeout":
            time.sleep(TIMEOUT_SECONDS)
            reply = None
        if reply is None:
            self.close_connection = True
            return
        status, headers, body = reply
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _serve

    def log_message(self, *_args):
        """Tests have to stay quiet."""
