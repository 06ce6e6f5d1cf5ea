"""The one way out: HTTP to a provider, with limits and typed errors.

``requests`` with ``timeout=(5, 20)`` and no redirects. What comes back is parsed once;
whatever goes wrong is one of ``errors``, its text without secrets.
"""

import json as json_module
from dataclasses import dataclass, field

import requests
from requests.adapters import HTTPAdapter

from . import errors
from .payload import PayloadError, parse_json
from .scrub import scrub_text

TIMEOUT = (5, 20)
MAX_BYTES = 20 * 1024 * 1024
# Meta: share of the allowance used, above which it is wise to wait.
BUSY_PERCENT = 75
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Reply:
    """What the provider answered; ``body`` is the parsed JSON, None without one."""

    status: int
    body: object = None
    headers: dict = field(default_factory=dict)
    text: str = ""


class _Adapter(HTTPAdapter):
    """No call of a session can forget the timeout."""

    def send(self, request, **options):
        return super().send(request, **{**options, "timeout": TIMEOUT})


class HttpClient:
    """Calls to one host on behalf of one connector.

    :param base_url: scheme and host, and a path that all calls share
    :param secrets: values that no error text may hold
    """

    def __init__(self, base_url, secrets=()):
        self.base_url = base_url.rstrip("/")
        self.secrets = tuple(filter(None, secrets))
        self.session = requests.Session()
        for scheme in ("https://", "http://"):
            self.session.mount(scheme, _Adapter())

    def call(
        self,
        method,
        path,
        *,
        params=None,
        json=None,
        body=None,
        data=None,
        headers=None,
        repeatable=True,
    ):
        """Send a call and read its answer.

        :param json: a value to send as JSON; ``body``: its very bytes, already signed
        :param data: a form to send
        :param repeatable: False for a call that must not be done twice: where nobody
            knows whether it was done, ``Ambiguous`` is raised instead of ``Transient``
        :return: ``Reply``
        :raise ApiError: one of ``errors``
        """
        unclear = errors.Transient if repeatable else errors.Ambiguous
        if json is not None:
            body = json_module.dumps(json, separators=(",", ":")).encode()
        headers = dict(headers or {})
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        try:
            with self.session.request(
                method,
                self.base_url + path,
                params=params,
                data=body if body is not None else data,
                headers=headers,
                allow_redirects=False,
                stream=True,
            ) as response:
                raw = self._read(response, unclear)
        except requests.ConnectTimeout as error:
            raise self._error(errors.Transient, error) from None
        except requests.ConnectionError as error:
            kind = errors.Transient if _was_not_sent(error) else unclear
            raise self._error(kind, error) from None
        except requests.RequestException as error:
            raise self._error(unclear, error) from None
        return self._judge(response, raw, unclear)

    def _read(self, response, unclear):
        raw = b""
        for chunk in response.iter_content(64 * 1024):
            raw += chunk
            if len(raw) > MAX_BYTES:
                raise unclear("the answer is too large")
        return raw

    def _judge(self, response, raw, unclear):
        status = response.status_code
        # scrubbed before it is cut: half of a secret would not be found
        shown = scrub_text(raw[:3000].decode("utf-8", "replace"), self.secrets)[:300]
        try:
            value = parse_json(raw, MAX_BYTES)
        except PayloadError:
            value = None
        if status == requests.codes.too_many_requests:
            raise errors.Throttled(
                f"HTTP 429: {shown}", status, retry_after(response.headers)
            )
        if status >= _SERVER_ERROR:
            raise unclear(f"HTTP {status}: {shown}", status)
        if requests.codes.multiple_choices <= status < requests.codes.bad_request:
            raise errors.Permanent(f"HTTP {status}: redirects are not followed", status)
        if value is None and status < requests.codes.multiple_choices:
            raise unclear(f"the answer is no JSON: {shown}", status)
        return Reply(status, value, dict(response.headers), shown)

    def _error(self, kind, error):
        return kind(scrub_text(f"{type(error).__name__}: {error}", self.secrets))


def retry_after(headers):
    """The seconds of a ``Retry-After`` header; None without one that is a number.

    >>> retry_after({"Retry-After": "2"}), retry_after({"Retry-After": "soon"})
    (2, None)
    """
    value = str(headers.get("Retry-After", "")).partition(".")[0]
    return int(value) if value.isdigit() else None


def _was_not_sent(error):
    """True when the connection never came about: the call was surely not done."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return type(reason).__name__ in ("NewConnectionError", "ConnectTimeoutError")
