from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import AdsDataCommon


@tagged("post_install", "-at_install")
class TestCrmAdsPoolLeaks(AdsDataCommon):
    """Side ways to a number of the pool, and to data that somebody works (N11)."""

    def _transferred(self, **values):
        data = self._create_data(**values)
        data.action_transfer()
        return data

    def _late(self, data):
        """Whether the recall would take the data back now."""
        self.rule.recall_minutes = 30
        data.transfer_date = fields.Datetime.now() - timedelta(hours=1)
        self.env.flush_all()
        domain = self.env["crm.ads.data"]._get_recall_domain()
        found = self.env["crm.ads.data"]._search_recall(domain) & data
        return bool(found and found._get_overdue())

    # ------------------------------------------------------------
    # The number
    # ------------------------------------------------------------

    def test_lead_in_the_pool_stays_in_its_company(self):
        data = self._transferred()
        lead = data.lead_id
        lead.team_id = False
        data.with_user(self.thu).action_to_pool()
        self.assertEqual(lead.company_id, data.company_id)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        manager = new_test_user(
            self.env,
            "leaks_manager",
            "sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        leads = self.env["crm.lead"].with_user(manager)
        found = leads.with_context(active_test=False).search([("id", "=", lead.id)])
        self.assertFalse(found)

    def test_activities_on_a_lead_in_the_pool_are_hidden(self):
        data = self._transferred()
        call = data.lead_id.activity_ids.with_user(data.user_id)
        call.action_feedback(feedback="Call her at 0905111222")
        data._give_to_pool()
        self.env.flush_all()
        report = self.env["crm.activity.report"].with_context(active_test=False)
        hidden = report.search([("lead_id", "=", data.lead_id.id)])
        self.assertTrue(hidden)
        for seller in self.sellers:
            self.assertFalse(report.with_user(seller).search([]) & hidden)

    def test_other_activities_of_the_former_person_go(self):
        data = self._transferred()
        former = data.user_id
        todo = data.lead_id.activity_schedule(
            "mail.mail_activity_data_todo", summary="0905111222", user_id=former.id
        )
        data.with_user(self.thu).action_to_pool()
        self.assertFalse(
            self.env["mail.activity"].with_user(former).search([("id", "=", todo.id)])
        )

    def test_number_written_into_the_name(self):
        for name in ("Hoa 0905 111 222", "Hoa 090.511.1222", "hoa@khach.example"):
            data = self._create_data(name=name, phone="0905111222")
            data.with_user(self.thu).action_to_pool()
            self.env.flush_all()
            row = self.env["crm.ads.pool"].with_user(self.lan).browse(data.id)
            for secret in ("0905", "111", "511", "khach"):
                self.assertNotIn(secret, row.name)
            data.sudo().write({"state": "new"})
            data.unlink()

    def test_team_leader_sees_masks_too(self):
        leader = new_test_user(
            self.env, "leaks_leader", "sales_team.group_sale_salesman_all_leads"
        )
        data = self._transferred()
        data.with_user(self.thu).action_to_pool()
        with self.assertRaises(AccessError):
            data.lead_id.with_user(leader).read(["phone"])
        self.assertTrue(data.lead_id.with_user(self.quan).read(["phone"]))

    def test_mark_of_the_pool_is_the_suites(self):
        data = self._transferred()
        with self.assertRaises(AccessError):
            data.lead_id.with_user(data.user_id).write({"ads_in_pool": True})

    # ------------------------------------------------------------
    # Handled
    # ------------------------------------------------------------

    def test_lost_won_and_quoted_leads_are_handled(self):
        lost = self._transferred(start=1)
        lost.lead_id.with_user(lost.user_id).action_set_lost()
        quoted = self._transferred(start=2)
        self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Hoa"}).id,
                "opportunity_id": quoted.lead_id.id,
            }
        )
        untouched = self._transferred(start=3)
        self.assertTrue(self._late(untouched))
        self.assertEqual(lost.sales_status, "lost")
        self.assertFalse(self._late(lost))
        self.assertFalse(self._late(quoted))

    def test_words_of_others_are_no_contact(self):
        data = self._transferred()
        lead = data.lead_id
        lead.with_user(self.quan).message_post(
            body="Call her, please", message_type="comment"
        )
        self.assertFalse(data.contact_date)
        lead.with_user(data.user_id).message_post(body="Done", message_type="comment")
        self.assertTrue(data.contact_date)

    def test_the_same_stage_is_no_contact(self):
        data = self._transferred()
        lead = data.lead_id
        lead.with_user(data.user_id).write({"stage_id": lead.stage_id.id})
        self.assertFalse(data.contact_date)

    def test_the_system_handles_nothing(self):
        data = self._transferred()
        stage = self.env["crm.stage"].search(
            [("id", "!=", data.lead_id.stage_id.id)], limit=1
        )
        data.lead_id.with_user(self.env.ref("base.user_root")).stage_id = stage
        self.assertFalse(data.contact_date)

    def test_held_phone_call_is_contact(self):
        if "crm.phonecall" not in self.env:
            self.skipTest("crm_phonecall is not installed")
        data = self._transferred()
        planned = self._transferred(start=1)
        self.env["crm.phonecall"].create(
            [
                {
                    "name": "Call",
                    "opportunity_id": one.lead_id.id,
                    "user_id": one.user_id.id,
                    "state": state,
                }
                for one, state in ((data, "done"), (planned, "open"))
            ]
        )
        (data | planned)._find_logged_calls()
        self.assertTrue(data.contact_date)
        self.assertEqual(data.sales_status, "contacted")
        self.assertFalse(planned.contact_date)
        recalled, pooled = (data | planned)._recall()
        self.assertEqual(recalled | pooled, planned)

    # ------------------------------------------------------------
    # Who had it
    # ------------------------------------------------------------

    def test_former_person_follows_no_more(self):
        data = self._transferred()
        former = data.user_id
        data.with_user(self.thu).action_recall()
        self.assertNotEqual(data.user_id, former)
        self.assertNotIn(former.partner_id, data.lead_id.message_partner_ids)
        self.assertNotIn(former, data.lead_id.activity_ids.user_id)
