"""Each catalogue is complete and as new as the sources: translations.py ADDON-FOLDER…

Complete: vi.po has the messages of the .pot, none of them empty, fuzzy or with other
placeholders. As new: what can be seen without Odoo (texts of Python, of JavaScript and
of the XML files' attributes) is in the .pot.
"""

import ast
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import polib

PLACEHOLDER = re.compile(r"%\(\w+\)[sdifr]|%[sdifr](?!\w)|\$\{[^}]*\}|\{\{.*?\}\}")
JS_TEXT = re.compile(r'\b_t\(\s*"((?:[^"\\]|\\.)*)"')
FIELD_TEXTS = ("string", "help")
VIEW_ATTRIBUTES = ("confirm", "help", "placeholder", "string", "sum", "title")


def findings(addon: Path):
    """Yield what is wrong with the catalogues of the addon in the folder."""
    template_path = addon / "i18n" / f"{addon.name}.pot"
    if not template_path.is_file():
        yield f"{template_path} is missing"
        return
    template = _messages(template_path)
    known = {message.strip() for message in template}
    for text, place in sorted(_texts_of_sources(addon)):
        if text not in known and not _is_in_markup(text, known):
            yield f"{place}: not in {template_path.name} (export it again): {text!r}"
    for path in sorted((addon / "i18n").glob("*.po")):
        yield from _catalogue_findings(path, template)


def _messages(path):
    return {entry.msgid for entry in polib.pofile(str(path)) if not entry.obsolete}


def _is_in_markup(text, messages):
    """Whether it is an attribute inside a message that holds an element."""
    return any(f'="{text}"' in message for message in messages)


def _catalogue_findings(path, template):
    catalogue = polib.pofile(str(path))
    own = _messages(path)
    yield from (f"{path}: lacks {text!r}" for text in sorted(template - own))
    yield from (
        f"{path}: is not in the .pot: {text!r}" for text in sorted(own - template)
    )
    for entry in catalogue:
        place = f"{path}:{entry.linenum}"
        if entry.obsolete:
            yield f"{place}: obsolete: {entry.msgid!r}"
        elif entry.fuzzy:
            yield f"{place}: fuzzy: {entry.msgid!r}"
        elif not entry.msgstr.strip():
            yield f"{place}: not translated: {entry.msgid!r}"
        elif _placeholders(entry.msgid) != _placeholders(entry.msgstr):
            yield f"{place}: other placeholders than {entry.msgid!r}: {entry.msgstr!r}"


def _placeholders(text):
    return sorted(PLACEHOLDER.findall(text))


def _texts_of_sources(addon):
    """Return the pairs (text, where) that the template has to hold."""
    found = set()
    for path in addon.rglob("*.py"):
        if "tests" not in path.relative_to(addon).parts:
            found.update((text, str(path)) for text in _python_texts(path))
    for path in (addon / "static" / "src").rglob("*.js"):
        texts = JS_TEXT.findall(path.read_text("utf-8"))
        found.update((text.replace('\\"', '"'), str(path)) for text in texts)
    for folder in ("views", "wizards", "report"):
        for path in (addon / folder).rglob("*.xml"):
            found.update((text, str(path)) for text in _view_texts(path))
    return {
        (text.strip(), place)
        for text, place in found
        if any(letter.isalpha() for letter in text)
    }


def _python_texts(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in ("_", "_lt") and node.args and _is_text(node.args[0]):
            yield node.args[0].value
        of_fields = getattr(getattr(node.func, "value", None), "id", "") == "fields"
        yield from (
            keyword.value.value
            for keyword in node.keywords
            if of_fields
            and keyword.arg in FIELD_TEXTS
            and _is_text(keyword.value)
            and not (keyword.arg == "string" and _has_no_exported_label(node))
        )


def _has_no_exported_label(call):
    return any(keyword.arg == "export_string_translation" for keyword in call.keywords)


def _is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _view_texts(path):
    for record in ElementTree.parse(path).iter("record"):  # noqa: S314 (our own files)
        if record.get("model") != "ir.ui.view":
            continue
        for node in record.iter():
            if node is record or node.tag == "attribute":
                continue
            for attribute in VIEW_ATTRIBUTES:
                yield node.get(attribute, "")


if __name__ == "__main__":
    found = [line for name in sys.argv[1:] for line in findings(Path(name))]
    print(*found, sep="\n")
    sys.exit(bool(found))
