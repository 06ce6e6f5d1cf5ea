from odoo import models
from odoo.tools import SQL

from ...services.figures import RATIOS


class CrmAdsRatios(models.AbstractModel):
    """A ratio of a group of rows is the ratio of their sums, never a mean of ratios."""

    _name = "crm.ads.ratios"
    _description = "Ratios of Sums"

    def _read_group_select(self, aggregate_spec, query):
        fname, __, aggregator = aggregate_spec.partition(":")
        if fname not in RATIOS or aggregator not in ("avg", "sum_currency"):
            return super()._read_group_select(aggregate_spec, query)
        part, whole = RATIOS[fname]
        # groups of several currencies ask for money in the currency of the reader
        how = "sum_currency" if aggregator == "sum_currency" else "sum"
        return SQL(
            "COALESCE((%s)::float / NULLIF(%s, 0)::float, 0)",
            super()._read_group_select(f"{part}:{how}", query),
            super()._read_group_select(f"{whole}:sum", query),
        )
