"""What can go wrong between us and a provider, each as it looks on the wire."""

from .shop import Reply


def throttle(handler, shop, request):
    """The provider's own "too many calls"; nothing is done."""
    handler.send(shop.throttled())


def expired(handler, shop, request):
    """The provider's own "your token is no longer good"; nothing is done."""
    handler.send(shop.refused())


def server_error(handler, shop, request):
    """HTTP 500 of some machine in between; nothing is done."""
    handler.send(Reply(500, b"Internal Server Error"))


def timeout(handler, shop, request):
    """No answer at all; nothing is done."""
    owner = handler.server.owner
    owner.stopping.wait(owner.patience)
    handler.close_connection = True


def lost(handler, shop, request):
    """The call is carried out, its answer never arrives."""
    shop.answer(request)
    handler.close_connection = True


def truncated(handler, shop, request):
    """Half of the JSON, sent as if it were all of it."""
    reply = shop.answer(request)
    raw = reply.raw()[0]
    handler.send(reply, raw[: len(raw) // 2])


def cut(handler, shop, request):
    """The connection breaks in the middle of the answer."""
    reply = shop.answer(request)
    raw = reply.raw()[0]
    handler.send(reply, raw[: len(raw) // 2], len(raw))
    handler.close_connection = True


def redirect(handler, shop, request):
    """Sent to another address (a login page, an address inside our own network)."""
    handler.send(Reply(302, b"", {"Location": f"{handler.server.owner.url}/elsewhere"}))


def html(handler, shop, request):
    """A page for people, with HTTP 200."""
    handler.send(Reply(200, b"<html><body>Maintenance</body></html>"))


def slow(handler, shop, request):
    """A good answer that comes drop by drop."""
    reply = shop.answer(request)
    raw = reply.raw()[0]
    step = max(len(raw) // 8, 1)
    handler.send(reply, raw[:step], len(raw))
    for start in range(step, len(raw), step):
        handler.server.owner.stopping.wait(0.02)
        handler.wfile.write(raw[start : start + step])
        handler.wfile.flush()


FAULTS = {
    "throttle": throttle,
    "expired": expired,
    "500": server_error,
    "timeout": timeout,
    "lost": lost,
    "truncated": truncated,
    "cut": cut,
    "redirect": redirect,
    "html": html,
    "slow": slow,
}
