import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, email_normalize

from .const import CHANNELS

E164 = re.compile(r"\+[0-9]{6,15}")
# A decision for one of these goes onto Odoo's own blacklists too.
PHONE_BLACKLIST_CHANNELS = ("all", "sms")
EMAIL_BLACKLIST_CHANNELS = ("all", "email")


class CrmContactConsent(models.Model):
    """What a person said about being contacted, with the proof of it (N2).

    PERSON: the phone number (E.164) and the e-mail address, and the customer where
    there is one. A number is enough, so it also holds for leads and for ads data that
    know no customer yet: whatever has the number is stopped.

    DECISION: the latest one for a channel, or for all channels, holds. "Withdrawn" ends
    advertising; "do not contact" ends care, too. A consent given anew lifts both.

    CORE: refusals are put on Odoo's own blacklists as well (e-mail, and phone for SMS),
    so that its mailings respect them; a new consent takes them off again.

    LEDGER: entries are added and never changed; whoever adds one is kept with it.
    """

    _name = "crm.contact.consent"
    _description = "Contact Consent"
    _inherit = ["crm.contact.ledger"]
    _order = "date desc, id desc"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", index="btree_not_null", ondelete="set null"
    )
    phone_key = fields.Char(string="Phone", index="btree_not_null")
    email_key = fields.Char(string="E-mail", index="btree_not_null")
    channel = fields.Selection(
        [("all", "All channels"), *CHANNELS], required=True, default="all"
    )
    decision = fields.Selection(
        [
            ("given", "Consent given"),
            ("withdrawn", "Consent withdrawn"),
            ("do_not_contact", "Do not contact"),
        ],
        required=True,
        default="given",
    )
    source = fields.Selection(
        [
            ("form", "Form or website"),
            ("call", "On the phone"),
            ("message", "Message or e-mail"),
            ("paper", "In writing"),
            ("unsubscribe", "Unsubscribe link"),
            ("register", "Do-not-call register"),
            ("other", "Other"),
        ],
        required=True,
    )
    proof = fields.Text(
        help="What proves it: the wording of the form, the message, the recording."
    )
    proof_file = fields.Binary(attachment=True)
    proof_filename = fields.Char()
    date = fields.Datetime(
        string="Moment", required=True, default=fields.Datetime.now, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Written Down By",
        readonly=True,
        default=lambda self: self.env.user,
    )

    @api.constrains("phone_key", "email_key")
    def _check_person(self):
        for consent in self:
            if not consent.phone_key and not consent.email_key:
                raise ValidationError(
                    self.env._(
                        "Whose consent is it? Enter a phone number or an e-mail."
                    )
                )

    @api.constrains("decision", "proof", "proof_file")
    def _check_proof(self):
        for consent in self:
            if consent.decision == "given" and not (
                consent.proof or consent.proof_file
            ):
                raise ValidationError(
                    self.env._("A consent is kept together with what proves it.")
                )

    @api.constrains("date")
    def _check_date(self):
        now = fields.Datetime.now()
        if any(consent.date > now for consent in self):
            raise ValidationError(
                self.env._("A decision cannot be of a later moment than now.")
            )

    @api.depends("phone_key", "email_key", "decision")
    def _compute_display_name(self):
        decisions = dict(self._fields["decision"]._description_selection(self.env))
        # sudo: borrows the right to read the name of the customer it is about
        for consent in self:
            consent.display_name = " – ".join(
                filter(
                    None,
                    (
                        consent.partner_id.sudo().name
                        or consent.phone_key
                        or consent.email_key,
                        decisions.get(consent.decision),
                    ),
                )
            )

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        self.phone_key = self.partner_id.phone_sanitized or self.partner_id.phone
        self.email_key = self.partner_id.email_normalized or self.partner_id.email

    @api.model_create_multi
    def create(self, vals_list):
        """Bring numbers and addresses into the form by which they are compared."""
        consents = super().create(
            [self._prepare_consent_values(vals) for vals in vals_list]
        )
        consents._sync_blacklists()
        return consents

    def _prepare_consent_values(self, vals):
        vals = dict(vals)
        company = (
            self.env["res.company"].browse(vals.get("company_id")) or self.env.company
        )
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        partner.check_access("read")
        if partner and not vals.get("phone_key") and not vals.get("email_key"):
            vals["phone_key"] = partner.phone_sanitized
            vals["email_key"] = partner.email_normalized
        if vals.get("phone_key"):
            vals["phone_key"] = self._get_phone_key(company, vals["phone_key"])
            if not vals["phone_key"]:
                raise UserError(self.env._("This is not a phone number."))
        if vals.get("email_key"):
            vals["email_key"] = email_normalize(vals["email_key"])
            if not vals["email_key"]:
                raise UserError(self.env._("This is not an e-mail address."))
        if not self.env.su:
            vals["user_id"] = self.env.uid
        return vals

    @api.model
    def _get_phone_key(self, company, phone):
        """:return: the number as E.164 (of the company's country if none) or False"""
        if not phone:
            return False
        if E164.fullmatch(phone):
            return phone
        # sudo: borrows the right to read the country of one's company.
        country = company.sudo().country_id or self.env.ref("base.vn")
        return company._phone_format(number=phone, country=country)

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    @api.model
    def _get_decisions(self, company, channel, people):
        """What each person said last about a channel.

        COST: one query for any number of people.

        :param people: list of ``(partner id, phone key, e-mail key)``
        :return: list of the decisions in the order of ``people``, None where nothing
            is known
        """
        self.flush_model()
        partner_ids, phones, emails = (
            [value for value in set(column) if value]
            for column in (zip(*people, strict=True) if people else ((), (), ()))
        )
        latest = {}
        for what, value, *order, decision in self.env.execute_query(
            SQL(
                """
                SELECT what, value, date, id, decision FROM (
                    SELECT 0, partner_id::text, date, id, decision, company_id, channel
                      FROM crm_contact_consent WHERE partner_id = ANY(%(partners)s)
                 UNION ALL
                    SELECT 1, phone_key, date, id, decision, company_id, channel
                      FROM crm_contact_consent WHERE phone_key = ANY(%(phones)s)
                 UNION ALL
                    SELECT 2, email_key, date, id, decision, company_id, channel
                      FROM crm_contact_consent WHERE email_key = ANY(%(emails)s)
                ) AS said (what, value, date, id, decision, company_id, channel)
                WHERE company_id = %(company)s AND channel IN ('all', %(channel)s)
                """,
                partners=partner_ids,
                phones=phones,
                emails=emails,
                company=company.id,
                channel=channel,
            )
        ):
            key = (what, value)
            latest[key] = max(latest.get(key, ((),)), (tuple(order), decision))
        return [
            max(
                (
                    latest[key]
                    for key in ((0, str(partner)), (1, phone), (2, email))
                    if key in latest
                ),
                default=(None, None),
            )[1]
            for partner, phone, email in people
        ]

    def _sync_blacklists(self):
        """Tell Odoo's own blacklists, which its mailings read."""
        # sudo: borrows the mailing user's right; who may write a decision down here
        # may stop the messages that it forbids.
        phones = self.env["phone.blacklist"].sudo()
        emails = self.env["mail.blacklist"].sudo()
        for refused, consents in self.grouped(lambda c: c.decision != "given").items():
            numbers = list(
                {
                    consent.phone_key
                    for consent in consents
                    if consent.phone_key and consent.channel in PHONE_BLACKLIST_CHANNELS
                }
            )
            addresses = {
                consent.email_key
                for consent in consents
                if consent.email_key and consent.channel in EMAIL_BLACKLIST_CHANNELS
            }
            if refused:
                phones._add(numbers)
                for address in addresses:
                    emails._add(address)
                continue
            phones.search([("number", "in", numbers)]).action_archive()
            emails.search([("email", "in", list(addresses))]).action_archive()
