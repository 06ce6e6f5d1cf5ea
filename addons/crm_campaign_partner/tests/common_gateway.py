import socket
from contextlib import contextmanager
from unittest.mock import patch

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from odoo import SUPERUSER_ID, api

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from .common_contact import ContactCase
from .fake_gateway import FakeGateway

ALLOW_PRIVATE_HOSTS = "crm_campaign_partner.allow_private_hosts"
PASSWORD = "app-password"


class Mailbox:
    """What a real SMTP server on 127.0.0.1 has taken, and what it refuses."""

    def __init__(self):
        self.mails = []
        self.refused = {}
        self.sessions = set()

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        """Refuse whom the test says."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, session, envelope):
        """Take the mail."""
        self.sessions.add(session.peer)
        self.mails.append(envelope)
        return "250 Accepted"


def find_free_port():
    """A port that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def authenticate(_server, _session, _envelope, _mechanism, data):
    """The one password."""
    return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


class GatewayCase(ContactCase):
    """The fake gateways and a real SMTP server, which may be called."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = FakeGateway().start()
        cls.addClassCleanup(cls.gateway.stop)
        cls.mailbox = Mailbox()
        cls.smtp_port = find_free_port()
        cls.smtp = Controller(
            cls.mailbox,
            hostname="127.0.0.1",
            port=cls.smtp_port,
            authenticator=authenticate,
            auth_require_tls=False,
        )
        cls.smtp.start()
        cls.addClassCleanup(cls.smtp.stop)
        cls.env["ir.config_parameter"].set_param(ALLOW_PRIVATE_HOSTS, "1")
        cls.startClassPatcher(
            patch.object(IrMail_Server, "_disable_send", lambda *_args: False)
        )

    def setUp(self):
        super().setUp()
        self.gateway.requests.clear()
        self.gateway.faults.clear()
        self.mailbox.mails.clear()
        self.mailbox.refused.clear()
        self.mailbox.sessions.clear()

    def _new_account(self, gateway, user=None, **values):
        """An account that reaches the fake gateway."""
        return self.env["crm.contact.account"].create(
            {
                "provider": gateway,
                "user_id": user.id if user else False,
                "company_id": self.company.id,
                **self._get_settings(gateway),
                **values,
            }
        )

    def _get_settings(self, provider):
        gateway = self.gateway
        settings = {
            "smtp": {
                "smtp_preset": "other",
                "smtp_host": "127.0.0.1",
                "smtp_port": self.smtp_port,
                "smtp_encryption": "none",
                "email_address": "lan@laxanh.example",
                "password": PASSWORD,
            },
            "esms": {
                "brand_name": "LAXANH",
                "api_key": gateway.esms.login["ApiKey"],
                "api_secret": gateway.esms.login["SecretKey"],
            },
            "speedsms": {"access_token": gateway.speedsms.token},
            "zalo": {
                "app_key": gateway.zalo.app_id,
                "app_secret": gateway.zalo.app_secret,
                "access_token": gateway.zalo.access_token,
                "refresh_token": gateway.zalo.refresh_token,
                "webhook_secret": gateway.zalo.webhook_secret,
            },
            "stringee": {
                "hotline": "02871000000",
                "extension": "lan",
                "api_key": gateway.stringee.key,
                "api_secret": gateway.stringee.secret,
                "webhook_secret": gateway.stringee.webhook_secret,
            },
            "omicall": {"api_key": gateway.omicall.key, "extension": "101"},
            "pbx": {
                "call_url": f"{gateway.url}/pbx/call?ext={{extension}}&to={{phone}}"
                "&ref={reference}",
                "extension": "101",
            },
        }[provider]
        hosts = gateway.hosts("api", "zns", "auth")
        return {**settings, "host_overrides": hosts}

    def _events(self):
        """Work off the inbox as the cron does."""
        for event in self.env["crm.contact.event"].search([("state", "=", "pending")]):
            event._process()


@contextmanager
def real_transaction(registry):
    """An environment in a transaction of its own, committed at the end."""
    with registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})
