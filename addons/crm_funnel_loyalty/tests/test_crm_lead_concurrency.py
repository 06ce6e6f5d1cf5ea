from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

PHONE = "+84999000222"
PEOPLE = 3


@tagged("post_install", "-at_install")
class TestCrmLeadConcurrency(TransactionCase):
    """People who press the same button at the same moment, on real transactions."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self._clean)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            lead = env["crm.lead"].create(
                {
                    "name": "Rush",
                    "type": "lead",
                    "contact_name": "Rush Person",
                    "phone": PHONE,
                    "user_id": False,
                }
            )
            question = env["crm.lead.checklist.item"].create(
                {
                    "name": "Rush question?",
                    "required": False,
                    "team_ids": [Command.set(lead.team_id.ids)],
                }
            )
            self.lead_id, self.question_id = lead.id, question.id

    def _clean(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            lead = env["crm.lead"].browse(self.lead_id)
            partners = env["res.partner"].search([("phone", "=", PHONE)])
            lead.unlink()
            partners.unlink()
            env["crm.lead.checklist.item"].browse(self.question_id).unlink()

    def _press(self, barrier, method, args):
        """One person's click: what the server's call does, with its retries."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            lead = env["crm.lead"].browse(self.lead_id)
            attempts = []

            def click():
                lead.mapped("type")
                if not attempts:
                    barrier.wait(30)
                attempts.append(1)
                getattr(lead, method)(*args)
                env.flush_all()

            try:
                retrying(click, env)
            except UserError as error:
                return str(error)
            return ""

    def at_once(self, method, *args):
        barrier = Barrier(PEOPLE)
        with (
            mute_logger("odoo.sql_db", "odoo.service.model"),
            ThreadPoolExecutor(PEOPLE) as pool,
        ):
            jobs = [
                pool.submit(self._press, barrier, method, args)
                for _person in range(PEOPLE)
            ]
            return sorted(job.result() for job in jobs)

    def fetch(self, query):
        with self.registry.cursor() as cr:
            cr.execute(query, {"lead": self.lead_id, "phone": PHONE})
            return cr.fetchall()

    def test_conversion_and_undo_happen_once(self):
        first, *others = self.at_once("action_convert_to_opportunity")
        self.assertEqual(first, "", "one of them converts")
        self.assertEqual(set(others), {"“Rush” is an opportunity already."})
        customers = "SELECT name FROM res_partner WHERE phone = %(phone)s"
        self.assertEqual(self.fetch(customers), [("Rush Person",)])
        conversions = (
            "SELECT undone_date FROM crm_lead_conversion WHERE lead_id = %(lead)s"
        )
        self.assertEqual(self.fetch(conversions), [(None,)])

        first, *others = self.at_once("action_undo_conversion")
        self.assertEqual(first, "", "one of them undoes")
        self.assertEqual(set(others), {"There is no conversion of “Rush” to undo."})
        self.assertEqual(self.fetch(customers), [])
        kind = "SELECT type FROM crm_lead WHERE id = %(lead)s"
        self.assertEqual(self.fetch(kind), [("lead",)])

    def test_answers_at_once_are_one_answer(self):
        outcomes = self.at_once("action_answer_checklist", self.question_id, True)
        self.assertEqual(set(outcomes), {""}, "nobody is refused")
        answers = (
            "SELECT is_passed FROM crm_lead_checklist_answer WHERE lead_id = %(lead)s"
        )
        self.assertEqual(self.fetch(answers), [(True,)])
