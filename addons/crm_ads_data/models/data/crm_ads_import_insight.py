from decimal import ROUND_HALF_UP, Decimal

from odoo import models
from odoo.exceptions import UserError

from ...services.report import (
    AD_FIELDS,
    COUNTS,
    FIGURES,
    REPLACED,
    find_currency,
    has_breakdown,
    has_days,
    map_report,
)


class CrmAdsImport(models.Model):
    """Reports of an ads manager into ``crm.ads.insight`` (002.27).

    SPECIFICATION
    - One row is one ad on one day; the ad is found by its id, else by campaign, ad set
      and name, and made when missing. A later load of a day replaces the figures that
      its report has; others stay.
    - The currency in the title of the money must be the account's.
    - A report without days is refused with the way to export it, unless each row's
      period is a single day; so is one that parts the days of its ads further (by age,
      place, …), since none of its rows is the whole day.
    - A row that cannot be booked is in error with its reason; within one file the last
      row of an ad and day holds.

    COST per batch: one search for the ads, one INSERT … ON CONFLICT.
    """

    _inherit = "crm.ads.import"

    def _iter_insight_line_values(self, table, mapping):
        """Rows of a report as values of lines.

        :raise UserError: when the report as a whole cannot be booked
        """
        self._check_report(table, mapping)
        decimals = self.account_id.currency_id.decimal_places
        rows = map_report(table, mapping, decimals)
        if has_breakdown(table.header) and any(row.reason == REPLACED for row in rows):
            raise UserError(
                self.env._(
                    "This report parts the days of an ad further, by age, place or the"
                    " like. Export it once more with no breakdown but the one by day."
                )
            )
        unit = Decimal(1).scaleb(-decimals)
        return (self._prepare_report_line_values(row, unit) for row in rows)

    def _check_report(self, table, mapping):
        """
        :raise UserError: when it has no days, or another currency than the account
        """
        if not has_days(table, mapping):
            raise UserError(
                self.env._(
                    "This report has no days: each row is the sum of a longer period"
                    " and cannot be booked on a day. In the ads manager choose"
                    " Breakdown > By Time > Day, then export it once more."
                )
            )
        code = find_currency(table.header, mapping)
        currency = self.account_id.currency_id
        if code and code != currency.name:
            raise UserError(
                self.env._(
                    "The money of this report is in %(found)s, that of the account"
                    " %(account)s in %(expected)s. Choose the account that the report"
                    " is of, or set its currency right.",
                    found=code,
                    account=self.account_id.display_name,
                    expected=currency.name,
                )
            )

    def _prepare_report_line_values(self, row, unit):
        """The row as a line; money exact to the smallest unit of the currency."""
        spend = row.figures.get("spend")
        states = {None: "ready", REPLACED: "repeated"}
        return {
            "row_number": row.row_number,
            "raw": list(row.raw),
            "state": states.get(row.reason, "error"),
            "reason": row.reason,
            "day": row.day and row.day.isoformat(),
            "spend": spend
            if spend is None
            else str(spend.quantize(unit, rounding=ROUND_HALF_UP)),
            **{fname: row.figures.get(fname) for fname in COUNTS},
            **{fname: getattr(row, fname) for fname in AD_FIELDS},
        }

    def _take_in_insights(self, lines):
        """Book the lines that are ready and write down the outcome."""
        ready = lines.filtered(lambda line: line.state == "ready")
        ads = self.env["crm.ads.ad"]._get_or_create(
            self.account_id, [line._prepare_ad_key() for line in ready]
        )
        held = set(self.column_ids.mapped("field_name"))
        fnames = [fname for fname in FIGURES if fname in held]
        insights = self.env["crm.ads.insight"]
        insights._upsert(
            [
                line._prepare_insight_values(ad, fnames)
                for line, ad in zip(ready, ads, strict=True)
            ],
            fnames,
        )
        no_data = self.env["crm.ads.data"]
        lines._finish((line, "done", None, no_data) for line in ready)

    def action_open_insights(self):
        """Open the daily figures of the account that this report is of."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_ads_data.action_crm_ads_insight"
        )
        action["domain"] = [("account_id", "=", self.account_id.id)]
        action["context"] = {}
        return action
