from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.crm_campaign_partner.tests.common_rpc import RpcCase

from .common_pay import MILLION
from .common_team import TeamCase

MODEL = "crm.sales.target"


@tagged("post_install", "-at_install")
class TestCrmSalesTargetAccess(TeamCase, RpcCase):
    """Who reads and sets targets, over RPC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls._target(cls.an)
        cls.colleagues = cls._target(cls.binh)
        cls.teams = cls._target(cls.team, 300 * MILLION)

    def _read(self, user):
        rows = self.rpc_as(user, MODEL, "search_read", [], ["achieved"])
        return {row["id"] for row in rows}

    def test_a_seller_reads_own_and_team(self):
        self.assertEqual(self._read(self.an), {self.mine.id, self.teams.id})

    def test_the_leader_reads_the_teams_members(self):
        self.assertLessEqual(
            {self.mine.id, self.colleagues.id, self.teams.id}, self._read(self.chi)
        )

    def test_nobody_types_when_it_was_closed(self):
        """The day on which an opportunity was won is measured (conversion)."""
        lead = self.make_opportunity(
            self.customers[0], user_id=self.an.id, company_id=self.company.id
        )
        self.rpc_as(self.an, "crm.lead", "action_set_won", lead.ids)
        lead.invalidate_recordset()
        closed = lead.date_closed
        self.assertTrue(closed)
        earlier = "2026-01-15 03:00:00"
        self.assertRefused(
            self.an, "crm.lead", "write", lead.ids, {"date_closed": earlier}
        )
        self.assertRefused(self.an, "crm.lead", "write", lead.ids, {"date_closed": 0})
        values = {"name": "Won", "date_closed": earlier}
        self.assertRefused(self.an, "crm.lead", "create", values)
        self.assertEqual(lead.date_closed, closed)
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        made = self.rpc_as(
            self.an, "crm.lead", "create", {"name": "Won", "stage_id": won.id}
        )
        self.assertTrue(self.env["crm.lead"].browse(made).date_closed)
        self.rpc_as(self.boss, "crm.lead", "write", lead.ids, {"date_closed": earlier})
        lead.invalidate_recordset()
        self.assertEqual(str(lead.date_closed), earlier)

    def test_a_manager_reads_and_sets_all(self):
        self.assertLessEqual(
            {self.mine.id, self.colleagues.id, self.teams.id}, self._read(self.boss)
        )
        self.rpc_as(self.boss, MODEL, "write", self.mine.ids, {"target": MILLION})

    def test_a_seller_changes_nothing(self):
        self.assertRefused(self.an, MODEL, "write", self.mine.ids, {"target": 1})
        self.assertRefused(self.an, MODEL, "unlink", self.mine.ids)
        self.assertRefused(
            self.an,
            MODEL,
            "create",
            {"user_id": self.an.id, "date_from": "2026-04-01", "target": 1},
        )
        for wizard in ("crm.sales.target.copy", "crm.sales.target.spread"):
            self.assertRefused(self.an, wizard, "create", {})

    def test_analysis_shows_no_more(self):
        rows = self.rpc_as(
            self.an, "crm.sales.target.analysis", "search_read", [], ["user_id"]
        )
        self.assertNotIn(
            self.binh.id, [row["user_id"] and row["user_id"][0] for row in rows]
        )

    def test_portal_and_other_company(self):
        portal = new_test_user(self.env, "target_portal", "base.group_portal")
        with self.assertRaises(AccessError):
            self.targets.with_user(portal).search([])
        main = self.env.ref("base.main_company")
        stranger = new_test_user(
            self.env,
            "target_stranger",
            "sales_team.group_sale_manager",
            company_id=main.id,
            company_ids=[Command.set(main.ids)],
        )
        found = self.targets.with_user(stranger).with_context(
            allowed_company_ids=main.ids
        )
        self.assertFalse(found.search([("company_id", "=", self.company.id)]))
