from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_amount, format_date

from ...groups import ALL_CUSTOMERS, SALES
from ...services.funnel import next_tier
from .funnel_look import FunnelLook
from .funnel_recompute import FunnelRecompute

FALL_ACTIVITY = "crm_funnel_loyalty.mail_activity_type_fall"


class ResPartner(models.Model):
    """Customer whose tier is explained: why, what is missing, when it falls.

    SPECIFICATIONS: WORDS
    * ``funnel_reason`` is the rule of the last move, ``funnel_next_text`` what is
      missing for the next tier in use. Both are told to whoever may see the moves: the
      customer's salesperson, everybody when there is none, and managers.
    * ``get_funnel_tier_at`` tells the tier of any past moment from the documents.

    SPECIFICATIONS: WARNING
    * The nightly run finds who will go down within the ``warn_days`` of the tier when
      nothing happens, writes down the day (``funnel_tier_until``) and plans an activity
      for the salesperson, once. A new order or a move takes both away.

    COST: the words need two statements for any number of customers. Warnings need a
    fixed number per tier with a period.
    """

    _inherit = "res.partner"

    funnel_reason = fields.Char(
        string="Why", compute="_compute_funnel_reason", groups=SALES
    )
    funnel_next_text = fields.Char(
        string="Next Tier", compute="_compute_funnel_next_text", groups=SALES
    )

    @api.depends("funnel_tier_id")
    @api.depends_context("lang", "uid")
    def _compute_funnel_reason(self):
        newest = dict(
            self.env["crm.funnel.tier.move"]._read_group(
                [("partner_id", "in", self.commercial_partner_id.ids)],
                ["partner_id"],
                ["id:recordset"],
            )
        )
        for partner in self:
            moves = newest.get(partner.commercial_partner_id._origin)
            move = moves and moves.sorted("id")[-1:]
            partner.funnel_reason = move.rule if move else False

    @api.depends("funnel_tier_id", "last_order_date")
    @api.depends_context("lang", "uid")
    def _compute_funnel_next_text(self):
        self.funnel_next_text = False
        told = self._filter_funnel_told()
        if not told:
            return
        look = FunnelLook(self.env)
        looks = look.get_looks(told.commercial_partner_id._origin.ids)
        for partner in told:
            one = looks.get(partner.commercial_partner_id._origin.id)
            rule = one and next_tier(look.facts.rules, one.rule)
            if rule:
                missing = rule.missing(one.facts, look.today)
                partner.funnel_next_text = self._get_next_text(rule, missing)

    def _filter_funnel_told(self):
        """Return those of whom the user may know the documents' figures."""
        if self.env.su or any(self.env.user.has_group(name) for name in ALL_CUSTOMERS):
            return self
        mine = (self.env.user, self.env["res.users"])
        return self.filtered(lambda p: p.commercial_partner_id.user_id in mine)

    @api.model
    def _get_next_text(self, rule, missing):
        tier = self.env["crm.funnel.tier"].browse(rule.id).name
        documents = {
            "opportunity": self.env._("an opportunity"),
            "quotation": self.env._("a quotation"),
        }
        text = documents.get(missing.document) or self._get_missing_text(missing)
        return self.env._("%(missing)s until “%(tier)s”", missing=text, tier=tier)

    @api.model
    def _get_missing_text(self, missing):
        """Say what is missing: “2 more orders and 15,000,000 ₫”."""
        settings = self.env["crm.funnel.tier"]._get_funnel_settings()
        parts = []
        if missing.orders == 1:
            parts.append(self.env._("1 more order"))
        elif missing.orders:
            parts.append(self.env._("%(count)s more orders", count=missing.orders))
        if missing.amount:
            currency = self.env["res.currency"].browse(settings.currency_id)
            parts.append(format_amount(self.env, missing.amount, currency))
        if missing.referrals == 1:
            parts.append(self.env._("1 referred customer who buys"))
        elif missing.referrals:
            parts.append(
                self.env._(
                    "%(count)s referred customers who buy", count=missing.referrals
                )
            )
        return self.env._(" and ").join(parts)

    # ------------------------------------------------------------
    # A PAST DATE
    # ------------------------------------------------------------

    def get_funnel_tier_at(self, at):
        """Tell, from the documents, the tier these customers were on at a moment.

        :param at: naive UTC datetime, or its text
        :return: the code of the tier by id of the partner
        :rtype: dict
        """
        try:
            moment = fields.Datetime.to_datetime(at)
        except (TypeError, ValueError):
            moment = None
        if not moment:
            raise UserError(
                self.env._("Tell the moment as a date and time: 2026-01-31 09:30:00.")
            )
        receipts = self._get_funnel_receipts(moment)
        return {
            partner.id: receipts[partner.commercial_partner_id.id].to_tier_id.code
            for partner in self
        }

    def _get_funnel_receipts(self, at):
        """Return a move that is not stored, per id of the commercial partner."""
        self.check_access("read")
        if not self.env.user.has_group(SALES) or self._filter_funnel_told() != self:
            raise AccessError(
                self.env._(
                    "You can see the receipts of your own customers only. Ask the "
                    "customer's salesperson."
                )
            )
        at = min(at, self.env.cr.now())
        # sudo: the receipt counts all orders, as the tier does
        rows = FunnelRecompute(self.sudo(), at.replace(microsecond=0)).read_receipts()
        moves = self.env["crm.funnel.tier.move"]
        told = set(moves._fields) - set(models.MAGIC_COLUMNS)
        return {
            row["partner_id"]: moves.new(
                {name: row[name] for name in row if name in told} | {"direction": "up"}
            )
            for row in rows
        }

    # ------------------------------------------------------------
    # WARNINGS
    # ------------------------------------------------------------

    @api.model
    def _warn_funnel_falls(self):
        """Write down who is about to go down, and tell the salespeople, once each."""
        rules = self.env["crm.funnel.tier"]._get_funnel_settings().rules
        tiers = self.env["crm.funnel.tier"].browse(rule.id for rule in rules)
        for rank, (rule, tier) in enumerate(zip(rules, tiers, strict=True), start=1):
            if rule.window_months and rule.is_in_use:
                self._warn_funnel_falls_from(rule, rank, tier.warn_days)

    @api.model
    def _warn_funnel_falls_from(self, rule, rank, warn_days):
        domain = Domain("funnel_tier_id", "=", rule.id)
        customers = self.search(domain & self._get_funnel_recompute_domain())
        days = self._get_funnel_falls(customers, rule, rank, warn_days)
        known = self.search(
            Domain("id", "in", customers.ids) & Domain("funnel_tier_until", "!=", False)
        )
        saved = known.filtered(lambda partner: partner.id not in days)
        self._write_funnel_until(dict.fromkeys(saved.ids) | days)
        saved._drop_funnel_warnings()
        fresh = self.browse(list(days)) - known
        fresh._plan_funnel_warnings(rule)

    @api.model
    def _get_funnel_falls(self, customers, rule, rank, warn_days):
        """Return the last day on the tier by id, of those who are about to go down."""
        if not customers or not warn_days:
            return {}
        then = fields.Datetime.add(self.env.cr.now(), days=warn_days)
        falling = FunnelLook(self.env, then).read_fallen(customers.ids, rank)
        looks = FunnelLook(self.env).get_looks(falling) if falling else {}
        days = {key: rule.last_day(look.facts) for key, look in looks.items()}
        return {key: day for key, day in days.items() if day}

    @api.model
    def _write_funnel_until(self, days):
        if not days:
            return
        self.flush_model(["funnel_tier_until"])
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE res_partner p SET funnel_tier_until = v.day
                  FROM unnest(%s::int[], %s::date[]) AS v(id, day)
                 WHERE p.id = v.id AND p.funnel_tier_until IS DISTINCT FROM v.day
             RETURNING p.id
                """,
                list(days),
                list(days.values()),
            )
        )
        if rows:
            self.invalidate_model(["funnel_tier_until"])

    def _plan_funnel_warnings(self, rule):
        """Plan one activity per customer for its salesperson, silently."""
        responsible = self.filtered("user_id")
        looks = FunnelLook(self.env).get_looks(responsible.ids) if responsible else {}
        # sudo: the cron plans for whoever looks after the customer
        activities = self.env["mail.activity"].sudo()
        activities.with_context(mail_activity_quick_update=True).create(
            [
                partner.with_context(lang=partner.user_id.lang)._prepare_funnel_warning(
                    rule, looks[partner.id]
                )
                for partner in responsible
            ]
        )

    def _prepare_funnel_warning(self, rule, look):
        self.ensure_one()
        kind = self.env.ref(FALL_ACTIVITY)
        until = self.funnel_tier_until
        missing = rule.missing(look.facts, fields.Date.add(until, days=1))
        tier = self.env["crm.funnel.tier"].browse(rule.id)
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "activity_type_id": kind.id,
            "user_id": self.user_id.id,
            "date_deadline": FunnelLook(self.env).today,
            "automated": True,
            "summary": self.env._(
                "Falls from “%(tier)s” after %(day)s",
                tier=tier.name,
                day=format_date(self.env, until),
            ),
            "note": self.env._(
                "What keeps “%(tier)s”: %(missing)s.",
                tier=tier.name,
                missing=self._get_missing_text(missing),
            ),
        }

    def _drop_funnel_warnings(self):
        """Take away the warnings of customers that are no longer about to go down."""
        kind = self.env.ref(FALL_ACTIVITY, raise_if_not_found=False)
        if self and kind:
            # sudo: the warning is the suite's own, whoever confirms the order
            self.env["mail.activity"].sudo().search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "=", kind.id),
                ]
            ).unlink()
