"""What a provider says in its error, without the JSON around it."""

import json

_NAMES = (
    "message",
    "messages",
    "msg",
    "errors",
    "error",
    "error_message",
    "error_description",
    "error_code",
    "errorCode",
    "code",
)


def read_words(text):
    """The words in the JSON of an error; the text itself where it is none.

    >>> read_words('{"errors":"[API] Invalid API key"}')
    '[API] Invalid API key'
    >>> read_words('HTTP 429: {"request_id":"x","error":"too_often","message":"Slow"}')
    'HTTP 429: Slow (too_often)'
    >>> read_words('{"code":105002,"message":"Expired","data":{}}')
    'Expired (105002)'
    >>> read_words('{"error":{"message":"No","code":190}}'), read_words("HTTP 500: x")
    ('No (190)', 'HTTP 500: x')
    >>> read_words('{"a":1}'), read_words('{"message":"cut o')
    ('{"a":1}', '{"message":"cut o')
    """
    start = text.find("{")
    try:
        value = json.loads(text[start:]) if start >= 0 else None
    except ValueError:
        return text
    words = [*dict.fromkeys(_find_words(value))] if isinstance(value, dict) else []
    if not words:
        return text
    first, *others = words
    return text[:start] + first + (f" ({', '.join(others)})" if others else "")


def _find_words(value):
    """Every word under the names of an error, what says most first."""
    if isinstance(value, dict):
        for name in _NAMES:
            yield from _find_words(value.get(name))
    elif isinstance(value, list):
        for item in value:
            yield from _find_words(item)
    elif value not in (None, "", True, False):
        yield str(value).strip()
