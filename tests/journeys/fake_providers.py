"""The fake providers of crm_ads_data, which need no Odoo, for the journeys."""

import sys
from importlib.util import module_from_spec, spec_from_file_location

from client import ROOT


def _load():
    folder = ROOT / "addons" / "crm_ads_data" / "tests" / "fake_provider"
    spec = spec_from_file_location(
        folder.name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FakeServer = _load().FakeServer
