"""Installing on a company's data leaves its rows as they were, however many."""

from contextlib import closing

import pytest
from install_lab import OURS, Outcome
from psycopg2 import sql
from test_install import complaints, expect_nothing, wrong_states

PARTNERS = 50_000
FIRST = 10_000_000
# Odoo itself writes its users whenever an addon gives its groups to some of them.
LEFT_OUT = {"res_partner": "id IN (SELECT partner_id FROM res_users)"}
# Copies of one row of Odoo's demo data: what differs, in terms of ``n``.
COPIES = {
    "res_partner": (
        "parent_id IS NULL AND is_company",
        PARTNERS,
        """jsonb_build_object(
            'id', %(first)s + n, 'name', 'Customer ' || n,
            'complete_name', 'Customer ' || n, 'commercial_partner_id', %(first)s + n
        )""",
    ),
    "sale_order": (
        "state = 'sale'",
        PARTNERS // 5,
        """jsonb_build_object(
            'id', %(first)s + n, 'name', 'L' || n, 'partner_id', %(first)s + n
        )""",
    ),
    "crm_lead": (
        "active AND type = 'lead'",
        PARTNERS // 10,
        "jsonb_build_object('id', %(first)s + n, 'partner_id', %(first)s + n)",
    ),
}


def add_many(cursor):
    """Put the copies there, long ago, so that any later write can be seen."""
    for table, (template, count, values) in COPIES.items():
        query = sql.SQL(
            "INSERT INTO {table} SELECT copy.*"
            " FROM {table} one, generate_series(1, %(count)s) n,"
            " jsonb_populate_record(one, {values} || jsonb_build_object("
            "'write_date', timestamp '2020-01-01')) copy"
            " WHERE one.id = (SELECT min(id) FROM {table} WHERE {template})"
        ).format(
            table=sql.Identifier(table),
            template=sql.SQL(template),
            values=sql.SQL(values),
        )
        cursor.execute(query, {"first": FIRST, "count": count})


def read_columns(cursor):
    """The columns of each table, by its name."""
    cursor.execute(
        "SELECT table_name, array_agg(column_name::text ORDER BY column_name)"
        " FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = ANY(%s) GROUP BY 1",
        [list(COPIES)],
    )
    return dict(cursor.fetchall())


def read_rows(cursor, columns):
    """The sum of each row over these columns, by table and id."""
    rows = {}
    for table, names in columns.items():
        query = sql.SQL("SELECT id, md5(ROW({})::text) FROM {} WHERE NOT ({})").format(
            sql.SQL(", ").join(map(sql.Identifier, names)),
            sql.Identifier(table),
            sql.SQL(LEFT_OUT.get(table, "false")),
        )
        cursor.execute(query)
        rows[table] = dict(cursor.fetchall())
    return rows


def on_many_customers(lab):
    """Install everything; tell the rows before and after, and who is on which tier."""
    outcome = Outcome()
    with lab.database("work") as name:
        with closing(lab.connect(name)) as connection, connection:
            cursor = connection.cursor()
            add_many(cursor)
            columns = read_columns(cursor)
            before = read_rows(cursor, columns)
        lab.install(outcome, name, OURS)
        lab.look(outcome, name)
        with closing(lab.connect(name)) as connection:
            cursor = connection.cursor()
            after = read_rows(cursor, columns)
            cursor.execute(
                "SELECT code, count(*) FROM res_partner p"
                " JOIN crm_funnel_tier t ON t.id = p.funnel_tier_id"
                " WHERE p.id > %s GROUP BY 1",
                [FIRST],
            )
            tiers = dict(cursor.fetchall())
    return outcome, before, after, tiers


@pytest.mark.scenario(run=on_many_customers)
def test_rows_of_many_customers_stay_as_they_were(outcome):
    result, before, after, tiers = outcome
    expect_nothing(complaints(result), wrong_states(result, OURS))
    for table, rows in before.items():
        assert len(rows) >= COPIES[table][1]
        changed = [key for key, row in rows.items() if after[table].get(key) != row]
        assert not changed, f"{table}: {len(changed)} rows changed: {changed[:10]}"
        assert len(after[table]) == len(rows), f"{table}: rows came or went"
    assert sum(tiers.values()) == PARTNERS, "everybody is on a tier"
    assert len(tiers) >= 2, "those who ordered are above those who did not"
