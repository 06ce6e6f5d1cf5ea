from odoo import api, fields, models
from odoo.fields import Command


class CrmLead(models.Model):
    """Need of a customer: screened, with who, what and attitude (004.10, 004.12).

    SPECIFICATIONS
    * What a lead was screened with goes to the customer: to a new one whole, to a known
      one where it has no answer yet.
    * An opportunity tells who decides, which products are wanted, and the customer's
      attitude. A quotation made from it has those products as lines.
    * The need's status starts with the company's first one and ends as traded.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.funnel.screening"]

    decider_id = fields.Many2one(
        "res.partner",
        string="Who Decides",
        help="The person at the customer who decides.",
    )
    need_product_ids = fields.Many2many(
        "product.product",
        string="Wanted Products",
        domain=[("sale_ok", "=", True)],
    )
    attitude = fields.Selection(
        [
            ("eager", "Wants it now"),
            ("open", "Interested"),
            ("price", "Worried about the price"),
            ("unsure", "Hesitates"),
            ("cold", "Not interested"),
        ],
        tracking=True,
    )
    need_status_id = fields.Many2one(
        "crm.need.status",
        compute="_compute_need_status_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        tracking=True,
        copy=False,
        ondelete="restrict",
        domain="[('company_id', 'in', [company_id, False])]",
        group_expand="_read_group_need_status_ids",
    )
    previous_order_id = fields.Many2one(
        "sale.order",
        string="Bought Before",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The last order of the customer when this need came up.",
    )

    @api.depends("type")
    def _compute_need_status_id(self):
        fresh = self.filtered(
            lambda o: o.type == "opportunity" and not o.need_status_id
        )
        for company, leads in fresh.grouped("company_id").items():
            statuses = self.env["crm.need.status"]
            leads.need_status_id = statuses._find_first(company or self.env.company)

    @api.model
    def _read_group_need_status_ids(self, statuses, domain):
        return statuses.search([("company_id", "in", [*self.env.companies.ids, False])])

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        values = super()._prepare_customer_values(partner_name, is_company, parent_id)
        return {**values, **self._get_screening()}

    def _handle_partner_assignment(self, *args, **kwargs):
        result = super()._handle_partner_assignment(*args, **kwargs)
        for lead in self:
            lead._carry_screening_on()
        return result

    def _carry_screening_on(self):
        """A known customer gets the answers that are missing."""
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        there = customer._get_screening()
        new = {k: v for k, v in self._get_screening().items() if k not in there}
        if customer and new:
            # sudo: whoever converts the lead passes on what the lead says
            customer.sudo().write(new)

    def _prepare_opportunity_quotation_context(self):
        context = super()._prepare_opportunity_quotation_context()
        if self.need_product_ids:
            context["default_order_line"] = [
                Command.create(self._prepare_need_line(product))
                for product in self.need_product_ids
            ]
        return context

    def _prepare_need_line(self, product):
        """Return a quotation line: as many as last time, else one."""
        lines = self.previous_order_id.order_line
        before = lines.filtered(lambda line: line.product_id == product)[:1]
        return {
            "product_id": product.id,
            "product_uom_qty": before.product_uom_qty or 1.0,
        }
