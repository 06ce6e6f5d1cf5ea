"""Writes statements: only what differs from what is stored."""

from datetime import timedelta

from odoo.tools import SQL

SEQUENCES = {
    kind: number
    for number, kind in enumerate(
        ("sale", "rate", "team_share", "team_sale", "bonus", "dealt", "correction")
    )
}
# sum on the statement: the kinds of lines in it
SUMS = {
    "commission": ["sale", "rate", "team_share", "team_sale"],
    "bonus": ["bonus"],
    "team_part": ["dealt"],
    "correction": ["correction"],
    "total": list(SEQUENCES),
}
# column of the line: type of an array of its values
COLUMNS = {
    "statement_id": SQL("int[]"),
    "key": SQL("varchar[]"),
    "sequence": SQL("int[]"),
    "kind": SQL("varchar[]"),
    "user_id": SQL("int[]"),
    "team_id": SQL("int[]"),
    "res_model": SQL("varchar[]"),
    "res_id": SQL("int[]"),
    "partner_id": SQL("int[]"),
    "date": SQL("date[]"),
    "base": SQL("numeric[]"),
    "amount": SQL("numeric[]"),
    "origin_date": SQL("date[]"),
    "origin_kind": SQL("varchar[]"),
    "rate_id": SQL("int[]"),
    "bonus_id": SQL("int[]"),
    "note": SQL("varchar[]"),
}


