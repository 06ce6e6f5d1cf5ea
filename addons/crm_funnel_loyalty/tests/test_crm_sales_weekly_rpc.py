from odoo.tests import tagged

from odoo.addons.crm_campaign_partner.tests.common_rpc import RpcCase

from .common_team import TeamCase

MODEL = "crm.sales.weekly.report"


@tagged("post_install", "-at_install")
class TestCrmSalesWeeklyRpc(TeamCase, RpcCase):
    """Who writes what of a weekly report, over RPC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.reports.sudo().create(
            {
                "user_id": cls.an.id,
                "team_id": cls.team.id,
                "company_id": cls.company.id,
                "date_from": "2026-03-09",
            }
        )

    def test_a_comment_carries_nothing_else_along(self):
        """What comes with a comment is written with the rights of who sends it."""
        policy = self._make_policy(approve=False)
        message = policy.message_post(body="Said by somebody else")
        self.assertRefused(
            self.chi,
            MODEL,
            "write",
            self.report.ids,
            {
                "manager_comment": "Good",
                "message_ids": [[1, message.id, {"body": "Forged"}]],
            },
            error="odoo.exceptions",
        )
        message.invalidate_recordset()
        self.assertIn("Said by somebody else", message.body)

    def test_a_leader_comments(self):
        self.rpc_as(
            self.chi, MODEL, "write", self.report.ids, {"manager_comment": "Good"}
        )
        self.report.invalidate_recordset()
        self.assertIn("Good", self.report.manager_comment)
        self.assertEqual(self.report.comment_user_id, self.chi)

    def test_nobody_types_what_is_computed(self):
        for values in ({"is_late": False}, {"date_to": "2026-12-31"}):
            self.assertRefused(self.an, MODEL, "write", self.report.ids, values)
