from datetime import datetime

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import AdsDataCommon


@tagged("post_install", "-at_install")
class TestCrmAdsDistributionTools(AdsDataCommon):
    """A rule is tried on the past (N4); who got how much, and how good (N3)."""

    def _member(self, user):
        return self.rule.member_ids.filtered(lambda member: member.user_id == user)

    def _log(self, data):
        return self.env["crm.ads.distribution.log"].search(
            [("data_id", "in", data.ids)]
        )

    def _shift(self):
        """Monday to Friday, 8 to 17 with a break, in Ha Noi."""
        return self.env["resource.calendar"].create(
            {"name": "Shift", "tz": "Asia/Ho_Chi_Minh"}
        )

    # -- dry run --------------------------------------------------------------------

    def _dry_run(self, rule=None, by=None):
        wizard = self.env["crm.ads.distribution.dry.run"].with_user(by or self.thu)
        form = Form(wizard.with_context(default_rule_id=(rule or self.rule).id))
        form.date_from = "2026-10-01"
        form.date_to = "2026-10-31"
        run = form.save()
        run.action_run()
        return {line.user_id: line for line in run.line_ids}, run

    def test_dry_run_writes_nothing(self):
        data = self._create_data(9, date=datetime(2026, 10, 5, 3))
        self._create_data(2, start=50, date=datetime(2026, 9, 5, 3))
        credits_before = self.rule.member_ids.mapped("credit")
        lines, run = self._dry_run()
        self.assertEqual(run.data_count, 9)
        self.assertEqual([lines[user].count for user in self.sellers], [3, 3, 3])
        self.assertEqual(set(data.mapped("state")), {"new"})
        self.assertFalse(self._log(data))
        self.assertEqual(self.rule.member_ids.mapped("credit"), credits_before)

    def test_dry_run_plays_weights_caps_and_days(self):
        self.rule.method = "weighted"
        self._member(self.lan).weight = 2
        self._member(self.hung).daily_cap = 1
        self._create_data(8, date=datetime(2026, 10, 5, 3))
        self._create_data(8, start=20, date=datetime(2026, 10, 6, 3))
        lines, _run = self._dry_run()
        self.assertEqual(lines[self.hung].count, 2, "one a day")
        self.assertGreater(lines[self.lan].count, lines[self.minh].count)
        self.assertIn("daily limit", lines[self.hung].skipped_text)
        self.assertEqual(sum(line.count for line in lines.values()), 16)

    def test_dry_run_plays_shifts(self):
        self._member(self.lan).calendar_id = self._shift()
        self._member(self.hung).calendar_id = self._shift()
        self._create_data(4, date=datetime(2026, 10, 5, 16))
        lines, _run = self._dry_run()
        self.assertEqual(lines[self.minh].count, 4)
        self._member(self.minh).calendar_id = self._shift()
        lines, run = self._dry_run()
        self.assertEqual(run.left_count, 0, "it waits for the next shift")
        self.assertEqual(sum(line.count for line in lines.values()), 4)

    def test_dry_run_of_an_archived_rule_and_what_really_was(self):
        data = self._create_data(4, date=datetime(2026, 10, 5, 3))
        data.action_transfer()
        other = self._create_rule(self.minh, sequence=1, active=False)
        lines, _run = self._dry_run(other)
        self.assertEqual(lines[self.minh].count, 4)
        self.assertEqual(lines[self.lan].real_count, 2)

    def test_dry_run_leaves_what_earlier_rules_take(self):
        self._create_rule(self.minh, sequence=1, domain="[('name', '=', 'Customer 0')]")
        self._create_data(3, date=datetime(2026, 10, 5, 3))
        _lines, run = self._dry_run()
        self.assertEqual(run.data_count, 2)

    def test_dry_run_is_the_sale_admins(self):
        with self.assertRaises(AccessError):
            self._dry_run(by=self.mai)

    # -- fairness -------------------------------------------------------------------

    def test_fairness_by_quality(self):
        good = self.ad.copy({"name": "Good", "is_running": True})
        sold = self._create_data(2, ad_id=good.id)
        rest = self._create_data(2, start=10)
        (sold | rest).action_transfer()
        sold[0].lead_id.action_set_won()
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "X"}).id,
                "opportunity_id": sold[0].lead_id.id,
                "order_line": [Command.create({"product_id": self.product.id})],
            }
        )
        order.action_confirm()
        self.env.flush_all()
        groups = self.env["crm.ads.distribution.report"].formatted_read_group(
            [("ad_id", "in", (good | self.ad).ids)],
            ["user_id"],
            ["received:sum", "quality:avg", "won:sum", "close_rate:avg"],
        )
        found = {group["user_id"][0]: group for group in groups}
        # lan: one of the good ad (1 of 2 sold) and one of the other (0 of 2)
        self.assertEqual(found[self.lan.id]["received:sum"], 2)
        self.assertEqual(found[self.lan.id]["quality:avg"], 0.25)
        self.assertEqual(found[self.lan.id]["close_rate:avg"], 0.5)
        self.assertEqual(found[self.hung.id]["quality:avg"], 0.5)
        self.assertEqual(found[self.minh.id]["quality:avg"], 0.0)

    def test_fairness_shows_own_rows_only(self):
        self._create_data(3).action_transfer()
        self.env.flush_all()
        report = self.env["crm.ads.distribution.report"]
        self.assertEqual(report.with_user(self.lan).search([]).user_id, self.lan)
        self.assertEqual(report.with_user(self.thu).search([]).user_id, self.sellers)
        with self.assertRaises(AccessError):
            report.with_user(self.mai).search([])
