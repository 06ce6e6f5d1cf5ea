from datetime import UTC, datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .common_contact import NOON
from .common_gateway import GatewayCase
from .fake_gateway.calls import Omicall, Stringee

NOW = datetime.fromisoformat(NOON).replace(tzinfo=UTC)
START = int(NOW.timestamp() * 1000)


@tagged("post_install", "-at_install")
class TestCrmContactCallList(GatewayCase):
    """Lists of calls close the gaps of lost reports."""

    def setUp(self):
        super().setUp()
        self.gateway.stringee.__dict__.update(Stringee().__dict__)
        self.gateway.omicall.__dict__.update(Omicall().__dict__)

    def _fetch(self, moment=NOON):
        cron = self.env.ref("crm_campaign_partner.ir_cron_contact_calls")
        self.env.flush_all()
        with freeze_time(moment), self._one_transaction():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _calls(self, account):
        return self.env["crm.phonecall"].search(
            [("account_id", "=", account.id)], order="external_ref"
        )

    def _start(self, provider):
        account = self._new_account(provider, self.assignee)
        with freeze_time(NOON):
            touch = self._open("call", self.member, kind="care", user=self.assignee)
        self._release(NOON)
        self.assertEqual(touch.state, "sending")
        return account, touch

    def _get_periods(self, path):
        return [
            (int(r.query["from_date"]), int(r.query["to_date"]))
            for r in self.gateway.requests
            if r.path == path and r.query.get("limit") != "1"
        ]

    def test_stringee(self):
        account, touch = self._start("stringee")
        gateway = self.gateway.stringee
        gateway.pages = [
            [gateway.list("S1", "84901234500", START, talk=42)],
            [
                gateway.list("H1", "84901234501", START),
                gateway.list("H2", "84901234502", START, is_over=False),
            ],
        ]
        self._fetch()
        self.assertEqual(touch.state, "delivered")
        hand, begun = self._calls(account)
        self.assertEqual(
            (begun.external_ref, begun.talk_seconds, begun.touch_id),
            ("S1", 42, self.env["crm.contact.touch"]),
        )
        self.assertEqual(
            (hand.external_ref, hand.disposition, hand.state, hand.duration),
            ("H1", "missed", "done", 0),
        )
        self.assertEqual(hand.partner_id, self.partners[1])
        self.assertEqual(account.calls_read_until, datetime.fromisoformat(NOON))
        # the one that was going on is over now; nothing else is written again
        closed = begun.date_closed
        gateway.pages = [
            [gateway.list("S1", "84901234500", START, talk=42)],
            [gateway.list("H2", "84901234502", START, talk=9)],
        ]
        self._fetch("2026-03-02 05:15:00")
        self.assertEqual(
            self._calls(account).mapped("external_ref"), ["H1", "H2", "S1"]
        )
        self.assertEqual(begun.date_closed, closed)

    def test_omicall(self):
        account, touch = self._start("omicall")
        gateway = self.gateway.omicall
        with freeze_time(NOON):
            gateway.items = [gateway.over(1, "cancelled", 0)]
        self._fetch()
        self.assertEqual(touch.state, "sent")
        call = self._calls(account)
        self.assertEqual((call.disposition, call.duration), ("missed", 0))
        self.assertTrue(call.has_recording)
        # a day later the token has ended: it is had anew before the list
        gateway.token = "OMITOKEN2"
        self._fetch("2026-03-03 06:00:00")
        self.assertEqual(account.state, "ready", account.last_error)
        self.assertEqual(account.calls_read_until, datetime(2026, 3, 3, 6))

    def test_a_long_gap_is_read_piece_by_piece(self):
        account = self._new_account("omicall", self.assignee)
        account.calls_read_until = datetime.fromisoformat(NOON) - timedelta(days=5)
        self.gateway.requests.clear()
        self._fetch()
        self._fetch()
        periods = self._get_periods("/api/call_transaction/list")
        self.assertTrue(
            all(until - since <= 3 * 86400 * 1000 for since, until in periods)
        )
        self.assertEqual(periods[-1][1], START)
        self.assertLess(periods[1][0], periods[0][1])
        self.assertEqual(account.calls_read_until, datetime.fromisoformat(NOON))

    def test_nothing_is_skipped_when_the_list_fails(self):
        account = self._new_account("stringee", self.assignee)
        self.gateway.fail("stringee", "http_500")
        self._fetch()
        self.assertEqual((account.calls_read_until, account.state), (False, "ready"))
        self.gateway.fail("stringee", "refused")
        self._fetch()
        self.assertFalse(account.calls_read_until)

    def test_known_calls_cost_two_queries(self):
        account = self._new_account("stringee", self.assignee)
        api = account._get_handler()._get_api(account)
        gateway = self.gateway.stringee
        many = [
            api._read_logged(gateway.list(f"K{n}", "84901234501", START, talk=5))
            for n in range(30)
        ]
        account._take_listed_calls(many)
        self.assertEqual(len(self._calls(account)), 30)
        self.env.flush_all()
        for number in (1, 30):
            self.env.invalidate_all()
            self.assertEqual(account.channel, "call")
            with self.assertQueryCount(2):
                account._take_listed_calls(many[:number])
