"""Signatures of the senders: how we sign our calls and prove theirs.

Every ``verify_*`` takes the raw bytes of the body as they came in, never text that was
parsed and written anew, compares in constant time, and is false (never an error) for
whatever nonsense a header holds and where no secret is set. The vectors below are those
of the specification (reference ``apis.md``, "Golden vectors").
"""

import base64
import hashlib
import hmac
import json


def is_same(given, expected):
    """Compare what came with what it should be, in constant time.

    >>> is_same("abc", "abc"), is_same("é", "abc"), is_same(None, "abc")
    (True, False, False)
    >>> is_same("", "")
    False
    """
    if not given or not expected:
        return False
    return hmac.compare_digest(_bytes(given), _bytes(expected))


def verify_zalo(raw, header, secret, app_id, timestamp):
    """Zalo: ``X-ZEvent-Signature: mac=<hex>``, a plain SHA-256 and no HMAC.

    >>> raw = '{"a":1,"n":"đ"}'.encode()
    >>> good = "mac=986558a9be5d2c2e9157fed9f9bd0791ff4552e555dd2b72f44d10f1caf266a0"
    >>> verify_zalo(raw, good, "OASECRET", "APPID", "1700000000000")
    True
    >>> verify_zalo(raw, good, "", "APPID", "1700000000000")
    False
    >>> verify_zalo(raw + b" ", good, "OASECRET", "APPID", 1700000000000)
    False
    """
    if not (secret and app_id and timestamp):
        return False
    message = _bytes(app_id) + raw + _bytes(timestamp) + _bytes(secret)
    return is_same(header, f"mac={hashlib.sha256(message).hexdigest()}")


def verify_stringee(raw, header, secret):
    """Stringee: ``X-STRINGEE-SIGNATURE``, base64 HMAC-SHA1 over the body.

    >>> raw = '{"a":1,"n":"đ"}'.encode()
    >>> verify_stringee(raw, "pVTofKF4ytB1KgjFF0dql2g4gHA=", "signkey")
    True
    >>> verify_stringee(raw, "pVTofKF4ytB1KgjFF0dql2g4gHA=", None)
    False
    """
    if not secret:
        return False
    digest = hmac.new(_bytes(secret), raw, "sha1").digest()
    return is_same(header, base64.b64encode(digest).decode())


def hmac_hex(key, message):
    """Hex HMAC-SHA256; of the token by the app secret it is ``appsecret_proof``.

    >>> hmac_hex("appsecret", "TOKEN")
    '5ce7e27778ee701854c15400a27248a17dca845fae4a6a40efc6de3c6e504067'
    """
    return hmac.new(_bytes(key), _bytes(message), "sha256").hexdigest()


def make_jwt(secret, claims, header=()):
    """A JSON web token, signed with HS256.

    >>> claims = {"sub": "1234567890", "name": "John Doe", "iat": 1516239022}
    >>> token = make_jwt("your-256-bit-secret", claims).split(".")
    >>> token[0], token[2][:20]
    ('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9', 'SflKxwRJSMeKKF2QT4fw')
    """
    head = {"alg": "HS256", "typ": "JWT", **dict(header)}
    parts = [
        base64url(json.dumps(part, separators=(",", ":")).encode())
        for part in (head, claims)
    ]
    message = ".".join(parts)
    signature = hmac.new(_bytes(secret), message.encode(), "sha256").digest()
    return f"{message}.{base64url(signature)}"


def pkce_challenge(verifier):
    """The S256 challenge of a PKCE verifier (vector: RFC 7636, appendix B).

    >>> pkce_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    """
    return base64url(hashlib.sha256(verifier.encode()).digest())


def base64url(value):
    """Base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes(value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
