"""Take secrets out of what is logged, stored or shown.

>>> scrub_text("https://pbx.example/api/auth?apiKey=K123&x=1: timed out")
'https://pbx.example/api/auth?apiKey=***&x=1: timed out'
>>> scrub_text('{"ApiKey":"K123","SecretKey": "cut o')
'{"ApiKey":"***","SecretKey": "***'
>>> scrub_text("token s3cr3t-1 refused", ["s3cr3t-1", "", None])
'token *** refused'
>>> scrub_value({"ApiKey": "K123", "calls": [{"to": "s3cr3t-1", "n": 1}]}, ["s3cr3t-1"])
{'ApiKey': '***', 'calls': [{'to': '***', 'n': 1}]}
"""

import re
from urllib.parse import quote

MASK = "***"
_NAMES = (
    r"access_token|refresh_token|appsecret_proof|app_secret|secret_key|secretkey"
    r"|api_?key|api_?secret|password|token|authorization|x-stringee-auth|code_verifier"
)
_IN_TEXT = re.compile(rf"(?i)(?<![a-z_])({_NAMES})(=|%3D)[^&\s\"'<>]+")
# JSON, also one that ends in the middle of the value.
_IN_JSON = re.compile(rf'(?i)(\\?"(?:{_NAMES})\\?"\s*:\s*\\?")[^"\\]*')
_IS_NAME = re.compile(rf"(?i){_NAMES}")
# A secret this short would mask half of the text.
_SHORTEST = 6


def scrub_text(text, secrets=()):
    """The text with the values of secret parameters, and the secrets, masked.

    A secret is found as well where an address has it percent-encoded:

    >>> scrub_text("/call?k=a%2Fb%3Dc-1", ["a/b=c-1"])
    '/call?k=***'
    """
    text = _IN_JSON.sub(rf"\1{MASK}", _IN_TEXT.sub(rf"\1\2{MASK}", str(text)))
    found = {str(secret) for secret in secrets if len(str(secret or "")) >= _SHORTEST}
    spelled = found | {quote(secret, safe="") for secret in found}
    for secret in sorted(spelled, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def scrub_value(value, secrets=()):
    """The parsed body of a report with its secrets masked, names of parameters and
    places alike."""
    if isinstance(value, dict):
        return {
            name: MASK
            if _IS_NAME.fullmatch(str(name)) and not isinstance(item, (dict, list))
            else scrub_value(item, secrets)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [scrub_value(item, secrets) for item in value]
    return scrub_text(value, secrets) if isinstance(value, str) else value
