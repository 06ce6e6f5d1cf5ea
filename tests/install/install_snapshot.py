"""A snapshot of a database: its structure and, per table, what the rows say.

Two snapshots are compared by `differences`. What moves by itself (VOLATILE_*) is left
out, each with its reason; nothing else is.
"""

from dataclasses import dataclass

from psycopg2 import sql

VOLATILE_TABLES = {
    "bus_bus": "messages to open browsers, swept by themselves",
    "ir_cron_trigger": "wakes crons up, swept by itself",
    "orm_signaling_assets": "tells other processes to forget what they know",
    "orm_signaling_default": "tells other processes to forget what they know",
    "orm_signaling_groups": "tells other processes to forget what they know",
    "orm_signaling_registry": "tells other processes to forget what they know",
    "orm_signaling_routing": "tells other processes to forget what they know",
    "orm_signaling_stable": "tells other processes to forget what they know",
    "orm_signaling_templates": "tells other processes to forget what they know",
}
# What Odoo's uninstallation itself leaves behind, with any addon: notes of foreign keys
# on its own tables (the keys themselves are compared in the structure), and XML ids of
# what its own modules add to our models (the records are compared in their tables).
VOLATILE_ROWS = {
    "ir_model_constraint": "type = 'f'",
    "ir_model_data": "model IN ('ir.model.fields.selection', 'ir.model.inherit')",
}
# What every write touches, and the docstring of a model (which is the one of whichever
# class comes last, ours too, and is set right when that model's addon is upgraded).
VOLATILE_COLUMNS = {"write_date", "write_uid"}
VOLATILE_COLUMNS_OF = {"ir_model": {"info"}}

STRUCTURE = {
    "column": """
        SELECT table_name || '.' || column_name,
               concat_ws(' ', udt_name, character_maximum_length, is_nullable,
                         column_default)
          FROM information_schema.columns
         WHERE table_schema = 'public'
    """,
    "constraint": """
        SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
          FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace
    """,
    "index": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "relation": """
        SELECT relname, relkind::text
          FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'S')
    """,
    "view": "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'",
}
COLUMNS = """
    SELECT table_name, array_agg(column_name::text ORDER BY column_name)
      FROM information_schema.columns
      JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
  GROUP BY table_name
"""


@dataclass(frozen=True)
class Snapshot:
    """Structure by kind and name; by table the sum of each row, by its id or itself."""

    structure: dict[str, dict[str, str]]
    rows: dict[str, dict[str, str]]


def take_snapshot(cursor) -> Snapshot:
    """Read the snapshot of the database that the cursor is on."""
    structure = {}
    for kind, query in STRUCTURE.items():
        cursor.execute(query)
        structure[kind] = dict(cursor.fetchall())
    cursor.execute(COLUMNS)
    columns = dict(cursor.fetchall())
    rows = {
        table: _sums_of(cursor, table, names)
        for table, names in columns.items()
        if table not in VOLATILE_TABLES
    }
    return Snapshot(structure, rows)


def _sums_of(cursor, table, columns):
    volatile = VOLATILE_COLUMNS | VOLATILE_COLUMNS_OF.get(table, set())
    kept = [sql.Identifier(name) for name in columns if name not in volatile]
    row_sum = sql.SQL("md5(ROW({})::text)").format(sql.SQL(", ").join(kept))
    key = sql.SQL("id::text") if "id" in columns else row_sum
    left_out = sql.SQL(VOLATILE_ROWS.get(table, "false"))
    query = sql.SQL("SELECT {}, {} FROM {} WHERE NOT coalesce({}, false)")
    cursor.execute(query.format(key, row_sum, sql.Identifier(table), left_out))
    return dict(cursor.fetchall())


def differences(before: Snapshot, after: Snapshot) -> list[str]:
    """Say in which names the two snapshots differ."""
    found = []
    for kind, names in before.structure.items():
        found += _compare(kind, names, after.structure[kind])
    for table in sorted(before.rows.keys() & after.rows.keys()):
        found += _compare_rows(table, before.rows[table], after.rows[table])
    return found


def _compare_rows(table, old, new):
    kinds = {
        "gone": old.keys() - new.keys(),
        "left over": new.keys() - old.keys(),
        "changed": {key for key in old.keys() & new.keys() if old[key] != new[key]},
    }
    for kind, keys in kinds.items():
        if keys:
            some = ", ".join(sorted(keys)[:10])
            yield f"table {table}: {len(keys)} rows {kind}: {some}"


def _compare(kind, old, new):
    gone = [f"{kind} {name} is gone" for name in sorted(old.keys() - new.keys())]
    left = [f"{kind} {name} is left over" for name in sorted(new.keys() - old.keys())]
    changed = [
        f"{kind} {name}: {old[name]} became {new[name]}"
        for name in sorted(old.keys() & new.keys())
        if old[name] != new[name]
    ]
    return [*_some(gone), *_some(left), *_some(changed)]


def _some(lines, limit=8):
    """The first lines, and how many more there are."""
    more = [f"… and {len(lines) - limit} more"] if len(lines) > limit else []
    return [*lines[:limit], *more]
