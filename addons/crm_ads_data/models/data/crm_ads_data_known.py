from odoo import api, models
from odoo.tools import SQL


class CrmAdsData(models.Model):
    """Who a person is already: data, lead or customer of ours (003.36, 004.31).

    SPECIFICATION
    - Found by phone (E.164, first and second number alike) and by e-mail, in the data
      of the company, in its leads and opportunities (lost, won and archived ones too)
      and in its customers, with the last confirmed order.
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

        COST: four queries, whatever the number.
        """
        phones, emails = list(phones), list(emails)
        if not phones and not emails:
            return {}
        self.env.flush_all()
        partners = self._find_known_partners(company, phones, emails)
        orders = self._find_last_orders(company, set(partners.values()))
        leads = self._find_known_leads(company, phones, emails)
        data = self._find_known_data(company, phones + emails)
        found = {}
        for key in partners.keys() | leads.keys() | data.keys():
            entry = dict.fromkeys(self._get_known_names())
            entry |= {"partner_id": partners.get(key)}
            entry |= orders.get(partners.get(key), {})
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
                SELECT DISTINCT ON (key) key, id, is_open, user_id
                  FROM (
                        SELECT phone_sanitized AS key, id, user_id, company_id,
                               active AND won_status = 'pending' AS is_open
                          FROM crm_lead WHERE phone_sanitized = ANY(%s)
                         UNION ALL
                        SELECT email_normalized, id, user_id, company_id,
                               active AND won_status = 'pending'
                          FROM crm_lead WHERE email_normalized = ANY(%s)
                       ) lead
                 WHERE company_id IS NULL OR company_id = %s
                 ORDER BY key, is_open DESC NULLS LAST, id DESC
                """,
                phones,
                emails,
                company.id,
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
                  FROM (
                        SELECT phone_sanitized AS key, commercial_partner_id,
                               company_id, active, id
                          FROM res_partner WHERE phone_sanitized = ANY(%s)
                         UNION ALL
                        SELECT email_normalized, commercial_partner_id, company_id,
                               active, id
                          FROM res_partner WHERE email_normalized = ANY(%s)
                       ) partner
                 WHERE company_id IS NULL OR company_id = %s
                 ORDER BY key, active DESC, id
                """,
                phones,
                emails,
                company.id,
            )
        )
        return dict(rows)

    @api.model
    def _find_last_orders(self, company, partner_ids):
        if not partner_ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (p.commercial_partner_id) p.commercial_partner_id,
                       o.id, o.name, o.date_order,
                       o.amount_untaxed / COALESCE(NULLIF(o.currency_rate, 0), 1),
                       o.user_id
                  FROM sale_order o
                  JOIN res_partner p ON p.id = o.partner_id
                 WHERE o.state = 'sale' AND o.company_id = %s
                   AND p.commercial_partner_id = ANY(%s)
                 ORDER BY p.commercial_partner_id, o.date_order DESC, o.id DESC
                """,
                company.id,
                list(partner_ids),
            )
        )
        return {
            partner_id: {
                "order_id": order_id,
                "order_name": name,
                "order_date": date,
                "order_amount": float(amount),
                "order_user": user_id,
            }
            for partner_id, order_id, name, date, amount, user_id in rows
        }
