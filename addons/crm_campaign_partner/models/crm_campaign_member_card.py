from odoo import models
from odoo.fields import Domain

SHOWN = 5


class CrmCampaignMemberCard(models.Model):
    """What the person who calls has to know about the partner, at one glance.

    RIGHTS: only what the user may see anyway.
    """

    _inherit = "crm.campaign.member"

    def _prepare_card_values(self):
        """:return: dict for the template ``campaign_member_card``"""
        self.ensure_one()
        partner = self.partner_id
        touches = self.env["crm.contact.touch"]
        return {
            "member": self,
            "partner": partner,
            "touches": touches.search([("partner_id", "=", partner.id)], limit=SHOWN),
            "states": dict(touches._fields["state"]._description_selection(self.env)),
            "channels": dict(
                touches._fields["channel"]._description_selection(self.env)
            ),
            "others": self.search(
                Domain("partner_id", "=", partner.id) & Domain("id", "!=", self.id),
                limit=SHOWN,
            ),
            **self._prepare_card_orders(),
        }

    def _prepare_card_orders(self):
        orders = self.env["sale.order"].with_company(self.company_id)
        if not orders.has_access("read"):
            return {"order_count": 0}
        family = self.partner_id.commercial_partner_id.ids
        ((count, last, amount),) = orders._read_group(
            [
                ("partner_id.commercial_partner_id", "in", family),
                ("state", "=", "sale"),
                ("company_id", "=", self.company_id.id),
            ],
            [],
            ["__count", "date_order:max", "amount_untaxed:sum_currency"],
        )
        # sudo: borrows the right to read one's company; the currency is no secret
        company = self.company_id.sudo()
        return {
            "order_count": count,
            "order_last": last,
            "order_amount": amount,
            "currency": company.currency_id,
        }
