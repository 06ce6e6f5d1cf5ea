from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...groups import SALES
from ...services.turnover import Turnover

PERIOD_DAYS = 90


class ProductProduct(models.Model):
    """Product with its stock turnover, where Inventory is installed (003.30, 003.31).

    SPECIFICATIONS
    * Sold: quantity of confirmed orders of the last 90 days, of all salespeople of the
      companies one works in. On hand: Odoo's own quantity in the same companies.
    * The turnover ratio divides what was sold by the average of the stock 90 days ago
      and today. See ``Turnover`` for days left and for what the state says.
    * Only for products whose inventory is tracked; without Inventory, for none.

    COST: a fixed number of queries, whatever the number of products; a search by state
    measures all tracked products.
    """

    _inherit = "product.product"

    turnover_sold_qty = fields.Float(
        string="Sold in 90 Days",
        compute="_compute_turnover",
        digits="Product Unit",
        groups=SALES,
    )
    turnover_on_hand_qty = fields.Float(
        string="In Stock",
        compute="_compute_turnover",
        digits="Product Unit",
        groups=SALES,
    )
    turnover_days_left = fields.Float(
        string="Days of Stock Left",
        compute="_compute_turnover",
        digits=(16, 0),
        groups=SALES,
        help="After so many days the stock is sold out, at the pace of the last 90.",
    )
    turnover_ratio = fields.Float(
        compute="_compute_turnover",
        digits=(16, 2),
        groups=SALES,
        help="How many times the average stock was sold in the last 90 days.",
    )
    turnover_state = fields.Selection(
        [
            ("out", "Out of stock"),
            ("low", "Less than 15 days"),
            ("fine", "Fine"),
            ("slow", "More than 180 days"),
            ("unsold", "In stock, not sold"),
            ("none", "No stock, not sold"),
        ],
        string="Stock Level",
        compute="_compute_turnover",
        search="_search_turnover_state",
        groups=SALES,
    )

    @api.depends_context("allowed_company_ids")
    def _compute_turnover(self):
        tracked = self.filtered_domain(self._get_turnover_domain())
        turnovers = tracked._get_turnovers()
        for product in self:
            turnover = turnovers.get(product.id)
            product.turnover_sold_qty = turnover and turnover.sold
            product.turnover_on_hand_qty = turnover and turnover.on_hand
            product.turnover_days_left = turnover and turnover.days_left
            product.turnover_ratio = turnover and turnover.ratio
            product.turnover_state = turnover and turnover.state

    @api.model
    def _search_turnover_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        tracked = self._get_turnover_domain()
        found = ~tracked if False in value else Domain.FALSE
        states = set(value) - {False}
        if states:
            turnovers = self.search(tracked)._get_turnovers()
            ids = [
                key for key, turnover in turnovers.items() if turnover.state in states
            ]
            found |= Domain("id", "in", ids)
        return found

    @api.model
    def _get_turnover_domain(self):
        """Which products are measured: none without Inventory."""
        if "stock.quant" in self.env:
            return Domain("is_storable", "=", True)
        return Domain.FALSE

    def _get_turnovers(self):
        """:return: the ``Turnover`` of each of these tracked products, by its id"""
        if not self:
            return {}
        begin = fields.Datetime.now() - timedelta(days=PERIOD_DAYS)
        sold = self._get_sold_quantities(begin)
        opening, on_hand = (self._get_on_hand(day) for day in (begin, False))
        return {
            key: Turnover(sold.get(key, 0.0), opening[key], on_hand[key], PERIOD_DAYS)
            for key in self.ids
        }

    def _get_sold_quantities(self, begin):
        """:return: quantities ordered since a moment, by product id"""
        # sudo: all orders empty the stock, not only one's own; a quantity names nobody
        report = self.env["sale.report"].sudo()
        groups = report._read_group(
            [
                ("product_id", "in", self.ids),
                ("company_id", "in", self.env.companies.ids),
                ("state", "in", report._get_done_states()),
                ("date", ">=", begin),
            ],
            ["product_id"],
            ["product_uom_qty:sum"],
        )
        return {product.id: quantity for product, quantity in groups}

    def _get_on_hand(self, moment):
        """:return: quantities in stock at a moment (False: now), by product id"""
        # sudo: a salesperson need not be an inventory user to know what there is
        figures = self.sudo()._compute_quantities_dict(None, None, None, to_date=moment)
        return {key: figure["qty_available"] for key, figure in figures.items()}
