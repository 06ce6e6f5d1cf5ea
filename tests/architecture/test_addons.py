"""The laws of whole addons: access, tests that run, and who depends on whom."""

import ast
import csv
import io
import re
from pathlib import Path
from xml.etree import ElementTree

from law_sources import ROOT, Addon, Source, all_addons

# What each may depend on: keep uses reach's channels and guard; collect stands alone.
SUITE = {
    "crm_ads_data": set(),
    "crm_campaign_partner": set(),
    "crm_funnel_loyalty": {"crm_campaign_partner"},
}
TOP_LEVEL = {"README.md", "addons", "docs", "odoo.conf", "setup", "tests"}


def make_addon(folder: Path, files: dict[str, str]) -> Addon:
    """An addon for a self-test, written to disk."""
    for name, text in files.items():
        path = folder / "x" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    sources = tuple(
        Source(f"addons/x/{name}", text)
        for name, text in files.items()
        if name.endswith(".py")
    )
    return Addon(folder / "x", sources)


def upholds(law):
    """Fail when an addon breaks the law (or there is none)."""
    assert all_addons(), "there are no addons to judge"
    found = [f"{addon.name}: {text}" for addon in all_addons() for text in law(addon)]
    assert not found, "\n".join(["", *found])


def own_models(addon):
    """The models that the addon declares, by name, with all their classes."""
    classes = [
        model
        for source in addon.sources
        if not source.is_test
        for model in source.models()
    ]
    declared = {model.own_name: model.kind for model in classes if model.own_name}
    return {
        name: (kind, [model for model in classes if name in model.names])
        for name, kind in declared.items()
        if kind != "AbstractModel"
    }


def xml_id(model_name):
    """The XML id of the model's own record, as security files name it."""
    return f"model_{model_name.replace('.', '_')}"


def model_without_access(addon):
    """Each model has a line in ir.model.access.csv, and each line names a group."""
    rows = list(csv.DictReader(io.StringIO(addon.text("security/ir.model.access.csv"))))
    listed = {row["model_id:id"] for row in rows}
    for name in own_models(addon):
        if xml_id(name) not in listed:
            yield f"{name} has no line in ir.model.access.csv"
    for row in rows:
        if not row["group_id:id"]:
            yield f"the access line {row['id']} is for everybody: it names no group"


def wizard_open_to_others(addon):
    """A wizard is kept to whoever opened it: Odoo itself has no such rule."""
    kept = set()
    for path in addon.folder.glob("security/*.xml"):
        for record in ElementTree.parse(path).iter("record"):  # noqa: S314
            fields = {field.get("name"): field for field in record.iter("field")}
            domain = fields.get("domain_force")
            if domain is not None and "('create_uid', '=', user.id)" in domain.text:
                kept.add((fields["model_id"].get("ref"), "groups" in fields))
    for name, (kind, _classes) in own_models(addon).items():
        if kind == "TransientModel" and (xml_id(name), False) not in kept:
            yield f"{name} has no global rule on create_uid"


def test_every_model_has_access_lines(tmp_path):
    header = (
        "id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink\n"
    )
    model = "class A(models.Model):\n    '''A.'''\n    _name = 'crm.a'\n"
    files = {"models/a.py": model, "security/ir.model.access.csv": header}
    assert list(model_without_access(make_addon(tmp_path / "none", files)))
    files["security/ir.model.access.csv"] = header + "a,a,model_crm_a,,1,0,0,0\n"
    assert list(model_without_access(make_addon(tmp_path / "open", files)))
    files["security/ir.model.access.csv"] = (
        header + "a,a,model_crm_a,base.group_user,1,0,0,0\n"
    )
    assert not list(model_without_access(make_addon(tmp_path / "good", files)))
    upholds(model_without_access)


def test_every_wizard_is_kept_to_its_owner(tmp_path):
    model = "class A(models.TransientModel):\n    '''A.'''\n    _name = 'crm.a'\n"
    rule = """<odoo><record id="r" model="ir.rule">
        <field name="model_id" ref="model_crm_a" />
        <field name="domain_force">[('create_uid', '=', user.id)]</field>%s
    </record></odoo>"""
    files = {"wizards/a.py": model}
    assert list(wizard_open_to_others(make_addon(tmp_path / "none", files)))
    files["security/r.xml"] = rule % '<field name="groups" eval="[]" />'
    assert list(wizard_open_to_others(make_addon(tmp_path / "group", files)))
    files["security/r.xml"] = rule % ""
    assert not list(wizard_open_to_others(make_addon(tmp_path / "good", files)))
    upholds(wizard_open_to_others)


