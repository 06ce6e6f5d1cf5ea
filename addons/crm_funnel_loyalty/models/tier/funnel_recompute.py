"""The statement behind ``res.partner._recompute_funnel_tier``.

Not a model: a short-lived worker that holds what one recomputation needs.
"""

from odoo.tools import SQL

from .funnel_facts import FunnelFacts
from .funnel_rhythm import get_lapse_sql, get_next_order_sql
from .funnel_statement import MANY, FunnelParams, FunnelStatement

# What the figures of customers follow from, and the figures themselves.
DEPENDS = {
    "res.partner": (
        "parent_id",
        "commercial_partner_id",
        "referrer_id",
        "funnel_tier_id",
        "funnel_tier_peak_id",
        "funnel_tier_since",
        "funnel_tier_until",
        "last_order_date",
        "has_open_quotation",
    ),
    "sale.order": (
        "partner_id",
        "state",
        "date_order",
        "amount_untaxed",
        "currency_rate",
        "funnel_confirm_date",
        "funnel_cancel_date",
    ),
    "crm.lead": ("partner_id", "type", "active", "date_conversion", "date_closed"),
}
COPIED = (
    "funnel_tier_id",
    "funnel_tier_peak_id",
    "funnel_tier_since",
    "last_order_date",
    "has_open_quotation",
)
WRITTEN = (
    *COPIED,
    "funnel_tier_until",
    "next_order_date",
    "lapse_date",
    "funnel_tier_color",
    "funnel_next_text",
    "funnel_move_count",
)


