from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..models.connect.facebook import crm_connector_facebook_tree
from ..services.connect import errors, meta_events
from ..services.connect.meta_codes import MissingPermission
from .common_facebook import ACCOUNT, AD, CAMPAIGN, FacebookCommon
from .fake_provider.shop import Reply

MESSAGE_AD = "120210283496826099"


@tagged("post_install", "-at_install")
class TestConnectorFacebookAds(FacebookCommon):
    """The ad tree and the daily figures."""

    def _ad(self, ref=AD):
        return self.env["crm.ads.ad"].search([("external_ref", "=", ref)])

    def _again(self):
        self.connector.ads_synced = False
        return self._poll()

    def test_tree_is_made_page_by_page(self):
        self.shop.page_cap = 2
        self._poll()
        account = self.env["crm.ads.account"].search([("external_ref", "=", ACCOUNT)])
        self.assertEqual(account.name, "Lá Xanh Mỹ Phẩm 01")
        self.assertEqual(account.currency_id.name, "VND")
        self.assertEqual(account.connector_id, self.connector)
        self.assertEqual(len(account.campaign_ids), 3)
        self.assertEqual(account.ad_count, 12)
        campaign = self._ad().campaign_id
        self.assertEqual(campaign.external_ref, CAMPAIGN)
        self.assertEqual(campaign.daily_budget, 600000)
        self.assertEqual(campaign.channel_state, "active")
        self.assertTrue(self._ad().adset_ref and self._ad().adset_name)
        calls = len(self.server.calls("facebook", path="/ads"))
        self._poll()
        self.assertEqual(len(self.server.calls("facebook", path="/ads")), calls)
        self._again()
        self.assertEqual(account.ad_count, 12, "nothing doubled")

    def test_names_stay_and_hand_made_ones_take_their_id(self):
        self.account.external_ref = ACCOUNT
        self.campaign.title = self.shop.ads.campaigns[CAMPAIGN]["name"]
        self.ad.write({"name": "Mine", "external_ref": AD})
        self._poll()
        self.assertEqual(self.account.name, "Test Account")
        self.assertEqual(self.campaign.external_ref, CAMPAIGN)
        self.assertEqual((self.ad.name, self.ad.campaign_id), ("Mine", self.campaign))
        self.assertEqual(len(self.account.campaign_ids), 3)

    def test_switches_follow_the_channel_where_a_person_lets_them(self):
        self._poll()
        ad = self._ad()
        self.assertFalse(ad.is_running)
        ad.is_running = True
        self._again()
        self.assertTrue(ad.is_running, "nothing has changed there")
        self.shop.ads.ads[AD]["effective_status"] = "ACTIVE"
        ad.is_running = False
        self._again()
        self.assertTrue(ad.is_running)
        ad.account_id.sync_status = False
        self.shop.ads.ads[AD]["effective_status"] = "PAUSED"
        self._again()
        self.assertTrue(ad.is_running)

    def _insight(self, day_back, spend, **values):
        day = fields.Date.today() - timedelta(days=day_back)
        self.shop.ads.add_insight(AD, day.isoformat(), spend, **values)
        return day

    def _figures(self):
        found = self.env["crm.ads.insight"].search([("ad_id", "=", self._ad().id)])
        return {row.date: (row.spend, row.leads, row.messages) for row in found}

    def test_figures_of_four_weeks_are_restated(self):
        actions = [
            {"action_type": name, "value": "3"}
            for name in (
                "lead",
                "onsite_conversion.lead_grouped",
                "onsite_conversion.messaging_conversation_started_7d",
            )
        ]
        day = self._insight(3, "250000", actions=actions)
        old = self._insight(40, "999", actions=[])
        self._poll()
        self.assertEqual(self._figures(), {day: (250000, 3, 3)})
        self._insight(3, "260000", actions=actions[:2])
        self._again()
        self.assertEqual(self._figures(), {day: (260000, 3, 0)})
        self.assertNotIn(old, self._figures())

    def test_the_day_is_the_accounts(self):
        moment = datetime(2026, 10, 11, 18, 30, tzinfo=UTC)
        with patch.object(crm_connector_facebook_tree, "datetime") as clock:
            clock.now.return_value = moment
            self._poll()
        [call, *_more] = self.server.calls("facebook", path="/insights")
        self.assertIn('"until": "2026-10-12"', call.query["time_range"])
        self.assertIn('"since": "2026-09-14"', call.query["time_range"])

    def test_archived_account_is_left_alone(self):
        self._poll()
        account = self._ad().account_id
        account.active = False
        before = len(self.server.calls("facebook", path=f"act_{ACCOUNT}"))
        self._again()
        after = len(self.server.calls("facebook", path=f"act_{ACCOUNT}"))
        self.assertEqual(after, before)

    def test_many_ads_cost_no_more_queries_than_few(self):
        self._poll()
        account = self._ad().account_id
        for _index in range(80):
            self.shop.ads.add_ad(CAMPAIGN)

        def count(cap):
            self.shop.page_cap = cap
            api = self.connector._get_api()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.handler._sync_ads(account, api, None)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(100)
        self.assertLessEqual(count(100), count(5) + 3)


