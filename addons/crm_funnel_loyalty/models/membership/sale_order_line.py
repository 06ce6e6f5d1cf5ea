from odoo import api, models
from odoo.exceptions import AccessError, ValidationError

from ...tools import is_change, pick


class SaleOrderLine(models.Model):
    """Line of a reward: what it costs in points is the program's to say.

    SPECIFICATIONS
    * Over RPC nobody but a sales manager changes what a reward costs on a loyalty card,
      nor whose card pays; nobody at all makes a reward that adds points.
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

    def write(self, vals):
        """Refuse it to whoever may not write points."""
        asked = pick(vals, {"points_cost", "coupon_id"})
        is_asked = any(is_change(line, asked) for line in self)
        if is_asked and not self.coupon_id._may_write_points():
            raise AccessError(self.coupon_id._get_points_refusal())
        return super().write(vals)

    def _reset_loyalty(self, complete=False):
        # sudo: core sets rewards back before it computes them anew
        super(SaleOrderLine, self.sudo())._reset_loyalty(complete)
        return self
