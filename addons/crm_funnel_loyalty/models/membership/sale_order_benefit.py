from odoo import api, fields, models

# Set while the promotion itself writes the order.
APPLYING = "tier_promotion_applying"


class SaleOrder(models.Model):
    """Quotation with the benefits of its customer's tier (004.36).

    SPECIFICATIONS
    * The price list comes with the customer (see ``product.pricelist``).
    * The promotion of the tier is in the quotation as soon as what is on it earns it,
      and follows every change of its lines; customers of other tiers cannot use it.
    * Who takes the promotion's line out keeps it out, until "Reward" is pressed.

    COST: nothing when no tier of the company names a promotion.
    """

    _inherit = "sale.order"

    customer_tier_id = fields.Many2one(
        related="partner_id.funnel_tier_id", string="Customer's Tier"
    )
    customer_tier_color = fields.Integer(
        related="partner_id.funnel_tier_color", export_string_translation=False
    )
    tier_pricelist_id = fields.Many2one(
        "product.pricelist",
        string="Tier's Price List",
        compute="_compute_tier_benefits",
    )
    tier_program_id = fields.Many2one(
        "loyalty.program", string="Tier's Promotion", compute="_compute_tier_benefits"
    )
    tier_promise = fields.Text(
        string="Service Promise", compute="_compute_tier_benefits"
    )
    is_tier_promotion_off = fields.Boolean(
        string="Without the Tier's Promotion", readonly=True, copy=False
    )

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_tier_benefits(self):
        for order in self:
            company = order.company_id or self.env.company
            customer = order.partner_id.with_company(company)
            order.tier_pricelist_id = customer.tier_pricelist_id
            order.tier_program_id = customer.tier_program_id
            order.tier_promise = customer.tier_promise

    @api.model_create_multi
    def create(self, vals_list):
        """Put the promotion of the customer's tier in."""
        orders = super().create(vals_list)
        orders._apply_tier_promotion()
        return orders

    def write(self, vals):
        """Let the promotion of the tier follow what changed."""
        if self.env.context.get(APPLYING) or not (
            vals.keys() & self._get_promotion_trigger_fields()
        ):
            return super().write(vals)
        had = self.filtered(lambda order: order._get_tier_promotion_lines())
        result = super().write(vals)
        if "partner_id" not in vals:
            # what the write took out was taken out by a person
            had.filtered(
                lambda order: not order._get_tier_promotion_lines()
            ).is_tier_promotion_off = True
        self._apply_tier_promotion()
        return result

    def action_open_reward_wizard(self):
        """Offer the promotion of the tier again, too."""
        if self.is_tier_promotion_off:
            self.is_tier_promotion_off = False
            self._apply_tier_promotion()
        return super().action_open_reward_wizard()

    @api.model
    def _get_promotion_trigger_fields(self):
        return {"order_line", "partner_id", "pricelist_id"}

    def _get_closed_program_ids(self):
        """Promotions of other tiers are closed to this customer."""
        programs = set(self._get_tier_programs().values())
        return sorted(
            {*super()._get_closed_program_ids(), *programs}
            - {self._get_own_promotion_id()}
        )

    def _get_tier_programs(self):
        company = self.company_id or self.env.company
        return self.env["crm.funnel.tier"]._get_tier_program_ids(company.id)

    def _get_own_promotion_id(self):
        """:return: id of the promotion of the customer's tier, or nothing"""
        # sudo: the benefit is the customer's, whoever may read tiers
        tier = self.sudo().partner_id.commercial_partner_id.funnel_tier_id
        return self._get_tier_programs().get(tier.id)

    def _get_tier_promotion_lines(self):
        programs = set(self._get_tier_programs().values())
        if not programs:
            return self.env["sale.order.line"]
        return self.order_line.filtered(lambda l: l.reward_id.program_id.id in programs)

    def _apply_tier_promotion(self):
        """Bring the promotion of the tier into the open quotations, or out of them."""
        if not self.env["loyalty.program"].has_access("read"):
            return
        for order in self.with_context(**{APPLYING: True}):
            if order.state not in ("draft", "sent") or not order._get_tier_programs():
                continue
            program_id = order._get_own_promotion_id()
            if order.is_tier_promotion_off:
                program_id = None
            if program_id or order._get_tier_promotion_lines():
                order._update_programs_and_rewards()
                order._claim_promotion(program_id)

    def _update_programs_and_rewards(self):
        # what core writes here is not what a person writes
        return super(
            SaleOrder, self.with_context(**{APPLYING: True})
        )._update_programs_and_rewards()

    def _write_vals_from_reward_vals(self, reward_vals, old_lines, delete=True):
        # as above
        return super(
            SaleOrder, self.with_context(**{APPLYING: True})
        )._write_vals_from_reward_vals(reward_vals, old_lines, delete=delete)

    def _claim_promotion(self, program_id):
        """Claim what the promotion gives, when there is nothing to choose."""
        self.ensure_one()
        for coupon, rewards in self._get_claimable_rewards().items():
            mine = rewards.filtered(
                lambda r: r.program_id.id == program_id and not r.multi_product
            )
            if len(mine) == 1:
                self._apply_program_reward(mine, coupon)
                self._update_programs_and_rewards()
