from odoo import models


class IrUiMenu(models.Model):
    """Stock turnover is in the menu where Inventory is installed."""

    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        hidden = super()._load_menus_blacklist()
        if "stock.quant" in self.env:
            return hidden
        menu = self.env.ref("crm_funnel_loyalty.menu_stock_turnover", False)
        return [*hidden, *(menu.ids if menu else ())]