def model_without_company_rule(addon):
    """Each stored model with company_id has a rule without groups that looks at it."""
    ruled = _globally_ruled(addon)
    for name, (kind, classes) in own_models(addon).items():
        names = {field for model in classes for field, call in model.fields()}
        if kind == "Model" and "company_id" in names and xml_id(name) not in ruled:
            yield f"{name} has company_id and no global company rule"


def _globally_ruled(addon):
    found = set()
    for path in addon.folder.glob("security/*.xml"):
        for record in ElementTree.parse(path).iter("record"):  # noqa: S314
            values = {field.get("name"): field for field in record.iter("field")}
            if record.get("model") != "ir.rule" or "groups" in values:
                continue
            domain = values["domain_force"]
            if "company_ids" in (domain.text or domain.get("eval") or ""):
                found.add(values["model_id"].get("ref").rpartition(".")[2])
    return found


def test_every_company_model_has_a_company_rule(tmp_path):
    model = (
        "class A(models.Model):\n    '''A.'''\n    _name = 'crm.a'\n"
        "    company_id = fields.Many2one('res.company')\n"
    )
    rule = (
        "<odoo><record id='r' model='ir.rule'>"
        "<field name='model_id' ref='model_crm_a'/>"
        "<field name='domain_force'>[('company_id', 'in', company_ids)]</field>"
        "{}</record></odoo>"
    )
    files = {"models/a.py": model}
    assert list(model_without_company_rule(make_addon(tmp_path / "none", files)))
    files["security/rules.xml"] = rule.format("<field name='groups' eval='[]'/>")
    assert list(model_without_company_rule(make_addon(tmp_path / "grouped", files)))
    files["security/rules.xml"] = rule.format("")
    assert not list(model_without_company_rule(make_addon(tmp_path / "good", files)))
    upholds(model_without_company_rule)


def unimported_test_module(addon):
    """Each tests/test_*.py is imported by tests/__init__.py; others never run."""
    package = addon.text("tests/__init__.py")
    imported = {
        alias.name
        for node in ast.walk(ast.parse(package))
        if isinstance(node, ast.ImportFrom) and node.level == 1
        for alias in node.names
    }
    modules = {path.stem for path in addon.folder.glob("tests/test_*.py")}
    if not modules:
        yield "has no tests"
    yield from (
        f"tests/{name}.py is not imported" for name in sorted(modules - imported)
    )


def test_every_test_module_is_imported(tmp_path):
    files = {"tests/__init__.py": "from . import test_a\n", "tests/test_a.py": ""}
    assert not list(unimported_test_module(make_addon(tmp_path / "good", files)))
    files["tests/test_b.py"] = ""
    assert list(unimported_test_module(make_addon(tmp_path / "bad", files)))
    upholds(unimported_test_module)


def foreign_import(addon):
    """An addon imports and names only addons that it depends on."""
    strangers = set(SUITE) - SUITE.get(addon.name, set()) - {addon.name}
    if strangers & set(addon.manifest["depends"]):
        yield f"depends on {sorted(strangers & set(addon.manifest['depends']))}"
    for source in addon.sources:
        for stranger in strangers:
            if re.search(rf"\b{stranger}\b", source.text):
                yield f"{source.path} names {stranger}, which it does not depend on"


def test_addons_depend_as_designed(tmp_path):
    manifest = "{'name': 'X', 'depends': ['crm']}"
    files = {
        "__manifest__.py": manifest,
        "models/a.py": "from odoo.addons import crm_ads_data",
    }
    assert list(foreign_import(make_addon(tmp_path / "import", files)))
    files = {"__manifest__.py": manifest.replace("'crm'", "'crm_ads_data'")}
    assert list(foreign_import(make_addon(tmp_path / "depends", files)))
    files = {"__manifest__.py": manifest}
    assert not list(foreign_import(make_addon(tmp_path / "good", files)))
    upholds(foreign_import)
    assert {addon.name for addon in all_addons()} == set(SUITE)


def test_top_level_is_as_designed():
    visible = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert visible - TOP_LEVEL == set()
