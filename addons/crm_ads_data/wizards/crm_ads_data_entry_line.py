from odoo import api, fields, models

from ..services.phone import MISSING, parse_phones
from ..services.text import email_key


class CrmAdsDataEntryLine(models.TransientModel):
    """One person to take in, with what will become of him or her.

    SPECIFICATION
    - ``valid``; ``duplicate``: known already, or in an earlier line, with whom; or
      ``invalid``, with the reason. Judged while it is typed.

    COST: five queries for all lines together (``crm.ads.data._find_known``).
    """

    _name = "crm.ads.data.entry.line"
    _description = "Person to Take In"

    entry_id = fields.Many2one("crm.ads.data.entry", ondelete="cascade")
    name = fields.Char(string="Customer")
    phone = fields.Char()
    phone2 = fields.Char(string="Second Phone")
    email = fields.Char()
    province = fields.Char()
    note = fields.Char()
    date = fields.Datetime(string="Received")
    state = fields.Selection(
        [("valid", "OK"), ("duplicate", "Known"), ("invalid", "Wrong")],
        compute="_compute_state",
    )
    info = fields.Char(string="What Is Known", compute="_compute_state")

    @api.depends("phone", "phone2", "email", "entry_id.line_ids.phone")
    def _compute_state(self):
        data = self.env["crm.ads.data"]
        for entry in self.entry_id:
            lines = self.filtered(lambda line, entry=entry: line.entry_id == entry)
            company = entry.account_id.company_id or self.env.company
            contacts = {line: line._get_contact() for line in entry.line_ids | lines}
            phones = {one for numbers, _e, _r in contacts.values() for one in numbers}
            emails = {email for _n, email, _r in contacts.values() if email}
            # sudo: of what is found only date, amount and salesperson are told
            known = data.sudo()._find_known(company, phones, emails)
            first = {}
            for number, line in enumerate(entry.line_ids | lines, 1):
                line._judge(contacts[line], known, company, first, number)
        for line in self.filtered(lambda line: not line.entry_id):
            line._judge(line._get_contact(), {}, self.env.company, {}, 1)

    def _get_contact(self):
        """``(phones, e-mail, reason why nobody can be reached or None)``."""
        self.ensure_one()
        first = parse_phones(self.phone or "")
        second = parse_phones(self.phone2 or "")
        numbers = tuple(dict.fromkeys(first.numbers + second.numbers))
        email = email_key(self.email or "")
        stands_in = email and first.reason == MISSING
        return numbers, email, None if numbers or stands_in else first.reason

    def _judge(self, contact, known, company, first, number):
        """Set the state; ``first`` keeps who stood in which line first."""
        numbers, email, reason = contact
        if reason:
            self.state = "invalid"
            self.info = self.env["crm.ads.data"]._get_reasons().get(reason, reason)
            return
        keys = numbers or (email,)
        twin = next((first[key] for key in keys if key in first), None)
        for key in keys:
            first.setdefault(key, number)
        entry = next((known[key] for key in keys if key in known), None)
        taken = entry and (entry["data_id"] or entry["lead_is_open"])
        self.state = "duplicate" if taken or twin else "valid"
        self.info = entry and self.env["crm.ads.data"]._get_known_text(entry, company)
        if twin:
            self.info = self.env._("the same person as in line %(number)s", number=twin)

    def _prepare_row(self, ad):
        """The line as ``crm.ads.data._ingest`` takes it."""
        self.ensure_one()
        values = {
            "ad_id": ad.id,
            "product_id": self.entry_id.product_id.id or ad.product_id.id,
            "name": self.name,
            "phone": self.phone,
            "phone2": self.phone2,
            "email": self.email,
            "province": self.province,
            "note": self.note,
            "date": self.date,
        }
        return {name: value for name, value in values.items() if value}
