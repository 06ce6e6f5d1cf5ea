from odoo import api, fields, models
from odoo.tools import SQL

from ...services.connect import orders
from ...services.connect.states import TABLES, find_word

# What happens with the sale order; what a person may set otherwise for each word.
ORDER_ACTIONS = {
    "new": "draft",
    "confirmed": "confirm",
    "shipping": "confirm",
    "done": "confirm",
    "cancelling": "nothing",
    "cancelled": "cancel",
    "returning": "confirm",
    "partial_return": "confirm",
    "returned": "cancel",
    "deleted": "cancel",
}


class CrmConnectorState(models.Model):
    """What a platform's word for the state of an order means, and what follows.

    SPECIFICATION
    - One row per platform and word; the rows to begin with come from
      ``services.connect.states`` and are added when they are missing, never put back to
      what they were: what people set holds.
    - ``state`` is the word in ours. ``order_action`` is what the sale order has to be
      then: a quotation, confirmed, cancelled, or left as it is.
    - A word without a row is unknown: its orders are kept and flagged. When a person
      adds the row, those orders follow. Orders whose state was known stay as they are.
    - Haravan and Sapo tell the state in several fields: their words are ours, unless
      the state is unknown (``paid|lost``).

    RIGHTS: sale admins and administrators; the table holds for all companies.

    COST: one query to look any number of words up.
    """

    _name = "crm.connector.state"
    _description = "State of Platform Orders"
    _order = "provider, state, raw_state"
    _rec_name = "raw_state"

    provider = fields.Selection(
        selection=lambda self: self._selection_provider(), required=True
    )
    raw_state = fields.Char(string="Platform's Word", required=True)
    state = fields.Selection(
        selection=lambda self: self._selection_state(), string="Means", required=True
    )
    order_action = fields.Selection(
        [
            ("draft", "Quotation"),
            ("confirm", "Confirmed"),
            ("cancel", "Cancelled"),
            ("nothing", "Left as It Is"),
        ],
        string="Sale Order",
        compute="_compute_order_action",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )

    _word_uniq = models.UniqueIndex(
        "(provider, raw_state)", "This word of the platform is already in the list."
    )

    @api.model
    def _selection_provider(self):
        labels = dict(
            self.env["crm.connector"]
            ._fields["provider"]
            ._description_selection(self.env)
        )
        return [(provider, labels.get(provider, provider)) for provider in TABLES]

    @api.model
    def _selection_state(self):
        field = self.env["crm.connector.order"]._fields["state"]
        known = field._description_selection(self.env)
        return [(state, label) for state, label in known if state in ORDER_ACTIONS]

    @api.depends("state")
    def _compute_order_action(self):
        for row in self:
            row.order_action = ORDER_ACTIONS.get(row.state, "nothing")

    @api.model_create_multi
    def create(self, vals_list):
        """A new word: the orders that wait for it follow."""
        rows = super().create([self._trim(vals) for vals in vals_list])
        rows._teach_orders()
        return rows

    def write(self, vals):
        """Another word: the orders that wait for it follow."""
        result = super().write(self._trim(vals))
        if {"provider", "raw_state"} & vals.keys():
            self._teach_orders()
        return result

    @api.model
    def _trim(self, vals):
        raw_state = vals.get("raw_state")
        return {**vals, "raw_state": raw_state.strip()} if raw_state else vals

    def _teach_orders(self):
        """Orders that wait for these words get their state and follow."""
        # sudo: who maps a word need not be allowed to sell in each shop's company
        waiting = self.env["crm.connector.order"].sudo()
        for provider, rows in self.grouped("provider").items():
            found = waiting.search(
                [
                    ("is_unknown_state", "=", True),
                    ("connector_id.provider", "=", provider),
                    ("raw_state", "in", rows.mapped("raw_state")),
                ]
            )
            by_word = {row.raw_state: row for row in rows}
            for word, orders_of in found.grouped("raw_state").items():
                row = by_word[word]
                orders_of.write(
                    {
                        "state": row.state,
                        "state_id": row.id,
                        "is_unknown_state": False,
                    }
                )
            found._apply()

    @api.model
    def _get_map(self, provider):
        """:return: dict of each known word of the platform to its row"""
        return {
            row.raw_state: row for row in self.search([("provider", "=", provider)])
        }

    @api.model
    def _read_state(self, provider, order, words):
        """What an ``Order`` of the services is by the table.

        :param words: what ``_get_map`` gave
        :return: ``(state, row or an empty record)``
        """
        row = words.get(find_word(provider, order), self.browse())
        known = order.state if order.state in orders.STATES else "unknown"
        return row.state or known, row

    @api.model
    def _add_missing(self):
        """Add the words that the services know and the table has no row for."""
        rows = [
            (provider, word, state, ORDER_ACTIONS[state])
            for provider, words in TABLES.items()
            for word, state in words.items()
        ]
        values = SQL(", ").join(
            SQL("(%s, %s, %s, %s, %s, %s, now(), now())", *row, *(self.env.uid,) * 2)
            for row in rows
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_connector_state
                       (provider, raw_state, state, order_action,
                        create_uid, write_uid, create_date, write_date)
                VALUES %s ON CONFLICT (provider, raw_state) DO NOTHING
                """,
                values,
            )
        )
