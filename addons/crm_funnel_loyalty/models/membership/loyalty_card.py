from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...groups import is_sales_manager
from ...services.barcode import barcode_uri
from ...tools import is_change, local_date, pick
from .point_lots import PointLots

# What makes a card worth something, and whose it is.
PROTECTED = ("points", "partner_id", "program_id", "code", "active", "member_since")
SEQUENCE = "crm_funnel_loyalty.sequence_member_card"


class LoyaltyCard(models.Model):
    """Membership card: number, member since, level, points (004.27, 004.32, 004.36).

    SPECIFICATIONS
    * Each customer has one card of a membership program (partial unique index). Its
      number comes from a sequence; its level is the customer's tier, whatever happens.
    * Who held several cards when the program became the membership program is a member
      with one of them (see ``_choose_member_cards``); the others stay ordinary cards,
      whose points can be used, and collect nothing any more.
    * Points come from orders (core), opening balances, referrals; they go by rewards
      (core), expiry and credit notes. ``_book`` is the one way of ours to move them: a
      line of history and the balance, together.
    * Over RPC a sales manager alone writes points, holder and number of loyalty cards.
      Core's orders move points on behalf of the salesperson who confirms them.
    """

    _inherit = "loyalty.card"

    is_membership = fields.Boolean(related="program_id.is_membership")
    member_since = fields.Date(readonly=True, copy=False)
    funnel_tier_id = fields.Many2one(
        related="partner_id.funnel_tier_id", string="Level"
    )
    funnel_tier_color = fields.Integer(
        related="partner_id.funnel_tier_color", export_string_translation=False
    )
    member_user_id = fields.Many2one(related="partner_id.user_id")
    next_expiry_date = fields.Date(
        string="Next Points Expire On",
        compute="_compute_next_expiry",
        search="_search_next_expiry_date",
    )
    next_expiry_points = fields.Float(
        string="Points That Expire Next", compute="_compute_next_expiry"
    )

    _member_uniq = models.UniqueIndex(
        "(partner_id, program_id) WHERE member_since IS NOT NULL AND active",
        "This customer has a membership card already.",
    )

    @api.depends("points", "history_ids.expiry_date", "history_ids.issued")
    def _compute_next_expiry(self):
        self.next_expiry_date = False
        self.next_expiry_points = 0
        cards = {card.id: card for card in self if isinstance(card.id, int)}
        for lot in PointLots(self.env).read_lots(self.browse(cards)):
            card = cards[lot["card_id"]]
            if not card.next_expiry_date:
                card.next_expiry_date = lot["expiry_date"]
            if card.next_expiry_date == lot["expiry_date"]:
                card.next_expiry_points += lot["remaining"]

    @api.model
    def _search_next_expiry_date(self, operator, value):
        """Cards some of whose points expire up to that day."""
        if operator not in ("<", "<="):
            return NotImplemented
        day = fields.Date.to_date(value)
        dated = SQL(
            "SELECT card_id FROM loyalty_history WHERE expiry_date <= %s"
            " AND is_expiry_done IS NOT TRUE",
            day,
        )
        rows = SQL(
            "(SELECT card_id FROM (%s) lot WHERE remaining > 0.004 AND %s)",
            PointLots(self.env).get_sql(dated),
            SQL("expiry_date < %s", day)
            if operator == "<"
            else SQL("expiry_date <= %s", day),
        )
        return [("id", "in", rows)]

    @api.model_create_multi
    def create(self, vals_list):
        """A card of a membership program has a number and makes a member from today."""
        programs = set(self.env["loyalty.program"]._get_membership_ids().values())
        members = [vals for vals in vals_list if vals.get("program_id") in programs]
        if not members:
            return super().create(vals_list)
        # sudo: borrows the right to count
        sequence = self.env.ref(SEQUENCE).sudo()
        today = local_date(self.env.cr.now(), self.env.company)
        return super().create(
            [
                {
                    "code": vals.get("code") or sequence.next_by_id(),
                    "member_since": today,
                    **vals,
                }
                if vals.get("program_id") in programs
                else vals
                for vals in vals_list
            ]
        )

    def write(self, vals):
        """Refuse to write points to whoever may not.

        :raises AccessError: also when the card only becomes a loyalty card by this
        """
        asked = pick(vals, PROTECTED)
        if not any(is_change(card, asked) for card in self):
            return super().write(vals)
        self._check_may_write_points()
        result = super().write(vals)
        self._check_may_write_points()
        return result

    def action_print_member_card(self):
        """Print the card: name, number, level, barcode and QR code."""
        self.check_access("read")
        report = self.env.ref("crm_funnel_loyalty.action_report_member_card")
        return report.report_action(self, config=False)

    def action_view_member(self):
        """Open the customer who holds this card."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
        }

    def _get_barcode_uri(self, symbology):
        """:return: the card's number as a barcode of core's kinds, for the report"""
        self.ensure_one()
        return barcode_uri(symbology, self.code)

    def _check_may_write_points(self):
        """Refuse it to whoever may not move points of these cards by hand.

        :raises AccessError: for all but sales managers, when one is a loyalty card
        """
        if is_sales_manager(self.env):
            return
        if any(card.program_type == "loyalty" for card in self):
            raise AccessError(
                self.env._(
                    "Points follow from orders, credit notes and referrals. Only a "
                    "sales manager corrects them by hand."
                )
            )

    @api.model
    def _book(self, entries):
        """Move points and write it down, together.

        COST: one INSERT for all lines, one UPDATE for all cards.

        :param list entries: values of ``loyalty.history``, with the card's id
        :return: the lines of history
        """
        # sudo: the suite moves points by its rules, on behalf of whoever caused it
        lines = self.env["loyalty.history"].sudo().create(entries)
        for card, card_lines in lines.grouped("card_id").items():
            card.points += sum(line.issued - line.used for line in card_lines)
        return lines

    @api.model
    def _unbook(self, lines):
        """Take lines of history back, as if they had never been."""
        # sudo: see _book
        lines = lines.sudo()
        for card, card_lines in lines.grouped("card_id").items():
            card.points -= sum(
                line.issued - line.expired - line.used for line in card_lines
            )
            card._forget_expired(sum(card_lines.mapped("expired")))
        lines.unlink()

    def _forget_expired(self, points):
        """Points that had expired already and then were taken back altogether."""
        self.ensure_one()
        if points:
            # sudo: see _book
            self.env["loyalty.history"].sudo().create(
                {
                    "card_id": self.id,
                    "kind": "expiry",
                    "used": -points,
                    "description": self.env._("Expired points that were taken back"),
                }
            )

    def _choose_member_cards(self):
        """:return: dict of each customer's member card among these: the one that makes
        him a member, else the one with most points, else the oldest"""
        chosen = {}
        for card in self.sorted(lambda c: (not c.member_since, -c.points, c.id)):
            chosen.setdefault(card.partner_id, card)
        return chosen

    def _is_second_to(self, member):
        """Whether this is another card of the same customer and program."""
        self.ensure_one()
        return (
            self != member
            and bool(self.partner_id)
            and (self.partner_id, self.program_id)
            == (member.partner_id, member.program_id)
        )

    def _get_company(self):
        return self.company_id or self.env.company

    def _get_today(self):
        return local_date(self.env.cr.now(), self._get_company())
