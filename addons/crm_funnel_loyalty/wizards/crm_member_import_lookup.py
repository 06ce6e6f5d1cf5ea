from dataclasses import dataclass, field

from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.phone_validation.tools.phone_validation import phone_format

from .crm_member_import import KEYS


@dataclass
class Lookup:
    """Customers by what rows may name them with, and cards by number."""

    by_key: dict = field(default_factory=dict)

    def add(self, kind, value, partner):
        self.by_key.setdefault((kind, value), set()).add(partner.id)

    def find(self, kind, value):
        return self.by_key.get((kind, value), set())


class CrmMemberImport(models.TransientModel):
    """What is there already of what the rows name (004.32): customers, cards, openings.

    COST: one search for each kind, for any number of rows.
    """

    _inherit = "crm.member.import"

    def _clean(self, key, value):
        value = str(value or "").strip()
        if key == "phone" and value:
            country = self.company_id.country_id or self.env.ref("base.vn")
            return phone_format(
                value,
                country.code,
                country.phone_code,
                force_format="E164",
                raise_exception=False,
            )
        return value.lower() if key == "email" else value

    def _look_up(self, rows, program):
        values = {
            key: {self._clean(key, row.get(key)) for row in rows} - {""} for key in KEYS
        }
        partners = self.env["res.partner"].search(
            Domain("company_id", "in", [False, self.company_id.id])
            & (
                Domain("ref", "in", values["customer"])
                | Domain("name", "in", values["customer"])
                | Domain("phone_sanitized", "in", values["phone"])
                | Domain("email_normalized", "in", values["email"])
            )
        )
        lookup = Lookup()
        for partner in partners:
            customer = partner.commercial_partner_id
            lookup.add("customer", partner.ref, customer)
            lookup.add("customer", partner.name, customer)
            lookup.add("phone", partner.phone_sanitized, customer)
            lookup.add("email", partner.email_normalized, customer)
        cards = self.env["loyalty.card"].search(
            Domain("code", "in", values["number"])
            & Domain("program_id", "=", program.id)
            & Domain("partner_id", "!=", False)
        )
        for card in cards:
            lookup.add("number", card.code, card.partner_id)
        return lookup

    def _get_cards(self, partners):
        cards = partners._find_member_cards(self.company_id)
        return {partner.id: card for partner, card in cards.items()}

    def _get_openings(self, cards):
        lines = self.env["loyalty.history"].search(
            [("kind", "=", "opening"), ("card_id", "in", [card.id for card in cards])]
        )
        return {line.card_id: line for line in lines}

    def _get_changes(self, line, card, opening):
        """:return: what of the card is otherwise than the row says, in words"""
        changes = []
        if opening and opening.issued != line["points"]:
            changes.append(self.env._("Was %s points.", opening.issued))
        if opening and self._is_other_until(line, opening):
            day = format_date(self.env, opening.expiry_date)
            changes.append(self.env._("Was valid until %s.", day or "–"))
        if self._is_other_since(line, card):
            day = format_date(self.env, card.member_since)
            changes.append(self.env._("Was a member since %s.", day))
        return changes

    def _is_other_since(self, line, card):
        return bool(line["since"]) and card.member_since != line["since"]

    def _is_other_until(self, line, opening):
        """Whether the row says another last day; no points have none."""
        until = line["until"] if line["points"] else None
        return bool(until) and opening.expiry_date != until

    def _is_other_opening(self, line, opening):
        """Whether the row says another balance than there is, if there is one."""
        return (
            not opening
            or opening.issued != line["points"]
            or self._is_other_until(line, opening)
        )

    def _get_taken_numbers(self, lines):
        """:return: dict of each number that a card has, archived or not, to what to say
        to whoever wants it for another card"""
        # sudo: numbers are unique across companies
        cards = self.env["loyalty.card"].sudo().with_context(active_test=False)
        numbers = {line["number"] for line in lines if line.get("number")}
        return {
            card.code: self.env._("Card %s belongs to somebody else.", card.code)
            if card.active
            else self.env._(
                "Card %s is in the archive. Restore it, or leave the number out.",
                card.code,
            )
            for card in cards.search_fetch(
                [("code", "in", list(numbers))], ["code", "active"]
            )
        }
