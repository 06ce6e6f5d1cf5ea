"""How Meta's Graph answers: the fields asked for, pages by cursors, errors."""

import base64
import copy
import json
from urllib.parse import urlencode

from .shop import Reply


def error(code, message, subcode=None, status=400, **more):
    """An error of the Graph as a ``Reply``."""
    kind = "GraphMethodException" if code == 100 else "OAuthException"
    body = {"message": message, "type": kind, "code": code, **more}
    if subcode:
        body["error_subcode"] = subcode
    return Reply(status, {"error": body | {"fbtrace_id": "AFAKETRACE"}})


def missing(object_id):
    """There is no such object, or it is not for this token."""
    text = (
        f"Unsupported get request. Object with ID '{object_id}' does not exist, cannot"
        " be loaded due to missing permissions, or does not support this operation"
    )
    return error(100, text, 33)


def parse_fields(text):
    """The names of a ``fields`` parameter, with what is asked of each.

    >>> parse_fields("id,adset{name,id},status")
    {'id': '', 'adset': 'name,id', 'status': ''}
    """
    names, depth, word = {}, 0, ""
    for char in f"{text},":
        depth += (char == "{") - (char == "}")
        if char == "," and not depth:
            name, _brace, inner = word.partition("{")
            if name.strip():
                names[name.strip()] = inner.removesuffix("}")
            word = ""
        else:
            word += char
    return names


def pick(thing, fields, related=None):
    """The fields of an object; the id always.

    :param related: a function from a name to the object that it stands for
    """
    wanted = parse_fields(fields)
    found = {"id": thing["id"]} if "id" in thing else {}
    for name, inner in wanted.items():
        if name in thing:
            found[name] = copy.deepcopy(thing[name])
        elif inner and related and (other := related(thing, name)):
            found[name] = pick(other, inner)
    return found


def unknown_field(fields, known, kind):
    """The error for a field that the kind of object does not have; None."""
    for name in parse_fields(fields):
        if name not in known:
            text = f"(#100) Tried accessing nonexisting field ({name}) on node type"
            return error(100, f"{text} ({kind})")
    return None


def page(request, address, things, page_cap=None):
    """One page of a list; the next one's address holds the token, as Meta's does."""
    query = request.query
    size = max(min(int(query.get("limit") or 25), page_cap or 500), 1)
    start = 0
    if query.get("after"):
        try:
            start = int(base64.b64decode(query["after"], validate=True)[4:])
        except ValueError:
            return error(100, "(#100) Invalid cursor")
    found = things[start : start + size]
    paging = {"cursors": {"before": _cursor(start), "after": _cursor(start + size)}}
    if start + size < len(things):
        again = urlencode({**query, "after": paging["cursors"]["after"]})
        paging["next"] = f"{address}{request.path}?{again}"
    body = {"data": copy.deepcopy(found)}
    return Reply(200, body | ({"paging": paging} if found else {}))


def _cursor(number):
    return base64.b64encode(f"fake{number}".encode()).decode()


def read_json(query, name):
    """A parameter that is JSON; None without it or when it is none."""
    try:
        return json.loads(query.get(name) or "null")
    except ValueError:
        return None
