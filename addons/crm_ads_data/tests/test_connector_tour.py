from odoo.tests import HttpCase, tagged

from ..services.connect import errors
from ..services.connect.provider import Event
from .common_connector import ConnectorCommon


@tagged("post_install", "-at_install")
class TestConnectorTour(ConnectorCommon, HttpCase):
    """An administrator sets a shop up in the browser."""

    def test_a_shop_is_set_up(self):
        self.root.lang = "en_US"
        connector = self._create_connector("haravan", name="Tour Shop", state="draft")
        token = self.server.settings("haravan")["access_token"]
        self.assertEqual(token, "fake-haravan-token-0001", "the tour types it")
        connector._receive([Event("orders/create", "1", "1")])
        event = connector.event_ids
        self.assertEqual(len(event), 1)
        event._fail(errors.Permanent("no such order"))
        self.start_tour("/odoo/connectors", "crm_ads_data_connector", login="ads_root")
        self.env.invalidate_all()
        self.assertEqual(connector.state, "paused")
        self.assertEqual(connector.auth_state, "ok")
        self.assertEqual((event.state, event.attempts), ("pending", 0))
