from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain


class CrmLead(models.Model):
    """Who a lead is already: customer, other lead or opportunity (001.22, 004.31).

    SPECIFICATIONS
    * The form warns while it is filled (see ``crm.known.person``), also of other open
      leads and opportunities of the same person. Of those that the user may not see
      only the number and their salespeople are told.
    * Core's counter of similar leads finds them by every spelling of the number and by
      the tax id too.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.known.person"]

    vat = fields.Char(
        string="Tax ID",
        copy=False,
        index="btree_not_null",
        help="Goes to the customer when the lead is converted.",
    )

    @api.depends("phone", "vat")
    def _compute_potential_lead_duplicates(self):
        result = super()._compute_potential_lead_duplicates()
        for lead in self:
            found = lead._find_same_leads() - lead._origin
            new = found - lead.duplicate_lead_ids._origin
            if new:
                lead.duplicate_lead_ids |= new
                lead.duplicate_lead_count += len(new)
        return result

    def _find_same_leads(self):
        """:return: leads by number and tax id, open or not; none when they are so many
        that the number cannot be one person's"""
        domain = self._get_same_lead_domain(email=False)
        if domain.is_false():
            return self.browse()
        most = 21
        leads = self.with_context(active_test=False).search(domain, limit=most)
        return leads if len(leads) < most else self.browse()

    # ------------------------------------------------------------
    # KNOWN
    # ------------------------------------------------------------

    @api.model
    def _get_known_fields(self):
        return [
            *super()._get_known_fields(),
            "email_from",
            "partner_id",
            "country_id",
            "company_id",
            "type",
            "won_status",
        ]

    def _get_known_email(self):
        return self._normalize_known_email(self.email_from)

    def _get_known_customers(self):
        if self.partner_id:
            return self.partner_id.commercial_partner_id._origin
        return super()._get_known_customers()

    def _get_known_rows(self):
        rows, is_warning = super()._get_known_rows()
        if self.won_status == "pending" and (row := self._describe_open_duplicates()):
            rows = [*rows, row]
            is_warning = True
        return rows, is_warning

    def _describe_open_duplicates(self):
        # sudo: counts what others have too; of that only the salespeople are named
        every = self.sudo()._get_open_duplicates()
        if not every:
            return ""
        seen = self.browse(every.ids)._filtered_access("read")
        unseen = every - seen
        parts = []
        if seen:
            names = self._describe_links(seen)
            parts.append(self.env._("Open already: %(names)s.", names=names))
        if unseen:
            users = unseen.user_id.mapped("name") or [self.env._("nobody")]
            parts.append(
                self.env._(
                    "Others have this person open too: %(count)s (%(users)s).",
                    count=len(unseen),
                    users=", ".join(users),
                )
            )
        return Markup(" ").join(parts)

    # ------------------------------------------------------------
    # FINDING
    # ------------------------------------------------------------

    def _find_matching_partner(self, candidates=None):
        """Core finds the customer by e-mail; most of ours have only a phone number.

        :param candidates: as ``_find_partner_candidates`` gives them, when known
        """
        if partner := super()._find_matching_partner():
            return partner
        if candidates is None:
            candidates = self._find_partner_candidates()
        return candidates[:1]

    def _find_partner_candidates(self):
        """Return every customer that could be this lead's, best first: companies and
        people on their own before contacts, older before newer."""
        self.ensure_one()
        candidates = self._find_partners_by_keys().filtered("active")
        return candidates.sorted(lambda p: (p.commercial_partner_id != p, p.id))

    def _get_open_duplicates(self, partner=None):
        """Return other open leads and opportunities of the same customer, e-mail,
        phone number or tax id, as far as the user may see them.

        :param partner: the customer, also none, when it has been looked for
        """
        self.ensure_one()
        if partner is None:
            partner = self._find_matching_partner()
        same = self._get_same_lead_domain()
        if partner:
            customer = partner._origin.commercial_partner_id
            same |= Domain("partner_id.commercial_partner_id", "=", customer.id)
        return self.search(same & self._get_open_duplicates_domain())

    def _get_same_lead_domain(self, email=True):
        same = Domain.FALSE
        if email and (address := self._get_known_email()):
            same |= Domain("email_normalized", "=", address)
        if keys := self._get_phone_keys():
            same |= Domain("phone_sanitized", "in", keys) | Domain("phone", "in", keys)
        if keys := self._get_vat_keys():
            same |= Domain("vat", "in", keys)
        return same

    def _get_open_duplicates_domain(self):
        return (
            Domain("id", "!=", self._origin.id)
            & Domain("active", "=", True)
            & Domain("won_status", "=", "pending")
            & Domain("company_id", "in", [self._get_known_company().id, False])
        )

    def _merge_get_fields(self):
        return [*super()._merge_get_fields(), "vat"]
