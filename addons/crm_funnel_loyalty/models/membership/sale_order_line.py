from odoo import api, models
from odoo.exceptions import ValidationError

from ...tools import is_change, pick

PAYS = {"points_cost", "coupon_id"}


class SaleOrderLine(models.Model):
    """Line of a reward: what it costs in points is the program's to say.

    SPECIFICATIONS
    * Over RPC nobody but a sales manager changes what a reward costs on a loyalty card,
      nor whose card pays; nobody at all makes a reward that adds points.
    * Core deletes the rewards of an order that was copied: the copies are nobody's.
    """

    _inherit = "sale.order.line"

    @api.constrains("points_cost", "coupon_id")
    def _check_points_cost(self):
        for line in self:
            if line.points_cost < 0 and line.coupon_id.program_type == "loyalty":
                raise ValidationError(
                    self.env._(
                        "A reward cannot cost less than no points (%(line)s).",
                        line=line.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse rewards on a card to whoever may not write its points.

        :raises AccessError: when a line is to be paid by a loyalty card
        """
        lines = super().create(vals_list)
        lines.coupon_id._check_may_write_points()
        return lines

    def write(self, vals):
        """Refuse it to whoever may not write points.

        :raises AccessError: also when the card only pays for the lines by this
        """
        asked = pick(vals, PAYS)
        if not any(is_change(line, asked) for line in self):
            return super().write(vals)
        self.coupon_id._check_may_write_points()
        result = super().write(vals)
        self.coupon_id._check_may_write_points()
        return result

    def copy_data(self, default=None):
        """The copy of a reward is paid by no card."""
        copies = super().copy_data(default)
        return [
            {name: value for name, value in vals.items() if name not in PAYS}
            for vals in copies
        ]

    def _reset_loyalty(self, complete=False):
        # sudo: core sets rewards back before it computes them anew
        super(SaleOrderLine, self.sudo())._reset_loyalty(complete)
        return self
