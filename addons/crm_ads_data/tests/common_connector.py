import logging
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import new_test_user

from .common import MANIFEST, AdsDataCommon
from .fake_provider import FakeServer

ALLOW_PRIVATE_HOSTS = "crm_ads_data.connector_allow_private_hosts"
ORDER_PROVIDERS = ("nhanh", "pancake", "haravan", "sapo", "shopee", "tiktok")


class FakeProviderCommon(AdsDataCommon):
    """The fake providers, which may be called."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = FakeServer().start()
        cls.addClassCleanup(cls.server.stop)
        cls.env["ir.config_parameter"].set_param(ALLOW_PRIVATE_HOSTS, "1")

    def setUp(self):
        super().setUp()
        self.server.heal()
        self.server.requests.clear()


class ConnectorCommon(FakeProviderCommon):
    """Connectors to the fake providers; ``root`` is the administrator."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root = new_test_user(
            cls.env, "ads_root", "base.group_system,crm_ads_data.group_distributor"
        )
        # what a database already has must not come in between
        cls.env["crm.connector"].search([("state", "=", "running")]).state = "paused"

    @classmethod
    def _create_connector(cls, provider, **values):
        """A running connector to the fake shop of the provider."""
        connector = cls.env["crm.connector"].create(
            {
                "name": f"Test {provider}",
                "user_id": cls.root.id,
                **cls.server.settings(provider),
                **values,
            }
        )
        connector.write({"state": values.get("state", "running")})
        return connector

    def _run_cron(self, name):
        """Run one of our crons as the scheduler would, in transactions of its own."""
        with self.enter_registry_test_mode():
            self.env.ref(
                f"crm_ads_data.ir_cron_connector_{name}"
            ).method_direct_trigger()

    @contextmanager
    def _handle(self, provider, **methods):
        """Stand in for some methods of a provider's handler."""
        with patch.multiple(type(self.env[f"crm.connector.{provider}"]), **methods):
            yield

    @contextmanager
    def _catch_errors(self):
        """The server's log may hold errors: bugs are what is tested here."""
        name = "odoo.addons.crm_ads_data.models.connect.crm_connector_poll"
        with patch.object(logging.getLogger(name), "error") as log:
            yield log


def read_manifest(*providers, kinds=("webhook", "verify")):
    """The entries of the sample manifest for these providers."""
    return [
        entry
        for entry in MANIFEST
        if entry["provider"] in providers and entry["kind"] in kinds
    ]


__all__ = [
    "ALLOW_PRIVATE_HOSTS",
    "ORDER_PROVIDERS",
    "ConnectorCommon",
    "FakeProviderCommon",
    "read_manifest",
]
