"""What Shopee and TikTok Shop share: signed calls, tokens that are renewed."""

import time

from .shop import Shop

CLOCK_SKEW = 300


class MarketplaceShop(Shop):
    """A shop whose tokens end.

    ``refreshes`` counts the calls that gave a new pair, ``reuses`` those that came with
    a refresh token that had been used before.
    """

    def __init__(self, lock):
        super().__init__(lock)
        self.good_tokens = {self.credentials["access_token"]}
        self.used_tokens = set()
        self.refreshes = self.reuses = 0

    def expire(self):
        """No access token is good any more; the refresh token still is."""
        with self.lock:
            self.good_tokens.clear()

    def revoke(self):
        """The shop's owner has taken the authorisation back: a person has to go in."""
        with self.lock:
            self.good_tokens.clear()
            self.used_tokens.add(self.credentials["refresh_token"])

    def renew(self, given):
        """Change a refresh token for a new pair; False when it is not good."""
        if given != self.credentials["refresh_token"] or given in self.used_tokens:
            self.reuses += given in self.used_tokens
            return False
        self.refreshes += 1
        self.used_tokens.add(given)
        number = f"{self.refreshes + 1:04d}"
        for name in ("access", "refresh"):
            self.credentials[f"{name}_token"] = f"fake-{self.PROVIDER}-{name}-{number}"
        self.good_tokens.add(self.credentials["access_token"])
        return True

    def is_fresh(self, request):
        """Whether the call's timestamp is of now."""
        given = request.query.get("timestamp", "")
        return given.isdigit() and abs(int(given) - time.time()) < CLOCK_SKEW
