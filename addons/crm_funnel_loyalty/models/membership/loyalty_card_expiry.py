from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...tools import in_language_of, local_date
from .point_lots import PointLots

ACTIVITY = "crm_funnel_loyalty.mail_activity_type_points"
QUIET = {"loyalty_no_mail": True, "tracking_disable": True}


class LoyaltyCard(models.Model):
    """Points that expire, oldest first, with a warning before (004.32).

    SPECIFICATIONS
    * The day after ``expiry_date`` what is left of a line's points goes, with one line
      of history per card that says how many and from which day. Every line whose day
      is over is done then, whatever is left of it.
    * ``point_warn_days`` before, the customer's salesperson gets one activity per card:
      how many points, until when. Each line of points is warned of once.
    * The same job gives a card to customers on a member's tier who have none.
    * What it notes is in the language of the program's company, an activity in that of
      the salesperson.

    COST: per batch of cards a fixed number of statements to expire; an activity costs
    what an activity costs. A run that is cut short is simply started again.
    """

    _inherit = "loyalty.card"

    @api.model
    def _cron_membership(self, batch_size=500):
        """Make missing cards, expire points, warn of points about to expire."""
        for program in self._get_membership_programs():
            company = program.company_id or self.env.company
            cards = in_language_of(company, self)
            cards._cron_membership_program(
                program, local_date(self.env.cr.now(), company), batch_size
            )

    @api.model
    def _cron_membership_program(self, program, today, batch_size):
        progress = self.env["ir.cron"]._commit_progress
        steps = (
            (self._get_cardless_customers, self._issue_cards),
            (self._get_cards_to_expire, self._expire_points),
            (self._get_cards_to_warn, self._warn_of_expiry),
        )
        for find, work in steps:
            while records := find(program, today, batch_size):
                locked = records.try_lock_for_update()
                work(locked, program, today)
                if not locked or not progress(len(locked)):
                    break

    @api.model
    def _get_membership_programs(self):
        ids = self.env["loyalty.program"]._get_membership_ids().values()
        return self.env["loyalty.program"].browse(ids)

    # ------------------------------------------------------------
    # MISSING CARDS
    # ------------------------------------------------------------

    @api.model
    def _get_cardless_customers(self, program, today, limit):
        tiers = self.env["crm.funnel.tier"]._get_member_tiers()
        partners = self.env["res.partner"]
        return partners.search(
            partners._get_funnel_customer_domain()
            & partners._get_tier_domain(tiers)
            & partners._get_served_domain(program)
            & ~Domain("member_card_ids.program_id", "in", program.ids),
            order="id",
            limit=limit,
        )

    @api.model
    def _issue_cards(self, partners, program, today):
        partners._make_member_cards(program)

    # ------------------------------------------------------------
    # EXPIRY
    # ------------------------------------------------------------

    @api.model
    def _get_cards_to_expire(self, program, today, limit):
        groups = self.env["loyalty.history"]._read_group(
            Domain("card_id.program_id", "=", program.id)
            & Domain("expiry_date", "<", today)
            & Domain("is_expiry_done", "=", False),
            ["card_id"],
            limit=limit,
        )
        return self.browse(card.id for (card,) in groups)

    @api.model
    def _expire_points(self, cards, program, today):
        """Take what is left of the points whose last day is over."""
        lots = self.env.execute_query_dict(
            SQL(
                """
                UPDATE loyalty_history line
                   SET is_expiry_done = TRUE, expired = round(lot.remaining::numeric, 2)
                  FROM (%s) lot
                 WHERE lot.id = line.id AND NOT lot.done AND lot.expiry_date < %s
             RETURNING line.card_id, line.expiry_date, line.expired
                """,
                PointLots(self.env).get_sql(SQL("SELECT unnest(%s)", cards.ids)),
                today,
            )
        )
        self.env["loyalty.history"].invalidate_model(["is_expiry_done", "expired"])
        entries = {}
        for lot in sorted(lots, key=lambda lot: lot["expiry_date"]):
            if lot["expired"] > 0:
                entry = entries.setdefault(lot["card_id"], {"used": 0})
                entry["used"] += lot["expired"]
                entry["day"] = lot["expiry_date"]
        self.with_context(**QUIET)._book(
            [
                {
                    "card_id": card_id,
                    "kind": "expiry",
                    "used": entry["used"],
                    "description": self.env._(
                        "Expired on %(day)s", day=format_date(self.env, entry["day"])
                    ),
                }
                for card_id, entry in entries.items()
            ]
        )

    # ------------------------------------------------------------
    # WARNING
    # ------------------------------------------------------------

    @api.model
    def _get_cards_to_warn(self, program, today, limit):
        if not program.point_warn_days:
            return self.browse()
        groups = self.env["loyalty.history"]._read_group(
            Domain("card_id.program_id", "=", program.id)
            & Domain("expiry_date", ">=", today)
            & Domain("expiry_date", "<=", today + timedelta(program.point_warn_days))
            & Domain("is_expiry_warned", "=", False),
            ["card_id"],
            limit=limit,
        )
        return self.browse(card.id for (card,) in groups)

    @api.model
    def _warn_of_expiry(self, cards, program, today):
        """Tell the salesperson of each card what will expire, once."""
        until = today + timedelta(program.point_warn_days)
        lots = PointLots(self.env).read_lots(cards, until)
        by_card = {card: [] for card in cards}
        for lot in lots:
            if not lot["warned"] and lot["expiry_date"] >= today:
                by_card[self.browse(lot["card_id"])].append(lot)
        for card, card_lots in by_card.items():
            if card_lots:
                card._warn_salesperson(card_lots)
        self.env["loyalty.history"].search(
            Domain("card_id", "in", cards.ids)
            & Domain("expiry_date", "<=", until)
            & Domain("is_expiry_warned", "=", False)
        ).is_expiry_warned = True

    def _warn_salesperson(self, lots):
        self.ensure_one()
        staff = self.partner_id.user_id.filtered("active")
        card = self.with_context(lang=staff.lang or self.env.lang)
        text = card.env._(
            "%(points)s of card %(number)s expire from %(day)s on",
            points=card._format_points(round(sum(l["remaining"] for l in lots), 2)),
            number=card.code,
            day=format_date(card.env, lots[0]["expiry_date"]),
        )
        if staff:
            self.partner_id.activity_schedule(
                ACTIVITY,
                date_deadline=fields.Date.to_date(lots[0]["expiry_date"]),
                summary=text,
                user_id=staff.id,
            )
        else:
            self._message_log(body=text)
