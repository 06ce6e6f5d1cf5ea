from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from threading import Barrier

from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import ConcurrencyError
from odoo.fields import Command, Domain
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

PHONE = "+84999000222"


@tagged("post_install", "-at_install")
class TestCareConcurrency(TransactionCase):
    """Several nodes, and a server that dies, on real transactions."""

    def setUp(self):
        super().setUp()
        self.ids = {}
        self.addCleanup(self._clean)
        with self._environment() as env:
            today = env["crm.care.scenario"]._get_today()
            people = env["res.partner"].create(
                {
                    "name": "Care at once",
                    "phone": PHONE,
                    "birthdate": f"1990-{today:%m-%d}",
                }
            )
            account = env["crm.contact.account"].create(
                {"name": "Care", "provider": "esms", "user_id": False}
            )
            account.write({"user_id": False, "state": "ready"})
            scenario = env["crm.care.scenario"].create(
                {
                    "name": "Care at once",
                    "trigger": "birthday",
                    "sender_id": env.ref("base.user_admin").id,
                    "domain": f"[('id', 'in', {people.ids})]",
                    "step_ids": [
                        Command.create({"action": "sms", "sms_body": "One"}),
                        Command.create(
                            {"action": "sms", "sms_body": "Two", "wait_days": 1}
                        ),
                    ],
                }
            )
            scenario.write({"state": "running", "started_date": fields.Datetime.now()})
            self.ids = {
                "res_partner": people.ids,
                "crm_contact_account": account.ids,
                "crm_care_scenario": scenario.ids,
            }
        self.scenario_id = scenario.id

    def _environment(self):
        """A transaction of its own that is committed at the end."""
        return _Environment(self.registry)

    def _clean(self):
        scenarios = tuple(self.ids.get("crm_care_scenario") or (0,))
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM crm_care_run WHERE scenario_id IN %s", [scenarios])
            cr.execute(
                "DELETE FROM crm_contact_touch WHERE care_scenario_id IN %s",
                [scenarios],
            )
            cr.execute("DELETE FROM crm_care_step WHERE scenario_id IN %s", [scenarios])
            cr.execute("DELETE FROM crm_contact_counter WHERE address = %s", [PHONE])
            for table in ("crm_care_scenario", "crm_contact_account", "res_partner"):
                ids = tuple(self.ids.get(table) or (0,))
                cr.execute(f'DELETE FROM "{table}" WHERE id IN %s', [ids])  # noqa: S608
            cr.execute("DELETE FROM mail_message WHERE model = 'crm.care.scenario'")
        self.registry.clear_cache()

    def _counts(self):
        with self.registry.cursor() as cr:
            counts = []
            for table, column in (
                ("crm_care_run", "scenario_id"),
                ("crm_care_run_line", "scenario_id"),
                ("crm_contact_touch", "care_scenario_id"),
            ):
                cr.execute(
                    f"SELECT count(*) FROM {table} WHERE {column} = %s",  # noqa: S608
                    [self.scenario_id],
                )
                counts.append(cr.fetchone()[0])
            return counts

    def _at_once(self, work, workers=4):
        barrier = Barrier(workers)

        def one(_number):
            try:
                with self._environment() as env:
                    # the snapshot begins before anybody has done anything
                    env.cr.execute("SELECT 1")
                    barrier.wait(30)
                    work(env)
            except (OperationalError, ConcurrencyError):
                return "again"
            return "done"

        with mute_logger("odoo.sql_db"), ThreadPoolExecutor(workers) as pool:
            return list(pool.map(one, range(workers)))

    def _enrol(self, env):
        env["crm.care.scenario"].browse(self.scenario_id)._start_safely()

    def _advance(self, env):
        runs = env["crm.care.run"]
        due = runs.search(
            runs._get_due_domain() & Domain("scenario_id", "=", self.scenario_id)
        ).try_lock_for_update()
        due._advance()
        env.flush_all()

    def test_two_triggers_at_once_start_one_run(self):
        results = self._at_once(self._enrol)
        self.assertIn("done", results)
        self.assertEqual(self._counts(), [1, 0, 0])
        self._at_once(self._enrol, workers=2)
        self.assertEqual(self._counts(), [1, 0, 0])

    def test_two_nodes_at_once_do_a_step_once(self):
        with self._environment() as env:
            self._enrol(env)
        results = self._at_once(self._advance)
        self.assertIn("done", results)
        self.assertEqual(self._counts(), [1, 1, 1])
        self._at_once(self._advance, workers=2)
        self.assertEqual(self._counts(), [1, 1, 1])

    def test_a_server_that_dies_in_the_middle(self):
        with self._environment() as env:
            self._enrol(env)
        with closing(self.registry.cursor()) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self._advance(env)
            # everything is written, nothing is committed: the server dies
            cr.rollback()
        self.assertEqual(self._counts(), [1, 0, 0])
        with self._environment() as env:
            self._advance(env)
        self.assertEqual(self._counts(), [1, 1, 1])
        with self._environment() as env:
            self._advance(env)
            run = env["crm.care.run"].search([("scenario_id", "=", self.scenario_id)])
            self.assertEqual(run.state, "running")
            self.assertEqual(run.step_id.sms_body, "Two")

    def test_a_step_that_is_tried_twice_is_done_once(self):
        """Even if a run were put back to a step that it has had."""
        with self._environment() as env:
            self._enrol(env)
            self._advance(env)
            run = env["crm.care.run"].search([("scenario_id", "=", self.scenario_id)])
            run.write(
                {
                    "step_id": run.last_step_id.id,
                    "next_date": fields.Datetime.now() - timedelta(minutes=1),
                }
            )
        with self._environment() as env:
            self._advance(env)
        self.assertEqual(self._counts(), [1, 1, 1])


class _Environment:
    def __init__(self, registry):
        self.cursor = registry.cursor()

    def __enter__(self):
        return api.Environment(self.cursor, SUPERUSER_ID, {})

    def __exit__(self, kind, *_details):
        try:
            if kind is None:
                self.cursor.commit()
        finally:
            self.cursor.close()
