from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

PREVIEW_SIZE = 40


class CrmCampaignPickCriteria(models.TransientModel):
    """Quick criteria beside the domain, and a look at who is found (000.10, N9).

    All criteria that are filled in hold together. ``chosen_ids`` are those ticked by
    hand: with any, only they are added. ``top_count`` keeps the first ones only, by
    what they bought within the last twelve months, or by their last order.
    """

    _inherit = "crm.campaign.pick"

    grade_ids = fields.Many2many("res.partner.grade", string="Grades")
    category_ids = fields.Many2many(
        "res.partner.category",
        "crm_campaign_pick_category_rel",
        string="With Tags",
    )
    state_ids = fields.Many2many("res.country.state", string="Provinces")
    salesperson_ids = fields.Many2many(
        "res.users",
        string="Salespeople",
        domain=[("share", "=", False)],
    )
    ordered_since = fields.Date(
        string="Bought Since", help="Has a confirmed order from this day on."
    )
    not_ordered_since = fields.Date(
        string="Not Bought Since", help="Bought before this day, and not since."
    )
    without_busy = fields.Boolean(string="Leave out those in another running campaign")
    chosen_ids = fields.Many2many(
        "res.partner",
        "crm_campaign_pick_chosen_rel",
        string="Only These",
        context={"active_test": False},
    )
    top_count = fields.Integer(string="Only the First", help="0 is all of them.")
    top_by = fields.Selection(
        [
            ("sales", "by what they bought in 12 months"),
            ("recent", "by their last order"),
        ],
        string="In the Order",
        default="sales",
        required=True,
    )
    preview_ids = fields.Many2many("res.partner", compute="_compute_preview_ids")

    def _get_count_triggers(self):
        return [*super()._get_count_triggers(), *self._get_criteria_fields(), "top_by"]

    @api.model
    def _get_criteria_fields(self):
        """:return: names of the quick criteria"""
        return [
            "grade_ids",
            "category_ids",
            "state_ids",
            "salesperson_ids",
            "ordered_since",
            "not_ordered_since",
            "without_busy",
            "chosen_ids",
            "top_count",
        ]

    @api.depends(lambda self: self._get_count_triggers())
    def _compute_preview_ids(self):
        for pick in self:
            query = pick._search_partners()
            query.limit = min(query.limit or PREVIEW_SIZE, PREVIEW_SIZE)
            pick.preview_ids = self.env["res.partner"].browse(query)

    @api.constrains("top_count")
    def _check_top_count(self):
        if any(pick.top_count < 0 for pick in self):
            raise ValidationError(
                self.env._("Only the first … needs a number above 0.")
            )

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def _get_partner_domain(self):
        return super()._get_partner_domain() & Domain.AND(self._get_criteria_domains())

    def _get_criteria_domains(self):
        """:return: list of the domains of the quick criteria that are filled in; other
        addons add theirs, such as the tier"""
        self.ensure_one()
        domains = [
            Domain(name, "in", self[fname].ids)
            for fname, name in (
                ("chosen_ids", "id"),
                ("grade_ids", "grade_id"),
                ("category_ids", "category_id"),
                ("state_ids", "state_id"),
                ("salesperson_ids", "user_id"),
            )
            if self[fname]
        ]
        if self.ordered_since:
            domains.append(self._get_ordered_domain(">=", self.ordered_since))
        if self.not_ordered_since:
            day = self.not_ordered_since
            domains.append(self._get_ordered_domain("<", day))
            domains.append(~self._get_ordered_domain(">=", day))
        if self.without_busy:
            domains.append(~self._get_busy_domain())
        return domains

    def _get_ordered_domain(self, operator, day):
        """Partners with a confirmed order, of their own or of one of their contacts."""
        company = self.campaign_id.company_id
        orders = (
            Domain("state", "=", "sale")
            & Domain("date_order", operator, day)
            & Domain("company_id", "=", company.id)
        )
        own = Domain("sale_order_ids", "any!", orders)
        return own | Domain("child_ids", "any!", own)

    def _get_busy_domain(self):
        """Partners in another running campaign."""
        # sudo: borrows the campaign manager's right; nobody is shown by it
        members = self.env["crm.campaign.member"].sudo()
        query = members._search(
            Domain("campaign_id.state", "=", "running")
            & Domain("campaign_id", "!=", self.campaign_id.id)
        )
        return Domain("id", "in", query.subselect("partner_id"))

    def _search_partners(self, extra=Domain.TRUE):
        query = super()._search_partners(extra)
        if self.top_count > 0:
            query.limit = self.top_count
            query.order = self._join_order(query)
        return query

    def _join_order(self, query):
        """Join what the partners bought, and order by it.

        :return: the ORDER BY
        """
        self.env["sale.order"].flush_model()
        bought = SQL(
            """(
            SELECT buyer.commercial_partner_id AS partner_id,
                   SUM(
                       CASE WHEN so.date_order >= NOW() - INTERVAL '12 months'
                            THEN so.amount_untaxed
                                 / COALESCE(NULLIF(so.currency_rate, 0), 1)
                            ELSE 0 END
                   ) AS sales,
                   MAX(so.date_order) AS recent
              FROM sale_order so
              JOIN res_partner buyer ON buyer.id = so.partner_id
             WHERE so.state = 'sale' AND so.company_id = %s
             GROUP BY buyer.commercial_partner_id
            )""",
            self.campaign_id.company_id.id,
        )
        own = SQL.identifier(query.table, "id")
        query.add_join(
            "LEFT JOIN", "bought", bought, SQL("bought.partner_id = %s", own)
        )
        return SQL("bought.%s DESC NULLS LAST, %s", SQL.identifier(self.top_by), own)
