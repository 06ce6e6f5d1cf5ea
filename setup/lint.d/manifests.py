"""Each addon has what every addon of the suite has: manifests.py ADDON-FOLDER…"""

import ast
import re
import sys
from pathlib import Path

VERSION = re.compile(r"19\.0\.\d+\.\d+\.\d+")
AUTHOR = "CRM Suite Team"
NEEDED_FILES = (
    "__init__.py",
    "i18n/vi.po",
    "models/__init__.py",
    "pyproject.toml",
    "readme/CONFIGURE.md",
    "readme/CONTRIBUTORS.md",
    "readme/DESCRIPTION.md",
    "readme/USAGE.md",
    "security/ir.model.access.csv",
    "static/description/icon.png",
    "tests/__init__.py",
)
# These folders hold data files of Odoo; whatever lies in one is named by the manifest.
DATA_FOLDERS = ("data", "demo", "report", "security", "views", "wizards")
DATA_SUFFIXES = (".csv", ".sql", ".xml")
NOT_LOADED = {"data/neutralize.sql"}  # Odoo finds it by its name
KNOWN_KEYS = {
    "name",
    "summary",
    "version",
    "category",
    "license",
    "author",
    "website",
    "application",
    "auto_install",
    "depends",
    "external_dependencies",
    "data",
    "demo",
    "assets",
    "pre_init_hook",
    "post_init_hook",
    "uninstall_hook",
}


def findings(addon: Path):
    """Yield what is wrong with the addon in the folder."""
    manifest_path = addon / "__manifest__.py"
    if not manifest_path.is_file():
        yield f"{addon}: no __manifest__.py"
        return
    manifest = ast.literal_eval(manifest_path.read_text("utf-8"))
    yield from (f"{addon}: {text}" for text in _wrong_values(manifest))
    yield from (f"{addon}: {text}" for text in _wrong_files(addon, manifest))
    yield from (f"{addon}: {text}" for text in _wrong_hooks(addon, manifest))
    yield from (f"{addon}: {text}" for text in _wrong_toml(addon))


def _wrong_values(manifest):
    if not VERSION.fullmatch(manifest.get("version", "")):
        yield f"version {manifest.get('version')!r} is not 19.0.x.y.z"
    if manifest.get("license") != "AGPL-3":
        yield f"license {manifest.get('license')!r} is not AGPL-3"
    if manifest.get("author") != AUTHOR:
        yield f"author {manifest.get('author')!r} is not {AUTHOR}"
    for key in ("name", "summary", "category", "depends"):
        if not manifest.get(key):
            yield f"the manifest has no {key}"
    for key in sorted(set(manifest) - KNOWN_KEYS):
        yield f"the manifest has a needless or unknown key {key!r}"


def _wrong_files(addon, manifest):
    files = [*NEEDED_FILES, f"i18n/{addon.name}.pot"]
    yield from (f"{name} is missing" for name in files if not (addon / name).is_file())
    named = {*manifest.get("data", ()), *manifest.get("demo", ())}
    yield from (
        f"{name} is named by the manifest and missing"
        for name in sorted(named)
        if not (addon / name).is_file()
    )
    lying = {
        path.relative_to(addon).as_posix()
        for folder in DATA_FOLDERS
        for path in (addon / folder).rglob("*")
        if path.suffix in DATA_SUFFIXES
    }
    named |= _named_by_xml(addon, lying)
    yield from (
        f"{name} is not named by the manifest"
        for name in sorted(lying - named - NOT_LOADED)
    )
    for name in manifest.get("data", ()):
        if name.startswith("demo/"):
            yield f"{name} is demo data and stands in data"


def _named_by_xml(addon, files):
    """Return the files that an XML file loads itself, with file="addon/path"."""
    texts = "".join(path.read_text("utf-8") for path in addon.rglob("*.xml"))
    return {name for name in files if f'file="{addon.name}/{name}"' in texts}


def _wrong_hooks(addon, manifest):
    init = addon / "__init__.py"
    names = init.read_text("utf-8") if init.is_file() else ""
    for key in ("pre_init_hook", "post_init_hook", "uninstall_hook"):
        if key in manifest and not re.search(rf"\b{manifest[key]}\b", names):
            yield f"{key} {manifest[key]!r} is not in __init__.py"


def _wrong_toml(addon):
    path = addon / "pyproject.toml"
    if path.is_file() and "whool.buildapi" not in path.read_text("utf-8"):
        yield "pyproject.toml does not build with whool"


if __name__ == "__main__":
    found = [line for name in sys.argv[1:] for line in findings(Path(name))]
    print(*found, sep="\n")
    sys.exit(bool(found))
