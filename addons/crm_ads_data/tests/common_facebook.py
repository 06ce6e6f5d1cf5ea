import json

from ..services.connect.payload import parse_json
from .common_connector import FakeProviderCommon
from .fake_provider.meta import FORM, PAGE

ACCOUNT, SECOND_ACCOUNT = "990000000000011", "990000000000012"
CAMPAIGN, AD = "120210283453214299", "120210283479452499"


class FacebookCommon(FakeProviderCommon):
    """A running connector to the fake Facebook, with its one page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connector = cls.env["crm.connector"].create(
            {"name": "Facebook", **cls.server.settings("facebook")}
        )
        cls.connector.state = "running"
        cls.connector.action_load_pages()
        cls.page = cls.connector.page_ids
        cls.handler = cls.connector._get_handler()

    def setUp(self):
        super().setUp()
        # the shop is everybody's: each test has its own
        shop = type(self.server.shop("facebook"))(self.server.lock)
        shop.address = self.server.url
        self.shop = self.server.shops["facebook"] = shop

    def _take(self, webhook):
        """Take a webhook in, as its address does; the events that are new."""
        headers, raw = webhook
        api = self.connector._get_api()
        self.assertTrue(api.verify(raw, headers))
        before = self.connector.event_ids
        self.connector._receive(api.read_events(parse_json(raw), headers))
        self.connector.invalidate_recordset(["event_ids"])
        return self.connector.event_ids - before

    def _process(self, events):
        """Work off events as the inbox does; what came of them, as a list."""
        results = []
        for event in events.sorted("id"):
            record = self.handler._process_event(self.connector, event)
            event.state = "ignored" if record is None else "done"
            results.append(record)
        return results

    def _bring(self, *leads):
        """Leads by webhook as data."""
        found = self._process(self._take(self.shop.webhook(list(leads))))
        return self.env["crm.ads.data"].union(*filter(None, found))

    def _poll(self, since=0):
        """Look through everything once; the number of records."""
        count, cursor, pages = 0, None, 0
        while True:
            found, cursor = self.handler._poll_page(
                self.connector, since, 2_000_000_000, cursor
            )
            count += found
            pages += 1
            json.dumps(cursor)  # the frame keeps it as JSON
            self.assertLess(pages, 200, "this never ends")
            if cursor is None:
                return count


__all__ = [
    "ACCOUNT",
    "AD",
    "CAMPAIGN",
    "FORM",
    "PAGE",
    "SECOND_ACCOUNT",
    "FacebookCommon",
]
