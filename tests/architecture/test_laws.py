"""The laws of the addons' Python code: proven on a snippet, then applied.

Run alone with: pytest tests/architecture
"""

import ast
import re

from law_sources import (
    ROOT,
    Source,
    allows,
    catches,
    dotted,
    enclosing,
    has_keyword,
    keyword,
    literal,
    name_of,
    upholds,
)

HTTP_MODULES = ("aiohttp", "http.client", "httpx", "requests", "urllib", "urllib3")
HARMLESS_MODULES = ("urllib.parse",)
SECRET = re.compile(r"token|secret|password|api_key")
SECRET_KINDS = ("Binary", "Char", "Html", "Json", "Text")
DISPATCH_NAMES = ("channel", "platform", "provider")
SQL_CALLS = ("SQL", "execute", "execute_query", "execute_query_dict", "execute_values")
SEARCHES = ("search", "search_fetch", "search_read")
MAX_LINES = 400
LONG_FILES = (".js", ".py", ".scss", ".xml")


def http_outside_services(source):
    """HTTP is spoken in services/ alone."""
    if source.is_test or source.room == "services":
        return
    for node in source.nodes(ast.Import, ast.ImportFrom):
        for module in _imported(node):
            is_http = any(
                module == name or module.startswith(f"{name}.") for name in HTTP_MODULES
            )
            if is_http and not module.startswith(HARMLESS_MODULES):
                yield node, f"imports {module} outside services/"


