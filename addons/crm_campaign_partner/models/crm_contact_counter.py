from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .const import CHANNELS, KINDS

KEEP_DAYS = 90


class CrmContactCounter(models.Model):
    """How often one person is contacted on one day: the daily cap's point of order.

    One row per company, channel, kind, address and day, written with INSERT … ON
    CONFLICT: of two sellers who press at the same moment the second waits for the
    first, and then either takes what is left or is run again by Odoo with fresh
    figures. The address (phone as E.164, e-mail normalised) is the person, whichever
    campaign, partner, lead or data it came from.

    Rows are for the contact guard alone: no access line gives them to anybody.
    """

    _name = "crm.contact.counter"
    _description = "Contacts per Person and Day"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    channel = fields.Selection(CHANNELS, required=True)
    kind = fields.Selection(KINDS, required=True)
    address = fields.Char(required=True)
    day = fields.Date(required=True, index=True)
    used = fields.Integer(required=True, default=0)

    _person_day_uniq = models.UniqueIndex("(company_id, channel, kind, address, day)")

    @api.model
    def _get_used(self, company, channel, kind, addresses, days):
        """COST: one query for any number of addresses.

        :param days: first and last day
        :return: dict of address to dict of day to number of contacts
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT address, day, used FROM crm_contact_counter
                 WHERE company_id = %s AND channel = %s AND kind = %s
                   AND address = ANY(%s) AND day BETWEEN %s AND %s
                """,
                company.id,
                channel,
                kind,
                list(addresses),
                *days,
            )
        )
        used = {}
        for address, day, count in rows:
            used.setdefault(address, {})[day] = count
        return used

    @api.model
    def _take(self, company, channel, kind, cap, wanted):
        """Count one contact more for each ``(address, day)``, up to the cap.

        COST: one statement for any number; rows in one order, so that two of them do
        not wait for each other in a circle.

        :param wanted: pairs, no two equal
        :return: set of the pairs that were within the cap
        """
        if not wanted:
            return set()
        addresses, days = zip(*sorted(wanted), strict=True)
        # a conflict here is foreseen and retried: it is no error for the server's log
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_contact_counter AS counter
                            (company_id, channel, kind, address, day, used)
                SELECT %(company)s, %(channel)s, %(kind)s, address, day, 1
                  FROM unnest(%(addresses)s::text[], %(days)s::date[])
                       AS wanted(address, day)
                 ORDER BY address, day
                    ON CONFLICT (company_id, channel, kind, address, day)
                    DO UPDATE SET used = counter.used + 1
                        WHERE %(cap)s = 0 OR counter.used < %(cap)s
                RETURNING address, day
                """,
                company=company.id,
                channel=channel,
                kind=kind,
                addresses=list(addresses),
                days=list(days),
                cap=cap,
            ),
            log_exceptions=False,
        )
        return set(self.env.cr.fetchall())

    @api.model
    def _give_back(self, company, channel, kind, taken):
        """Take one contact off each ``(address, day)``: it did not happen.

        COST: one statement for any number.
        """
        if not taken:
            return
        addresses, days = zip(*sorted(taken), strict=True)
        self.env.execute_query(
            SQL(
                """
                WITH back AS (
                    SELECT address, day, count(*) AS times
                      FROM unnest(%s::text[], %s::date[]) AS b(address, day)
                     GROUP BY address, day
                )
                UPDATE crm_contact_counter counter
                   SET used = greatest(counter.used - back.times, 0)
                  FROM back
                 WHERE counter.company_id = %s AND counter.channel = %s
                   AND counter.kind = %s AND counter.address = back.address
                   AND counter.day = back.day
                RETURNING counter.id
                """,
                list(addresses),
                list(days),
                company.id,
                channel,
                kind,
            )
        )

    @api.autovacuum
    def _gc_past_days(self):
        """Old days count for nothing any more; the touches themselves stay."""
        limit = fields.Date.today() - timedelta(days=KEEP_DAYS)
        self.search([("day", "<", limit)], limit=100000).unlink()
