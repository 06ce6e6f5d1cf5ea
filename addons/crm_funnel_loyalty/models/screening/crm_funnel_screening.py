from odoo import api, fields, models

from ...groups import SALES

SCREENED = ("fit", "can_pay")


class CrmFunnelScreening(models.AbstractModel):
    """The two questions of tier 1 (004.03): does the customer fit, and pay?

    SPECIFICATIONS
    * The same for leads and customers. Who answered last, and when, is written down by
      the system; nobody sets it by hand.
    """

    _name = "crm.funnel.screening"
    _description = "Screening of Target Customers"

    fit = fields.Selection(
        [("yes", "Fits"), ("maybe", "Perhaps"), ("no", "Does not fit")],
        string="Fits What We Sell",
        copy=False,
        groups=SALES,
    )
    can_pay = fields.Selection(
        [("yes", "Yes"), ("maybe", "Perhaps"), ("no", "No")],
        copy=False,
        groups=SALES,
    )
    screened_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        groups=SALES,
    )
    screened_date = fields.Datetime(
        string="Screened On",
        readonly=True,
        copy=False,
        groups=SALES,
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Who answered the questions is written down."""
        return super().create([self._sign_screening(vals) for vals in vals_list])

    def write(self, vals):
        """Who answered the questions is written down."""
        return super().write(self._sign_screening(vals))

    @api.model
    def _sign_screening(self, vals):
        vals = {
            name: value
            for name, value in vals.items()
            if name not in ("screened_by_id", "screened_date")
        }
        if not any(vals.get(name) for name in SCREENED):
            return vals
        return {
            **vals,
            "screened_by_id": self.env.uid,
            "screened_date": self.env.cr.now(),
        }

    def _get_screening(self):
        """Return the answers there are, to carry them on."""
        # sudo: the answers go along with the record, whoever carries it on
        record = self.sudo()
        return {name: record[name] for name in SCREENED if record[name]}
