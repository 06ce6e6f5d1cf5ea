from odoo import api, fields, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    """Order of a member: who may collect on it, and on which card.

    SPECIFICATIONS
    * Only members collect on the membership program; core alone would make a card for
      every customer who is quoted.
    * A contact buys with the card of the company it belongs to: points and rewards of
      its orders are that card's.
    * Who holds other cards of the program too collects on the member card only.
    * Points that an order moves are moved by the suite for the salesperson, who may not
      move them by hand.
    * Cancelling an order undoes it altogether: also what its credit notes had taken
      back, and what had expired of the points it gave.

    COST: nothing when the company has no membership program.
    """

    _inherit = "sale.order"

    member_card_id = fields.Many2one(
        "loyalty.card", string="Membership Card", compute="_compute_member_card_id"
    )
    # what follows from the card depends on it alone: the card cannot be searched by
    member_number = fields.Char(
        related="member_card_id.code",
        string="Card Number",
        depends=["member_card_id"],
        related_sudo=False,
    )
    member_points = fields.Char(
        related="member_card_id.points_display",
        string="Points",
        depends=["member_card_id"],
        related_sudo=False,
    )

    @api.depends("partner_id", "company_id")
    def _compute_member_card_id(self):
        self.member_card_id = False
        if not self.env["loyalty.card"].has_access("read"):
            return
        for company, orders in self.grouped("company_id").items():
            cards = orders.partner_id._find_member_cards(company or self.env.company)
            for order in orders:
                customer = order.partner_id.commercial_partner_id
                order.member_card_id = cards.get(customer._origin)

    # ------------------------------------------------------------
    # WHO MAY COLLECT
    # ------------------------------------------------------------

    def _get_program_domain(self):
        closed = self._get_closed_program_ids()
        domain = super()._get_program_domain()
        return Domain.AND([domain, [("id", "not in", closed)]]) if closed else domain

    def _get_trigger_domain(self):
        closed = self._get_closed_program_ids()
        domain = super()._get_trigger_domain()
        if closed:
            return Domain.AND([domain, [("program_id", "not in", closed)]])
        return domain

    def _get_closed_program_ids(self):
        """:return: ids of the programs this customer has no part in"""
        self.ensure_one()
        closed = set(self.env["loyalty.program"]._get_membership_ids().values())
        if closed and self.member_card_id.partner_id == self.partner_id:
            closed.discard(self.member_card_id.program_id.id)
        return sorted(closed)

    # ------------------------------------------------------------
    # ORDERS OF CONTACTS
    # ------------------------------------------------------------

    def _update_programs_and_rewards(self):
        """Core knows cards of the very partner of the order only."""
        card = self._get_company_card()
        if not card:
            return super()._update_programs_and_rewards()
        claimed = {
            (line.reward_id, line.product_id)
            for line in self.order_line
            if line.coupon_id == card and line.reward_id
        }
        result = super()._update_programs_and_rewards()
        status = self._program_check_compute_points(card.program_id)[card.program_id]
        if "points" in status:
            self._add_points_for_coupon({card: status["points"][0]})
            for reward, product in claimed:
                if reward not in self.order_line.reward_id:
                    self._apply_program_reward(reward, card, product=product)
        return result

    def _get_company_card(self):
        """:return: the card that a contact buys with, while the order is open"""
        if self.state not in ("draft", "sent"):
            return self.env["loyalty.card"]
        card = self.member_card_id
        return card.filtered(lambda c: c.partner_id != self.partner_id)

    def _add_points_for_coupon(self, coupon_points):
        """Core gives the points to any card of the customer's."""
        member = self.member_card_id
        return super()._add_points_for_coupon(
            {
                member if card._is_second_to(member) else card: points
                for card, points in coupon_points.items()
            }
        )

    # ------------------------------------------------------------
    # POINTS ARE MOVED BY THE SUITE
    # ------------------------------------------------------------

    def _get_point_changes(self):
        # sudo: core moves the points of confirmed and cancelled orders through these
        # cards; the order's right is enough
        return {
            card.sudo(): change for card, change in super()._get_point_changes().items()
        }

    def _add_loyalty_history_lines(self):
        # sudo: as above
        return super(SaleOrder, self.sudo())._add_loyalty_history_lines()

    def _update_loyalty_history(self, coupon_id, points):
        # sudo: as above
        return super(SaleOrder, self.sudo())._update_loyalty_history(coupon_id, points)

    def _write_vals_from_reward_vals(self, reward_vals, old_lines, delete=True):
        # sudo: what a reward costs comes from the program, not from the salesperson
        return super(SaleOrder, self.sudo())._write_vals_from_reward_vals(
            reward_vals, old_lines, delete=delete
        )

    # ------------------------------------------------------------
    # CANCELLING
    # ------------------------------------------------------------

    def _action_cancel(self):
        if not self.env["loyalty.program"]._get_membership_ids():
            return super()._action_cancel()
        # sudo: as above
        history = self.env["loyalty.history"].sudo()
        confirmed = self.filtered(lambda order: order.state == "sale")
        expired = history._read_group(
            Domain("order_model", "=", self._name)
            & Domain("order_id", "in", confirmed.ids)
            & Domain("expired", ">", 0),
            ["card_id"],
            ["expired:sum"],
        )
        taken_back = history.search([("credit_order_id", "in", confirmed.ids)])
        self.check_access("write")
        # sudo: core lets a salesperson confirm an order that gives points, but not
        # delete what it noted of them; whoever may write the order may cancel it
        super(SaleOrder, self.sudo())._action_cancel()
        self.env["loyalty.card"]._unbook(taken_back)
        for card, points in expired:
            card.points += points
            card._forget_expired(points)
        return True
