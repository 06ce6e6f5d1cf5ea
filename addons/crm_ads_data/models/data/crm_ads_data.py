from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...services.phone import parse_phones
from ...services.text import email_key

# Sources whose rows are never refused: what a provider sends is kept to be mended.
MACHINE_SOURCES = ("webhook", "api")
# What only the suite itself writes: read-only fields protect nothing over RPC.
PROTECTED_FIELDS = {
    "state",
    "duplicate_of_id",
    "user_id",
    "lead_id",
    "transfer_date",
    "contact_date",
    "sales_status",
    "order_count",
    "order_amount",
    "is_won",
    "partner_id",
    "known_lead_id",
    "last_order_id",
    "bought_before",
    "recall_count",
    "pool_date",
    "claim_user_id",
    "claim_until",
    "is_alerted",
}


class CrmAdsData(models.Model):
    """One person's contact that an ad brought ("data"), before and after it is a lead.

    SPECIFICATION
    - Always belongs to one ad (002.16); taken in only while the ad, its campaign and
      its account are switched on (002.21).
    - ``phone`` and ``phone2`` are kept as E.164; a cell with two numbers fills both.
      ``phone_key`` is the first number, the key that joins data of one person; old
      11-digit numbers take their present form (N10).
    - ``state``: ``new``; ``duplicate`` (a number, or without any the e-mail, is
      already claimed by ``duplicate_of_id``); ``invalid`` (no usable contact);
      ``transferred`` (dealt to ``user_id`` as ``lead_id``); ``pool`` (given back).
    - Typing data that nobody can be reached by is refused; from a webhook or an API it
      is stored as ``invalid``, to be mended (design, "Decisions on data coming in").
    - All data enters through ``_ingest`` or ``create``, which share the same checks;
      who is first with a number is decided by ``crm.ads.data.key``.
    - ``sales_status``, ``order_count`` and ``order_amount`` follow the lead and its
      orders (002.28, 002.29). Where leads are merged, their data follow to the lead
      that stays, and its orders count for its first data alone. A deleted lead is lost.
      An order for which a platform names another ad counts for that ad, not here.
    - Salespeople see transferred data of their own and nothing else (002.25).
    """

    _name = "crm.ads.data"
    _description = "Customer Data"
    _order = "date desc, id desc"
    _rec_names_search = ["name", "phone", "phone_key", "email"]
    _check_company_auto = True

    name = fields.Char(string="Customer")
    phone = fields.Char()
    phone2 = fields.Char(string="Second Phone")
    phone_key = fields.Char(compute="_compute_phone_key", store=True, index=True)
    email = fields.Char()
    ad_id = fields.Many2one(
        "crm.ads.ad",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("is_open", "=", True)],
    )
    campaign_id = fields.Many2one(related="ad_id.campaign_id", store=True, index=True)
    account_id = fields.Many2one(related="ad_id.account_id", store=True, index=True)
    marketer_id = fields.Many2one(related="account_id.user_id", string="Marketer")
    company_id = fields.Many2one(related="ad_id.company_id", store=True, index=True)
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        check_company=True,
    )
    note = fields.Text()
    province = fields.Char(help="Province or city as the customer wrote it.")
    source = fields.Selection(
        [
            ("manual", "Typed in"),
            ("file", "File"),
            ("webhook", "Webhook"),
            ("api", "API"),
        ],
        required=True,
        default="manual",
        readonly=True,
    )
    date = fields.Datetime(
        string="Received",
        required=True,
        index=True,
        default=fields.Datetime.now,
        copy=False,
        help="When the person left the contact, as the channel says; else now.",
    )
    day = fields.Date(
        compute="_compute_day",
        store=True,
        help="The company's day on which the data came in.",
    )
    external_ref = fields.Char(string="Lead ID", readonly=True, copy=False)
    state = fields.Selection(
        [
            ("new", "New"),
            ("duplicate", "Duplicate"),
            ("invalid", "Invalid"),
            ("transferred", "Transferred"),
            ("pool", "Pool"),
        ],
        required=True,
        default="new",
        readonly=True,
        copy=False,
        index=True,
    )
    duplicate_of_id = fields.Many2one(
        "crm.ads.data", readonly=True, copy=False, index="btree_not_null"
    )
    user_id = fields.Many2one(
        "res.users", string="Salesperson", readonly=True, copy=False, index=True
    )
    lead_id = fields.Many2one(
        "crm.lead", readonly=True, copy=False, index="btree_not_null"
    )
    transfer_date = fields.Datetime(readonly=True, copy=False)
    contact_date = fields.Datetime(
        string="First Contact",
        readonly=True,
        copy=False,
        help="First message, note, finished activity or stage change on the lead.",
    )
    sales_status = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("contacted", "Contacted"),
            ("opportunity", "Opportunity"),
            ("quoted", "Quoted"),
            ("won", "Won"),
            ("lost", "Lost"),
        ],
        compute="_compute_sales",
        store=True,
        index=True,
    )
    order_count = fields.Integer(string="Orders", compute="_compute_sales", store=True)
    order_amount = fields.Monetary(
        compute="_compute_sales",
        store=True,
        currency_field="company_currency_id",
        help="Untaxed amount of confirmed orders, in the company's currency.",
    )
    is_won = fields.Integer(
        string="With Order", compute="_compute_sales", store=True, aggregator="sum"
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id")

    _won_idx = models.Index("(lead_id) WHERE is_won > 0")
    _day_idx = models.Index("(company_id, day)")

    @api.depends("name", "phone", "email")
    def _compute_display_name(self):
        for data in self:
            data.display_name = data.name or data.phone or data.email or ""

    @api.depends("phone")
    def _compute_phone_key(self):
        for data in self:
            numbers = parse_phones(data.phone or "").numbers
            data.phone_key = numbers[0] if numbers else False

    @api.depends("date", "company_id.partner_id.tz")
    def _compute_day(self):
        for data in self:
            company = data.company_id or self.env.company
            data.day = company._get_ads_day(data.date) if data.date else False

    @api.depends("ad_id")
    def _compute_product_id(self):
        for data in self:
            data.product_id = data.product_id or data.ad_id.product_id

    @api.depends(
        "contact_date",
        "state",
        "lead_id.ads_data_ids",
        "lead_id.date_conversion",
        "lead_id.type",
        "lead_id.won_status",
        "lead_id.order_ids.state",
        "lead_id.order_ids.amount_untaxed",
        "lead_id.order_ids.currency_rate",
        "lead_id.order_ids.connector_order_ids.ad_id",
    )
    def _compute_sales(self):
        # sudo: a marketer learns status and amounts of his data's orders, no more
        for data in self.sudo():
            orders = data.lead_id.order_ids
            confirmed = orders.filtered(lambda order: order.state == "sale")
            data.sales_status = data._get_sales_status(orders, confirmed)
            counted = data._get_counted_orders(confirmed)
            data.order_count = len(counted)
            data.is_won = bool(counted)
            data.order_amount = sum(
                order.amount_untaxed / (order.currency_rate or 1.0) for order in counted
            )

    def _get_counted_orders(self, confirmed):
        """Those of the lead's confirmed orders that this data brought."""
        if not confirmed or not self._is_first_of_lead():
            return confirmed.browse()
        # a platform may know better which ad brought the order
        return confirmed.filtered(
            lambda order: order.connector_order_ids.ad_id <= self.ad_id
        )

    def _is_first_of_lead(self):
        """Whether the lead's orders count here: merged leads have several data."""
        self.ensure_one()
        return self._origin.id == min(self.lead_id.ads_data_ids.ids, default=0)

    def _get_sales_status(self, orders, confirmed):
        """Where sales stand: the furthest step that the lead's documents show."""
        lead = self.lead_id
        if not lead:
            return "lost" if self.state == "transferred" else False
        if confirmed or lead.won_status == "won":
            return "won"
        if lead.won_status == "lost":
            return "lost"
        if orders.filtered(lambda order: order.state in ("draft", "sent")):
            return "quoted"
        if lead.type == "opportunity" and lead.date_conversion:
            return "opportunity"
        return "contacted" if self.contact_date else "waiting"

    @api.constrains("ad_id")
    def _check_ad_open(self):
        if self.env.context.get("crm_ads_data_any_ad"):
            return
        for ad in self.ad_id:
            if not ad.is_open:
                ad._raise_closed()

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Check the contact of each data, store it and claim its numbers.

        :raise UserError: when nobody can be reached by what was typed
        :raise ValidationError: when a lead id is already there
        :raise RedirectWarning: when the ad is closed, with the way to what is closed
        """
        self._check_protected(vals_list)
        vals_list = [
            self._prepare_contact_values(vals, vals.get("source", "manual"))
            for vals in vals_list
        ]
        records = super().create(self._add_computed_values(vals_list))
        records._claim_refs()
        records._claim_keys()
        records._judge_known()
        if not self.env.context.get("crm_ads_refs_claimed"):
            records._check_rejected("manual")
        records._wake_auto_transfer()
        return records

    def write(self, vals):
        """A changed contact is checked anew and joins or leaves its duplicates."""
        self._check_protected([vals])
        if not {"phone", "phone2", "email"} & vals.keys():
            return super().write(vals)
        for data in self:
            contact = {
                fname: vals.get(fname, data[fname])
                for fname in ("phone", "phone2", "email")
            }
            contact = self._prepare_contact_values(contact, data.source)
            state = contact.pop("state", None) or (
                "new" if data.state in ("duplicate", "invalid") else data.state
            )
            super(CrmAdsData, data).write(
                {**vals, **contact, "state": state, "duplicate_of_id": False}
            )
        # sudo: the claims are the system's own bookkeeping
        self.env["crm.ads.data.key"].sudo()._release(self.ids)
        self._claim_keys()
        self._judge_known()
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_except_transferred(self):
        if self.filtered("lead_id"):
            raise UserError(
                self.env._("Data that is with a salesperson cannot be deleted.")
            )

    def _check_protected(self, vals_list):
        """Refuse values of a client for what only the suite itself decides."""
        if self.env.su:
            return
        fnames = PROTECTED_FIELDS & set().union(*vals_list)
        if fnames:
            raise AccessError(
                self.env._(
                    "These fields of data cannot be set by hand: %(fields)s.",
                    fields=", ".join(sorted(fnames)),
                )
            )

    @api.model
    def _prepare_contact_values(self, vals, source):
        """Return ``vals`` with the numbers normalised, the second one split off.

        :raise UserError: when a person typed a contact that nobody can be reached by
        """
        vals = dict(vals)
        first = parse_phones(vals.get("phone") or "")
        second = parse_phones(vals.get("phone2") or "")
        numbers = list(dict.fromkeys(first.numbers + second.numbers))
        vals["email"] = email_key(vals.get("email") or "") or False
        if numbers:
            vals["phone"] = numbers[0]
            vals["phone2"] = numbers[1] if len(numbers) > 1 else False
        elif vals["email"] and not (vals.get("phone") or "").strip():
            vals["phone"] = vals["phone2"] = False
        elif source in MACHINE_SOURCES:
            vals["state"] = "invalid"
        else:
            raise UserError(self._get_reason_text(first.reason, vals.get("phone")))
        return vals

    @api.model
    def _get_reasons(self):
        """What the reason codes of the services mean, in the reader's language."""
        return {
            "phone_missing": self.env._("the phone number is missing"),
            "phone_too_short": self.env._("the phone number is too short"),
            "phone_too_long": self.env._("the phone number is too long"),
            "phone_bad_prefix": self.env._("no such phone prefix exists"),
            "phone_not_a_number": self.env._("this is not a phone number"),
            "phone_precision_lost": self.env._(
                "the spreadsheet has rounded the number, its last digits are lost"
            ),
            "test_lead": self.env._("a test lead of the channel"),
            "ad_closed": self.env._("the ad is not running"),
            "repeated": self.env._("this lead id is already there"),
            "duplicate": self.env._("this person is already there"),
        }

    @api.model
    def _get_reason_text(self, reason, value):
        return self.env._(
            "%(value)s: %(reason)s. Correct the number, or give an e-mail address"
            " instead.",
            value=value or self.env._("No phone"),
            reason=self._get_reasons().get(reason, reason),
        )
