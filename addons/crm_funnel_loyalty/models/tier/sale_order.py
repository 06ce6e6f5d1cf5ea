from odoo import api, fields, models


class SaleOrder(models.Model):
    """Order whose state moves its customer through the tiers.

    SPECIFICATIONS
    * Creating, sending, confirming, cancelling or deleting an order, or giving it to
      another customer, recomputes the tier of the customers concerned and of whoever
      referred them, in the same transaction.
    * When it was last confirmed and last cancelled is kept, so that the tier of a past
      date can be told from the documents.
    """

    _inherit = "sale.order"

    funnel_confirm_date = fields.Datetime(
        string="Last Confirmed On",
        readonly=True,
        copy=False,
        export_string_translation=False,
    )
    funnel_cancel_date = fields.Datetime(
        string="Last Cancelled On",
        readonly=True,
        copy=False,
        export_string_translation=False,
    )

    @api.model_create_multi
    def create(self, vals_list):
        """A new quotation may move its customer up."""
        orders = super().create(
            [{**vals, **self._prepare_funnel_dates(vals)} for vals in vals_list]
        )
        orders._get_funnel_partners()._recompute_funnel_tier()
        return orders

    def write(self, vals):
        """Recompute who had and who has the order when what counts has changed."""
        if not vals.keys() & self._get_funnel_trigger_fields():
            return super().write(vals)
        vals = {**vals, **self._prepare_funnel_dates(vals)}
        if vals.get("state") == "cancel":
            self._note_funnel_confirmation()
        partners = self._get_funnel_partners()
        result = super().write(vals)
        (partners | self._get_funnel_partners())._recompute_funnel_tier()
        return result

    def unlink(self):
        """A deleted quotation may move its customer down."""
        partners = self._get_funnel_partners()
        result = super().unlink()
        partners.exists()._recompute_funnel_tier()
        return result

    @api.model
    def _prepare_funnel_dates(self, vals):
        now = self.env.cr.now()
        if vals.get("state") == "sale":
            return {"funnel_confirm_date": now, "funnel_cancel_date": False}
        if vals.get("state") == "cancel":
            return {"funnel_cancel_date": now}
        return {}

    def _note_funnel_confirmation(self):
        """Orders that were confirmed before the addon was installed."""
        for order in self:
            if order.state == "sale" and not order.funnel_confirm_date:
                order.funnel_confirm_date = order.date_order

    @api.model
    def _get_funnel_trigger_fields(self):
        return {"partner_id", "state", "date_order", "currency_id"}

    def _get_funnel_partners(self):
        # sudo: the tier is the suite's to keep, also when the one who confirms
        # (a portal user, another company's salesperson) may not read the customer
        return self.sudo().partner_id.commercial_partner_id
