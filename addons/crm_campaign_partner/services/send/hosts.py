"""Which addresses an account may be sent to: public ones, by HTTPS."""

import ipaddress
import socket
from urllib.parse import urlsplit


class HostError(ValueError):
    """The address is not to be called; its text says why, without what is behind it."""


def check_host(address, is_private_allowed=False):
    """Refuse what does not lead to a public host.

    The name is resolved, so that neither another spelling of an address (``127.1``) nor
    a name that points into the own network gets through.

    :param is_private_allowed: a telephone system in the own network, tests: plain HTTP
        and private hosts are fine
    :raise HostError: when it may not be called

    >>> check_host("http://127.0.0.1:8080/call?x=1", is_private_allowed=True)
    >>> bad = ["http://93.184.216.34", "ftp://a.example", "https://u:p@a.example", 7]
    >>> bad += ["https://127.1/call", "https://[::ffff:10.0.0.7]", "https://pbx"]
    >>> for address in bad:
    ...     try:
    ...         check_host(address)
    ...     except HostError as error:
    ...         print(error)
    http://93.184.216.34 does not begin with https://
    ftp://a.example does not begin with https://
    a.example comes with a user name
    the text is no address
    127.1 lies in the own network
    ::ffff:10.0.0.7 lies in the own network
    pbx lies in the own network
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except (AttributeError, TypeError, ValueError) as error:
        raise HostError("the text is no address") from error
    if not host:
        raise HostError("the text is no address")
    if parts.scheme not in ("https", "http") or (
        parts.scheme == "http" and not is_private_allowed
    ):
        raise HostError(f"{parts.scheme}://{host} does not begin with https://")
    if parts.username or parts.password:
        raise HostError(f"{host} comes with a user name")
    if not is_private_allowed and _is_private(host, port):
        raise HostError(f"{host} lies in the own network")


def _is_private(host, port):
    """True for a host of the own network; one that is not known here is none."""
    if "." not in host.rstrip(".") and ":" not in host and not host.isdigit():
        return True
    try:
        found = socket.getaddrinfo(host, port or 443, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError):
        return False
    return any(_is_own(entry[4][0]) for entry in found)


def _is_own(written):
    address = ipaddress.ip_address(written.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return not (mapped or address).is_global
