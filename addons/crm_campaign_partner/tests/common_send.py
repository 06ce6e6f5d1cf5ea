import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from odoo.tests import BaseCase

from ..services.send import esms, stringee, zalo

SAMPLES = Path(__file__).parent / "samples"
MANIFEST = json.loads((SAMPLES / "providers" / "manifest.json").read_text("utf-8"))
APIS = {"esms": esms.EsmsApi, "stringee": stringee.StringeeApi, "zalo": zalo.ZaloApi}
CREDENTIALS = {
    "esms": {
        "api_key": "DUMMYESMSKEY",
        "api_secret": "dummy-esms-k1-0000",
        "brand_name": "LAXANH",
    },
    "stringee": {
        "api_key": "SKDUMMY",
        "api_secret": "dummy-stringee-secret",
        "hotline": "+842873000001",
    },
    "zalo": {
        "app_key": "1230000000000000001",
        "app_secret": "dummy-zalo-app-k1-0000",
        "access_token": "DUMMYACCESSK11",
        "refresh_token": "DUMMYREFRESHK11",
    },
}
PHONE = "+84361907676"


def entries(kind):
    """The manifest's entries of a kind."""
    return [entry for entry in MANIFEST if entry["kind"] == kind]


def make_api(name, hosts=None, secret=None):
    """A provider with the credentials of the samples."""
    credentials = {**CREDENTIALS[name], "webhook_secret": secret}
    return APIS[name](credentials, dict.fromkeys(APIS[name].HOSTS, hosts))


class Provider(ThreadingHTTPServer):
    """Answers every call on 127.0.0.1 with ``answer`` and keeps what was asked.

    ``answer`` is ``(status, headers, body)``; None hangs up without a word.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer, self.asked = None, []
        self.address = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path, self.headers, body))
        if not self.server.answer:
            self.close_connection = True
            return
        status, headers, answer = self.server.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST

    def log_message(self, *args):
        """Not into the log of the tests."""


class SendCase(BaseCase):
    """Senders whose provider is a server on 127.0.0.1."""

    def setUp(self):
        super().setUp()
        self.server = Provider()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
