from odoo import api, fields, models
from odoo.tools import SQL


class CrmReferralReward(models.Model):
    """Thanks to a customer for another one whom he brought and who bought (004.35).

    SPECIFICATIONS
    * Given when the referred customer's first order is confirmed: the points that the
      membership program says, on the referrer's card, which is made if need be.
    * Once per referred customer and program (partial unique index, written with
      ``INSERT … ON CONFLICT``). Whoever had bought before he was referred is no
      referral.
    * Taken back when that order is cancelled; then the next confirmed order of the same
      customer, there already or to come, gives it anew.
    * Rows are the suite's to write; nobody edits or deletes them.

    COST: nothing when no program rewards referrals; else a fixed number of queries for
    any number of orders, and what a card costs.
    """

    _name = "crm.referral.reward"
    _description = "Referral Reward"
    _order = "date desc, id desc"
    _rec_name = "referred_id"

    referrer_id = fields.Many2one(
        "res.partner",
        string="Referred By",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    referred_id = fields.Many2one(
        "res.partner",
        string="New Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    order_id = fields.Many2one(
        "sale.order",
        string="First Order",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    program_id = fields.Many2one(
        "loyalty.program", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    user_id = fields.Many2one(related="referrer_id.user_id", string="Salesperson")
    date = fields.Datetime(required=True, readonly=True)
    points = fields.Float(readonly=True)
    state = fields.Selection(
        [("given", "Given"), ("taken", "Taken back")], required=True, readonly=True
    )
    history_id = fields.Many2one(
        "loyalty.history",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        export_string_translation=False,
    )

    _given_uniq = models.UniqueIndex(
        "(referred_id, program_id) WHERE state = 'given'",
        "This referral has been rewarded already.",
    )

    def action_open_order(self):
        """Open the order that gave the reward."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
        }

    @api.model
    def _give(self, orders):
        """Reward the referrers of these confirmed orders, where one is due.

        :param orders: first confirmed orders of referred customers, in sudo
        """
        rows = [self._prepare_reward(order) for order in orders]
        rewards = self._insert([row for row in rows if row])
        cards = {}
        for program, given in rewards.grouped("program_id").items():
            for card in given.referrer_id._make_member_cards(program):
                cards[card.partner_id, program] = card
        lines = self.env["loyalty.card"]._book(
            [
                reward._prepare_history(cards[reward.referrer_id, reward.program_id])
                for reward in rewards
            ]
        )
        for reward, line in zip(rewards, lines, strict=True):
            reward.history_id = line
        return rewards

    def _take_back(self):
        """Take these rewards back; what had expired of them is not taken twice."""
        self.env["loyalty.card"]._unbook(self.history_id)
        self.state = "taken"

    @api.model
    def _prepare_reward(self, order):
        company = order.company_id
        program = self.env["loyalty.program"]._get_membership(company)
        referrer = order._get_referrer()
        points = program.sudo().referral_points  # sudo: a rule of the suite
        if not referrer or not points:
            return None
        return {
            "referrer_id": referrer.id,
            "referred_id": order.partner_id.commercial_partner_id.id,
            "order_id": order.id,
            "program_id": program.id,
            "company_id": company.id,
            "points": points,
        }

    @api.model
    def _insert(self, rows):
        """Add what is not there yet; two at once leave one.

        :return: the rewards that were added, in sudo
        """
        # sudo: the suite gives the reward, whoever confirms the order
        rewards = self.sudo()
        if not rows:
            return rewards
        self.flush_model(["state"])
        now = self.env.cr.now()
        values = [
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s, 'given', %s, %s, %s, %s)",
                *row.values(),
                now,
                self.env.uid,
                now,
                self.env.uid,
                now,
            )
            for row in rows
        ]
        ids = self.env.execute_query(
            SQL(
                "INSERT INTO crm_referral_reward (%s, date, state, create_uid,"
                " create_date, write_uid, write_date) VALUES %s"
                " ON CONFLICT (referred_id, program_id) WHERE state = 'given'"
                " DO NOTHING RETURNING id",
                SQL(", ").join(map(SQL.identifier, rows[0])),
                SQL(", ").join(values),
            )
        )
        return rewards.browse(row[0] for row in ids)

    def _prepare_history(self, card):
        self.ensure_one()
        return {
            "card_id": card.id,
            "kind": "referral",
            "issued": self.points,
            "description": self.env._(
                "Thank you for bringing %(name)s", name=self.referred_id.display_name
            ),
        }