@tagged("post_install", "-at_install")
class TestConnectorFacebookMessage(FacebookCommon):
    """Conversations that an ad began."""

    def _write(self, text=None, ad=None, psid="5895"):
        return self._process(self._take(self.shop.message(psid, text, ad)))

    def test_conversation_from_an_ad_becomes_data(self):
        self.shop.add_conversation("5895", "Trần Lan")
        [data] = self._write("giá sao ạ, số em 0976 329 843", MESSAGE_AD)
        self.assertEqual(data.name, "Trần Lan")
        self.assertEqual((data.phone, data.state), ("+84976329843", "new"))
        self.assertEqual(data.ad_id.external_ref, MESSAGE_AD)
        self.assertTrue(data.conversation_url.startswith("https://www.facebook.com/"))
        self.assertIn("giá sao ạ", data.note)
        [again] = self._write("số khác 0976 329 844", MESSAGE_AD)
        self.assertEqual(again, data, "nothing doubled")
        self.assertEqual((data.phone, data.phone2), ("+84976329843", "+84976329844"))

    def test_number_comes_later(self):
        [data] = self._write("Cho em xin giá", MESSAGE_AD)
        self.assertEqual((data.state, data.phone), ("invalid", False))
        self.assertIn("business.facebook.com", data.conversation_url)
        [same] = self._write("0976 329 843 nhé")
        self.assertEqual(same, data)
        self.assertEqual((data.state, data.phone), ("new", "+84976329843"))

    def test_number_comes_before_its_ad(self):
        self.assertEqual(self._write("0976 329 843"), [None])
        [data] = self._write("chào shop", MESSAGE_AD)
        self.assertEqual(data.phone, "+84976329843")

    def test_conversation_without_ad(self):
        [event] = self._take(self.shop.message("77", "0976 329 843"))
        self.assertEqual(self._process(event), [None])
        self.assertIn("no ad", event.error)
        self.connector.account_id = self.account
        self.page.take_all_messages = True
        [data] = self._write("0976 329 845", psid="78")
        self.assertTrue(data.ad_id.is_organic)