def _imported(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = node.module or ""
    return (
        [base, *(f"{base}.{alias.name}" for alias in node.names)]
        if base == "http"
        else [base]
    )


def test_http_only_in_services():
    catches(http_outside_services, "import requests")
    catches(http_outside_services, "from urllib.request import urlopen")
    catches(http_outside_services, "from http import client")
    allows(
        http_outside_services,
        "from urllib.parse import urljoin\nfrom http import HTTPStatus",
    )
    allows(http_outside_services, "import requests", "addons/x/services/client.py")
    upholds(http_outside_services)


def commit_outside_cron(source):
    """Only the entry method of a cron commits."""
    if source.is_test:
        return
    for node in source.nodes(ast.Attribute):
        method = enclosing(node, ast.FunctionDef)
        in_cron = method is not None and method.name.startswith("_cron_")
        if node.attr in ("commit", "_commit_progress") and not in_cron:
            yield node, f"{node.attr} outside a method named _cron_*"


def test_only_crons_commit():
    catches(commit_outside_cron, "def _send(self):\n    self.env.cr.commit()")
    catches(
        commit_outside_cron,
        "def _run(self):\n    self.env['ir.cron']._commit_progress(1)",
    )
    allows(commit_outside_cron, "def _cron_send(self):\n    self.env.cr.commit()")
    upholds(commit_outside_cron)


def search_for_everything(source):
    """A search without a domain has a limit."""
    if source.is_test:
        return
    for call in source.calls(*SEARCHES):
        has_limit = has_keyword(call, "limit") or len(call.args) > 2
        if call.args and _is_everything(call.args[0]) and not has_limit:
            yield call, "searches for everything without a limit"


def _is_everything(node):
    return literal(node) == [] or dotted(node) == "Domain.TRUE"


def test_no_search_for_everything():
    catches(search_for_everything, "self.env['res.partner'].search([])")
    catches(
        search_for_everything, "self.env['res.partner'].search(Domain.TRUE, order='id')"
    )
    allows(
        search_for_everything, "self.search([], limit=1)\nself.search([('id', '>', 1)])"
    )
    upholds(search_for_everything)


def dispatch_by_constant(source):
    """Which provider, platform or channel serves is a matter of data."""
    if source.is_test or source.room == "services":
        return
    for node in source.nodes(ast.Compare):
        sides = [node.left, *node.comparators]
        named = [name_of(side) for side in sides if name_of(side) in DISPATCH_NAMES]
        if named and any(_is_text(side) for side in sides):
            yield node, f"compares {named[0]} with a constant; dispatch by data instead"
    for node in source.nodes(ast.Match):
        if name_of(node.subject) in DISPATCH_NAMES:
            yield node, f"matches {name_of(node.subject)}; dispatch by data instead"


def _is_text(node):
    value = literal(node)
    items = value if isinstance(value, (list, set, tuple)) else [value]
    return bool(items) and all(isinstance(item, str) and item for item in items)


def test_dispatch_is_by_data():
    catches(dispatch_by_constant, "if account.provider == 'facebook': pass")
    catches(
        dispatch_by_constant,
        "rows.filtered(lambda row: row.channel in ('sms', 'zalo'))",
    )
    catches(dispatch_by_constant, "match self.platform:\n    case 'x': pass")
    allows(dispatch_by_constant, "self.search([('channel', '=', 'sms')])")
    allows(dispatch_by_constant, "same = row.channel == account.channel")
    upholds(dispatch_by_constant)


def several_models_in_a_file(source):
    """One model class per file in models/ and wizards/."""
    if source.room in ("models", "wizards"):
        for model in list(source.models())[1:]:
            yield model.node, f"{model.node.name} is another model class in one file"


def test_one_model_per_file():
    one = "class {0}(models.Model):\n    _name = '{0}'\n"
    two = one.format("A") + one.format("B")
    catches(several_models_in_a_file, two)
    catches(several_models_in_a_file, two, "addons/x/wizards/x.py")
    allows(several_models_in_a_file, "class A(models.Model):\n    _name = 'a'")
    upholds(several_models_in_a_file)


def orm_import(source):
    """odoo.orm is Odoo's inside; addons use odoo.api, odoo.fields and odoo.models."""
    for node in source.nodes(ast.Import, ast.ImportFrom):
        names = [alias.name for alias in node.names]
        base = getattr(node, "module", None) or ""
        whole = [f"{base}.{name}".strip(".") for name in names]
        if any(name == "odoo.orm" or name.startswith("odoo.orm.") for name in whole):
            yield node, "imports odoo.orm"


def test_no_orm_import():
    catches(orm_import, "from odoo.orm.domains import Domain")
    catches(orm_import, "import odoo.orm")
    catches(orm_import, "from odoo import orm")
    allows(orm_import, "from odoo.fields import Domain")
    upholds(orm_import)


def old_sql_constraints(source):
    """Odoo 19 ignores _sql_constraints; models.Constraint holds."""
    for node in source.nodes(ast.Name, ast.Attribute):
        if name_of(node) == "_sql_constraints":
            yield node, "_sql_constraints is ignored by Odoo 19"


def test_no_old_sql_constraints():
    catches(old_sql_constraints, "class A(models.Model):\n    _sql_constraints = []")
    upholds(old_sql_constraints)


def public_method_without_docstring(source):
    """A method without underscore can be called over RPC, so it says what it does."""
    if source.is_test:
        return
    for model in source.models():
        for method in model.methods():
            is_property = "property" in map(name_of, method.decorator_list)
            is_public = not method.name.startswith("_") and not is_property
            if is_public and not ast.get_docstring(method):
                yield method, f"{model.node.name}.{method.name} has no docstring"


def test_public_methods_are_documented():
    catches(
        public_method_without_docstring,
        "class A(models.Model):\n    def action_go(self):\n        return True",
    )
    allows(
        public_method_without_docstring,
        "class A(models.Model):\n    def go(self):\n        '''Go.'''\n"
        "    def _go(self):\n        return 1",
    )
    upholds(public_method_without_docstring)


def model_without_docstring(source):
    """A model's specification is its class docstring."""
    for model in source.models():
        if model.own_name and not source.is_test and not ast.get_docstring(model.node):
            yield model.node, f"{model.node.name} ({model.own_name}) has no docstring"


def test_models_are_specified():
    catches(model_without_docstring, "class A(models.Model):\n    _name = 'crm.a'")
    catches(
        model_without_docstring,
        "class A(models.Model):\n    _name = 'crm.a'\n    _inherit = ['mail.thread']",
    )
    allows(
        model_without_docstring, "class A(models.Model):\n    _inherit = 'res.partner'"
    )
    upholds(model_without_docstring)


def sudo_without_comment(source):
    """sudo() says in a comment whose right it borrows."""
    if source.is_test:
        return
    for call in source.calls("sudo"):
        if not _has_comment(source, call):
            yield call, "sudo() without a comment that says whose right it borrows"
    for call in source.nodes(ast.Call):
        if keyword(call, "su") is True and not _has_comment(source, call):
            yield call, "su=True without a comment that says whose right it borrows"


def _has_comment(source, call):
    """In its statement, right above, or earlier in the method, naming sudo."""
    here = call.func.end_lineno
    start = enclosing(call, ast.stmt).lineno
    if source.comments.keys() & {here - 1, *range(start - 1, here + 1)}:
        return True
    method = enclosing(call, ast.FunctionDef)
    above = range(method.lineno, start) if method else ()
    return any("sudo" in source.comments.get(line, "") for line in above)


def test_sudo_is_explained():
    catches(sudo_without_comment, "def go(self):\n    self.sudo().write({})")
    catches(sudo_without_comment, "# Somewhere else.\n\nenv = self.env(su=True)")
    allows(
        sudo_without_comment,
        "# The seller's: he may not read users.\nself.sudo().write({})",
    )
    allows(sudo_without_comment, "self.sudo().write({})  # the seller's right")
    allows(
        sudo_without_comment,
        "def go(self):\n    # sudo: the seller's\n    a = 1\n    self.sudo().write({})",
    )
    upholds(sudo_without_comment)


def formatted_sql(source):
    """SQL is a constant with parameters or an SQL object, never a formatted text."""
    if source.is_test:
        return
    for call in source.calls(*SQL_CALLS):
        if call.args and _is_formatted(call.args[0], call):
            yield call, f"formatted text is passed to {name_of(call.func)}"


def _is_formatted(node, call):
    if isinstance(node, ast.Name):
        scope = enclosing(call, ast.FunctionDef, ast.Module)
        values = (
            item.value
            for item in ast.walk(scope)
            if isinstance(item, ast.Assign) and name_of(item.targets[0]) == node.id
        )
        return any(
            _is_formatted(value, call)
            for value in values
            if not isinstance(value, ast.Name)
        )
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, (ast.Add, ast.Mod))
    is_format = isinstance(node, ast.Call) and name_of(node.func) == "format"
    return isinstance(node, ast.JoinedStr) or is_format


