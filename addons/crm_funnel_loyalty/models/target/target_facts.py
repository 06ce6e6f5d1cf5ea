"""What has been achieved: the figures of any number of targets, set-based."""

from datetime import date
from typing import NamedTuple

from odoo.tools import SQL

from ...tools import company_tz
from .target_sources import get_aggregate, get_source

# The traits that an ask may be narrowed by, with the SQL type of their values.
TRAITS = ("product_id", "categ_id", "medium_id", "state_id", "tier_id", "tag_id")


class Ask(NamedTuple):
    """A question: what has a person, a team or everybody achieved in a period?

    ``date_to`` is the first day after it.
    """

    company_id: int
    metric: str
    basis: str
    date_from: date
    date_to: date
    user_id: int | None = None
    team_id: int | None = None
    product_id: int | None = None
    categ_id: int | None = None
    medium_id: int | None = None
    state_id: int | None = None
    tier_id: int | None = None
    tag_id: int | None = None


class TargetFacts:
    """Answers many asks at once.

    COST: one statement for each metric (revenue and quantity: for each revenue basis)
    and company, whatever the number of asks, people and documents.

    SPECIFICATION
    - A sale counts for whoever had it when it happened, on the day of the company's
      time zone, without taxes, in company currency: the same lines as the statements.
    - CATEGORIES and customer tags count with what is below them.
    - REGION and tag are those of the customer's company, the tier is the one the
      customer had when buying; for calls and opportunities the present one.
    """

    def __init__(self, env):
        self.env = env

    def read_figures(self, asks):
        """:return: dict of ask to figure; what has nothing is 0"""
        figures = dict.fromkeys(asks, 0.0)
        for group in self._get_groups(asks):
            for index, figure in self.env.execute_query(self._get_figures_sql(group)):
                figures[group[index]] = float(figure or 0.0)
        return figures

    def read_people(self, asks):
        """Answer asks that name nobody for every person there is.

        :return: dict of (ask, user id) to figure
        """
        figures = {}
        for group in self._get_groups(asks):
            rows = self.env.execute_query(
                SQL(
                    """
                    WITH %(hits)s
                    SELECT key, user_id, %(aggregate)s FROM hit
                     WHERE user_id IS NOT NULL GROUP BY key, user_id
                    """,
                    hits=self._get_hits_sql(group, (None,)),
                    aggregate=get_aggregate(group[0].metric),
                )
            )
            for index, user_id, figure in rows:
                figures[group[index], user_id] = float(figure or 0.0)
        return figures

    def read_documents(self, ask):
        """:return: list of (model, id, id of the customer) of what counts for an ask"""
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                "WITH %s SELECT DISTINCT res_model, res_id, partner_id FROM hit",
                self._get_hits_sql([ask], self._get_owners([ask])),
            )
        )

    def _get_groups(self, asks):
        """Asks that one statement answers."""
        self.env.flush_all()
        groups = {}
        for ask in dict.fromkeys(asks):
            groups.setdefault((ask.company_id, ask.metric, ask.basis), []).append(ask)
        return groups.values()

    def _get_owners(self, asks):
        return [
            owner
            for owner in ("user_id", "team_id")
            if any(getattr(ask, owner) for ask in asks)
        ] or [None]

    def _get_figures_sql(self, asks):
        return SQL(
            "WITH %(hits)s SELECT key, %(aggregate)s FROM hit GROUP BY key",
            hits=self._get_hits_sql(asks, self._get_owners(asks)),
            aggregate=get_aggregate(asks[0].metric),
        )

    def _get_hits_sql(self, asks, owners):
        """Which line counts for which ask; a WITH part that ends with ``hit``.

        Joined by the person and by the team apart, so that both are hash joins.
        """
        traits = [name for name in TRAITS if any(getattr(ask, name) for ask in asks)]
        return SQL(
            "ask AS (%(asks)s), line AS (%(lines)s), hit AS (%(hits)s)",
            asks=self._get_asks_sql(asks, traits),
            lines=self._get_lines_sql(asks, traits),
            hits=SQL(" UNION ALL ").join(
                self._get_hit_sql(owner, traits) for owner in owners
            ),
        )

    def _get_asks_sql(self, asks, traits):
        columns = {"key": ("int", list(range(len(asks))))}
        for name in ("date_from", "date_to"):
            columns[name] = ("date", [getattr(ask, name) for ask in asks])
        for name in ("user_id", "team_id", *traits):
            columns[name] = ("int", [getattr(ask, name) or None for ask in asks])
        return SQL(
            "SELECT * FROM unnest(%s) AS ask(%s)",
            SQL(", ").join(
                SQL("%s::date[]" if kind == "date" else "%s::int[]", values)
                for kind, values in columns.values()
            ),
            SQL(", ").join(map(SQL.identifier, columns)),
        )

    def _get_lines_sql(self, asks, traits):
        company = self.env["res.company"].browse(asks[0].company_id)
        source = get_source(
            asks[0].metric,
            asks[0].basis,
            company.id,
            company_tz(company).zone,
            min(ask.date_from for ask in asks),
            max(ask.date_to for ask in asks),
        )
        columns, joins = [SQL("source.*")], []
        if "state_id" in traits:
            columns.append(SQL("customer.state_id"))
            joins.append(
                SQL("LEFT JOIN res_partner customer ON customer.id = source.partner_id")
            )
        if "tier_id" in traits:
            columns.append(SQL("%s AS tier_id", self._get_tier_sql()))
        return SQL(
            "SELECT %s FROM (%s) source %s",
            SQL(", ").join(columns),
            source,
            SQL(" ").join(joins),
        )

    def _get_tier_sql(self):
        """The tier the customer had when buying; without moves the present one."""
        return SQL(
            """
            COALESCE((
                SELECT move.to_tier_id FROM crm_funnel_tier_move move
                 WHERE move.partner_id = source.partner_id
                   AND move.date <= source.bought
                 ORDER BY move.date DESC, move.id DESC LIMIT 1
            ), (
                SELECT p.funnel_tier_id FROM res_partner p
                 WHERE p.id = source.partner_id
            ))
            """
        )

    def _get_hit_sql(self, owner, traits):
        conditions = [
            SQL("line.home >= ask.date_from AND line.home < ask.date_to"),
            *(self._get_trait_sql(name) for name in traits),
        ]
        if owner:
            column = SQL.identifier(owner)
            conditions.append(SQL("line.%s = ask.%s", column, column))
        return SQL(
            "SELECT ask.key, line.user_id, line.res_model, line.res_id,"
            " line.partner_id, line.value FROM ask JOIN line ON %s",
            SQL(" AND ").join(conditions),
        )

    def _get_trait_sql(self, name):
        below = {
            "categ_id": SQL(
                """
                EXISTS (SELECT FROM product_category wanted
                         WHERE wanted.id = ask.categ_id
                           AND line.categ_path LIKE wanted.parent_path || '%%')
                """
            ),
            "tag_id": SQL(
                """
                EXISTS (SELECT FROM res_partner_res_partner_category_rel rel
                          JOIN res_partner_category own ON own.id = rel.category_id
                          JOIN res_partner_category wanted ON wanted.id = ask.tag_id
                         WHERE rel.partner_id = line.partner_id
                           AND own.parent_path LIKE wanted.parent_path || '%%')
                """
            ),
        }
        column = SQL.identifier(name)
        condition = below.get(name) or SQL("line.%s = ask.%s", column, column)
        return SQL("(ask.%s IS NULL OR %s)", column, condition)
