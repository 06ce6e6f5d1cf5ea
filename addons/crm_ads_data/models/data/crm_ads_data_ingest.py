from odoo import api, models

from ...services.phone import parse_phones
from ...services.text import email_key
from .crm_ads_data import MACHINE_SOURCES


class CrmAdsData(models.Model):
    """The one way in for rows of a paste, a file, a webhook or an API (002.19).

    SPECIFICATION
    - A row that cannot be taken never stops another one; each gets its outcome.
    - A lead id that is already there makes nothing new.
    - Rows of people and files without a usable contact make no data; rows of machines
      are stored as ``invalid``, to be mended.
    """

    _inherit = "crm.ads.data"

    @api.model
    def _ingest(self, rows, source="manual"):
        """Take rows in: the one way in for paste, file, webhook and API.

        :param rows: list of dicts: ``ad_id`` (id) and any of ``name``, ``phone``,
            ``phone2``, ``email``, ``note``, ``province``, ``external_ref``, ``date``
            (naive UTC), ``product_id``
        :param source: a value of ``source``; a person types when it is left out
        :return: list of ``(status, data, reason)``, one per row in order: status
            ``new``, ``duplicate``, ``invalid`` or ``repeated``; ``data`` the
            ``crm.ads.data`` (empty when none was made); ``reason`` a code of
            ``_get_reasons`` or None

        A row that cannot be taken never stops another one. COST: three INSERTs for
        the whole list plus the ORM's batch create.
        """
        reasons = self._get_refusals(rows, source)
        repeated = self._claim_new_refs(rows, reasons)
        accepted = [
            index
            for index in range(len(rows))
            if reasons[index] is None and index not in repeated
        ]
        created = self.with_context(crm_ads_refs_claimed=True).create(
            [{**rows[index], "source": source} for index in accepted]
        )
        created = created.with_context(crm_ads_refs_claimed=False)
        created._attach_refs()
        by_index = dict(zip(accepted, created, strict=True))
        return [
            self._get_outcome(by_index.get(index), reasons[index])
            for index in range(len(rows))
        ]

    def _get_refusals(self, rows, source):
        """The reason code for each row that is refused, None for the others."""
        ads = self.env["crm.ads.ad"].browse({row["ad_id"] for row in rows})
        is_any_taken = self.env.context.get("crm_ads_data_any_ad")
        closed = {ad.id for ad in ads if not (is_any_taken or ad.is_open)}
        reasons = []
        for row in rows:
            reason = "ad_closed" if row["ad_id"] in closed else None
            if not reason and source not in MACHINE_SOURCES:
                reason = self._get_contact_refusal(row)
            reasons.append(reason)
        if source not in MACHINE_SOURCES:
            self._refuse_duplicates(rows, reasons)
        return reasons

    @api.model
    def _refuse_duplicates(self, rows, reasons):
        """Refuse people who are there already, in companies whose policy that is."""
        ads = self.env["crm.ads.ad"].browse([row["ad_id"] for row in rows])
        per_company = {}
        for index, ad in enumerate(ads):
            if reasons[index] is None:
                per_company.setdefault(ad.company_id, []).append(index)
        for company, indexes in per_company.items():
            if company.ads_duplicate_policy != "reject":
                continue
            contacts = [self._get_contact(rows[index]) for index in indexes]
            for position in self._get_duplicate_rows(contacts, company):
                reasons[indexes[position]] = "duplicate"

    @api.model
    def _get_contact(self, row):
        """``(phones, e-mail)`` of a row, in normal form."""
        cells = f"{row.get('phone') or ''} {row.get('phone2') or ''}"
        return parse_phones(cells).numbers, email_key(row.get("email") or "")

    @api.model
    def _get_contact_refusal(self, row):
        phone = (row.get("phone") or "").strip()
        result = parse_phones(f"{phone} {row.get('phone2') or ''}")
        if result.numbers or (email_key(row.get("email") or "") and not phone):
            return None
        return result.reason

    def _claim_new_refs(self, rows, reasons):
        """Claim the rows' lead ids; the indexes of rows whose id is already there."""
        indexed = [
            (index, row)
            for index, row in enumerate(rows)
            if row.get("external_ref") and reasons[index] is None
        ]
        ads = self.env["crm.ads.ad"].browse([row["ad_id"] for _index, row in indexed])
        claims = [
            (ad.company_id.id, "ref", row["external_ref"], None)
            for ad, (_index, row) in zip(ads, indexed, strict=True)
        ]
        # sudo: the claims are the system's own bookkeeping
        won = self.env["crm.ads.data.key"].sudo()._claim(claims)
        return {
            index
            for position, (index, _row) in enumerate(indexed)
            if position not in won
        }

    def _attach_refs(self):
        # sudo: the claims are the system's own bookkeeping
        keys_model = self.env["crm.ads.data.key"].sudo()
        for company, records in (
            self.filtered("external_ref").grouped("company_id").items()
        ):
            keys_model._attach(
                company.id, {data.external_ref: data.id for data in records}
            )

    @api.model
    def _add_computed_values(self, vals_list):
        """Add what is computed of new data, so that one INSERT says it all.

        The ORM computes it once more and finds nothing to change: no UPDATE follows.
        """
        # sudo: what is related to the ad is the system's to know
        ads = self.env["crm.ads.ad"].sudo()
        return [
            {
                **vals,
                **self._prepare_computed_values(vals, ads.browse(vals.get("ad_id"))),
            }
            for vals in vals_list
        ]

    @api.model
    def _prepare_computed_values(self, vals, ad):
        numbers = parse_phones(vals.get("phone") or "").numbers
        values = {
            "phone_key": numbers[0] if numbers else False,
            "product_id": vals.get("product_id", ad.product_id.id),
        }
        if ad:
            values |= {
                "campaign_id": ad.campaign_id.id,
                "account_id": ad.account_id.id,
                "company_id": ad.company_id.id,
            }
        if not vals.get("lead_id"):
            values |= {
                "sales_status": False,
                "order_count": 0,
                "order_amount": 0.0,
                "is_won": 0,
            }
        return values

    def _get_outcome(self, data, reason):
        if reason:
            status = "duplicate" if reason == "duplicate" else "invalid"
            return (status, self.browse(), reason)
        if data is None:
            return ("repeated", self.browse(), "repeated")
        return (data.state, data, None)
