from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

MEMBER_FIELDS = (
    "member_card_ids",
    "member_card_id",
    "member_number",
    "member_points",
    "member_since",
)


class ResPartner(models.Model):
    """Member with a card, and what the customer's tier gives (004.27, 004.36).

    SPECIFICATIONS
    * Reaching a tier that makes members gives a card at once, in the transaction of the
      document that moved the customer. Going down takes no card away.
    * A customer of one company gets its card. One that companies share gets the cards
      of those where he has bought; before he buys at all, that of the one program there
      is.
    * One button makes the card of a customer who has not got there yet.
    * The card is the commercial partner's; contacts buy with it.
    """

    _inherit = "res.partner"

    member_card_ids = fields.One2many(
        "loyalty.card",
        "partner_id",
        string="Membership Cards",
        domain=[("member_since", "!=", False)],
        readonly=True,
        groups="sales_team.group_sale_salesman",
    )
    member_card_id = fields.Many2one(
        "loyalty.card",
        string="Membership Card",
        compute="_compute_member_card_id",
        groups="sales_team.group_sale_salesman",
    )
    # what follows from the card depends on it alone: the card cannot be searched by
    member_number = fields.Char(
        related="member_card_id.code",
        string="Card Number",
        depends=["member_card_id"],
        depends_context=["company"],
        related_sudo=False,
        groups="sales_team.group_sale_salesman",
    )
    member_points = fields.Char(
        related="member_card_id.points_display",
        string="Points",
        depends=["member_card_id"],
        depends_context=["company"],
        related_sudo=False,
        groups="sales_team.group_sale_salesman",
    )
    member_since = fields.Date(
        related="member_card_id.member_since",
        depends=["member_card_id"],
        depends_context=["company"],
        related_sudo=False,
        groups="sales_team.group_sale_salesman",
    )
    can_be_member = fields.Boolean(compute="_compute_can_be_member")
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

    @api.depends("member_card_ids", "parent_id")
    @api.depends_context("company")
    def _compute_member_card_id(self):
        cards = self._find_member_cards(self.env.company)
        for partner in self:
            partner.member_card_id = cards.get(partner.commercial_partner_id._origin)

    @api.depends_context("company")
    def _compute_can_be_member(self):
        program = self.env["loyalty.program"]._get_membership(self.env.company)
        self.can_be_member = bool(program)

    @api.depends("funnel_tier_id", "parent_id")
    @api.depends_context("company", "lang")
    def _compute_tier_benefits(self):
        for partner in self:
            # sudo: the benefits are the customer's, whoever may read programs; a
            # salesperson has to know them
            tier = partner.sudo().commercial_partner_id.funnel_tier_id
            partner.tier_pricelist_id = tier.pricelist_id
            partner.tier_program_id = tier.loyalty_program_id
            partner.tier_promise = tier.service_promise

    def action_member_card(self):
        """Open the membership card of this customer; make it when there is none.

        :raises UserError: when the company has no membership program yet
        """
        self.ensure_one()
        customer = self.commercial_partner_id
        if not (card := customer.member_card_id):
            customer.check_access("write")
            program = self.env["loyalty.program"]._get_membership(self.env.company)
            if not program:
                raise UserError(
                    self.env._(
                        "%(company)s has no membership program yet. A sales manager "
                        "sets it up under Funnel > Configuration > Membership Program.",
                        company=self.env.company.name,
                    )
                )
            customer.lock_for_update(allow_referencing=True)
            card = customer._make_member_cards(program)
        return {
            "type": "ir.actions.act_window",
            "res_model": "loyalty.card",
            "res_id": card.id,
            "view_mode": "form",
            "views": [
                (
                    self.env.ref("crm_funnel_loyalty.loyalty_card_view_form_member").id,
                    "form",
                )
            ],
        }

    def _after_funnel_move(self):
        result = super()._after_funnel_move()
        self.invalidate_recordset(
            [
                "property_product_pricelist",
                "tier_pricelist_id",
                "tier_program_id",
                "tier_promise",
            ]
        )
        self.env["loyalty.card"].invalidate_model(["funnel_tier_id"])
        self._make_members_of_tier()
        return result

    def _make_members_of_tier(self):
        """Give a card to those of these customers whose tier makes members."""
        programs = self.env["loyalty.program"]
        if not self or not programs._get_membership_ids():
            return
        tiers = self.env["crm.funnel.tier"]._get_member_tiers()
        # sudo: the suite gives the card, whoever has moved the customer
        members = self.sudo().filtered(
            lambda p: p.funnel_tier_id in tiers and p.partner_share
        )
        if not members:
            return
        for program in programs.browse(programs._get_membership_ids().values()):
            served = members._filtered_served(program)
            if served:
                served._make_member_cards(program)

    def _filtered_served(self, program):
        """:return: those of these customers whom the membership program is for"""
        domain = Domain("id", "in", self.ids) & self._get_served_domain(program)
        return self & self.with_context(active_test=False).search(domain)

    @api.model
    def _get_served_domain(self, program):
        """Customers whom the membership program is for, by their company or orders."""
        companies = program._get_served_companies()
        partners = self.with_context(active_test=False)
        buyers = partners._search(
            Domain(
                "sale_order_ids",
                "any",
                Domain("state", "=", "sale")
                & Domain("company_id", "in", companies.ids),
            )
        )
        customers = partners._field_to_sql(
            buyers.table, "commercial_partner_id", buyers
        )
        shared = Domain("id", "in", buyers.subselect(customers))
        if len(program._get_membership_ids()) == 1:
            shared |= Domain("last_order_date", "=", False)
        return Domain("company_id", "in", companies.ids) | (
            Domain("company_id", "=", False) & shared
        )

    def _make_member_cards(self, program):
        """Make the cards of those of these customers who have none.

        COST: one search and one create for any number of customers.

        :return: their member cards, one each
        """
        # sudo: borrows the right to make a card; whoever calls has checked the customer
        cards = self.env["loyalty.card"].sudo()
        held = cards.search(
            [("partner_id", "in", self.ids), ("program_id", "=", program.id)]
        )
        known = cards.union(*held._choose_member_cards().values())
        unmarked = known.filtered(lambda card: not card.member_since)
        unmarked.write({"member_since": fields.Date.context_today(self)})
        made = cards.create(
            [
                {"program_id": program.id, "partner_id": partner.id}
                for partner in self - known.partner_id
            ]
        )
        self.invalidate_model(MEMBER_FIELDS)
        self.env["sale.order"].invalidate_model(
            ["member_card_id", "member_number", "member_points"]
        )
        return (known | made).sudo(self.env.su)

    def _find_member_cards(self, company):
        """:return: the member card of each of these customers, by commercial partner"""
        program = self.env["loyalty.program"]._get_membership(company)
        if not program:
            return {}
        cards = self.env["loyalty.card"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("program_id", "=", program.id),
            ]
        )
        return cards._choose_member_cards()
