"""Take secrets out of what is logged, stored or shown.

>>> scrub_text("https://g.example/v1/me?access_token=EAAB1&fields=id: timed out")
'https://g.example/v1/me?access_token=***&fields=id: timed out'
>>> scrub_text("key s3cr3t-1 refused", ["s3cr3t-1"])
'key *** refused'
>>> scrub_text('{"error":"","access_token":"EAAB1","refresh_token": "EAA')
'{"error":"","access_token":"***","refresh_token": "***'
>>> scrub_payload({"data": [], "paging": {"next": "https://g.example?access_token=E"}})
{'data': [], 'paging': {'next': '***'}}
"""

import re

MASK = "***"
_NAMES = (
    r"access_token|refresh_token|appsecret_proof|app_secret|client_secret|secret_key"
    r"|secretkey|partner_key|api_?key|password|sign|signature|auth_code|accesscode"
    r"|authorization|x-tts-access-token|accesstoken"
)
_IN_TEXT = re.compile(rf"(?i)(?<![a-z_])({_NAMES})(=|%3D)[^&\s\"'<>]+")
# JSON, also one that ends in the middle of the value.
_IN_JSON = re.compile(rf'(?i)(\\?"(?:{_NAMES})\\?"\s*:\s*\\?")[^"\\]*')
_NAME = re.compile(rf"(?i)(?:{_NAMES}|verify_token|webhooksverifytoken)")
# Addresses that a provider puts its token into.
_TOKEN_ADDRESSES = ("next", "previous")
# A secret this short would mask half of the text.
_SHORTEST = 6


def scrub_text(text, secrets=()):
    """The text with the values of secret parameters, and the secrets, masked."""
    text = str(text)
    if "=" in text or "%3" in text:
        text = _IN_TEXT.sub(rf"\1\2{MASK}", text)
    if '"' in text:
        text = _IN_JSON.sub(rf"\1{MASK}", text)
    for secret in sorted(map(str, filter(None, secrets)), key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, MASK)
    return text


def scrub_payload(value, secrets=(), name=""):
    """The parsed JSON with everything secret masked; a copy, whatever it is.

    >>> scrub_payload({"code": 1, "accessToken": "abc", "n": [{"apiKey": "x"}]})
    {'code': 1, 'accessToken': '***', 'n': [{'apiKey': '***'}]}
    """
    if isinstance(value, dict):
        return {
            key: scrub_payload(item, secrets, str(key)) for key, item in value.items()
        }
    if isinstance(value, list):
        return [scrub_payload(item, secrets, name) for item in value]
    if not isinstance(value, str):
        return value
    if _NAME.fullmatch(name) or (name in _TOKEN_ADDRESSES and "://" in value):
        return MASK
    return scrub_text(value, secrets)
