from odoo import api, fields, models

# What a person has to look at, in the order of its weight.
ISSUES = (
    "failed",
    "currency",
    "invoiced",
    "reopened",
    "edited",
    "gone",
    "partial_return",
    "unknown_state",
    "rate",
    "unmapped",
)


class CrmConnectorOrder(models.Model):
    """An order of a shop platform, as it was told last, and what became of it here.

    SPECIFICATION
    - One per connector and ``external_id``, written with INSERT … ON CONFLICT
      (``crm_connector_order_store``), and exactly one sale order for each.
    - What is older than what is known (``updated``) is ignored; what is told once more
      changes nothing.
    - The buyer becomes a customer (``crm_connector_order_people``), the goods lines
      with the platform's prices (``crm_connector_order_lines``), the state a quotation,
      a confirmed or a cancelled sale order (``crm_connector_order_sale``).
    - Only what is told is kept, never the payload; what is sold stands in ``content``.
    - ``issues`` is what a person has to look at; nothing that people changed in the
      sale order is overwritten: it becomes an issue instead. ``action_settle`` says
      that it has been looked at.

    RIGHTS: sale admins read the orders of their companies, nobody writes them. Who may
    read the sale order reads there what the platform says of it.
    """

    _name = "crm.connector.order"
    _description = "Platform Order"
    _order = "date desc, id desc"
    _rec_name = "external_id"
    _rec_names_search = ["external_id", "customer", "phone"]
    _check_company_auto = True

    connector_id = fields.Many2one(
        "crm.connector", required=True, readonly=True, ondelete="restrict"
    )
    provider = fields.Selection(related="connector_id.provider")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    external_id = fields.Char(string="Number", required=True, readonly=True)
    date = fields.Datetime(string="Ordered", required=True, readonly=True, index=True)
    day = fields.Date(required=True, readonly=True, help="The company's day of it.")
    updated = fields.Datetime(
        string="Changed", readonly=True, help="When it last changed on the platform."
    )
    state = fields.Selection(
        [
            ("new", "New"),
            ("confirmed", "Confirmed"),
            ("shipping", "Shipping"),
            ("done", "Done"),
            ("cancelling", "Being Cancelled"),
            ("cancelled", "Cancelled"),
            ("returning", "Coming Back"),
            ("partial_return", "Partly Returned"),
            ("returned", "Returned"),
            ("deleted", "Deleted"),
            ("unknown", "Unknown"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    raw_state = fields.Char(string="Platform's Word", readonly=True)
    state_id = fields.Many2one(
        "crm.connector.state",
        string="Row of the Table",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    is_unknown_state = fields.Boolean(readonly=True)
    paid = fields.Selection(
        [("no", "Not Paid"), ("part", "Partly Paid"), ("yes", "Paid")],
        required=True,
        readonly=True,
    )
    amount_total = fields.Monetary(string="Total", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    currency_code = fields.Char(string="Platform's Currency", readonly=True)
    content = fields.Json(readonly=True, help="What is sold, as the platform tells it.")
    customer = fields.Char(string="Buyer", readonly=True)
    phone = fields.Char(readonly=True)
    phone_masked = fields.Boolean(
        string="Buyer Is Masked",
        readonly=True,
        help="The platform hides who the buyer is: nobody is matched.",
    )
    email = fields.Char(string="E-mail", readonly=True)
    address = fields.Char(readonly=True)
    province = fields.Char(readonly=True)
    buyer_ref = fields.Char(string="Buyer's ID", readonly=True)
    buyer_name = fields.Char(string="Buyer's Name", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    is_anonymous = fields.Boolean(
        readonly=True, help="The customer stands for a buyer whom nobody knows."
    )
    ad_ref = fields.Char(string="Ad ID", readonly=True)
    campaign = fields.Char(string="UTM Campaign", readonly=True)
    ad_id = fields.Many2one(
        "crm.ads.ad", readonly=True, index="btree_not_null", ondelete="set null"
    )
    note = fields.Text(string="Buyer's Note", readonly=True)
    order_id = fields.Many2one(
        "sale.order", string="Sale Order", readonly=True, ondelete="set null"
    )
    order_state = fields.Selection(related="order_id.state", string="Sale Order Is")
    issues = fields.Char(readonly=True)
    issue_detail = fields.Text(readonly=True)
    needs_attention = fields.Boolean(
        compute="_compute_needs_attention", store=True, index=True
    )
    reason = fields.Text(compute="_compute_reason")

    told_print = fields.Char(readonly=True, help="Of what was told last.")
    wanted_print = fields.Char(readonly=True, help="Of the lines as they should be.")
    left_print = fields.Char(readonly=True, help="Of the lines as we left them.")
    left_state = fields.Char(readonly=True, help="The sale order's, as we left it.")

    _external_id_uniq = models.UniqueIndex("(connector_id, external_id)")
    _order_id_uniq = models.UniqueIndex("(order_id) WHERE order_id IS NOT NULL")
    _waiting_ad_idx = models.Index(
        "(ad_ref) WHERE ad_ref IS NOT NULL AND ad_id IS NULL"
    )
    _unknown_idx = models.Index("(raw_state) WHERE is_unknown_state")

    @api.depends("connector_id", "external_id")
    def _compute_display_name(self):
        # sudo: the name of a shop is no secret
        for order in self:
            order.display_name = (
                f"{order.sudo().connector_id.name or ''} {order.external_id or ''}"
            ).strip()

    @api.depends("issues")
    def _compute_needs_attention(self):
        for order in self:
            order.needs_attention = bool(order.issues)

    @api.depends("issues", "issue_detail", "raw_state", "currency_code")
    @api.depends_context("lang")
    def _compute_reason(self):
        for order in self:
            texts = order._get_issue_texts()
            codes = order._get_issues()
            order.reason = "\n".join(texts[code] for code in ISSUES if code in codes)

    def _get_issues(self):
        """:return: set of the codes of ``ISSUES`` that this order has"""
        return set(filter(None, (self.issues or "").split(",")))

    def _add_issue(self, code):
        """Flag this order with one more of ``ISSUES``."""
        self.issues = self._join_issues(self._get_issues() | {code})

    @api.model
    def _join_issues(self, codes):
        """What ``issues`` holds for these codes."""
        return ",".join(sorted(codes)) or False

    def _get_issue_texts(self):
        self.ensure_one()
        return {
            "failed": self.env._(
                "The sale order could not follow: %(why)s", why=self.issue_detail or ""
            ),
            "currency": self.env._(
                "There is no currency %(code)s here: no sale order was made.",
                code=self.currency_code or "?",
            ),
            "invoiced": self.env._(
                "Cancelled or returned on the platform, but the sale order is invoiced:"
                " make a credit note, or talk to the buyer."
            ),
            "reopened": self.env._(
                "The platform goes on with the order, but here it was taken back by"
                " hand."
            ),
            "edited": self.env._(
                "The platform has changed the order, but the sale order is invoiced,"
                " locked or changed by hand: compare the two."
            ),
            "gone": self.env._("The sale order was deleted here."),
            "partial_return": self.env._("A part of the goods comes back."),
            "unknown_state": self.env._(
                "Nobody knows what the platform means by “%(word)s”: add it to the"
                " states.",
                word=self.raw_state or "",
            ),
            "rate": self.env._(
                "There is no exchange rate for %(code)s: the sale order counts one to"
                " one.",
                code=self.currency_code or "?",
            ),
            "unmapped": self.env._(
                "Articles of the order are not mapped to products yet."
            ),
        }

    def _get_summary(self):
        """The order in one line, as the platform tells it."""
        self.ensure_one()
        labels = {
            fname: dict(self._fields[fname]._description_selection(self.env))
            for fname in ("state", "paid")
        }
        state = labels["state"][self.state]
        if self.is_unknown_state:
            state = f"{state} ({self.raw_state})"
        return f"{self.display_name} · {state} · {labels['paid'][self.paid]}"

    def action_settle(self):
        """A person has looked at what these orders need."""
        self.check_access("read")
        # sudo: nobody writes platform orders; who may read them may say it is settled
        self.sudo().write({"issues": False, "issue_detail": False})

    def action_apply(self):
        """Let the sale orders follow the platform once more."""
        self.check_access("read")
        # sudo: nobody writes platform orders; who may read them may have them done
        self.sudo().filtered(lambda order: "gone" in order._get_issues()).write(
            {"left_state": False, "issues": False}
        )
        # sudo: as above, and with the system's right to sell
        self.sudo()._apply()

    def action_open_sale_order(self):
        """Open the sale order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
        }

    def action_open_states(self):
        """Open the list of the platform's words, to say what this one means."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_ads_data.action_crm_connector_state"
        )
        action["domain"] = [("provider", "=", self.provider)]
        action["context"] = {
            "default_provider": self.provider,
            "default_raw_state": self.raw_state,
        }
        return action
