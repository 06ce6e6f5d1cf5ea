from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_amount

VALUE_LIMITS = (
    "order_value_limit_1",
    "order_value_limit_2",
    "order_value_limit_3",
    "order_value_limit_4",
)


class ResCompany(models.Model):
    """Where the value bands of orders begin and end (003.51).

    SPECIFICATIONS
    * Four limits make five bands. An order of exactly a limit is in the band above.
    * Limits are amounts with taxes in the company's currency; the defaults are dong.
    * Limits that do not rise raise ValidationError.
    """

    _inherit = "res.company"

    order_value_limit_1 = fields.Monetary(string="First Limit", default=1000000)
    order_value_limit_2 = fields.Monetary(string="Second Limit", default=5000000)
    order_value_limit_3 = fields.Monetary(string="Third Limit", default=20000000)
    order_value_limit_4 = fields.Monetary(string="Fourth Limit", default=100000000)

    @api.constrains(*VALUE_LIMITS)
    def _check_order_value_limits(self):
        for company in self:
            limits = company._get_order_value_limits()
            if any(high <= low for low, high in pairwise([0.0, *limits])):
                raise ValidationError(
                    self.env._(
                        "The limits of the value bands of %(company)s must be above "
                        "zero, and each higher than the one before: %(limits)s.",
                        company=company.name,
                        limits=" < ".join(company._get_order_value_texts()),
                    )
                )

    def _get_order_value_limits(self):
        """:return: the four limits, in the company's currency"""
        self.ensure_one()
        return [self[name] for name in VALUE_LIMITS]

    def _get_order_value_texts(self):
        """:return: the four limits as the user reads amounts"""
        self.ensure_one()
        currency = self.currency_id
        # without decimals there are no zeroes to drop but those of the thousands
        options = {"trailing_zeroes": not currency.decimal_places}
        return [
            format_amount(self.env, limit, currency, **options)
            for limit in self._get_order_value_limits()
        ]

    def _get_order_value_bands(self):
        """Return the bands as (key, label); the key is how many limits are reached.

        :rtype: list[tuple[str, str]]
        """
        texts = self._get_order_value_texts()
        labels = [
            self.env._("Under %(limit)s", limit=texts[0]),
            *(
                self.env._("%(low)s to under %(high)s", low=low, high=high)
                for low, high in pairwise(texts)
            ),
            self.env._("%(limit)s and more", limit=texts[-1]),
        ]
        return [(str(reached), label) for reached, label in enumerate(labels)]
