"""What the laws look at: the parsed sources of the addons, and a few ways to ask them.

A law is a function from one `Source` (or one `Addon`) to findings. `upholds` applies it
to the project; `catches` and `allows` apply it to a snippet, so that every law proves
by itself that it still bites.
"""

import ast
import io
import tokenize
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "addons"
MODEL_BASES = ("AbstractModel", "Model", "TransientModel")


@dataclass(frozen=True)
class Source:
    """One Python file; `path` is relative to the project."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree; each node knows its `parent`."""
        tree = ast.parse(self.text, self.path)
        tree.parent = None
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                child.parent = node
        return tree

    @cached_property
    def comments(self) -> dict[int, str]:
        """The comments that say something to people, by the number of their line."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return {
            token.start[0]: token.string
            for token in tokens
            if token.type == tokenize.COMMENT
            and not token.string.startswith(("# noqa", "# pylint:"))
        }

    @property
    def room(self) -> str:
        """The folder inside the addon: models, services, wizards, tests…"""
        parts = Path(self.path).parts
        return parts[2] if len(parts) > 3 else ""

    @property
    def is_test(self) -> bool:
        """Tests may do what the product may not."""
        return self.room == "tests"

    def nodes(self, *types: type) -> Iterator[ast.AST]:
        """Every node of the types."""
        return (node for node in ast.walk(self.tree) if isinstance(node, types))

    def calls(self, *names: str) -> Iterator[ast.Call]:
        """Every call of a function or method of one of the names."""
        return (node for node in self.nodes(ast.Call) if name_of(node.func) in names)

    def models(self) -> Iterator["Model"]:
        """Every class that is an Odoo model."""
        for node in self.nodes(ast.ClassDef):
            kinds = [name_of(base) for base in node.bases]
            kind = next((kind for kind in kinds if kind in MODEL_BASES), None)
            if kind:
                yield Model(self, node, kind)


@dataclass(frozen=True)
class Model:
    """A class with a model of Odoo as its base."""

    source: Source
    node: ast.ClassDef
    kind: str

    def attribute(self, name: str):
        """The literal that the class gives the attribute, or None."""
        for value in self._values_of(name):
            return literal(value)
        return None

    @property
    def own_name(self) -> str | None:
        """The name of a model that is declared here; None for an extension."""
        name = self.attribute("_name")
        inherited = self.attribute("_inherit") or ()
        inherited = (inherited,) if isinstance(inherited, str) else inherited
        return None if name in inherited else name

    @property
    def names(self) -> set[str]:
        """The model or models that the class declares or extends."""
        name = self.attribute("_name")
        inherited = self.attribute("_inherit") or ()
        return (
            {name}
            if name
            else {inherited}
            if isinstance(inherited, str)
            else set(inherited)
        )

    def fields(self) -> Iterator[tuple[str, ast.Call]]:
        """Each field's name and the call that makes it."""
        for name, value in self._assignments():
            if isinstance(value, ast.Call) and dotted(value.func).startswith("fields."):
                yield name, value

    def methods(self) -> Iterator[ast.FunctionDef]:
        """The methods of the class."""
        return (node for node in self.node.body if isinstance(node, ast.FunctionDef))

    def _assignments(self):
        for node in self.node.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                yield node.targets[0].id, node.value

    def _values_of(self, wanted):
        return (value for name, value in self._assignments() if name == wanted)


@dataclass(frozen=True)
class Addon:
    """One addon: its folder and its parsed sources."""

    folder: Path
    sources: tuple[Source, ...]

    @property
    def name(self) -> str:
        """The technical name."""
        return self.folder.name

    @cached_property
    def manifest(self) -> dict:
        """The manifest's content."""
        return ast.literal_eval((self.folder / "__manifest__.py").read_text("utf-8"))

    def text(self, path: str) -> str:
        """The content of a file of the addon; nothing when there is none."""
        file = self.folder / path
        return file.read_text("utf-8") if file.is_file() else ""


@cache
def all_addons() -> tuple[Addon, ...]:
    """Every addon of the project."""
    folders = sorted(path.parent for path in ADDONS.glob("*/__manifest__.py"))
    return tuple(read_addon(folder, ROOT) for folder in folders)


def read_addon(folder: Path, root: Path) -> Addon:
    """Parse the addon in the folder; paths become relative to the root."""
    files = sorted(folder.rglob("*.py"))
    sources = (
        Source(file.relative_to(root).as_posix(), file.read_text("utf-8"))
        for file in files
    )
    return Addon(folder, tuple(sources))


def all_sources() -> list[Source]:
    """Every Python file of every addon."""
    return [source for addon in all_addons() for source in addon.sources]


SourceLaw = Callable[[Source], Iterable[tuple[ast.AST, str]]]


def findings(law: SourceLaw, sources: Iterable[Source]) -> list[str]:
    """What the law finds, as `path:line: text`."""
    return [
        f"{source.path}:{node.lineno}: {text}"
        for source in sources
        for node, text in law(source)
    ]


def upholds(law: SourceLaw) -> None:
    """Fail when the project breaks the law (or has no sources to judge)."""
    sources = all_sources()
    assert sources, "there are no addons to judge"
    found = findings(law, sources)
    assert not found, "\n".join(["", *found])


def catches(law: SourceLaw, snippet: str, path: str = "addons/x/models/x.py") -> None:
    """Fail when the law does not see what is wrong with the snippet."""
    assert findings(law, [Source(path, dedent(snippet))]), (
        f"the law {law.__name__} does not catch:\n{snippet}"
    )


def allows(law: SourceLaw, snippet: str, path: str = "addons/x/models/x.py") -> None:
    """Fail when the law finds something in a snippet that is in order."""
    found = findings(law, [Source(path, dedent(snippet))])
    assert not found, f"the law {law.__name__} refuses what is in order: {found}"


def name_of(node: ast.AST) -> str:
    """The last name of an expression: `c` of `a.b.c`."""
    return getattr(node, "attr", None) or getattr(node, "id", None) or ""


def dotted(node: ast.AST) -> str:
    """The whole name of an expression as far as it is one: `a.b.c`."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return name_of(node)


def literal(node: ast.AST):
    """The value of a literal; None when it is computed."""
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def keyword(call: ast.Call, name: str):
    """The literal of a keyword argument; None when it is absent or computed."""
    return next(
        (literal(item.value) for item in call.keywords if item.arg == name), None
    )


def has_keyword(call: ast.Call, name: str) -> bool:
    """True when the keyword argument is spelled out."""
    return any(item.arg == name for item in call.keywords)


def enclosing(node: ast.AST, *types: type) -> ast.AST | None:
    """The innermost node of the types around the node."""
    while node is not None and not isinstance(node, types):
        node = node.parent
    return node
