"""The statements behind ``res.partner._recompute_funnel_tier``.

Not a model: a short-lived worker that holds what one recomputation needs.
"""

from odoo import fields
from odoo.tools import SQL

from ..services.funnel import Facts, Window, reached_tier
from ..tools import local_date
from .funnel_facts import FunnelFacts


class FunnelRecompute:
    """One recomputation of tiers, in a fixed number of SQL statements.

    1. whom it concerns (customers and their referrers), 2. what their documents say,
    3. one UPDATE of customers, 4. one UPDATE of their contacts, 5. one INSERT of moves.
    3 and 5 only when something changed.
    """

    def __init__(self, partners, at=None):
        self.env = partners.env
        self.partners = partners
        self.now = self.env.cr.now()
        self.at = at
        self.moment = at or self.now.replace(microsecond=0)
        # sudo: tiers are read on behalf of the suite, whoever presses the button
        self.tiers = self.env["crm.funnel.tier"].sudo().search([("code", "!=", False)])
        self.tier_by_id = {tier.id: tier for tier in self.tiers}
        self.rules = self.tiers._get_rules()

    def run(self):
        self._flush()
        ids = self._get_customer_ids()
        if not ids or not self.rules:
            return
        changes = [
            change
            for row in FunnelFacts(self.tiers, self.at).read_rows(ids)
            if (change := self._get_change(row))
        ]
        self._write_customers(changes)
        self._sync_contacts(ids)
        moves = [change["move"] for change in changes if change["move"]]
        if moves:
            self.env["crm.funnel.tier.move"]._insert(moves)
            self.env["crm.funnel.tier.move"].invalidate_model()

    def sync_contacts(self):
        """Copy the figures of customers to their contacts."""
        self._flush()
        self._sync_contacts(self.partners.ids)

    # ------------------------------------------------------------
    # READ
    # ------------------------------------------------------------

    def _flush(self):
        self.env["res.partner"].flush_model()
        self.env["sale.order"].flush_model()
        self.env["crm.lead"].flush_model()

    def _get_customer_ids(self):
        """Commercial partners of the given partners and of those who referred them."""
        rows = self.env.execute_query(
            SQL(
                """
                WITH customer AS (
                    SELECT DISTINCT commercial_partner_id AS id
                      FROM res_partner WHERE id = ANY(%s)
                )
                SELECT id FROM customer WHERE id IS NOT NULL
                 UNION
                SELECT referrer.commercial_partner_id
                  FROM customer
                  JOIN res_partner referred
                    ON referred.commercial_partner_id = customer.id
                  JOIN res_partner referrer ON referrer.id = referred.referrer_id
                 WHERE referrer.commercial_partner_id IS NOT NULL
                """,
                self.partners.ids,
            )
        )
        return [row[0] for row in rows]

    # ------------------------------------------------------------
    # DECIDE
    # ------------------------------------------------------------

    def _get_change(self, row):
        """Return what to write for one customer, or None when nothing changes."""
        facts = Facts(
            has_opportunity=bool(row["lead_id"]),
            has_quotation=bool(row["quotation_id"]),
            referrals=row["referral_count"] or 0,
            windows={
                tier.id: Window(
                    row[f"orders_{tier.id}"] or 0,
                    float(row[f"amount_{tier.id}"] or 0.0),
                )
                for tier in self.tiers
            },
        )
        tier = self.tier_by_id[reached_tier(self.rules, facts).id]
        known = self.tier_by_id.get(row["funnel_tier_id"])
        peak = self._get_peak(tier, row["funnel_tier_peak_id"])
        moved = tier != known
        if not (
            moved
            or row["last_order"] != row["known_last_order"]
            or peak.id != row["funnel_tier_peak_id"]
        ):
            return None
        date = self._get_move_date(row, tier, known)
        return {
            "id": row["id"],
            "tier_id": tier.id,
            "peak_id": peak.id,
            "since": local_date(date, self.env.company) if moved else None,
            "last_order": row["last_order"],
            # that a customer is on file is not a move
            "move": self._prepare_move(row, facts, tier, known, date)
            if moved and (known or tier != self.tiers[0])
            else None,
        }

    def _get_peak(self, tier, known_peak_id):
        peak = self.tier_by_id.get(known_peak_id)
        return peak if peak and peak.sequence > tier.sequence else tier

    def _get_move_date(self, row, tier, known):
        """When the customer moved: now, but the first tier ever given (when the addon
        is installed over old documents) dates from the document that proves it."""
        if known:
            return self.moment
        return self._get_proof(row, tier)[2] or row["create_date"] or self.moment

    def _prepare_move(self, row, facts, tier, known, date):
        down = bool(known) and known.sequence > tier.sequence
        model, res_id, __ = self._get_proof(row, tier)
        if down:
            model, res_id = self._get_cause(row) or (model, res_id)
        window = facts.window(tier.id)
        return {
            "partner_id": row["id"],
            "from_tier_id": known.id if known else None,
            "to_tier_id": tier.id,
            "direction": "down" if down else "up",
            "date": date,
            "document": f"{model},{res_id}",
            "company_id": self.env.company.id,
            "currency_id": self.env.company.currency_id.id,
            "order_count": window.orders,
            "order_amount": self.env.company.currency_id.round(window.amount),
            "referral_count": facts.referrals,
            "window_months": tier.window_months,
        }

    def _get_proof(self, row, tier):
        """Return model, id and date of the document that puts the customer there."""
        proofs = {
            "opportunity": ("crm.lead", row["lead_id"], row["lead_date"]),
            "quotation": ("sale.order", row["quotation_id"], row["quotation_date"]),
            "order": ("sale.order", row["order_id"], row["last_order"]),
            "referral": ("res.partner", row["referral_id"], row["referral_date"]),
        }
        kind = tier.code
        if kind in tier._get_threshold_codes():
            referred = tier.min_referrals and not (tier.min_orders or tier.min_amount)
            kind = "referral" if referred else "order"
        proof = proofs.get(kind)
        return proof if proof and proof[1] else ("res.partner", row["id"], None)

    def _get_cause(self, row):
        """Return the document that was cancelled or lost in this transaction."""
        if row["cancelled_id"]:
            return "sale.order", row["cancelled_id"]
        if row["lost_lead_id"]:
            return "crm.lead", row["lost_lead_id"]
        return None

    # ------------------------------------------------------------
    # WRITE
    # ------------------------------------------------------------

    def _write_customers(self, changes):
        if not changes:
            return
        self.env.execute_query(
            SQL(
                """
                UPDATE res_partner p
                   SET funnel_tier_id = v.tier_id,
                       funnel_tier_peak_id = v.peak_id,
                       funnel_tier_since = COALESCE(v.since, p.funnel_tier_since),
                       last_order_date = v.last_order,
                       write_date = %(now)s
                  FROM unnest(%(ids)s::int[], %(tiers)s::int[], %(peaks)s::int[],
                              %(sinces)s::date[], %(orders)s::timestamp[])
                       AS v(id, tier_id, peak_id, since, last_order)
                 WHERE p.id = v.id
                """,
                now=self.now,
                ids=[change["id"] for change in changes],
                tiers=[change["tier_id"] for change in changes],
                peaks=[change["peak_id"] for change in changes],
                sinces=[fields.Date.to_string(c["since"]) or None for c in changes],
                orders=[change["last_order"] for change in changes],
            )
        )
        self._invalidate_partners()

    def _sync_contacts(self, ids):
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE res_partner contact
                   SET funnel_tier_id = p.funnel_tier_id,
                       funnel_tier_peak_id = p.funnel_tier_peak_id,
                       funnel_tier_since = p.funnel_tier_since,
                       last_order_date = p.last_order_date
                  FROM res_partner p
                 WHERE p.id = ANY(%s)
                   AND contact.commercial_partner_id = p.id
                   AND contact.id <> p.id
                   AND (contact.funnel_tier_id, contact.funnel_tier_peak_id,
                        contact.funnel_tier_since, contact.last_order_date)
                       IS DISTINCT FROM
                       (p.funnel_tier_id, p.funnel_tier_peak_id,
                        p.funnel_tier_since, p.last_order_date)
             RETURNING contact.id
                """,
                list(ids),
            )
        )
        if rows:
            self._invalidate_partners()

    def _invalidate_partners(self):
        self.env["res.partner"].invalidate_model(
            [
                "funnel_tier_id",
                "funnel_tier_peak_id",
                "funnel_tier_since",
                "last_order_date",
                "funnel_tier_color",
                "funnel_move_count",
            ]
        )
