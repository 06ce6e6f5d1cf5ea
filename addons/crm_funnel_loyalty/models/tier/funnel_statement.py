"""How the statement of a recomputation is run: planned once, or as it stands."""

from contextlib import contextmanager
from hashlib import sha256
from typing import NamedTuple

from odoo.tools import SQL

FEW = 200
MANY = 5000


class FunnelParams(NamedTuple):
    """What changes from one recomputation to the next, as SQL."""

    ids: SQL
    now: SQL
    uid: SQL
    company: SQL

    @classmethod
    def numbered(cls):
        """The parameters of a prepared statement."""
        return cls(
            SQL("$1::int[]"),
            SQL("$2::timestamp"),
            SQL("$3::int"),
            SQL("$4::int"),
        )

    @classmethod
    def of(cls, env, ids):
        """The values of this recomputation."""
        return cls(
            SQL("%s::int[]", list(ids)),
            SQL("%s::timestamp", env.cr.now()),
            SQL("%s", env.uid),
            SQL("%s", env.company.id),
        )


class PreparedStatement(NamedTuple):
    """A statement with numbered parameters, and its name on the connections."""

    name: str
    statement: SQL

    @classmethod
    def of(cls, env, statement):
        text = env.cr.mogrify(statement)
        return cls(f"funnel_{sha256(text).hexdigest()[:24]}", statement)


class FunnelStatement:
    """Runs the statement of one recomputation.

    Planning it takes longer than running it for one customer. So PostgreSQL keeps it
    prepared on each connection, where that is possible: few customers, of now, in one
    currency (rates are part of the statement). Whether it is there is asked of the
    connection itself. COST: two statements, three the first time on a connection.

    For more customers it is planned for them, and not compiled: that takes longer than
    it saves. For many, tables are read whole: where PostgreSQL does not know yet how
    many rows there are (data were just loaded, the addon is being installed) it would
    else join each of them with each.
    """

    def __init__(self, env):
        self.env = env

    def is_prepared_for(self, facts, ids):
        return len(ids) <= FEW and not facts.at and facts.settings.is_monocurrency

    def run(self, statement, is_for_many):
        """Run a statement as it stands."""
        self.env.cr.execute("SET LOCAL jit = off")
        if not is_for_many:
            return self.env.execute_query(statement)
        with self._read_whole_tables():
            return self.env.execute_query(statement)

    @contextmanager
    def _read_whole_tables(self):
        self.env.cr.execute("SET LOCAL enable_nestloop = off")
        yield
        self.env.cr.execute("SET LOCAL enable_nestloop TO DEFAULT")

    def run_prepared(self, prepared, params):
        """Run a ``PreparedStatement`` with these ``FunnelParams``."""
        if not self._is_known(prepared.name):
            name = SQL.identifier(prepared.name)
            self.env.cr.execute(SQL("PREPARE %s AS %s", name, prepared.statement))
        return self.env.execute_query(
            SQL(
                "EXECUTE %s (%s)",
                SQL.identifier(prepared.name),
                SQL(", ").join(params),
            )
        )

    def _is_known(self, name):
        """Ask whether the connection has it, and have its plan used as it is: with few
        customers the plan is the same whoever they are."""
        [[is_known, __]] = self.env.execute_query(
            SQL(
                "SELECT EXISTS (SELECT FROM pg_prepared_statements WHERE name = %s),"
                " set_config('plan_cache_mode', 'force_generic_plan', TRUE)",
                name,
            )
        )
        return is_known
