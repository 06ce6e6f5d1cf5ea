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
MAX_BYTES = 5 * 1024 * 1024


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
    """Calls to one host on behalf of one account.

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
        data=None,
        headers=None,
        repeatable=False,
        is_json=True,
    ):
        """Send a call and read its answer.

        :param json: a value to send as JSON; ``data``: a form
        :param repeatable: True for a call that sends nothing: where nobody knows
            whether it was done, ``Transient`` is raised instead of ``Ambiguous``
        :param is_json: False where a good answer may be any text
        :return: ``Reply``
        :raise ApiError: one of ``errors``
        """
        unclear = errors.Transient if repeatable else errors.Ambiguous
        headers = dict(headers or {})
        if json is not None:
            data = json_module.dumps(json, ensure_ascii=False).encode()
            headers["Content-Type"] = "application/json"
        try:
            with self.session.request(
                method,
                self.base_url + path,
                params=params,
                data=data,
                headers=headers,
                allow_redirects=False,
                stream=True,
            ) as response:
                raw = self._read(response, unclear)
        except ValueError as error:
            # an address or a header that cannot be: nothing went out
            raise self._error(errors.Permanent, error) from None
        except requests.ConnectTimeout as error:
            raise self._error(errors.Transient, error) from None
        except requests.ConnectionError as error:
            kind = errors.Transient if _was_not_sent(error) else unclear
            raise self._error(kind, error) from None
        except requests.RequestException as error:
            raise self._error(unclear, error) from None
        return self._judge(response, raw, unclear, is_json)

    def _read(self, response, unclear):
        raw = b""
        for chunk in response.iter_content(64 * 1024):
            raw += chunk
            if len(raw) > MAX_BYTES:
                raise unclear("the answer is too large")
        return raw

    def _judge(self, response, raw, unclear, is_json):
        status = response.status_code
        # scrubbed before it is cut: half of a secret would not be found
        shown = scrub_text(raw[:3000].decode("utf-8", "replace"), self.secrets)[:300]
        try:
            value = parse_json(raw, MAX_BYTES)
        except PayloadError:
            value = None
        return judge(
            Reply(status, value, dict(response.headers), shown), unclear, is_json
        )

    def _error(self, kind, error):
        return kind(scrub_text(f"{type(error).__name__}: {error}", self.secrets))


def judge(reply, unclear=errors.Ambiguous, is_json=True):
    """The reply, where its provider has to look at it; else raises what it means.

    :param unclear: class of error where nobody knows whether the call was done

    >>> judge(Reply(200, {"error": 0})).body
    {'error': 0}
    >>> for reply in (Reply(504), Reply(302), Reply(200), Reply(429)):
    ...     try:
    ...         judge(reply)
    ...     except errors.ApiError as error:
    ...         print(type(error).__name__, error.code)
    Ambiguous 504
    Permanent 302
    Ambiguous 200
    Throttled 429
    """
    status = reply.status
    if status == requests.codes.too_many_requests:
        wait = retry_after(reply.headers)
        raise errors.Throttled(f"HTTP 429: {reply.text}", status, wait)
    if status >= requests.codes.internal_server_error:
        raise unclear(f"HTTP {status}: {reply.text}", status)
    if requests.codes.multiple_choices <= status < requests.codes.bad_request:
        raise errors.Permanent(f"HTTP {status}: redirects are not followed", status)
    if is_json and reply.body is None and status < requests.codes.multiple_choices:
        raise unclear(f"the answer is no JSON: {reply.text}", status)
    return reply


def retry_after(headers):
    """The seconds of a ``Retry-After`` header; None without one that is a number.

    >>> retry_after({"Retry-After": "2"}), retry_after({"Retry-After": "soon"})
    (2, None)
    >>> retry_after({"X-Rate-Limit-Reset": "41"})
    41
    """
    value = headers.get("Retry-After") or headers.get("X-Rate-Limit-Reset") or ""
    value = str(value).partition(".")[0]
    return int(value) if value.isdigit() else None


def _was_not_sent(error):
    """True when the connection never came about: the call was surely not done."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return type(reason).__name__ in ("NewConnectionError", "ConnectTimeoutError")
