"""The documents of some customers in plain figures, to be put into words."""

from typing import NamedTuple

from odoo.tools import SQL

from ...services.funnel import Facts, Order, TierRule
from .funnel_facts import FunnelFacts
from .funnel_recompute import DEPENDS


class Look(NamedTuple):
    """One customer: the tier by the rules, and what its documents say."""

    rule: TierRule
    facts: Facts


class FunnelLook:
    """Reads what decides on the tier of customers. COST: one statement."""

    def __init__(self, env, at=None):
        self.env = env
        self.facts = FunnelFacts(env, at)
        self.today = self.facts.today

    def get_looks(self, ids):
        """Return a ``Look`` per id of a commercial partner.

        :rtype: dict
        """
        self._flush()
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH %s
                SELECT reached.id, reached.rank, reached.lead_id, reached.quotation_id,
                       reached.referral_count, bought.days, bought.amounts
                  FROM reached
             LEFT JOIN (
                        SELECT partner_id, array_agg(day ORDER BY day, id) AS days,
                               array_agg(amount ORDER BY day, id) AS amounts
                          FROM doc WHERE is_order GROUP BY partner_id
                       ) bought ON bought.partner_id = reached.id
                """,
                self._get_with(ids),
            )
        )
        return {row["id"]: self._prepare_look(row) for row in rows}

    def read_fallen(self, ids, rank):
        """Return those of the ids that are below a rank at the moment."""
        self._flush()
        rows = self.env.execute_query(
            SQL(
                "WITH %s SELECT id FROM reached WHERE rank < %s",
                self._get_with(ids),
                rank,
            )
        )
        return [row[0] for row in rows]

    def _flush(self):
        for model, names in DEPENDS.items():
            self.env[model].flush_model(names)

    def _get_with(self, ids):
        return self.facts.get_with(
            SQL("SELECT id FROM res_partner WHERE id = ANY(%s)", list(ids))
        )

    def _prepare_look(self, row):
        days, amounts = row["days"] or (), row["amounts"] or ()
        return Look(
            rule=self.facts.rules[row["rank"] - 1],
            facts=Facts(
                has_opportunity=bool(row["lead_id"]),
                has_quotation=bool(row["quotation_id"]),
                referrals=row["referral_count"],
                orders=tuple(
                    Order(day, float(amount))
                    for day, amount in zip(days, amounts, strict=True)
                ),
            ),
        )
