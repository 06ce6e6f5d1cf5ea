from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.fields import Command

from .common import FunnelCommon

MORNING = datetime(2026, 3, 2, 2, 0)  # 09:00 on Monday in Vietnam


class CareCommon(FunnelCommon):
    """One customer who can be reached everywhere, and accounts that can send."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.scenarios = cls.env["crm.care.scenario"]
        cls.runs = cls.env["crm.care.run"]
        cls.customer.write(
            {
                "email": "hoa@example.com",
                "phone": "0901234567",
                "country_id": cls.vietnam.id,
            }
        )
        cls.accounts = cls.env["crm.contact.account"].create(
            [
                {"name": name, "provider": provider, "company_id": cls.company.id}
                for name, provider in (("S", "esms"), ("E", "smtp"), ("Z", "zalo"))
            ]
        )
        cls.accounts.write({"user_id": False, "state": "ready"})

    @classmethod
    def make_scenario(cls, trigger="order_confirmed", steps=None, on=True, **values):
        """A scenario that is switched on, with one SMS unless told otherwise."""
        scenario = cls.scenarios.create(
            {
                "name": f"Test {trigger}",
                "trigger": trigger,
                "sender_id": cls.manager.id,
                "step_ids": [
                    Command.create({"sequence": number, **step})
                    for number, step in enumerate(steps or [cls.sms()])
                ],
                **values,
            }
        )
        if on:
            scenario.action_start()
        return scenario

    @classmethod
    def sms(cls, text="Hello {{ object.name }}", **values):
        return {"action": "sms", "sms_body": text, **values}

    @classmethod
    def mail(cls, text="<p>Hello</p>", **values):
        return {"action": "email", "subject": "Hello", "body_html": text, **values}

    def enrol(self):
        """What the hourly cron does."""
        with self._without_commits():
            self.scenarios._cron_enrol()

    def advance(self, **values):
        """What the cron of the steps does."""
        with self._without_commits():
            self.runs._cron_advance(**values)
        self.env.invalidate_all()

    def _without_commits(self):
        cron = type(self.env["ir.cron"])
        return patch.object(cron, "_commit_progress", lambda *_args, **_kw: 60.0)

    def run_of(self, scenario, partner=None):
        return self.runs.search(
            [
                ("scenario_id", "=", scenario.id),
                ("partner_id", "=", (partner or self.customer).id),
            ]
        )

    def touches(self, scenario):
        return self.env["crm.contact.touch"].search(
            [("care_scenario_id", "=", scenario.id)], order="id"
        )

    def start(self, scenario, partner=None):
        """A run of an order that is confirmed now."""
        self.make_order(partner or self.customer)
        return self.run_of(scenario, partner)[:1]

    def bought(self, days_ago, partner=None, moment=MORNING):
        """An order of so many days ago, and nothing since."""
        return self.make_order(
            partner or self.customer, date_order=moment - timedelta(days=days_ago)
        )
