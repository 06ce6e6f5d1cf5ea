from odoo import api, fields, models
from odoo.tools import SQL


class CrmAdsDataKey(models.Model):
    """Claim of one data on a phone number, an e-mail or a lead id.

    SPECIFICATION (003.36, N10; design rule 1)
    - One claim per company, kind and key, decided by the unique index: keys are
      written with INSERT … ON CONFLICT DO NOTHING, so of two people who enter the
      same number at the same moment exactly one gets it and the other's data is the
      duplicate.
    - ``kind`` is ``phone`` (E.164, first and second number alike), ``email`` (only of
      data without a phone) or ``ref`` (the lead id of a form or a provider).
    - A claim goes with its data; taking data out frees the number.

    COST: one INSERT per batch, whatever its size.
    """

    _name = "crm.ads.data.key"
    _description = "Data Key"
    _rec_name = "key"

    company_id = fields.Many2one("res.company", required=True)
    kind = fields.Selection(
        [("phone", "Phone"), ("email", "E-mail"), ("ref", "Lead ID")], required=True
    )
    key = fields.Char(required=True)
    data_id = fields.Many2one("crm.ads.data", index=True, ondelete="cascade")

    _key_uniq = models.UniqueIndex("(company_id, kind, key)")

    @api.model
    def _claim(self, claims):
        """Claim keys; who comes first keeps them.

        :param claims: list of ``(company_id, kind, key, data_id or None)``; of equal
            keys in the list the first wins
        :return: set of the indexes in ``claims`` that won their key
        """
        if not claims:
            return set()
        company_ids, kinds, keys, data_ids = map(list, zip(*claims, strict=True))
        # a conflict here is foreseen and retried: it is no error for the server's log
        self.env.cr.execute(
            SQL(
                """
                WITH wanted AS (
                    SELECT DISTINCT ON (company_id, kind, key) *
                      FROM unnest(%s::int[], %s::text[], %s::text[], %s::int[])
                           WITH ORDINALITY AS w(company_id, kind, key, data_id, nr)
                     ORDER BY company_id, kind, key, nr
                ), won AS (
                    INSERT INTO crm_ads_data_key (company_id, kind, key, data_id)
                    SELECT company_id, kind, key, data_id FROM wanted ORDER BY nr
                        ON CONFLICT (company_id, kind, key) DO NOTHING
                    RETURNING company_id, kind, key
                )
                SELECT wanted.nr - 1 FROM wanted JOIN won USING (company_id, kind, key)
                """,
                company_ids,
                kinds,
                keys,
                data_ids,
            ),
            log_exceptions=False,
        )
        return {index for (index,) in self.env.cr.fetchall()}

    @api.model
    def _get_owners(self, company_id, kind, keys):
        """The data that hold ``keys``: dict of key to id of the ``crm.ads.data``."""
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT key, data_id FROM crm_ads_data_key
                     WHERE company_id = %s AND kind = %s AND key = ANY(%s)
                    """,
                    company_id,
                    kind,
                    list(keys),
                )
            )
        )

    @api.model
    def _release(self, data_ids):
        """Give back the phone and e-mail claims of the given data."""
        self.env.execute_query(
            SQL(
                """
                DELETE FROM crm_ads_data_key
                 WHERE data_id = ANY(%s) AND kind != 'ref' RETURNING id
                """,
                list(data_ids),
            )
        )

    @api.model
    def _attach(self, company_id, refs):
        """Tell lead id claims which data came of them: dict of lead id to data id."""
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_ads_data_key k SET data_id = w.data_id
                  FROM unnest(%s::text[], %s::int[]) AS w(key, data_id)
                 WHERE k.company_id = %s AND k.kind = 'ref' AND k.key = w.key
                RETURNING k.id
                """,
                list(refs),
                list(refs.values()),
                company_id,
            )
        )
