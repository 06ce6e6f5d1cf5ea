from odoo import api, fields, models
from odoo.tools import SQL


class CrmAdsImportMapping(models.Model):
    """What was chosen by hand for a column's title, remembered for the ad account.

    SPECIFICATION (N10)
    - One choice per account, kind of file and title; a later choice replaces it.
    - Titles are compared without case, accents and punctuation
      (``services.columns.column_keys``); a column without title is known by its place
      in just that header.

    COST: one query to learn and one to remember, however many columns.
    """

    _name = "crm.ads.import.mapping"
    _description = "Import Column Choice"
    _rec_name = "key"

    account_id = fields.Many2one(
        "crm.ads.account", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    kind = fields.Char(required=True)
    key = fields.Char(string="Title", required=True)
    field_name = fields.Char(string="Holds", required=True)

    _title_uniq = models.UniqueIndex("(account_id, kind, key)")

    @api.model
    def _get_known(self, account, kind, keys):
        """What was chosen for the titles: dict of key to field name."""
        found = self.search_fetch(
            [
                ("account_id", "=", account.id),
                ("kind", "=", kind),
                ("key", "in", list(keys)),
            ],
            ["key", "field_name"],
        )
        return {mapping.key: mapping.field_name for mapping in found}

    @api.model
    def _remember(self, account, kind, choices, keys):
        """Keep choices by hand for the account.

        :param choices: dict of key to field name
        :param keys: the keys of the file; choices for others are left out
        """
        rows = [(key, name) for key, name in choices.items() if key in keys]
        if not rows:
            return
        self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_ads_import_mapping
                       (account_id, company_id, kind, key, field_name)
                SELECT %s, %s, %s, w.key, w.name
                  FROM unnest(%s::text[], %s::text[]) AS w(key, name)
                    ON CONFLICT (account_id, kind, key)
                    DO UPDATE SET field_name = EXCLUDED.field_name
                RETURNING id
                """,
                account.id,
                account.company_id.id,
                kind,
                [key for key, _name in rows],
                [name for _key, name in rows],
            )
        )
        self.invalidate_model(["field_name"])
