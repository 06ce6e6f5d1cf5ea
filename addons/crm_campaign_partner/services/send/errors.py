"""What can go wrong with a provider that sends or calls, as the caller must treat it.

Every error of the HTTP client and of the providers is one of those below; none of them
ever carries a secret in its text (see ``scrub``).
"""


class ApiError(Exception):
    """Something went wrong.

    :param message: what a person may read, without secrets
    :param code: the provider's own code, as text
    :param retry_after: seconds to wait before the next call, where it says so
    """

    # State of the touch that met this error.
    state = "failed"

    def __init__(self, message, code=None, retry_after=None):
        super().__init__(message)
        self.code = None if code is None else str(code)
        self.retry_after = retry_after


class TokenExpired(ApiError):
    """The token is no longer good and nothing was sent: refresh it, send once more.

    Where it is the refresh that raises this, a person has to give consent again.
    """


class Throttled(ApiError):
    """Too many calls, nothing was sent: again after ``retry_after`` seconds."""


class Transient(ApiError):
    """It will probably work later; nothing was sent."""


class Ambiguous(ApiError):
    """Nobody knows whether it was sent: never tried again by itself."""

    state = "unknown"


class Permanent(ApiError):
    """It will not work however often it is tried."""


class AccountFault(Permanent):
    """Not this message but the account is at fault: its key, money, brand name.

    The next message would fail as well: stop the queue, tell the administrator.
    """


def make_error(code, classes, message, default=Permanent, retry_after=None):
    """The error that a provider's code means.

    :param classes: dict of code (text) to class; ``"99*"`` stands for all codes that
        begin so

    >>> error = make_error(-1472, {"-147*": Throttled}, "no quota left")
    >>> type(error).__name__, error.code, str(error), error.state
    ('Throttled', '-1472', 'no quota left', 'failed')
    """
    code = str(code)
    kind = classes.get(code) or next(
        (
            kind
            for prefix, kind in classes.items()
            if prefix.endswith("*") and code.startswith(prefix[:-1])
        ),
        default,
    )
    return kind(message, code, retry_after)
