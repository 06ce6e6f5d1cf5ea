"""Signatures of the providers: how we sign our calls and prove theirs.

Every ``verify_*`` takes the raw bytes of the body as they came in, never text that was
parsed and written anew, compares in constant time, and is false (never an error) for
whatever nonsense a header holds and where no secret is set. The vectors below are those
of the specification (reference ``apis.md``, "Golden vectors").

>>> body = '{"a":1,"n":"đ"}'.encode()
"""

import base64
import hmac


def hmac_hex(key, message, digest="sha256"):
    """Hex HMAC of the message (bytes or text).

    >>> hmac_hex("appsecret", "TOKEN")
    '5ce7e27778ee701854c15400a27248a17dca845fae4a6a40efc6de3c6e504067'
    """
    return hmac.new(_bytes(key), _bytes(message), digest).hexdigest()


def hmac_base64(key, message, digest="sha256"):
    """Base64 HMAC of the message.

    >>> hmac_base64("clientsecret", '{"a":1,"n":"đ"}')
    'CSN6aCAzexQDmNdHEw5fLzlhtWoGXhYhHNsPPn330YU='
    """
    return base64.b64encode(
        hmac.new(_bytes(key), _bytes(message), digest).digest()
    ).decode()


def is_same(given, expected):
    """Compare what a header gave with what it should be, in constant time.

    >>> is_same("abc", "abc"), is_same("é", "abc"), is_same(None, "abc")
    (True, False, False)
    >>> is_same("", "")
    False
    """
    if not given or not expected:
        return False
    return hmac.compare_digest(_bytes(given), _bytes(expected))


def verify_meta(raw, headers, secret):
    """Meta: ``X-Hub-Signature-256: sha256=<hex>`` over the body.

    >>> raw = '{"a":1,"n":"đ"}'.encode()
    >>> good = "sha256=227a4d7513827307d5ab34984a1f95165f775c04ad5d65f98635d076c3d27087"
    >>> verify_meta(raw, {"X-Hub-Signature-256": good}, "appsecret")
    True
    >>> verify_meta(raw, {"X-Hub-Signature-256": good}, "")
    False
    """
    given = headers.get("X-Hub-Signature-256")
    return bool(secret) and is_same(given, f"sha256={hmac_hex(secret, raw)}")


def verify_base64(raw, header, secret):
    """Haravan and Sapo: base64 HMAC-SHA256 over the body.

    >>> raw = '{"a":1,"n":"đ"}'.encode()
    >>> good = "CSN6aCAzexQDmNdHEw5fLzlhtWoGXhYhHNsPPn330YU="
    >>> verify_base64(raw, good, "clientsecret")
    True
    """
    return bool(secret) and is_same(header, hmac_base64(secret, raw))


def verify_shopee(raw, header, secret, url):
    """Shopee: hex HMAC over the registered address, ``|`` and the body.

    >>> raw = '{"a":1,"n":"đ"}'.encode()
    >>> good = "6015e1034ca68ab7942d34b346f5a18b0f9cab1cfddb5d0fd655f80fd0964b6d"
    >>> verify_shopee(raw, good, "partnerkey", "https://erp.example/wh")
    True
    >>> verify_shopee(raw, good, "partnerkey", "http://erp.example/wh")
    False
    """
    message = _bytes(url or "") + b"|" + raw
    return bool(secret and url) and is_same(header, hmac_hex(secret, message))


def verify_tiktok(raw, header, secret, app_key):
    """TikTok Shop: hex HMAC over the app key and the body.

    >>> raw = '{"a":1,"n":"đ"}'.encode()
    >>> good = "3488b628ce1e2ef9058d31409f0bb7cf6c9791dda64188c89a07ce2fe12f58d4"
    >>> verify_tiktok(raw, good, "appsecret", "K")
    True
    """
    message = _bytes(app_key or "") + raw
    return bool(secret and app_key) and is_same(header, hmac_hex(secret, message))


def sign_shopee(partner_key, partner_id, path, timestamp, access_token="", shop_id=""):
    """Shopee's ``sign`` of a call.

    >>> path = "/api/v2/order/get_order_list"
    >>> sign_shopee("partnerkey", 1001, path, 1700000000, "ATOKEN", 2002)
    '53f5d2f12246318518ad31acb16d907dfcaa7323bb7044bdcf504a984c682cbb'
    """
    parts = (partner_id, path, timestamp, access_token, shop_id)
    return hmac_hex(partner_key, "".join(map(str, parts)))


def sign_tiktok(secret, path, query, body=b""):
    """TikTok Shop's ``sign`` of a call, over exactly the bytes that are sent.

    >>> query = {"app_key": "K", "page_size": 50, "shop_cipher": "C"}
    >>> query["timestamp"] = 1700000000
    >>> sign_tiktok(
    ...     "appsecret",
    ...     "/order/202309/orders/search",
    ...     query,
    ...     b'{"update_time_ge":1699990000}',
    ... )
    '350bb6f957595538905542445cac6973547561638c883a7aa63b41c535b1b757'
    """
    left_out = {"sign", "access_token", "x-tts-access-token"}
    pairs = "".join(
        f"{key}{query[key]}" for key in sorted(query) if key not in left_out
    )
    message = f"{secret}{path}{pairs}".encode() + body + secret.encode()
    return hmac_hex(secret, message)


def _bytes(value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
