from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import email_normalize


class CrmCampaignPartnerEdit(models.AbstractModel):
    """Correct or complete a partner's data while contacting him (000.29).

    RIGHTS: whoever may write the member may correct these few fields of its partner,
    also without being a salesperson; a partner who logs in here is changed only by
    those who may write partners anyway, because his e-mail opens his account.

    KEPT: one note in the partner's chatter says what was there before. Nothing is
    written, and nothing noted, where nothing changed.

    CHECKED: a phone number must be one, and is written in the international form; an
    e-mail address must be one. Another partner with the same number or address is
    named, not forbidden: two companies may share a phone.
    """

    _name = "crm.campaign.partner.edit"
    _description = "Correct Partner Data"

    edit_member_id = fields.Many2one(
        "crm.campaign.member", compute="_compute_edit_member_id"
    )
    partner_is_company = fields.Boolean(compute="_compute_partner_kind")
    partner_name = fields.Char(
        string="Name", compute="_compute_partner_values", store=True, readonly=False
    )
    partner_phone = fields.Char(
        string="Phone", compute="_compute_partner_values", store=True, readonly=False
    )
    partner_email = fields.Char(
        string="E-mail", compute="_compute_partner_values", store=True, readonly=False
    )
    partner_street = fields.Char(
        string="Street", compute="_compute_partner_values", store=True, readonly=False
    )
    partner_city = fields.Char(
        string="City", compute="_compute_partner_values", store=True, readonly=False
    )
    partner_country_id = fields.Many2one("res.country", compute="_compute_partner_kind")
    partner_state_id = fields.Many2one(
        "res.country.state",
        string="Province",
        compute="_compute_partner_values",
        store=True,
        readonly=False,
        domain="[('country_id', '=', partner_country_id)]",
    )
    partner_vat = fields.Char(
        string="Tax ID", compute="_compute_partner_values", store=True, readonly=False
    )
    contact_name = fields.Char(
        string="Contact Person",
        compute="_compute_partner_values",
        store=True,
        readonly=False,
    )
    contact_phone = fields.Char(
        string="Their Phone",
        compute="_compute_partner_values",
        store=True,
        readonly=False,
    )
    duplicate_text = fields.Text(compute="_compute_duplicate_text")

    def _compute_edit_member_id(self):
        """Whose partner is corrected; each wizard says it."""
        raise NotImplementedError

    @api.model
    def _get_partner_fields(self):
        """:return: dict of a partner's field to the field here"""
        return {
            "name": "partner_name",
            "phone": "partner_phone",
            "email": "partner_email",
            "street": "partner_street",
            "city": "partner_city",
            "state_id": "partner_state_id",
            "vat": "partner_vat",
        }

    @api.depends("edit_member_id")
    def _compute_partner_kind(self):
        for wizard in self:
            partner = wizard.edit_member_id.partner_id
            wizard.partner_is_company = partner.is_company
            # sudo: borrows the right to read the country of one's company
            company = wizard.edit_member_id.company_id.sudo()
            wizard.partner_country_id = partner.country_id or company.country_id

    @api.depends("edit_member_id")
    def _compute_partner_values(self):
        for wizard in self:
            wizard.update(wizard._get_partner_values())

    def _get_partner_values(self):
        """:return: dict of what is known of the partner now"""
        partner = self.edit_member_id.partner_id
        contact = self._get_contact_person()
        return {
            **{
                field: partner[name]
                for name, field in self._get_partner_fields().items()
            },
            "contact_name": contact.name,
            "contact_phone": contact.phone,
        }

    @api.model_create_multi
    def create(self, vals_list):
        """What is not given stays as it is at the partner: Odoo leaves all fields of
        one compute alone as soon as one of them is given."""
        wizards = super().create(vals_list)
        for wizard, vals in zip(wizards, vals_list, strict=True):
            known = wizard._get_partner_values()
            if not vals.keys().isdisjoint(known):
                wizard.update({name: known[name] for name in known if name not in vals})
        return wizards

    @api.depends("partner_phone", "partner_email", "edit_member_id")
    def _compute_duplicate_text(self):
        for wizard in self:
            found = wizard._find_duplicates()
            names = ", ".join(
                " – ".join(filter(None, (other.display_name, other.city)))
                for other in found
            )
            wizard.duplicate_text = (
                self.env._("The same phone or e-mail belongs to: %s", names)
                if found
                else False
            )

    def _find_duplicates(self):
        """:return: other partners that the user sees with this phone or e-mail"""
        partner = self.edit_member_id.partner_id
        keys = Domain.FALSE
        phone = partner and partner._phone_format(number=self.partner_phone)
        if phone:
            keys |= Domain("phone_sanitized", "=", phone)
        email = email_normalize(self.partner_email or "")
        if email:
            keys |= Domain("email_normalized", "=", email)
        if keys.is_false():
            return self.env["res.partner"]
        family = partner.commercial_partner_id.ids
        return self.env["res.partner"].search(
            keys & Domain("commercial_partner_id", "not in", family), limit=3
        )

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def _apply_partner_changes(self):
        """Write what was corrected.

        :return: names of the partner's fields that changed
        """
        self.ensure_one()
        member = self.edit_member_id
        member.check_access("write")
        values = self._prepare_partner_changes()
        if values:
            partner = self._get_writable(self.edit_member_id.partner_id)
            before = {name: partner[name] for name in values}
            info = partner.fields_get(values)
            partner.with_context(mail_notrack=True).write(values)
            _changed, tracking = partner._mail_track(info, before)
            self._note_change(partner, tracking_value_ids=tracking)
        contact_changes = self._apply_contact_person()
        return {*values, *contact_changes}

    def _note_change(self, partner, lines=(), **values):
        partner._message_log(
            body=self.env._(
                "Corrected while contacting for “%(campaign)s”. %(lines)s",
                campaign=self.edit_member_id.campaign_id.title,
                lines=" ".join(lines),
            ).strip(),
            author_id=self.env.user.partner_id.id,
            **values,
        )

    def _get_writable(self, partner):
        """:return: the partner, with the right to write it
        :raises AccessError: when he has a login"""
        if partner.has_access("write"):
            return partner
        # sudo: borrows the salesperson's right to write partners; write access to the
        # member was checked, and only the fields of this form are written.
        partner = partner.sudo()
        if partner.with_context(active_test=False).user_ids:
            raise AccessError(
                self.env._(
                    "%s logs in here. Ask an administrator to correct the data.",
                    partner.name,
                )
            )
        return partner

    def _prepare_partner_changes(self):
        """:return: dict of what differs from the partner, checked"""
        partner = self.edit_member_id.partner_id
        values = {}
        for name, field in self._get_partner_fields().items():
            new = self[field]
            if isinstance(new, str):
                new = new.strip()
            if (new or False) != (partner[name] or False):
                values[name] = new.id if isinstance(new, models.BaseModel) else new
        if "name" in values and not values["name"]:
            raise UserError(self.env._("Enter the customer's name."))
        if values.get("phone"):
            values["phone"] = self._check_phone(partner, values["phone"])
            if self._is_same_phone(partner, values["phone"]):
                del values["phone"]
        if values.get("email") and not email_normalize(values["email"]):
            raise UserError(
                self.env._("“%s” is not an e-mail address.", values["email"])
            )
        if values.get("state_id") and not partner.country_id:
            values["country_id"] = self.partner_state_id.country_id.id
        return values

    @api.model
    def _check_phone(self, partner, phone):
        """:return: the number in the international form
        :raises UserError: when it is no phone number"""
        return partner._phone_format(
            number=phone, force_format="INTERNATIONAL", raise_exception=True
        )

    @api.model
    def _is_same_phone(self, partner, phone):
        return (
            partner.phone_sanitized
            and partner._phone_format(number=phone) == partner.phone_sanitized
        )

    # ------------------------------------------------------------------
    # Contact person
    # ------------------------------------------------------------------

    def _get_contact_person(self):
        """:return: whom one talks to in a company, empty when nobody is known"""
        partner = self.edit_member_id.partner_id
        return partner.child_ids.filtered(lambda p: p.type == "contact")[:1]

    def _apply_contact_person(self):
        """:return: names of this wizard's fields that changed"""
        partner = self.edit_member_id.partner_id
        contact = self._get_contact_person()
        name = (self.contact_name or "").strip()
        phone = (self.contact_phone or "").strip()
        if not partner.is_company or not name:
            return set()
        values = {}
        if name != contact.name:
            values["name"] = name
        if phone and not self._is_same_phone(contact or partner, phone):
            values["phone"] = self._check_phone(partner, phone)
        elif contact and not phone and contact.phone:
            values["phone"] = False
        if not values:
            return set()
        before = contact.display_name if contact else self.env._("nobody")
        company = self._get_writable(partner)
        if contact:
            self._get_writable(contact).write(values)
        else:
            company.child_ids.create(
                {"parent_id": company.id, "type": "contact", **values}
            )
        self._note_change(
            company,
            [
                self.env._(
                    "Contact person: %(before)s → %(after)s",
                    before=before,
                    after=", ".join(filter(None, (name, values.get("phone")))),
                )
            ],
        )
        return {f"contact_{key}" for key in values}