class StatementStore:
    """The statements of one company and period, by owner.

    COST: five statements in SQL, whatever the number of people and lines.
    """

    def __init__(self, policy, begin, end):
        self.policy = policy
        self.env = policy.env
        self.begin = begin
        self.last = end - timedelta(days=1)
        self._read()

    def _read(self):
        self.statements = self.env["crm.sales.statement"].search(
            [
                ("company_id", "=", self.policy.company_id.id),
                ("date_from", "=", self.begin),
            ]
        )
        self.by_owner = {}
        self.closed = set()
        for one in self.statements:
            owner = one._get_owner()
            self.by_owner[owner] = one.id
            if one.state != "draft":
                self.closed.add(owner)

    def get(self, owner):
        return self.statements.browse(self.by_owner[owner])

    def ensure(self, owners):
        """Make the statements of owners that have none."""
        missing = [
            owner for owner in dict.fromkeys(owners) if owner not in self.by_owner
        ]
        if not missing:
            return
        leaders = self._get_leaders(missing)
        quiet = {"mail_create_nolog": True, "mail_create_nosubscribe": True}
        self.env["crm.sales.statement"].with_context(**quiet).create(
            [
                {
                    "company_id": self.policy.company_id.id,
                    "policy_id": self.policy.id,
                    "date_from": self.begin,
                    "date_to": self.last,
                    "user_id": owner_id if kind == "user" else False,
                    "team_id": owner_id if kind == "team" else False,
                    "leader_id": leaders.get((kind, owner_id), False),
                }
                for kind, owner_id in missing
            ]
        )
        self._read()

    def _get_leaders(self, owners):
        """:return: dict of owner to the id of the present leader, of teams"""
        teams = self.env["crm.team"].browse(
            [team_id for kind, team_id in owners if kind == "team"]
        )
        return {("team", team.id): team.user_id.id for team in teams}

    def store(self, lines, revenue):
        """Make the drafts say these lines and no other.

        :param lines: dict of owner to list of ``Line``
        :param revenue: dict of owner to what was sold
        """
        drafts = {
            statement_id: revenue.get(owner, 0)
            for owner, statement_id in self.by_owner.items()
            if owner not in self.closed
        }
        rows = [
            self._prepare_line(self.by_owner[owner], line)
            for owner, own in lines.items()
            if owner not in self.closed
            for line in own
        ]
        arrays = {name: [row[name] for row in rows] for name in COLUMNS}
        self._remove_others(list(drafts), arrays)
        self._upsert(arrays)
        self._update_heads(drafts)
        self.env["crm.sales.statement.line"].invalidate_model()
        self.env["crm.sales.statement"].invalidate_model()

    def _prepare_line(self, statement_id, line):
        sale = line.sale
        origin_date, origin_kind = line.origin or (None, None)
        values = {
            "statement_id": statement_id,
            "sequence": SEQUENCES[line.kind],
            "kind": line.kind,
            "user_id": line.user_id,
            "team_id": sale.team_id if sale else None,
            "res_model": sale.res_model if sale else line.res_model,
            "res_id": sale.res_id if sale else line.res_id,
            "partner_id": sale.partner_id if sale else None,
            "date": sale.date if sale else None,
            "base": line.base,
            "amount": line.amount,
            "origin_date": origin_date,
            "origin_kind": origin_kind,
            "rate_id": sale.rate_id if sale else None,
            "bonus_id": line.bonus_id,
            "note": self._get_note(line),
        }
        values["key"] = self._get_key(values)
        return values

    def _get_key(self, values):
        names = (
            "kind",
            "origin_date",
            "origin_kind",
            "res_model",
            "res_id",
            "partner_id",
            "rate_id",
            "bonus_id",
            "user_id",
            "team_id",
        )
        return ":".join(str(values[name] or "") for name in names)

    def _get_note(self, line):
        """How a document was cut into the bands: “60 000 000 × 2 % + …”."""
        if len(line.parts) < 2:
            return None
        return " + ".join(
            f"{part:,.0f} × {band.rate.normalize():f} %".replace(",", "\u00a0")
            for band, part in line.parts
        )

    def _remove_others(self, drafts, arrays):
        self.env.execute_query(
            SQL(
                """
                DELETE FROM crm_sales_statement_line line
                 WHERE line.statement_id = ANY(%s)
                   AND NOT EXISTS (
                       SELECT FROM unnest(%s::int[], %s::varchar[]) wanted(id, key)
                        WHERE wanted.id = line.statement_id AND wanted.key = line.key)
             RETURNING line.id
                """,
                drafts,
                arrays["statement_id"],
                arrays["key"],
            )
        )

    def _upsert(self, arrays):
        names = list(COLUMNS)
        columns = SQL(", ").join(SQL.identifier(name) for name in names)
        values = [name for name in names if name not in ("statement_id", "key")]
        self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_sales_statement_line AS line
                       (%(columns)s, company_id, create_uid, write_uid,
                        create_date, write_date)
                SELECT wanted.*, %(company)s, %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM unnest(%(arrays)s) wanted
                    ON CONFLICT (statement_id, key) DO UPDATE
                   SET (%(changed)s, write_date) = (%(excluded)s, %(now)s)
                 WHERE (%(stored)s) IS DISTINCT FROM (%(excluded)s)
             RETURNING line.id
                """,
                columns=columns,
                company=self.policy.company_id.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
                arrays=SQL(", ").join(
                    SQL("%s::%s", arrays[name], COLUMNS[name]) for name in names
                ),
                changed=SQL(", ").join(SQL.identifier(name) for name in values),
                excluded=SQL(", ").join(
                    SQL.identifier("excluded", name) for name in values
                ),
                stored=SQL(", ").join(SQL.identifier("line", name) for name in values),
            )
        )

    def _update_heads(self, drafts):
        """The policy, its period and the sums on the statements themselves."""
        self.env.execute_query(
            SQL(
                """
                WITH earned AS (
                    SELECT draft.id, draft.revenue, %(sums)s
                      FROM unnest(%(ids)s::int[], %(revenues)s::numeric[])
                           draft(id, revenue)
                      LEFT JOIN crm_sales_statement_line line
                        ON line.statement_id = draft.id
                     GROUP BY draft.id, draft.revenue
                )
                UPDATE crm_sales_statement statement
                   SET (policy_id, date_to, %(names)s, write_date)
                       = (%(policy)s, %(last)s, %(earned)s, %(now)s)
                  FROM earned
                 WHERE statement.id = earned.id
                   AND (statement.policy_id, statement.date_to, %(stored)s)
                       IS DISTINCT FROM (%(policy)s, %(last)s, %(earned)s)
             RETURNING statement.id
                """,
                sums=SQL(", ").join(
                    SQL(
                        "COALESCE(SUM(line.amount) FILTER (WHERE kind = ANY(%s)), 0) "
                        "AS %s",
                        kinds,
                        SQL.identifier(name),
                    )
                    for name, kinds in SUMS.items()
                ),
                names=self._list_heads(),
                earned=self._list_heads("earned"),
                stored=self._list_heads("statement"),
                ids=list(drafts),
                revenues=list(drafts.values()),
                policy=self.policy.id,
                last=self.last,
                now=self.env.cr.now(),
            )
        )

    def _list_heads(self, *table):
        names = ("revenue", *SUMS)
        return SQL(", ").join(SQL.identifier(*table, name) for name in names)
