"""Filling the fields of a text in: only names that are known, nothing is evaluated.

A field is ``{{ name }}``, or ``{{ name ||| what to write when it is empty }}``.
"""

import re
from html import unescape

from markupsafe import escape

FIELD = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
TAG = re.compile(r"<[^>]*>")


def read_fields(html):
    """The names of the fields in a text, in order, without doubles.

    >>> read_fields("<p>{{ customer }} and {{<b>&nbsp;amount</b> ||| - }}</p>")
    ['customer', 'amount']
    >>> read_fields("")
    []
    """
    found = (_read_field(match.group(1))[0] for match in FIELD.finditer(html or ""))
    return list(dict.fromkeys(found))


def fill_fields(html, values):
    """Put the values in; what is not known stays as it is. Values are escaped.

    >>> fill_fields("{{ a }}, {{ b ||| none }}, {{ c }}", {"a": "<1>", "b": ""})
    '&lt;1&gt;, none, {{ c }}'
    """

    def replace(match):
        name, default = _read_field(match.group(1))
        if name not in values:
            return match.group(0)
        return str(escape(values[name] or default))

    return FIELD.sub(replace, html or "")


def _read_field(text):
    plain = unescape(TAG.sub("", text)).replace("\xa0", " ")
    name, _separator, default = plain.partition("|||")
    return name.strip(), default.strip()
