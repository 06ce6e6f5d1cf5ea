import binascii

from odoo import api, fields, models
from odoo.tools import email_normalize
from odoo.tools.misc import hash_sign, verify_hash_signed
from odoo.tools.urls import urljoin

from .const import PHONE_CHANNELS

SCOPE = "crm_campaign_partner.contact_stop"


class CrmContactConsentStop(models.Model):
    """The link by which a person ends advertising without logging in (N2).

    TOKEN: signed with the database's secret for one company, channel and address; it
    never ends, because the e-mail that carries it does not. Nothing can be found out or
    stopped with a wrong one.

    IDEMPOTENT: who has refused already is not written down again.
    """

    _inherit = "crm.contact.consent"

    @api.model
    def _get_stop_url(self, company, channel, address, lang=None):
        """:param lang: the language in which the page speaks to the person"""
        # sudo: borrows the system's right to read the secret that signs
        token = hash_sign(
            self.sudo().env, SCOPE, [company.id, channel, address, lang or ""]
        )
        return urljoin(company.get_base_url(), f"/contact/stop/{token}")

    @api.model
    def _read_stop_token(self, token):
        """:return: (company, channel, address, lang) as superuser, or None"""
        try:
            # sudo: borrows the system's right to read the secret that signs
            values = verify_hash_signed(self.sudo().env, SCOPE, token)
        except (ValueError, binascii.Error, OverflowError):
            return None
        if not values:
            return None
        company_id, channel, address, lang = values
        # sudo: the system's right; the signature proves whom it is about
        company = self.env["res.company"].sudo().browse(company_id).exists()
        return (company, channel, address, lang) if company else None

    @api.model
    def _is_stopped(self, company, channel, address):
        person = self._get_stop_person(company, channel, address)
        # sudo: borrows the right to read the ledger; only yes or no is told
        (decision,) = self.sudo()._get_decisions(
            company, channel, [(None, person.get("phone_key"), person.get("email_key"))]
        )
        return decision in ("withdrawn", "do_not_contact")

    @api.model
    def _stop(self, company, channel, address, proof):
        """The person ends advertising on a channel; once is enough.

        :return: the consent that was written down, empty when there was one
        """
        if self._is_stopped(company, channel, address):
            return self.browse()
        # sudo: the system's right to write down what the person pressed
        return self.sudo().create(
            {
                **self._get_stop_person(company, channel, address),
                "company_id": company.id,
                "channel": channel,
                "decision": "withdrawn",
                "source": "unsubscribe",
                "proof": proof,
                "date": fields.Datetime.now(),
                "user_id": False,
            }
        )

    @api.model
    def _get_stop_person(self, company, channel, address):
        if channel in PHONE_CHANNELS:
            return {"phone_key": self._get_phone_key(company, address)}
        return {"email_key": email_normalize(address)}
