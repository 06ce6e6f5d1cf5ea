"""docs/capabilities.md says for each capability which tests hold it; they all exist.

A test is named in backticks, as pytest names it (`tests/journeys/test_a.py::test_b`,
`addons/crm_ads_data/tests/test_x.py::TestX::test_y`) or as Odoo's --test-tags does
(`/crm_ads_data:TestX.test_y`). A capability is a table row that begins with its number.
"""

import ast
import re
from functools import cache

from law_sources import ADDONS, ROOT

DOCUMENT = ROOT / "docs" / "capabilities.md"
ROW = re.compile(r"^\|\s*(\d{3}\.\d+)\s*\|(.*)$", re.MULTILINE)
PYTEST_ID = re.compile(r"`((?:addons|tests)/[\w/]+\.py)::([\w:]+?)(?:\[[^`]*\])?`")
ODOO_TAG = re.compile(r"`/(\w+):(\w+)(?:\.(\w+))?`")


@cache
def names_in(path):
    """The tests of a file: names of functions, `Class` and `Class::method`."""
    if not path.is_file():
        return frozenset()
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found.add(node.name)
            found.update(
                f"{node.name}::{item.name}"
                for item in node.body
                if isinstance(item, ast.FunctionDef)
            )
    return frozenset(found)


def findings(text):
    """Yield each capability without a test and each test that does not exist."""
    rows = ROW.findall(text)
    if not rows:
        yield "there is no capability in the document"
    for number, row in rows:
        if not PYTEST_ID.search(row) and not ODOO_TAG.search(row):
            yield f"{number} names no test"
    for path, test in PYTEST_ID.findall(text):
        if test not in names_in(ROOT / path):
            yield f"{path}::{test} does not exist"
    for addon, case, method in ODOO_TAG.findall(text):
        wanted = f"{case}::{method}" if method else case
        files = (ADDONS / addon / "tests").glob("test_*.py")
        if not any(wanted in names_in(file) for file in files):
            yield f"/{addon}:{case}.{method} does not exist"


def test_named_tests_exist():
    own = "tests/architecture/test_docs.py"
    assert not list(findings(f"| 001.01 | x | `{own}::test_named_tests_exist` |"))
    assert list(findings("")), "an empty document must fail"
    assert list(findings("| 001.01 | x | |")), "a row without a test must fail"
    assert list(findings(f"| 001.01 | x | `{own}::test_gone` |"))
    assert list(findings("| 001.01 | x | `/crm_ads_data:TestGone.test_gone` |"))
    assert DOCUMENT.is_file(), f"{DOCUMENT.relative_to(ROOT)} is missing"
    found = list(findings(DOCUMENT.read_text("utf-8")))
    assert not found, "\n".join(["", *found])
