import json
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..services.guard import DAY
from .const import CHANNELS, KINDS

KEEP = timedelta(days=90)


class CrmContactCounter(models.Model):
    """When one person is contacted: the cap's point of order.

    One row per company, channel, kind and address, with the moments of the last 24
    hours and of what is planned. A new moment is written only where the row still is as
    it was when the guard decided: of two sellers who press at the same moment the
    second is run again by Odoo, with fresh figures. The address (phone as E.164, e-mail
    normalised) is the person, whichever campaign, partner, lead or data it came from.

    Rows are for the contact guard alone: no access line gives them to anybody.
    """

    _name = "crm.contact.counter"
    _description = "Contacts of One Person"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    channel = fields.Selection(CHANNELS, required=True)
    kind = fields.Selection(KINDS, required=True)
    address = fields.Char(required=True)
    moments = fields.Json(help="Sorted, naive UTC, as texts.")
    last_moment = fields.Datetime(required=True, index=True)

    _person_uniq = models.UniqueIndex("(company_id, channel, kind, address)")

    @api.model
    def _get_used(self, company, channel, kind, addresses):
        """COST: one query for any number of addresses.

        :return: dict of address to the sorted moments, those of before 24 hours too
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT address, moments FROM crm_contact_counter
                 WHERE company_id = %s AND channel = %s AND kind = %s
                   AND address = ANY(%s)
                """,
                company.id,
                channel,
                kind,
                list(addresses),
            )
        )
        return {
            address: [datetime.fromisoformat(moment) for moment in moments or ()]
            for address, moments in rows
        }

    @api.model
    def _take(self, company, channel, kind, wanted):
        """Write down one contact more for each person.

        COST: two statements for any number; rows in one order, so that two of them do
        not wait for each other in a circle.

        :param wanted: list of ``(address, moments known, new moment)``, no address
            twice
        :return: set of the addresses whose row was as it was known
        """
        if not wanted:
            return set()
        rows = sorted(
            (address, known, self._add_moment(known, moment))
            for address, known, moment in wanted
        )
        addresses, known, moments = zip(*rows, strict=True)
        who = {"company": company.id, "channel": channel, "kind": kind}
        lasts = [max(times) for times in moments]
        # a conflict here is foreseen and retried: it is no error for the server's log
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_contact_counter
                            (company_id, channel, kind, address, moments, last_moment)
                SELECT %(company)s, %(channel)s, %(kind)s, address, '[]', last_moment
                  FROM unnest(%(addresses)s::text[], %(lasts)s::timestamp[])
                       AS wanted (address, last_moment)
                 ORDER BY address
                    ON CONFLICT (company_id, channel, kind, address) DO NOTHING
                """,
                **who,
                addresses=list(addresses),
                lasts=lasts,
            ),
            log_exceptions=False,
        )
        self.env.cr.execute(
            SQL(
                """
                WITH taken AS (
                    SELECT counter.id, wanted.moments, wanted.last_moment
                      FROM crm_contact_counter counter
                      JOIN unnest(
                               %(addresses)s::text[], %(known)s::jsonb[],
                               %(moments)s::jsonb[], %(lasts)s::timestamp[]
                           ) AS wanted (address, known, moments, last_moment)
                        ON wanted.address = counter.address
                       AND wanted.known = counter.moments
                     WHERE counter.company_id = %(company)s
                       AND counter.channel = %(channel)s
                       AND counter.kind = %(kind)s
                     ORDER BY counter.address
                       FOR UPDATE OF counter
                )
                UPDATE crm_contact_counter counter
                   SET moments = taken.moments, last_moment = taken.last_moment
                  FROM taken
                 WHERE counter.id = taken.id
                RETURNING counter.address
                """,
                **who,
                addresses=list(addresses),
                known=[json.dumps(times, default=str) for times in known],
                moments=[json.dumps(times, default=str) for times in moments],
                lasts=lasts,
            ),
            log_exceptions=False,
        )
        return {address for (address,) in self.env.cr.fetchall()}

    @api.model
    def _give_back(self, company, channel, kind, taken):
        """Forget contacts that did not happen.

        COST: two statements for any number.

        :param taken: list of ``(address, moment)``
        """
        if not taken:
            return
        addresses = sorted({address for address, _moment in taken})
        who = (company.id, channel, kind)
        self.env.cr.execute(
            SQL(
                """
                SELECT id, address, moments FROM crm_contact_counter
                 WHERE company_id = %s AND channel = %s AND kind = %s
                   AND address = ANY(%s)
                 ORDER BY address FOR UPDATE
                """,
                *who,
                addresses,
            ),
            log_exceptions=False,
        )
        rows = {address: (id_, list(m)) for id_, address, m in self.env.cr.fetchall()}
        for address, moment in taken:
            __, moments = rows.get(address, (None, []))
            if str(moment) in moments:
                moments.remove(str(moment))
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_contact_counter counter SET moments = fewer.moments
                  FROM unnest(%s::int[], %s::jsonb[]) AS fewer (id, moments)
                 WHERE counter.id = fewer.id
                RETURNING counter.id
                """,
                [id_ for id_, _moments in rows.values()],
                [json.dumps(moments) for _id, moments in rows.values()],
            )
        )

    @api.model
    def _add_moment(self, known, moment):
        """:return: the moments with a new one, without those that count no more"""
        since = fields.Datetime.now() - DAY
        return sorted([*(at for at in known if at > since), moment])

    @api.autovacuum
    def _gc_past_contacts(self):
        """What is long past counts for nothing; the touches themselves stay."""
        limit = fields.Datetime.now() - KEEP
        self.search([("last_moment", "<", limit)], limit=100000).unlink()