@tagged("post_install", "-at_install")
class TestConnectorFacebookFeedback(FacebookCommon):
    """What became of leads, told to Facebook."""

    def setUp(self):
        super().setUp()
        self.connector.write({"send_stages": True, "dataset_ref": "777000777"})

    def _bring_leads(self, count=2):
        now = int(datetime.now(UTC).timestamp())
        return self._bring(
            *(
                self.shop.add(
                    name=f"K{index}",
                    phone=f"091{3000000 + index}",
                    email=f"k{index}@khach.example",
                    ad=MESSAGE_AD,
                    created=now - 60,
                )
                for index in range(count)
            )
        )

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "crm_ads_data.ir_cron_connector_feedback"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def _rows(self):
        return self.env["crm.connector.feedback"].search(
            [("connector_id", "=", self.connector.id)], order="id"
        )

    def test_stages_are_sent_once_and_hashed(self):
        data = self._bring_leads()
        self._run_cron()
        self.assertEqual(self._rows().mapped("state"), ["sent", "sent"])
        self.assertEqual([e["event_name"] for e in self.shop.events], ["received"] * 2)
        [call] = self.server.calls("facebook", path="/events")
        self.assertNotIn(b"913000000", call.body)
        sent = self.shop.events[0]
        self.assertEqual(sent["user_data"]["lead_id"], int(data[0].external_ref))
        phone = data.sorted("external_ref")[0].phone
        self.assertEqual(sent["user_data"]["ph"], [meta_events.hash_phone(phone)])
        self._run_cron()
        self.assertEqual(len(self.shop.events), 2, "never twice")
        data.action_transfer()
        self._run_cron()
        self.assertEqual(
            [event["event_name"] for event in self.shop.events[2:]], ["waiting"] * 2
        )
        self.assertEqual(len({event["event_id"] for event in self.shop.events}), 4)

    def test_off_by_default_and_the_past_is_not_told(self):
        self.assertFalse(self.connector.copy().send_stages)
        self.connector.send_stages = False
        data = self._bring_leads(1)
        self._run_cron()
        self.assertFalse(self._rows())
        self.connector.send_stages = True
        self.assertEqual(self._rows().state, "dropped")
        data.action_transfer()
        self._run_cron()
        self.assertEqual([e["event_name"] for e in self.shop.events], ["waiting"])

    def test_too_old_is_dropped_with_a_reason(self):
        data = self._bring_leads(1)
        data.date = fields.Datetime.now() - timedelta(days=8)
        self._run_cron()
        self.assertEqual(self._rows().state, "dropped")
        self.assertIn("seven days", self._rows().error)
        self.assertFalse(self.shop.events)

    def test_unclear_outcome_is_shown_and_not_repeated(self):
        self._bring_leads()
        self.server.fail("facebook", "lost", path="/events")
        self._run_cron()
        self.assertEqual(set(self._rows().mapped("state")), {"unknown"})
        self.assertTrue(self._rows()[0].error)
        self._run_cron()
        self.assertEqual(len(self.server.calls("facebook", path="/events")), 1)
        self._rows().action_send_again()
        self._run_cron()
        self.assertEqual(set(self._rows().mapped("state")), {"sent"})

    def test_server_that_stopped_while_sending(self):
        self._bring_leads(1)
        self.env["crm.connector.feedback"]._fill(self.connector)
        self._rows().state = "sending"
        self._run_cron()
        self.assertEqual(self._rows().state, "unknown")
        self.assertFalse(self.shop.events)

    def test_throttled_waits(self):
        self._bring_leads()
        self.server.fail("facebook", "throttle", path="/events")
        self._run_cron()
        self.assertEqual(set(self._rows().mapped("state")), {"pending"})
        self.assertGreater(self._rows()[0].next_try, fields.Datetime.now())
        self._rows().next_try = False
        self._run_cron()
        self.assertEqual(set(self._rows().mapped("state")), {"sent"})

    def test_one_bad_event_does_not_hold_up_the_others(self):
        self._bring_leads(3)
        take = type(self.shop)._take_events

        def refuse(shop, body):
            hit = any(event["event_id"] == bad for event in body["data"])
            lost = {"error": {"code": 100, "message": "(#100) bad event"}}
            return Reply(400, lost) if hit else take(shop, body)

        self.env["crm.connector.feedback"]._fill(self.connector)
        bad = self._rows()[1].event_id
        with patch.object(type(self.shop), "_take_events", refuse):
            self._run_cron()
        self.assertEqual(self._rows().mapped("state"), ["sent", "failed", "sent"])
        self.assertIn("bad event", self._rows()[1].error)

    def test_dataset_is_asked_for(self):
        with self.assertRaises(UserError):
            self.connector.dataset_ref = False


@tagged("post_install", "-at_install")
class TestConnectorFacebookAccess(FacebookCommon):
    """Who may see and do what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "fb_admin", "base.group_system")

    def test_tokens_are_the_administrators(self):
        page = self.page.with_user(self.thu)
        self.assertTrue(page.read(["name"]))
        with self.assertRaises(AccessError):
            page.read(["access_token"])
        with self.assertRaises(AccessError):
            page.search([("access_token", "like", "EAA")])
        self.assertTrue(self.page.with_user(self.admin).access_token)
        self.assertFalse(self.page.copy({"external_ref": "2"}).access_token)

    def test_only_administrators_set_up(self):
        self._poll()
        form = self.page.form_ids
        for user in (self.thu, self.mai, self.lan):
            for call in (
                lambda user=user: self.page.with_user(user).action_subscribe(),
                lambda user=user: self.connector.with_user(user).action_load_pages(),
                lambda user=user: form.with_user(user).action_preview(),
                lambda user=user: self.page.with_user(user).write({"name": "x"}),
            ):
                with self.assertRaises(AccessError):
                    call()
        self.page.with_user(self.admin).action_subscribe()

    def test_salespeople_and_marketers_see_none_of_it(self):
        for user in (self.mai, self.lan):
            for model in ("page", "form", "feedback"):
                with self.assertRaises(AccessError):
                    self.env[f"crm.connector.{model}"].with_user(user).search([])

    def test_other_companies_see_none_of_it(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.thu.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        pages = self.env["crm.connector.page"].with_user(self.thu).search([])
        self.assertNotIn(self.page, pages)

    def test_where_data_came_from_cannot_be_made_up(self):
        self._poll()
        form = self.page.form_ids
        data = self._create_data()
        with self.assertRaises(AccessError):
            data.with_user(self.mai).write({"form_id": form.id})

    def test_a_missing_permission_is_explained(self):
        error = MissingPermission("(#200) no", 200)
        error.permissions = "leads_retrieval"
        with (
            self.assertRaisesRegex(errors.Permanent, "leads_retrieval"),
            self.handler._explain(),
        ):
            raise error
