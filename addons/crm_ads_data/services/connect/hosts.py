"""Which other hosts a connector may be sent to: public ones, by HTTPS."""

import ipaddress
import socket
from urllib.parse import urlsplit


class HostError(ValueError):
    """The address is not to be called; its text says why."""


def check_host(address, is_private_allowed=False):
    """Refuse what is no plain address of a public host.

    The name is resolved, so that neither another spelling of an address (``127.1``) nor
    a name that points into the own network gets through.

    :param is_private_allowed: for tests: the own network and plain HTTP are fine
    :raise HostError: when it may not be called

    >>> check_host("http://127.0.0.1:8080", is_private_allowed=True)
    >>> bad = ["http://93.184.216.34", "ftp://a.example", "https://u:p@a.example", 7]
    >>> bad += ["https://127.0.0.1", "https://127.1", "https://2130706433"]
    >>> bad += ["https://[::1]", "https://10.0.0.7", "https://169.254.169.254"]
    >>> bad += ["https://localhost", "https://db", "https://[::ffff:10.0.0.7]"]
    >>> for address in bad:
    ...     try:
    ...         check_host(address)
    ...     except HostError as error:
    ...         print(error)
    http://93.184.216.34 does not begin with https://
    ftp://a.example does not begin with https://
    https://u:p@a.example is more than a host
    7 is no address
    https://127.0.0.1 lies in the own network
    https://127.1 lies in the own network
    https://2130706433 lies in the own network
    https://[::1] lies in the own network
    https://10.0.0.7 lies in the own network
    https://169.254.169.254 lies in the own network
    https://localhost lies in the own network
    https://db lies in the own network
    https://[::ffff:10.0.0.7] lies in the own network
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except (AttributeError, TypeError, ValueError) as error:
        raise HostError(f"{address} is no address") from error
    schemes = ("https", "http") if is_private_allowed else ("https",)
    if parts.scheme not in schemes:
        raise HostError(f"{address} does not begin with https://")
    if not host or parts.username or parts.query or parts.fragment:
        raise HostError(f"{address} is more than a host")
    if not is_private_allowed and _is_private(host, port):
        raise HostError(f"{address} lies in the own network")


def _is_private(host, port):
    """True for a host of the own network; one that is not known here is none."""
    if "." not in host.rstrip(".") and ":" not in host and not host.isdigit():
        return True
    try:
        found = socket.getaddrinfo(host, port or 443, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError):
        return False
    return any(_is_own(entry[4][0]) for entry in found)


def _is_own(text):
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return not (mapped or address).is_global