class FunnelRecompute:
    """One recomputation of tiers: one SQL statement, whatever the number of customers
    (how it is run: ``FunnelStatement``).

    It finds out whom it concerns (customers and their referrers), what their documents
    say (``FunnelFacts``), and writes what has changed: customers, the copies of their
    contacts, and the moves. Nothing else is written, nor is ``write_date``: nobody has
    edited the customer.
    """

    def __init__(self, partners, at=None, params=None):
        self.env = partners.env
        self.partners = partners
        self.params = params or FunnelParams.of(self.env, partners.ids)
        self.facts = FunnelFacts(self.env, at)
        self.facts.now = self.params.now
        self.tier_ids = [rule.id for rule in self.facts.rules]

    def run(self):
        """Bring everything up to date; return the customers that moved."""
        Partner = self.env["res.partner"]
        if not self.partners or not self.tier_ids:
            return Partner
        self._flush()
        rows = self._execute()
        if not rows:
            return Partner
        self._invalidate()
        warned = [row[0] for row in rows if row[2]]
        if warned:
            Partner.browse(warned)._drop_funnel_warnings()
        return Partner.browse([row[0] for row in rows if row[1]])

    def _execute(self):
        statement = FunnelStatement(self.env)
        if not statement.is_prepared_for(self.facts, self.partners):
            return statement.run(self.get_statement(), len(self.partners) > MANY)
        prepared = self.env["crm.funnel.tier"]._get_prepared_recompute(self.facts.today)
        return statement.run_prepared(prepared, self.params)

    def read_receipts(self):
        """Return what a move to the tier of the moment would tell, per customer; writes
        nothing."""
        self._flush()
        values = self._prepare_move()
        return self.env.execute_query_dict(
            SQL(
                "WITH %s, decided AS (%s) SELECT %s FROM decided AS reached",
                self.facts.get_with(self._get_customers_sql()),
                self._get_decided_sql(),
                SQL(", ").join(
                    SQL("%s AS %s", value, SQL.identifier(name))
                    for name, value in values.items()
                ),
            )
        )

    def sync_contacts(self):
        """Copy the figures of customers to their contacts."""
        self._flush()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE res_partner contact SET %(set)s
                  FROM res_partner p
                 WHERE p.id = ANY(%(ids)s)
                   AND contact.commercial_partner_id = p.id
                   AND contact.id <> p.id
                   AND (%(there)s) IS DISTINCT FROM (%(wanted)s)
             RETURNING contact.id
                """,
                set=SQL(", ").join(
                    SQL("%s = p.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in COPIED
                ),
                ids=self.partners.ids,
                there=self._list("contact", COPIED),
                wanted=self._list("p", COPIED),
            )
        )
        if rows:
            self._invalidate()

    def _flush(self):
        for model, names in DEPENDS.items():
            self.env[model].flush_model(names)

    def _invalidate(self):
        self.env["res.partner"].invalidate_model(WRITTEN)
        self.env["crm.funnel.tier.move"].invalidate_model()

    def _list(self, alias, names):
        return SQL(", ").join(SQL.identifier(alias, name) for name in names)

    # ------------------------------------------------------------
    # SQL
    # ------------------------------------------------------------

    def get_statement(self):
        """Rows: id, whether the customer moved, whether a warning has had its day."""
        return SQL(
            """
            WITH %(facts)s,
            decided AS (%(decided)s),
            change AS (
                SELECT * FROM decided
                 WHERE is_moved
                    OR peak_id IS DISTINCT FROM old_peak_id
                    OR last_order IS DISTINCT FROM old_last_order
                    OR has_quotation IS DISTINCT FROM old_has_quotation
            ),
            moves AS (%(moves)s),
            customers AS (%(customers)s),
            contacts AS (%(contacts)s)
            SELECT id, is_moved AND old_tier_id IS NOT NULL,
                   funnel_tier_until IS NOT NULL
                   AND (is_moved OR last_order IS DISTINCT FROM old_last_order)
              FROM change
             UNION ALL
            SELECT id, FALSE, FALSE FROM contacts
            """,
            facts=self.facts.get_with(self._get_customers_sql()),
            decided=self._get_decided_sql(),
            moves=self._get_moves_sql(),
            customers=self._get_update_sql(),
            contacts=self._get_contacts_sql(),
        )

    def _get_customers_sql(self):
        """Commercial partners of the given partners and of those who referred them."""
        return SQL(
            """
            SELECT commercial_partner_id AS id
              FROM res_partner
             WHERE id = ANY(%(ids)s) AND commercial_partner_id IS NOT NULL
             UNION
            SELECT referrer.commercial_partner_id
              FROM res_partner given
              JOIN res_partner referred
                ON referred.commercial_partner_id = given.commercial_partner_id
               AND referred.referrer_id IS NOT NULL
              JOIN res_partner referrer ON referrer.id = referred.referrer_id
             WHERE given.id = ANY(%(ids)s)
               AND referrer.commercial_partner_id IS NOT NULL
            """,
            ids=self.params.ids,
        )

    def _get_decided_sql(self):
        """Per customer what is to be there. A first tier (when the addon is installed
        over old documents) dates from the document that proves it; a move, from now."""
        moment = SQL(
            "CASE WHEN old_tier_id IS NULL"
            " THEN COALESCE(%(proof_date)s, create_date, %(now)s) ELSE %(now)s END",
            proof_date=self._get_proof(1),
            now=self.facts.moment,
        )
        tiers = SQL("%s::int[]", self.tier_ids)
        return SQL(
            """
            SELECT *, is_moved AND (old_tier_id IS NOT NULL OR rank > 1) AS is_told,
                   CASE WHEN is_moved THEN %(day)s ELSE old_since END AS since,
                   CASE WHEN array_position(%(tiers)s, old_peak_id) > rank
                        THEN old_peak_id ELSE tier_id END AS peak_id
              FROM (
                    SELECT reached.*,
                           (%(tiers)s)[rank] AS tier_id,
                           (%(tiers)s)[rank] IS DISTINCT FROM old_tier_id AS is_moved,
                           COALESCE(
                               array_position(%(tiers)s, old_tier_id) > rank, FALSE)
                               AS is_down,
                           quotation_id IS NOT NULL AS has_quotation,
                           %(moment)s AS moment
                      FROM reached
                   ) reached
            """,
            tiers=tiers,
            day=self.facts.get_local_day(SQL("moment")),
            moment=moment,
        )

    def _get_update_sql(self):
        ordered = SQL("change.last_order IS DISTINCT FROM p.last_order_date")
        day = self.facts.get_local_day(SQL("change.last_order"))
        cycle = SQL("p.buying_cycle_days")
        return SQL(
            """
            UPDATE res_partner p
               SET funnel_tier_id = change.tier_id,
                   funnel_tier_peak_id = change.peak_id,
                   funnel_tier_since = change.since,
                   funnel_tier_until = CASE WHEN change.is_moved OR %(ordered)s
                       THEN NULL ELSE p.funnel_tier_until END,
                   last_order_date = change.last_order,
                   has_open_quotation = change.has_quotation,
                   next_order_date = CASE WHEN %(ordered)s
                       THEN %(next)s ELSE p.next_order_date END,
                   lapse_date = CASE WHEN %(ordered)s
                       THEN %(lapse)s ELSE p.lapse_date END
              FROM change
             WHERE p.id = change.id
            """,
            ordered=ordered,
            next=get_next_order_sql(day, cycle),
            lapse=get_lapse_sql(day, cycle),
        )

    def _get_contacts_sql(self):
        wanted = SQL(
            "decided.tier_id, decided.peak_id, decided.since, decided.last_order,"
            " decided.has_quotation"
        )
        return SQL(
            """
            UPDATE res_partner contact SET (%(names)s) = ROW(%(wanted)s)
              FROM decided
             WHERE contact.commercial_partner_id = decided.id
               AND contact.id <> decided.id
               AND (%(there)s) IS DISTINCT FROM (%(wanted)s)
         RETURNING contact.id
            """,
            names=SQL(", ").join(map(SQL.identifier, COPIED)),
            there=self._list("contact", COPIED),
            wanted=wanted,
        )

    # ------------------------------------------------------------
    # MOVES
    # ------------------------------------------------------------

    def _get_moves_sql(self):
        values = self._prepare_move()
        return SQL(
            "INSERT INTO crm_funnel_tier_move (%s) SELECT %s FROM change AS reached"
            " WHERE reached.is_told",
            SQL(", ").join(map(SQL.identifier, values)),
            SQL(", ").join(values.values()),
        )

    def _prepare_move(self):
        """Return column and SQL, in terms of ``reached``, of what a move is told with.

        :rtype: dict
        """
        settings = self.facts.settings
        user, now = self.params.uid, self.facts.now
        return {
            "create_uid": user,
            "create_date": now,
            "write_uid": user,
            "write_date": now,
            "partner_id": SQL("reached.id"),
            "from_tier_id": SQL("reached.old_tier_id"),
            "to_tier_id": SQL("reached.tier_id"),
            "direction": SQL("CASE WHEN reached.is_down THEN 'down' ELSE 'up' END"),
            "date": SQL("reached.moment"),
            "document": SQL(
                "COALESCE(CASE WHEN reached.is_down THEN %s END, %s,"
                " 'res.partner,' || reached.id)",
                self._get_cause(),
                self._get_proof(0),
            ),
            "company_id": self._get_company_sql(),
            "currency_id": SQL("%s", settings.currency_id),
            "order_count": self._by_window(0),
            "order_amount": SQL("round(%s, %s)", self._by_window(1), settings.digits),
            "referral_count": SQL("reached.referral_count"),
            "window_months": self.facts.by_rank(
                SQL("%s", rule.window_months) for rule in self.facts.rules
            ),
        }

    def _by_window(self, index):
        """Number (0) or amount (1) of the orders that the tier's own period counts."""
        none = SQL("0")
        return SQL(
            "COALESCE((%s)::numeric, 0)",
            self.facts.by_rank(
                self.facts.get_window_names(rule.window_months)[index]
                if rule.code in self.env["crm.funnel.tier"]._get_threshold_codes()
                else none
                for rule in self.facts.rules
            ),
        )

    def _get_proof(self, index):
        """Return the SQL of the document (0) that proves each tier, its date (1), and
        its id where it is an order (2) or an opportunity (3)."""
        order = (
            "'sale.order,' || reached.order_id",
            "reached.last_order",
            "reached.order_id",
            "NULL::int",
        )
        referral = (
            "'res.partner,' || reached.referral_id",
            "reached.referral_date",
            "NULL::int",
            "NULL::int",
        )
        proofs = {
            "target": ("NULL", "NULL::timestamp", "NULL::int", "NULL::int"),
            "opportunity": (
                "'crm.lead,' || reached.lead_id",
                "reached.lead_date",
                "NULL::int",
                "reached.lead_id",
            ),
            "quotation": (
                "'sale.order,' || reached.quotation_id",
                "reached.quotation_date",
                "reached.quotation_id",
                "NULL::int",
            ),
        }
        return self.facts.by_rank(
            SQL(
                proofs.get(
                    rule.code,
                    order if rule.min_orders or rule.min_amount else referral,
                )[index]
            )
            for rule in self.facts.rules
        )

    def _get_company_sql(self):
        """The company of the proof, else the user's."""
        return SQL(
            "COALESCE((SELECT company_id FROM sale_order WHERE id = %s),"
            " (SELECT company_id FROM crm_lead WHERE id = %s), %s)",
            self._get_proof(2),
            self._get_proof(3),
            self.params.company,
        )

    def _get_cause(self):
        """The document that was cancelled or lost in this transaction."""
        return SQL(
            "COALESCE('sale.order,' || reached.cancelled_id,"
            " 'crm.lead,' || reached.lost_lead_id)"
        )
