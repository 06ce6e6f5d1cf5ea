from odoo import api, models
from odoo.tools import SQL

LEAD_COLUMNS = ("id", "active", "won_status", "user_id", "company_id", "partner_id")
PARTNER_COLUMNS = ("id", "active", "company_id", "commercial_partner_id")


class CrmAdsData(models.Model):
    """Who a person is already: data, lead or customer of ours (003.36, 004.31).

    SPECIFICATION
    - Found by phone (E.164, first and second number alike) and by e-mail, in the data
      of the company, in its leads and opportunities (lost, won and archived ones too)
      and in its customers.
    - "Bought before" is the last confirmed order: of the partner with that phone, of
      the customer of a lead with it, or on such a lead.
    """

    _inherit = "crm.ads.data"

    @api.model
    def _find_known(self, company, phones, emails=()):
        """What is known of people by their phones and e-mails.

        :param company: ``res.company`` whose data, leads and orders count
        :param phones: iterable of E.164 numbers; ``emails``: of e-mail keys
        :return: dict of phone or e-mail to a dict of ``data_id``, ``lead_id`` (the open
            one, else the last), ``lead_is_open``, ``partner_id``, ``user_id`` (who has,
            or had, the person), ``order_id``, ``order_name``, ``order_date`` (naive
            UTC), ``order_amount`` (untaxed, company currency); None where unknown

        COST: five queries, whatever the number.
        """
        phones, emails = list(phones), list(emails)
        if not phones and not emails:
            return {}
        self.env.flush_all()
        # PostgreSQL cannot know how few rows a spelling finds, and would spend longer
        # on compiling the queries than on running them
        self.env.cr.execute(SQL("SET LOCAL jit = off"))
        partners = self._find_known_partners(company, phones, emails)
        orders = self._find_last_orders(company, phones, emails)
        leads = self._find_known_leads(company, phones, emails)
        data = self._find_known_data(company, phones + emails)
        found = {}
        for key in partners.keys() | orders.keys() | leads.keys() | data.keys():
            entry = dict.fromkeys(self._get_known_names())
            entry |= {"partner_id": partners.get(key)}
            entry |= orders.get(key, {})
            entry |= leads.get(key, {})
            entry["data_id"], data_user = data.get(key, (None, None))
            entry["user_id"] = data_user or entry["lead_user"] or entry["order_user"]
            found[key] = entry
        return found

    @api.model
    def _get_known_names(self):
        return (
            "data_id",
            "lead_id",
            "lead_is_open",
            "lead_user",
            "partner_id",
            "user_id",
            "order_id",
            "order_name",
            "order_date",
            "order_amount",
            "order_user",
        )

    @api.model
    def _find_known_data(self, company, keys):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT k.key, k.data_id, COALESCE(d.user_id, last.user_id)
                  FROM crm_ads_data_key k
                  JOIN crm_ads_data d ON d.id = k.data_id
                  LEFT JOIN LATERAL (
                        SELECT other.user_id FROM crm_ads_data other
                         WHERE other.duplicate_of_id = d.id
                           AND other.user_id IS NOT NULL
                         ORDER BY other.id DESC LIMIT 1
                       ) last ON TRUE
                 WHERE k.company_id = %s AND k.kind != 'ref' AND k.key = ANY(%s)
                """,
                company.id,
                keys,
            )
        )
        return {key: (data_id, user_id) for key, data_id, user_id in rows}

    @api.model
    def _find_known_leads(self, company, phones, emails):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (key) key, id,
                       active AND won_status = 'pending' AS is_open, user_id
                  FROM (%(leads)s) lead
                 WHERE company_id IS NULL OR company_id = %(company)s
                 ORDER BY key, is_open DESC NULLS LAST, id DESC
                """,
                leads=self._get_matches("crm_lead", LEAD_COLUMNS, phones, emails),
                company=company.id,
            )
        )
        return {
            key: {"lead_id": lead_id, "lead_is_open": is_open, "lead_user": user_id}
            for key, lead_id, is_open, user_id in rows
        }

    @api.model
    def _find_known_partners(self, company, phones, emails):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (key) key, commercial_partner_id
                  FROM (%(partners)s) partner
                 WHERE company_id IS NULL OR company_id = %(company)s
                 ORDER BY key, active DESC, id
                """,
                partners=self._get_matches(
                    "res_partner", PARTNER_COLUMNS, phones, emails
                ),
                company=company.id,
            )
        )
        return dict(rows)

    @api.model
    def _find_last_orders(self, company, phones, emails):
        """The last confirmed order of each person."""
        rows = self.env.execute_query(
            SQL(
                """
                WITH leads AS (
                    SELECT * FROM (%(leads)s) lead
                     WHERE company_id IS NULL OR company_id = %(company)s
                ), persons AS (
                    SELECT key, commercial_partner_id AS id FROM (%(partners)s) partner
                     UNION
                    SELECT leads.key, partner.commercial_partner_id
                      FROM leads JOIN res_partner partner ON partner.id = partner_id
                ), orders AS (
                    SELECT persons.key, o.id
                      FROM persons
                      JOIN res_partner p ON p.commercial_partner_id = persons.id
                      JOIN sale_order o ON o.partner_id = p.id
                     UNION
                    SELECT leads.key, o.id
                      FROM leads JOIN sale_order o ON o.opportunity_id = leads.id
                )
                SELECT DISTINCT ON (orders.key) orders.key, o.id, o.name, o.date_order,
                       o.amount_untaxed / COALESCE(NULLIF(o.currency_rate, 0), 1),
                       o.user_id
                  FROM orders JOIN sale_order o ON o.id = orders.id
                 WHERE o.state = 'sale' AND o.company_id = %(company)s
                 ORDER BY orders.key, o.date_order DESC, o.id DESC
                """,
                leads=self._get_matches("crm_lead", LEAD_COLUMNS, phones, emails),
                partners=self._get_matches(
                    "res_partner", PARTNER_COLUMNS, phones, emails
                ),
                company=company.id,
            )
        )
        return {
            key: {
                "order_id": order_id,
                "order_name": name,
                "order_date": date,
                "order_amount": float(amount),
                "order_user": user_id,
            }
            for key, order_id, name, date, amount, user_id in rows
        }
