from odoo.tests import HttpCase, JsonRpcException
from odoo.tools import mute_logger


class RpcCase(HttpCase):
    """Calls of people over RPC, as the web client makes them."""

    def login(self, user):
        self.authenticate(user.login, user.login)

    def rpc(self, model, method, *args, **kwargs):
        """Call as whoever is logged in; a refusal raises ``JsonRpcException``."""
        return self.make_jsonrpc_request(
            "/web/dataset/call_kw",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def rpc_as(self, user, model, method, *args, **kwargs):
        self.login(user)
        return self.rpc(model, method, *args, **kwargs)

    def assertRefused(self, user, model, method, *args, error="AccessError", **kwargs):
        """The call of that person ends with such an error."""
        with (
            mute_logger("odoo.http", "odoo.sql_db"),
            self.assertRaises(JsonRpcException, msg=f"{user.login}: {method}") as got,
        ):
            self.rpc_as(user, model, method, *args, **kwargs)
        self.assertIn(error, str(got.exception.args))
