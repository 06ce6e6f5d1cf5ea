"""What can go wrong with a provider's API, as the caller has to treat it.

Every error of the HTTP client and of the providers is one of the five below; none of
them ever carries a secret in its text (see ``scrub``).
"""


class ApiError(Exception):
    """Something went wrong.

    :param message: what a person may read, without secrets
    :param code: the provider's own code, as text
    :param retry_after: seconds to wait before the next call, where it says so
    """

    def __init__(self, message, code=None, retry_after=None):
        super().__init__(message)
        self.code = None if code is None else str(code)
        self.retry_after = retry_after


class TokenExpired(ApiError):
    """The credentials are no longer good: a person, or a refresh, has to renew them."""


class Throttled(ApiError):
    """Too many calls: again after ``retry_after`` seconds."""


class Transient(ApiError):
    """It will probably work later; nothing was done."""


class Ambiguous(ApiError):
    """Nobody knows whether it was done: never tried again by itself."""


class Permanent(ApiError):
    """It will not work however often it is tried."""
