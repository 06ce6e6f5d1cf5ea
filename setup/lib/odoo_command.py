"""Odoo's command line as a script that it can start once more.

With workers Odoo starts itself again for the live connections, by the path that it was
started with: ``python -m odoo`` gives that of a module which cannot be run by itself.
"""

import sys

# the folder of this file holds no modules for Odoo
del sys.path[0]

from odoo.cli import main

main()
