"""What no text file of the project may hold: text.py FILE…

Paths of a machine, hosts of registries and mirrors, notes to oneself, marks of a merge,
untidy ends of lines; and a script with a shebang is executable.
"""

import os
import re
import sys
from pathlib import Path

FORBIDDEN = {
    "a path of a machine": re.compile(
        r"(?<![\w.}/])/(?:home|Users)/[a-z]\w*|(?<![\w.}])/[r]oot\b"
    ),
    "a host of a registry or mirror": re.compile(
        r"(?i)\b(?:[\w-]+\.)*(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|yarnpkg\.com"
        r"|npmmirror\.com|debian\.(?:org|net)|ubuntu\.com|nexus|artifactory)(?=[/:])"
    ),
    "an index or registry option with an address": re.compile(
        r"(?i)(?:index-url|extra-index-url|registry)[= ]+\S*://"
    ),
    "a note to oneself": re.compile(r"\b(?:TO[D]O|FI[X]ME|XX[X])\b"),
    "a mark of a merge": re.compile(r"^(?:<{7} |={7}$|>{7} )"),
    "a blank at the end of the line": re.compile(r"[ \t]+$"),
    "a carriage return": re.compile(r"\r"),
    "a tabulator": re.compile(r"^ *\t"),
}
# The outer world's samples stay as they came; tables and catalogues have a layout of
# their own.
SAMPLES = re.compile(r"(^|/)tests/samples/")
MAY_HAVE_BLANKS = re.compile(r"\.(csv|po|pot|svg)$")
LAYOUT = {"a blank at the end of the line", "a carriage return", "a tabulator"}


def findings(path: Path, own_root: str):
    """Yield what is wrong with one file."""
    if SAMPLES.search(path.as_posix()):
        return
    content = path.read_bytes()
    if b"\0" in content:
        return
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        yield f"{path}: is not UTF-8"
        return
    free_layout = MAY_HAVE_BLANKS.search(path.name)
    for number, line in enumerate(text.split("\n"), 1):
        if own_root in line:
            yield f"{path}:{number}: a path of a machine: {own_root}"
        for what, pattern in FORBIDDEN.items():
            match = None if free_layout and what in LAYOUT else pattern.search(line)
            if match:
                yield f"{path}:{number}: {what}: {match.group().strip()[:60]}"
    if text and not text.endswith("\n"):
        yield f"{path}: the last line does not end"
    if text.endswith("\n\n") and not free_layout:
        yield f"{path}: empty lines at the end"
    if text.startswith("\ufeff") and not free_layout:
        yield f"{path}: a byte order mark"
    if text.startswith("#!") != os.access(path, os.X_OK):
        yield f"{path}: a shebang and the executable bit belong together"


if __name__ == "__main__":
    root = os.getcwd()
    found = [line for name in sys.argv[1:] for line in findings(Path(name), root)]
    print(*found, sep="\n")
    sys.exit(bool(found))
