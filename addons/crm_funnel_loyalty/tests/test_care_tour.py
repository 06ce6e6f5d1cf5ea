from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from .care_common import CareCommon


@tagged("post_install", "-at_install")
class TestCareTour(CareCommon, HttpCase):
    def test_manager_builds_a_scenario_from_a_ready_made_one(self):
        """In the real browser: take it, change it, preview it, switch it on."""
        self.env["res.lang"]._activate_lang("en_US")
        user = new_test_user(
            self.env, "care_tour", "sales_team.group_sale_manager", lang="en_US"
        )
        today = self.scenarios._get_today()
        partner = self.env["res.partner"].create(
            {
                "name": "Care Tour Customer",
                "phone": "0901999888",
                "country_id": self.vietnam.id,
                "birthdate": f"1990-{today + timedelta(days=1):%m-%d}",
            }
        )
        self.start_tour("/odoo", "crm_care_from_ready_made", login=user.login)
        scenario = self.scenarios.search([("name", "=", "Wishes of our shop")])
        self.assertEqual((scenario.state, scenario.sender_id), ("running", user))
        with self.at(fields.Datetime.now() + timedelta(days=1)):
            self.enrol()
            self.assertIn(partner, scenario.run_ids.partner_id)

    def test_manager_reads_the_figures(self):
        """In the browser: a scenario that runs, per step, who is in it, what came."""
        self.env["res.lang"]._activate_lang("en_US")
        user = new_test_user(
            self.env, "care_figures", "sales_team.group_sale_manager", lang="en_US"
        )
        todo = self.env.ref("mail.mail_activity_data_todo")
        scenario = self.make_scenario(
            "birthday",
            [
                {
                    "action": "activity",
                    "activity_type_id": todo.id,
                    "activity_summary": "Ask how it is",
                },
                {
                    "action": "activity",
                    "activity_type_id": todo.id,
                    "activity_summary": "Ask again",
                    "wait_days": 7,
                },
            ],
            name="Care figures",
            sender_id=user.id,
        )
        today = self.scenarios._get_today()
        customers = self.env["res.partner"].create(
            [
                {"name": name, "birthdate": f"1990-{today:%m-%d}"}
                for name in ("Care Answering", "Care Waiting")
            ]
        )
        scenario._start_safely()
        runs = scenario.run_ids.filtered(lambda run: run.partner_id in customers)
        self.assertEqual(len(runs), 2)
        runs._advance()
        runs.filtered(lambda run: run.partner_id == customers[0])._note_answers(
            fields.Datetime.now()
        )
        self.start_tour("/odoo/care-scenarios", "crm_care_figures", login=user.login)
