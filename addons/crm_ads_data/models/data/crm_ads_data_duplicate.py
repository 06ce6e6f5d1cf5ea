from odoo import models
from odoo.exceptions import ValidationError


class CrmAdsData(models.Model):
    """Duplicates: who is first with a number, an e-mail or a lead id (003.36, N10).

    SPECIFICATION
    - A data is found by its first and second number; without any, by its e-mail.
    - Who holds a key is decided by ``crm.ads.data.key``; whoever comes second is a
      duplicate of the first holder, also when the holder is another marketer's.
    """

    _inherit = "crm.ads.data"

    def _get_keys(self):
        """The ``(kind, key)`` pairs that this data is found by."""
        self.ensure_one()
        phones = [("phone", phone) for phone in (self.phone_key, self.phone2) if phone]
        if phones or not self.email:
            return phones
        return [("email", self.email)]

    def _claim_refs(self):
        """Claim the lead ids that ``_ingest`` has not already claimed."""
        if self.env.context.get("crm_ads_refs_claimed"):
            return
        with_ref = self.filtered("external_ref")
        claims = [
            (data.company_id.id, "ref", data.external_ref, data.id) for data in with_ref
        ]
        # sudo: the claims are the system's own bookkeeping
        won = self.env["crm.ads.data.key"].sudo()._claim(claims)
        for index, data in enumerate(with_ref):
            if index not in won:
                raise ValidationError(
                    self.env._(
                        "Lead ID %(ref)s is already there.", ref=data.external_ref
                    )
                )

    def _claim_keys(self):
        """Claim the numbers of these data; mark as duplicates those that come second.

        A data with a number of somebody else's is a duplicate of the first holder of
        any of its numbers; its further numbers lead to that holder as well.
        """
        usable = self.filtered(lambda data: data.state != "invalid")
        claims = [
            (data.company_id.id, kind, key, data.id)
            for data in usable
            for kind, key in data._get_keys()
        ]
        # sudo: the claims are the system's own bookkeeping
        keys_model = self.env["crm.ads.data.key"].sudo()
        won = keys_model._claim(claims)
        lost = [claim for index, claim in enumerate(claims) if index not in won]
        if not lost:
            return
        owners = {}
        for company_id, kind in {claim[:2] for claim in lost}:
            keys = {claim[2] for claim in lost if claim[:2] == (company_id, kind)}
            found = keys_model._get_owners(company_id, kind, keys)
            owners.update({(company_id, kind, key): own for key, own in found.items()})
        self._mark_duplicates({claim[3]: owners[claim[:3]] for claim in reversed(lost)})

    def _mark_duplicates(self, owner_ids):
        """Point duplicates at their first holder.

        :param owner_ids: dict of the duplicate's id to the id of who holds its number
        """
        # sudo: the holder may be another marketer's; only its id is used
        owners = self.sudo().browse(set(owner_ids.values()))
        roots = {
            owner.id: owner_ids.get(owner.id) or owner.duplicate_of_id.id or owner.id
            for owner in owners
        }
        by_root = {}
        for data_id, owner_id in owner_ids.items():
            if owner_id != data_id:
                by_root.setdefault(roots[owner_id], []).append(data_id)
        for root_id, data_ids in by_root.items():
            # sudo: a duplicate is marked by the system, whoever typed it
            duplicates = self.sudo().browse(data_ids)
            duplicates.duplicate_of_id = root_id
            duplicates.filtered(lambda data: data.state == "new").state = "duplicate"
