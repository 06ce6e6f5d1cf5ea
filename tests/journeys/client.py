"""A real Odoo server on a database of its own, and people who call it over RPC.

The server is a process of its own (setup/odoo), so that requests run as in production:
own cursors, real retries after a conflict, real record rules.
"""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import requests

ROOT = Path(__file__).parents[2]
START_SECONDS = 90


class RpcError(Exception):
    """What the server answered instead of a result; ``name`` is the error's class."""

    def __init__(self, error):
        data = error.get("data", {})
        self.name = data.get("name", "").rpartition(".")[2]
        super().__init__(f"{self.name}: {data.get('message') or error}")


class Person:
    """A logged-in user who calls models as the web client does."""

    def __init__(self, url, database, login, password):
        self.url = url
        self.session = requests.Session()
        answer = self._post(
            "/web/session/authenticate",
            {"db": database, "login": login, "password": password},
        )
        self.uid = answer["uid"]

    def _post(self, path, params):
        response = self.session.post(
            self.url + path,
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=120,
        )
        response.raise_for_status()
        answer = response.json()
        if "error" in answer:
            raise RpcError(answer["error"])
        return answer.get("result")

    def call(self, model, method, *args, **kwargs):
        """Call a public method of a model; records are given as lists of ids."""
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def create(self, model, **values):
        """Create one record; its id."""
        return self.call(model, "create", [values])[0]

    def read(self, model, ids, *fnames):
        """The values of records, as a list of dicts."""
        return self.call(model, "read", ids, fnames)

    def search(self, model, domain=(), **kwargs):
        """Ids of the records that this person may see."""
        return self.call(model, "search", list(domain), **kwargs)

    def ref(self, xml_id):
        """The id of the record with that XML id."""
        module, _dot, name = xml_id.partition(".")
        domain = [["module", "=", module], ["name", "=", name]]
        return self.call("ir.model.data", "search_read", domain, ["res_id"])[0][
            "res_id"
        ]

    def download(self, url):
        """The bytes that a download link gives."""
        response = self.session.get(self.url + url, timeout=60)
        response.raise_for_status()
        return response.content


class Server:
    """An Odoo server for one database, started and stopped by the test session.

    :param options: more of Odoo's own options, as texts
    """

    def __init__(self, database, log, *options):
        self.database = database
        self.log = Path(log)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.unlink(missing_ok=True)
        self.pidfile = self.log.with_suffix(".pid")
        self.pidfile.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [
                ROOT / "setup" / "odoo",
                "server",
                f"--database={database}",
                f"--http-port={self.port}",
                f"--logfile={self.log}",
                f"--pidfile={self.pidfile}",
                "--max-cron-threads=1",
                *options,
            ],
            env={**os.environ},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def wait(self):
        """Return when the server answers."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                requests.get(f"{self.url}/web/health", timeout=5).raise_for_status()
            except requests.RequestException:
                time.sleep(0.3)
            else:
                return self
        raise RuntimeError(f"the server did not start, see {self.log}")

    def login(self, login, password=None):
        """A person with that login (the password is the login where none is given)."""
        return Person(self.url, self.database, login, password or login)

    def stop(self):
        """Stop this server, and whatever of it is left.

        Odoo's first process alone is asked to: it stops its workers. Interrupted by
        themselves, those would call it an error in the log.
        """
        try:
            os.kill(int(self.pidfile.read_text()), signal.SIGINT)
        except (OSError, ValueError):
            os.killpg(self.process.pid, signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
