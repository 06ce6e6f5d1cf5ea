"""A lab of throw-away databases, with `setup/odoo` as its only tool.

Three databases are made when first needed and then only cloned:

- `base`: nothing but base, no demo data, Vietnamese;
- `core`: the addons of Odoo that ours depend on (or the one that SUITE_CORE_DB names);
- `demo`: `core` with Odoo's own demo data;
- `work`: the same, no longer marked as demo data: a company at work.
"""

import ast
import configparser
import os
import re
import shutil
import socket
import subprocess
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import psycopg2
from install_snapshot import Snapshot, take_snapshot
from psycopg2 import sql
from server_log import complaints_of

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "addons"
HOLD_POSTGRES = """
. setup/lib/ready.sh
ready
ensure_postgres
env | grep ^PG
echo
cat
"""
# The list of modules is brought up to date too: each installation does that, and the
# database that SUITE_CORE_DB names may be older than an addon.
FORCE_DEMO = """
from odoo.modules.loading import force_demo

force_demo(env)
env["ir.module.module"].update_list()
env.cr.commit()
"""
INSTALL_ONE_BY_ONE = """
from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.modules.registry import Registry

database = env.cr.dbname
env["ir.module.module"].update_list()
env.cr.commit()
for name in {names!r}:
    with Registry(database).cursor() as cr:
        modules = Environment(cr, SUPERUSER_ID, {{}})["ir.module.module"]
        modules.search([("name", "=", name)]).button_immediate_install()
"""
TESTS_RUN = re.compile(r"\d+ failed, \d+ error\(s\) of (\d+) tests")


def manifest(name: str) -> dict:
    """The manifest of one of our addons."""
    return ast.literal_eval((ADDONS / name / "__manifest__.py").read_text("utf-8"))


