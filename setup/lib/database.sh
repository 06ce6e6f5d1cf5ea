# shellcheck shell=bash
# Databases and ports: questions that the scripts ask, answered through Python and psycopg2.

# sql DATABASE STATEMENT: run it outside a transaction, print the first value of each row.
sql() {
    "$VENV/bin/python" - "$1" "$2" <<'PYTHON'
import sys

import psycopg2

connection = psycopg2.connect(dbname=sys.argv[1])
connection.autocommit = True
with connection.cursor() as cursor:
    cursor.execute(sys.argv[2])
    for row in cursor.fetchall() if cursor.description else ():
        print(row[0])
PYTHON
}

database_exists() { [ -n "$(sql postgres "SELECT 1 FROM pg_database WHERE datname = '$1'")" ]; }

# database_is_ready DATABASE PARAMETER: true when the last step of its making has left its mark.
database_is_ready() {
    database_exists "$1" &&
        [ -n "$(sql "$1" "SELECT value FROM ir_config_parameter WHERE key = '$2'" 2>/dev/null)" ]
}

drop_database() { ! database_exists "$1" || odoo db drop "$1"; }

port_answers() {
    "$VENV/bin/python" -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 2)' \
        "$1" 2>/dev/null
}

# port_is_taken PORT: asked before anything is installed, so by bash itself.
port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
