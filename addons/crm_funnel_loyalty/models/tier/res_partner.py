from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ...tools import is_change, local_day, pick
from .funnel_batch import FunnelBatch
from .funnel_recompute import FunnelRecompute

# the last customer of a nightly run that was cut short
PLACE = "crm_funnel_loyalty.tiers_done_up_to"
FUNNEL_FIELDS = (
    "funnel_tier_id",
    "funnel_tier_since",
    "funnel_tier_peak_id",
    "funnel_tier_until",
    "last_order_date",
    "has_open_quotation",
)


class ResPartner(models.Model):
    """Customer with its tier in the funnel.

    SPECIFICATIONS: WHO
    * The tier belongs to the commercial partner. Its contacts carry a copy, so that a
      contact shows the tier of the company it buys for.
    * A new partner starts as a target customer.

    SPECIFICATIONS: WHEN
    * ``_recompute_funnel_tier`` runs in the transaction of every document that matters
      (opportunities, orders, referrers, the family a contact belongs to) and each night
      for everybody, because periods pass without any document changing.

    SPECIFICATIONS: PROTECTION
    * These figures are written by the recomputation only. Writing another value,
      also over RPC or by a ``default_`` key in the context, raises AccessError.
    """

    _inherit = "res.partner"

    funnel_tier_id = fields.Many2one(
        "crm.funnel.tier",
        string="Tier",
        readonly=True,
        copy=False,
        index=True,
        ondelete="restrict",
        group_expand="_read_group_funnel_tier_id",
        default=lambda self: self._default_funnel_tier_id(),
    )
    funnel_tier_color = fields.Integer(
        related="funnel_tier_id.color", export_string_translation=False
    )
    funnel_tier_since = fields.Date(
        string="On Tier Since",
        readonly=True,
        copy=False,
        default=lambda self: self._default_funnel_tier_since(),
    )
    funnel_tier_until = fields.Date(
        string="Falls On",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Without another order the customer goes down after this day.",
    )
    funnel_tier_peak_id = fields.Many2one(
        "crm.funnel.tier",
        string="Highest Tier",
        readonly=True,
        copy=False,
        ondelete="restrict",
        default=lambda self: self._default_funnel_tier_id(),
    )
    last_order_date = fields.Datetime(string="Last Order", readonly=True, copy=False)
    has_open_quotation = fields.Boolean(
        string="Quotation Waiting",
        readonly=True,
        copy=False,
        help="A quotation is waiting for an answer: this customer comes first.",
    )
    referrer_id = fields.Many2one(
        "res.partner",
        string="Referred By",
        index="btree_not_null",
        copy=False,
        ondelete="set null",
        help="The customer who brought this one.",
    )
    referral_ids = fields.One2many(
        "res.partner", "referrer_id", string="Referred Customers"
    )
    funnel_lead_ids = fields.One2many(
        "crm.lead",
        "partner_id",
        string="Leads, Lost Ones Too",
        context={"active_test": False},
    )
    funnel_move_ids = fields.One2many(
        "crm.funnel.tier.move", "partner_id", string="Tier Moves", readonly=True
    )
    funnel_move_count = fields.Integer(
        string="Number of Tier Moves", compute="_compute_funnel_move_count"
    )

    _funnel_phone_idx = models.Index(
        "(phone_sanitized) WHERE phone_sanitized IS NOT NULL"
    )

    @api.model
    def _default_funnel_tier_id(self):
        return self.env["ir.model.data"]._xmlid_to_res_id(
            "crm_funnel_loyalty.tier_target", raise_if_not_found=False
        )

    @api.model
    def _default_funnel_tier_since(self):
        settings = self.env["crm.funnel.tier"]._get_funnel_settings()
        return local_day(self.env.cr.now(), settings.tz)

    def _compute_funnel_move_count(self):
        counts = dict(
            self.env["crm.funnel.tier.move"]._read_group(
                [("partner_id", "in", self.commercial_partner_id.ids)],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.funnel_move_count = counts.get(partner.commercial_partner_id, 0)

    @api.model
    def _read_group_funnel_tier_id(self, tiers, domain):
        """All seven columns are shown, also the empty ones."""
        return tiers.search([("code", "!=", False)])

    @api.constrains("referrer_id", "parent_id")
    def _check_referrer_is_another(self):
        for partner in self.filtered("referrer_id"):
            referrer = partner.referrer_id
            if referrer.commercial_partner_id == partner.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(name)s cannot be referred by the same customer.",
                        name=partner.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Contacts carry the figures of their customer from the start."""
        self._check_funnel_protected(vals_list)
        partners = super().create(vals_list)
        contacts = partners.filtered(lambda p: p.commercial_partner_id != p)
        if contacts:
            FunnelRecompute(contacts.commercial_partner_id).sync_contacts()
        return partners

    def write(self, vals):
        """Another family or referrer means other documents: recompute both."""
        self._check_funnel_protected([vals])
        # sudo: whose contact is a company's is no secret; its days are the tiers' days
        if "tz" in vals and self.sudo().ref_company_ids:
            self.env.registry.clear_cache()
        if not vals.keys() & self._get_funnel_trigger_fields():
            return super().write(vals)
        affected = self._get_funnel_affected_partners()
        result = super().write(vals)
        (affected | self._get_funnel_affected_partners())._recompute_funnel_tier()
        return result

    def action_view_funnel_moves(self):
        """Open the receipts of every tier this customer has been on."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_tier_moves"
        )
        action["domain"] = [("partner_id", "=", self.commercial_partner_id.id)]
        action["context"] = {"hide_customer": True}
        action["views"] = sorted(action["views"], key=lambda view: view[1] != "list")
        return action

    @api.model
    def _cron_recompute_funnel_tier(self, batch_size=100000):
        """Recompute everybody in batches, committing after each.

        A run that has to make room for other jobs keeps its place, and the next one
        goes on from there; a second run over the same customers writes nothing.
        """
        progress = self.env["ir.cron"]._commit_progress
        after = self._get_funnel_place()
        domain = self._get_funnel_recompute_domain() & Domain("id", ">", after)
        left = self.with_context(active_test=False).search_count(domain)
        progress(remaining=left)
        for batch in self._iter_funnel_batches(batch_size, after):
            batch._recompute_funnel_tier()
            left -= len(batch)
            if not progress(len(batch)) and left > 0:
                self._keep_funnel_place(batch[-1].id)
                return
        self._keep_funnel_place(0)
        self._warn_funnel_falls()

    @api.model
    def _iter_funnel_batches(self, batch_size, after=0):
        """Yield all commercial partners, archived ones too, in order of id."""
        partners = self.with_context(active_test=False)
        domain = self._get_funnel_recompute_domain()
        while batch := partners.search(
            domain & Domain("id", ">", after), order="id", limit=batch_size
        ):
            yield batch
            after = batch[-1].id

    @api.model
    def _get_funnel_place(self):
        # sudo: the cron's own note, whoever runs it
        return int(self.env["ir.config_parameter"].sudo().get_param(PLACE) or 0)

    @api.model
    def _keep_funnel_place(self, partner_id):
        if partner_id != self._get_funnel_place():
            # sudo: as above; no id means no note
            self.env["ir.config_parameter"].sudo().set_param(PLACE, partner_id or False)

    def _recompute_funnel_tier(self, at=None):
        """Put the commercial partners of these partners, and whoever referred them, on
        the tier their documents say.

        COST: one SQL statement for any number of customers, and one that asks whether
        it is prepared; a second call writes nothing. The tier follows the documents at
        once, up and down; only time leaves it a grace period (see ``crm.funnel.tier``).
        The highest tier ever reached is kept.

        Figures: confirmed orders of all companies. An order's untaxed amount is divided
        by its own ``currency_rate``, which gives its company's currency at the rate of
        the order's date; where that is not the currency of the tiers, today's rate
        brings it there.

        :param datetime at: look at the documents as they were at this moment (naive
            UTC) and date the moves so; by default now
        """
        if batch := FunnelBatch.of(self.env):
            batch.ids.update(self.ids)
            return
        # while the addon goes, its own records go one after the other
        leaving = self.env.su and self.env.context.get(MODULE_UNINSTALL_FLAG)
        if self and not leaving:
            FunnelRecompute(self, at).run()._after_funnel_move()

    def _after_funnel_move(self):
        """Called with the customers that have just moved to another tier (not with
        those that were given their first one); for benefits and care."""

    @api.model
    @contextmanager
    def _funnel_batch(self):
        """Recompute once, at the end, what happens inside; yields its context."""
        batch = FunnelBatch()
        yield {FunnelBatch.KEY: batch}
        self.browse(batch.ids).exists()._recompute_funnel_tier()

    def _get_funnel_affected_partners(self):
        """Return whose tier depends on these partners' family and referrer."""
        # sudo: the tier is the suite's to keep, whoever may read family and referrer
        partners = self.sudo()
        return partners.commercial_partner_id | partners.referrer_id

    @api.model
    def _get_funnel_trigger_fields(self):
        return {"parent_id", "is_company", "referrer_id"}

    @api.model
    def _get_funnel_recompute_domain(self):
        """Partners that may be commercial partners (a condition SQL can search)."""
        return Domain("parent_id", "=", False) | Domain("is_company", "=", True)

    @api.model
    def _get_funnel_customer_domain(self):
        """Customers as the screens show them: commercial partners that are neither a
        company of ours nor an internal user."""
        return (
            self._get_funnel_recompute_domain()
            & Domain("partner_share", "=", True)
            & Domain("ref_company_ids", "=", False)
        )

    @api.model
    def _get_tier_domain(self, tiers):
        return Domain("funnel_tier_id", "in", tiers.ids)

    @api.model
    def _get_funnel_protected_fields(self):
        return FUNNEL_FIELDS

    def _check_funnel_protected(self, vals_list):
        """Refuse tier figures that do not come from the recomputation.

        Writing back the value that is there (as merging contacts does) is harmless.
        """
        if self.env.su:
            return
        protected = self._get_funnel_protected_fields()
        asked = {name for vals in vals_list for name in protected if name in vals}
        asked |= {name for name in protected if f"default_{name}" in self.env.context}
        if asked and any(
            self._is_funnel_change(vals, name) for vals in vals_list for name in asked
        ):
            raise AccessError(
                self.env._(
                    "The tier of a customer follows from opportunities, quotations and "
                    "orders. It cannot be set by hand."
                )
            )

    def _get_funnel_default(self, field):
        """What a new customer has anyway; a new user's partner is given it by name."""
        default = field.default and field.default(self)
        return field.convert_to_write(default, self) if default else default

    def _is_funnel_change(self, vals, name):
        field = self._fields[name]
        value = vals.get(name, self.env.context.get(f"default_{name}"))
        if not self:
            return bool(value) and value != self._get_funnel_default(field)
        return any(is_change(partner, pick(vals, {name})) for partner in self)
