"""Print the core and OCA addons that the suite's addons depend on, comma separated."""

import ast
import sys
from pathlib import Path

manifests = {
    path.parent.name: ast.literal_eval(path.read_text())
    for path in sorted(Path(sys.argv[1]).glob("*/__manifest__.py"))
}
depends = {name for manifest in manifests.values() for name in manifest["depends"]}
sys.stdout.write(",".join(sorted(depends - manifests.keys())))
