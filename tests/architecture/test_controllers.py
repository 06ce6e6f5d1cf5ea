"""The laws of routes: how they are declared, and which of them ask for no login."""

import ast

from law_sources import (
    all_sources,
    allows,
    catches,
    has_keyword,
    keyword,
    literal,
    name_of,
    upholds,
)

# Each route that answers people who are not logged in, and why it may.
PUBLIC_ROUTES: dict[str, str] = {
    "/crm_ads/connector/<string:webhook_uuid>": (
        "webhooks of the providers, who prove themselves by a signature"
    ),
    "/contact/webhook/<string:webhook_uuid>": (
        "reports of messages and calls, proven by a signature or the secret address"
    ),
    "/sale_kit/<string:token>": (
        "a document that a salesperson shares by a secret link that ends"
    ),
    "/contact/stop/<string:token>": (
        "the end of advertising, by the signed link of an e-mail, without logging in"
    ),
}


def routes(source):
    """Yield (decorator call, method) of every route of the source."""
    for method in source.nodes(ast.FunctionDef):
        for decorator in method.decorator_list:
            if isinstance(decorator, ast.Call) and name_of(decorator.func) == "route":
                yield decorator, method


def careless_route(source):
    """A route spells out how it is called (an override inherits it)."""
    for call, method in routes(source):
        if not call.args and not call.keywords:
            continue
        if keyword(call, "type") != "http":
            yield call, f'{method.name}: the route says no type="http"'
        for name in ("auth", "csrf", "methods", "save_session"):
            if not has_keyword(call, name):
                yield call, f"{method.name}: the route does not spell out {name}"


def test_routes_are_spelled_out():
    path = "addons/x/controllers/x.py"
    good = "type='http', auth='user', methods=['GET'], csrf=False, save_session=False"
    bad = "class X(Controller):\n    @route('/x', {})\n    def x(self):\n        pass"
    catches(careless_route, bad.format("auth='user'"), path)
    catches(careless_route, bad.format(good.replace("'http'", "'jsonrpc'")), path)
    catches(careless_route, bad.format(good.replace(", save_session=False", "")), path)
    allows(careless_route, bad.format(good), path)
    upholds(careless_route)


def unlisted_public_route(source):
    """A route without login is in PUBLIC_ROUTES, with the reason."""
    for call, method in routes(source):
        paths = literal(call.args[0]) if call.args else keyword(call, "route")
        paths = [paths] if isinstance(paths, str) else paths or [method.name]
        if keyword(call, "auth") in ("public", "none"):
            yield from (
                (call, f"{path} answers without login and is not in PUBLIC_ROUTES")
                for path in paths
                if path not in PUBLIC_ROUTES
            )


def test_public_routes_are_listed():
    catches(
        unlisted_public_route,
        "class X(Controller):\n    @http.route(['/x'], auth='public')\n"
        "    def x(self):\n        pass",
    )
    upholds(unlisted_public_route)
    texts = "".join(source.text for source in all_sources())
    stale = [path for path in PUBLIC_ROUTES if f'"{path}"' not in texts]
    assert not stale, f"PUBLIC_ROUTES names routes that are gone: {stale}"