def test_no_formatted_sql():
    catches(formatted_sql, "self.env.cr.execute(f'SELECT {x}')")
    catches(formatted_sql, "self.env.cr.execute('SELECT %s' % x)")
    catches(formatted_sql, "SQL('SELECT {}'.format(x))")
    catches(
        formatted_sql,
        "def go(self):\n    query = 'SELECT ' + x\n    self.env.cr.execute(query)",
    )
    allows(
        formatted_sql,
        "self.env.cr.execute(SQL('SELECT %s', x))\ncr.execute('SELECT %s', [x])",
    )
    upholds(formatted_sql)


def open_secret(source):
    """A field that holds a secret (not only takes it) is for administrators alone."""
    for model in source.models():
        for name, call in model.fields():
            closed = keyword(call, "groups") == "base.group_system" or (
                has_keyword(call, "inverse") and not has_keyword(call, "store")
            )
            kept = keyword(call, "copy") is False
            is_secret = SECRET.search(name) and name_of(call.func) in SECRET_KINDS
            if is_secret and not (closed and kept):
                yield call, f'{name} needs groups="base.group_system" and copy=False'


def test_secrets_are_closed():
    bad = "class A(models.Model):\n    access_token = fields.Char({})"
    catches(open_secret, bad.format(""))
    catches(open_secret, bad.format("groups='base.group_system'"))
    catches(open_secret, bad.format("copy=False, groups='base.group_user'"))
    allows(open_secret, bad.format("copy=False, groups='base.group_system'"))
    allows(open_secret, bad.format("inverse='_keep', copy=False"))
    allows(open_secret, "class A(models.Model):\n    token_set = fields.Boolean()")
    upholds(open_secret)


def wizard_in_wrong_room(source):
    """Transient models, and only they, live in wizards/ (settings in models/)."""
    for model in source.models():
        is_settings = model.attribute("_inherit") == "res.config.settings"
        is_transient = model.kind == "TransientModel" and not is_settings
        if source.room == "wizards" and not is_transient:
            yield model.node, f"{model.node.name} is no wizard and lies in wizards/"
        if source.room != "wizards" and is_transient and not source.is_test:
            yield model.node, f"{model.node.name} is a wizard outside wizards/"


def test_wizards_live_in_wizards():
    catches(wizard_in_wrong_room, "class A(models.TransientModel):\n    _name = 'a'")
    catches(
        wizard_in_wrong_room,
        "class A(models.Model):\n    _name = 'a'",
        "addons/x/wizards/a.py",
    )
    allows(
        wizard_in_wrong_room,
        "class A(models.TransientModel):\n    _inherit = 'res.config.settings'",
    )
    upholds(wizard_in_wrong_room)


def too_long(path, text):
    """Yield the file when it is too long to be about one thing."""
    lines = text.count("\n")
    if lines > MAX_LINES:
        yield f"{path}: {lines} lines; over {MAX_LINES} a file is split by subject"


def test_files_are_short():
    assert list(too_long("x.py", "\n" * (MAX_LINES + 1)))
    assert not list(too_long("x.py", "\n" * MAX_LINES))
    found = [
        line
        for folder in ("addons", "setup", "tests")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in LONG_FILES
        and not {"demo", "samples", "lib"} & set(path.parts)
        for line in too_long(path.relative_to(ROOT), path.read_text("utf-8"))
    ]
    assert not found, "\n".join(["", *found])


def test_sources_parse():
    """The helper that all laws stand on sees models, names and fields."""
    source = Source(
        "addons/x/models/deep/x.py",
        "class A(models.Model):\n    _name = 'crm.a'\n    name = fields.Char()\n",
    )
    (model,) = source.models()
    assert source.room == "models"
    assert (model.own_name, [name for name, call in model.fields()]) == (
        "crm.a",
        ["name"],
    )
