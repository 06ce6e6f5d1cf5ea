from odoo import api, fields, models
from odoo.tools import SQL


class CrmConnectorBuyer(models.Model):
    """Who a buyer of the platforms is among our customers.

    SPECIFICATION
    - One row per company and key. The key is the phone (E.164), else the e-mail; of a
      buyer whom the platform masks it is the platform and its own id of the buyer, else
      of the order: so nobody is matched by what is masked, and a regular buyer is still
      one customer.
    - Two deliveries of a new buyer at the same moment make one customer: the second one
      meets the unique index and is run again.

    COST: two queries and one batch of new customers, whatever the number.
    """

    _name = "crm.connector.buyer"
    _description = "Platform Buyer"
    _rec_name = "key"

    company_id = fields.Many2one("res.company", required=True)
    key = fields.Char(required=True)
    partner_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="cascade"
    )

    _key_uniq = models.UniqueIndex("(company_id, key)")

    @api.model
    def _get_partners(self, company, wanted):
        """The customers behind the keys; missing ones are made.

        :param wanted: dict of key to the values of a new customer
        :return: dict of key to ``res.partner``
        """
        rows = self.search([("company_id", "=", company.id), ("key", "in", [*wanted])])
        found = {row.key: row.partner_id for row in rows}
        missing = [key for key in wanted if key not in found]
        if missing:
            partners = self.env["res.partner"].create([wanted[key] for key in missing])
            self._insert(company, missing, partners)
            found |= dict(zip(missing, partners, strict=True))
        return found

    @api.model
    def _insert(self, company, keys, partners):
        self.env.flush_all()
        # a conflict here is foreseen and retried: it is no error for the server's log
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_connector_buyer (company_id, key, partner_id)
                SELECT %s, * FROM unnest(%s::text[], %s::int[])
                """,
                company.id,
                keys,
                partners.ids,
            ),
            log_exceptions=False,
        )
