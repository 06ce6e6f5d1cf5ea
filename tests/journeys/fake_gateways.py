"""The fake gateways of reach and a real SMTP server, for the journeys."""

import socket
import sys
from importlib.util import module_from_spec, spec_from_file_location

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from client import ROOT

PASSWORD = "mat-khau-ung-dung"


def _load():
    folder = ROOT / "addons" / "crm_campaign_partner" / "tests" / "fake_gateway"
    spec = spec_from_file_location(
        folder.name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FakeGateway = _load().FakeGateway


class MailServer:
    """A real SMTP server on 127.0.0.1 that takes mail from whoever knows the password.

    ``mails`` are what it has taken, as (recipient, bytes).
    """

    def __init__(self):
        self.mails = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            authenticator=self._authenticate,
            auth_require_tls=False,
        )

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_error):
        self.controller.stop()

    def _authenticate(self, _server, _session, _envelope, _mechanism, data):
        is_known = data.password == PASSWORD.encode()
        return AuthResult(success=is_known, handled=False)

    async def handle_DATA(self, _server, _session, envelope):
        """Take the mail."""
        self.mails += [(to, envelope.original_content) for to in envelope.rcpt_tos]
        return "250 Accepted"
