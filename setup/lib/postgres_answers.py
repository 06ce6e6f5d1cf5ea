"""Say whether the PostgreSQL server of the PG* variables can carry Odoo databases.

Exit 0 and print user@host when it answers and the user may create databases; Odoo
itself refuses the user ``postgres``, so such a server counts as none.
"""

import os
import sys

import psycopg2

for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD"):
    if not os.environ.get(name):
        os.environ.pop(name, None)

with psycopg2.connect("dbname=postgres") as connection, connection.cursor() as cursor:
    cursor.execute(
        "SELECT current_user, rolcreatedb OR rolsuper FROM pg_roles"
        " WHERE rolname = current_user"
    )
    user, may_create = cursor.fetchone()
if not may_create or user == "postgres":
    sys.exit(1)
sys.stdout.write(f"{user}@{connection.info.host or 'local socket'}")