OURS = tuple(sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py")))
CORE_MODULES = sorted(
    {name for own in OURS for name in manifest(own)["depends"]} - set(OURS)
)


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def needed(name: str) -> list[str]:
    """The addon with those of ours that it depends on, in the order of installation."""
    ours = [own for own in manifest(name)["depends"] if own in OURS]
    chain = [deeper for own in ours for deeper in needed(own)]
    return list(dict.fromkeys([*chain, name]))


@dataclass
class Outcome:
    """What a scenario gave: bad log lines, what is installed, snapshots, tests run."""

    complaints: list[str] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    own_names: set[str] = field(default_factory=set)
    snapshots: list[Snapshot] = field(default_factory=list)
    test_count: int = 0


class Lab:
    """Holds the PostgreSQL server, makes and clones databases, runs Odoo on them."""

    def __init__(self):
        self.prefix = f"suite_install_{os.getpid()}"
        self.number = 0
        self.lock = Lock()
        self.template_locks = {
            name: Lock() for name in ("base", "core", "demo", "work")
        }
        self.templates = {}

    def __enter__(self):
        # The private cluster stops with the last script that uses it: hold one open.
        self.holder = subprocess.Popen(
            ["bash", "-c", HOLD_POSTGRES],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        lines = iter(self.holder.stdout.readline, "\n")
        self.environment = dict(
            line.rstrip("\n").split("=", 1) for line in lines if line
        )
        return self

    def __exit__(self, *exception):
        for name in self._databases():
            self._drop(name)
        self.holder.stdin.close()
        self.holder.wait(60)

    # -- databases ------------------------------------------------------------------

    def template(self, kind: str) -> str:
        """The name of the database of the kind, made at the first call."""
        with self.template_locks[kind]:
            if kind not in self.templates:
                self.templates[kind] = getattr(self, f"_make_{kind}")()
            return self.templates[kind]

    def _make_base(self):
        name = self._new_name()
        options = ("--load-language=vi_VN", "--without-demo", "--stop-after-init")
        self._odoo(["-d", name, "-i", "base", *options]).check_returncode()
        return name

    def _make_core(self):
        if os.environ.get("SUITE_CORE_DB"):
            return os.environ["SUITE_CORE_DB"]
        name = self._clone("base")
        modules = ",".join(CORE_MODULES)
        self._odoo(["-d", name, "-i", modules, "--stop-after-init"]).check_returncode()
        return name

    def _make_demo(self):
        name = self._clone("core")
        self._odoo(["shell", "-d", name, "--no-http"], FORCE_DEMO).check_returncode()
        return name

    def _make_work(self):
        name = self._clone("demo")
        with closing(self.connect(name)) as connection, connection:
            connection.cursor().execute("UPDATE ir_module_module SET demo = false")
        return name

    @contextmanager
    def database(self, kind: str):
        """Lend a fresh clone of the database of the kind."""
        name = self._clone(kind)
        try:
            yield name
        finally:
            self._drop(name)

    def _new_name(self):
        with self.lock:
            self.number += 1
            return f"{self.prefix}_{self.number}"

    def _clone(self, kind):
        source, name = self.template(kind), self._new_name()
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(source)
        )
        for attempt in range(60):
            try:
                self._maintain(statement)
                break
            except psycopg2.errors.ObjectInUse:  # somebody looks at the template
                if attempt == 59:
                    raise
                time.sleep(0.5)
        files = self._filestore(source)
        if files.is_dir():
            shutil.copytree(files, self._filestore(name))
        return name

    def _drop(self, name):
        self._maintain(
            sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(sql.Identifier(name))
        )
        shutil.rmtree(self._filestore(name), ignore_errors=True)

    def _databases(self):
        with (
            closing(self.connect("postgres")) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
                [f"{self.prefix}_"],
            )
            return [name for (name,) in cursor.fetchall()]

    def connect(self, name: str):
        """A connection to the database, as Odoo itself would have it."""
        given = {
            "host": self.environment.get("PGHOST"),
            "port": self.environment.get("PGPORT"),
            "user": self.environment.get("PGUSER"),
            "password": self.environment.get("PGPASSWORD"),
        }
        return psycopg2.connect(
            dbname=name, **{key: value for key, value in given.items() if value}
        )

    def _maintain(self, statement):
        with closing(self.connect("postgres")) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)

    @staticmethod
    def _filestore(name):
        parser = configparser.RawConfigParser()
        parser.read(os.environ.get("ODOO_RC", ROOT / "odoo.conf"), "utf-8")
        return ROOT / parser.get("options", "data_dir") / "filestore" / name

    # -- Odoo -----------------------------------------------------------------------

    def _odoo(self, arguments, script=None):
        return subprocess.run(
            [ROOT / "setup" / "odoo", *arguments],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            input=script or "",
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self, outcome: Outcome, arguments: list[str], script: str | None = None):
        """Run `setup/odoo` and keep what it complained about. Return its log."""
        done = self._odoo(arguments, script)
        outcome.complaints += complaints_of(done.stdout + done.stderr)
        if done.returncode:
            tail = (done.stdout + done.stderr).splitlines()[-15:]
            outcome.complaints.append(
                "\n".join([f"exit code {done.returncode}:", *tail])
            )
        return done.stdout + done.stderr

    def install(self, outcome: Outcome, name: str, addons, *options: str):
        """Install the addons in one go, from the command line."""
        command = ["-d", name, "-i", ",".join(addons), "--stop-after-init", "--no-http"]
        self.run(outcome, [*command, *options])

    def upgrade(self, outcome: Outcome, name: str, addons):
        """Upgrade the addons in one go."""
        command = ["-d", name, "-u", ",".join(addons), "--stop-after-init", "--no-http"]
        self.run(outcome, command)

    def install_one_by_one(self, outcome: Outcome, name: str, addons):
        """Install one addon after the other in one process, as the Apps screen does."""
        script = INSTALL_ONE_BY_ONE.format(names=list(addons))
        self.run(outcome, ["shell", "-d", name, "--no-http"], script)

    def uninstall(self, outcome: Outcome, name: str, addons):
        """Uninstall the addons."""
        self.run(outcome, ["module", "uninstall", "-d", name, *addons])

    def test(self, outcome: Outcome, name: str, tags: str):
        """Run tests of the addons that are installed; note how many there were."""
        port = f"--http-port={free_port()}"
        log = self.run(
            outcome, ["-d", name, "--test-tags", tags, "--stop-after-init", port]
        )
        outcome.test_count += sum(map(int, TESTS_RUN.findall(log)))

    def look(self, outcome: Outcome, name: str):
        """Add a snapshot; note the states of our addons and their XML ids."""
        with closing(self.connect(name)) as connection, connection.cursor() as cursor:
            outcome.snapshots.append(take_snapshot(cursor))
            cursor.execute(
                "SELECT name, state FROM ir_module_module WHERE name = ANY(%s)",
                [list(OURS)],
            )
            outcome.states = dict(cursor.fetchall())
            cursor.execute(
                """SELECT module || '.' || name
                     FROM ir_model_data
                    WHERE module = ANY(%s)""",
                [list(OURS)],
            )
            outcome.own_names = {name for (name,) in cursor.fetchall()}
