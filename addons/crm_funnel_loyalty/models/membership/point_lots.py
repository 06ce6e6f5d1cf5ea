"""Which points of cards are left, oldest first: one statement for any number."""

from odoo.tools import SQL


class PointLots:
    """The points that each line of history gained, and how many of them are left.

    What has been used is always the oldest: of a card with ``points`` left the newest
    lines make up the balance. Points that no line tells of (from before history was
    kept) never expire; points that are missing are taken from the oldest lines.
    """

    def __init__(self, env):
        self.env = env

    def get_sql(self, cards):
        """Rows: id, card_id, expiry_date, done, warned, remaining; one for each line of
        history, with nothing remaining of a line that gained nothing.

        :param SQL cards: statement that gives the ids of cards
        """
        self.env["loyalty.card"].flush_model(["points"])
        self.env["loyalty.history"].flush_model()
        return SQL(
            """
            SELECT lot.id, lot.card_id, lot.expiry_date, lot.done, lot.warned,
                   GREATEST(0, LEAST(lot.issued, lot.running - lot.gone)) AS remaining
              FROM (
                    SELECT line.id, line.card_id, line.expiry_date,
                           COALESCE(line.is_expiry_done, FALSE) AS done,
                           COALESCE(line.is_expiry_warned, FALSE) AS warned,
                           COALESCE(line.issued, 0) AS issued,
                           SUM(COALESCE(line.issued, 0)) OVER (
                               PARTITION BY line.card_id
                               ORDER BY line.expiry_date NULLS LAST, line.id
                           ) AS running,
                           SUM(COALESCE(line.issued, 0)) OVER card - LEAST(
                               COALESCE(card.points, 0),
                               SUM(COALESCE(line.issued, 0) - COALESCE(line.used, 0))
                                   OVER card
                           ) AS gone
                      FROM loyalty_history line
                      JOIN loyalty_card card ON card.id = line.card_id
                     WHERE line.card_id IN (%s)
                    WINDOW card AS (PARTITION BY line.card_id)
                   ) lot
            """,
            cards,
        )

    def read_lots(self, cards, until=None):
        """:return: dicts of what is left of the lines that expire up to a day"""
        if not cards:
            return []
        return self.env.execute_query_dict(
            SQL(
                "SELECT * FROM (%s) lot WHERE remaining > 0.004 AND expiry_date <= %s"
                " ORDER BY expiry_date, id",
                self.get_sql(SQL("SELECT unnest(%s)", cards.ids)),
                until or SQL("'infinity'::date"),
            )
        )
