from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from .res_company import CAMPAIGN_SEQUENCE_CODE


class CrmCampaign(models.Model):
    """A campaign towards partners, agents, distributors or customers (000.01-000.06).

    UTM: every campaign is also an ``utm.campaign`` (delegation), so leads,
    quotations, invoices and mailings point at it as they do in core. The owner, the
    company and the archived mark are the campaign's own: any employee may write on
    a ``utm.campaign``, and none of the three may be taken over that way. They are
    copied to the UTM campaign.

    TREE: a large campaign is split into sub-campaigns. Their dates lie inside those
    of the campaign above, and every figure of ``crm_campaign_figures`` includes them.
    Only an organiser of the campaign above puts another one into it.

    DELETING: only a campaign that nothing refers to can be deleted, and its UTM
    campaign goes with it; any other is archived. A UTM campaign in use by a campaign
    cannot be deleted (``ondelete="restrict"``).
    """

    _name = "crm.campaign"
    _description = "Campaign"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _inherits = {"utm.campaign": "utm_campaign_id"}
    _rec_name = "title"
    _rec_names_search = ["title", "code"]
    _order = "date_begin desc, id desc"
    _parent_store = True
    _check_company_auto = True

    def _default_user_id(self):
        return self.env.user

    utm_campaign_id = fields.Many2one(
        "utm.campaign", string="UTM Campaign", required=True, ondelete="restrict"
    )
    active = fields.Boolean(default=True, tracking=True)
    code = fields.Char(copy=False, readonly=True)
    kind = fields.Selection(
        [("marketing", "Marketing"), ("care", "Care")],
        required=True,
        default="marketing",
    )
    audience = fields.Selection(
        [
            ("partner", "Partners"),
            ("agent", "Agents"),
            ("distributor", "Distributors"),
            ("customer", "Customers"),
        ],
        required=True,
        default="agent",
    )
    parent_id = fields.Many2one(
        "crm.campaign",
        string="Part of Campaign",
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("crm.campaign", "parent_id", string="Sub-campaigns")
    date_begin = fields.Date(
        string="Start Date", default=fields.Date.context_today, tracking=True
    )
    date_end = fields.Date(string="End Date", tracking=True)
    goal = fields.Text()
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("running", "Running"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        required=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        index=True,
        default=lambda self: self._default_user_id(),
        domain=[("share", "=", False)],
        check_company=True,
        tracking=True,
    )
    shared_user_ids = fields.Many2many(
        "res.users",
        "crm_campaign_shared_user_rel",
        "campaign_id",
        "user_id",
        string="Shared With",
        domain=[("share", "=", False)],
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    member_ids = fields.One2many("crm.campaign.member", "campaign_id", string="Members")
    budget_line_ids = fields.One2many(
        "crm.campaign.budget.line", "campaign_id", string="Budget Lines", copy=True
    )
    _utm_campaign_uniq = models.UniqueIndex(
        "(utm_campaign_id)", "This UTM campaign already belongs to another campaign."
    )
    _code_uniq = models.UniqueIndex(
        "(company_id, code)", "There is already a campaign with this code."
    )
    _dates_order = models.Constraint(
        "CHECK (date_end >= date_begin)",
        "A campaign cannot end before it begins.",
    )

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("parent_id", "date_begin", "date_end")
    def _check_dates_inside_parent(self):
        for campaign in self | self.child_ids:
            parent = campaign.parent_id
            if parent and not campaign._is_inside(parent):
                raise ValidationError(
                    self.env._(
                        "The dates of “%(campaign)s” must lie inside those of "
                        "“%(parent)s”: %(begin)s – %(end)s.",
                        campaign=campaign.title,
                        parent=parent.title,
                        begin=parent.date_begin or "…",
                        end=parent.date_end or "…",
                    )
                )

    def _is_inside(self, parent):
        """Whether every date that is set lies within the parent's dates."""
        self.ensure_one()
        dates = [date for date in (self.date_begin, self.date_end) if date]
        return all(
            (not parent.date_begin or parent.date_begin <= date)
            and (not parent.date_end or date <= parent.date_end)
            for date in dates
        )

    @api.constrains("company_id", "parent_id")
    def _check_company_tree(self):
        for campaign in self | self.child_ids:
            parent = campaign.parent_id
            if parent and campaign.company_id != parent.company_id:
                raise ValidationError(
                    self.env._(
                        "“%(campaign)s” and “%(parent)s” must belong to one company.",
                        campaign=campaign.title,
                        parent=parent.title,
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Give each new campaign its code and its UTM campaign the same owner."""
        for vals in vals_list:
            if not vals.get("code"):
                vals["code"] = self._next_code(vals.get("company_id"))
        campaigns = super().create(vals_list)
        campaigns.parent_id.check_access("write")
        campaigns._sync_utm_campaign()
        return campaigns

    def write(self, vals):
        """Keep the UTM campaign in step with what changes here."""
        if not vals.keys().isdisjoint(self._get_owner_fields()):
            self._check_owner_access()
        self.browse(vals.get("parent_id")).check_access("write")
        result = super().write(vals)
        if not vals.keys().isdisjoint({"user_id", "shared_user_ids", "parent_id"}):
            self._forget_roles()
        if not vals.keys().isdisjoint(self._get_utm_synced_fields()):
            self._sync_utm_campaign()
        return result

    def copy_data(self, default=None):
        """A copy is a template: the same plan, told apart by its title."""
        vals_list = super().copy_data(default=default)
        given = (default or {}).get("title")
        return [
            dict(vals, title=given or self.env._("%s (copy)", campaign.title))
            for campaign, vals in zip(self, vals_list, strict=True)
        ]

    def unlink(self):
        """Take an unused UTM campaign along; one that is referred to stays."""
        utm_campaigns = self.utm_campaign_id
        result = super().unlink()
        # sudo: borrows the system administrator's right to delete a UTM campaign;
        # this one was made together with the campaign and nothing else uses it.
        utm_campaigns.sudo().unlink()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: borrows the campaign manager's right, to see data of other people
        # and companies that would be lost.
        for model, field in self.sudo()._get_referring_fields():
            campaigns = self
            if field.comodel_name != self._name:
                campaigns = self.utm_campaign_id
            records = self.sudo().env[model].with_context(active_test=False)
            if records.search_count([(field.name, "in", campaigns.ids)], limit=1):
                raise UserError(
                    self.env._(
                        "This campaign is used by %(what)s. Archive it instead.",
                        what=records._description,
                    )
                )

    @api.model
    def _next_code(self, company_id):
        company = self.env["res.company"].browse(company_id) or self.env.company
        return (
            self.env["ir.sequence"]
            .with_company(company)
            .next_by_code(CAMPAIGN_SEQUENCE_CODE)
        )

    @api.model
    def _get_utm_synced_fields(self):
        """Own fields that the UTM campaign repeats."""
        return {"user_id", "company_id", "active"}

    def _sync_utm_campaign(self):
        for campaign in self:
            campaign.utm_campaign_id.write(
                {
                    "user_id": campaign.user_id.id,
                    "company_id": campaign.company_id.id,
                    "active": campaign.active,
                }
            )

    @api.model
    def _get_owner_fields(self):
        """Fields that decide whose campaign it is: only its owner gives it away."""
        return {"user_id", "company_id", "utm_campaign_id"}

    def _check_owner_access(self):
        if self.env.su or self.env.user.has_group(
            "crm_campaign_partner.group_campaign_manager"
        ):
            return
        if any(campaign.user_id != self.env.user for campaign in self):
            raise AccessError(
                self.env._("Only the owner or a campaign manager can do that.")
            )

    @api.model
    def _get_referring_fields(self):
        """:return: [(model name, field)] of every stored many2one that points at a
        campaign or at its UTM campaign and would be emptied or lost with it"""
        targets = {self._name, *self._inherits}
        return [
            (name, field)
            for name, model in self.env.items()
            if model._auto and not model._transient
            for field in model._fields.values()
            if field.type == "many2one" and field.store and not field.related
            if field.comodel_name in targets
            if not (name == self._name and field.name in self._inherits.values())
        ]

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_start(self):
        """Set the campaigns running."""
        self.write({"state": "running"})

    def action_done(self):
        """Close the campaigns: nobody else is contacted."""
        self.write({"state": "done"})

    def action_cancel(self):
        """Call the campaigns off."""
        self.write({"state": "cancelled"})

    def action_draft(self):
        """Take the campaigns back to planning."""
        self.write({"state": "draft"})

    def action_pick_partners(self):
        """:return: the action that opens “Pick customers” for this campaign"""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pick Customers"),
            "res_model": "crm.campaign.pick",
            "view_mode": "form",
            "target": "new",
            "context": {"default_campaign_id": self.id},
        }

    def action_assign(self):
        """:return: the action that opens “Assign” for this campaign"""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assign Customers"),
            "res_model": "crm.campaign.assign",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_campaign_id": self.id,
                **self.env["crm.campaign.assign"]._get_defaults(self),
            },
        }

    def action_view_members(self):
        """:return: the action that lists all members, sub-campaigns included"""
        return self._get_members_action(Domain.TRUE)

    def action_view_my_members(self):
        """:return: the action that lists the members that the user contacts"""
        return self._get_members_action(
            Domain("user_id", "=", self.env.uid),
            name=self.env._("My Calls"),
            hide_user=True,
        )

    def _get_members_action(self, domain, name=None, **context):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign_partner.crm_campaign_member_action"
        )
        domain &= Domain("campaign_id", "child_of", self.id)
        context = {
            "default_campaign_id": self.id,
            "hide_campaign": not self.child_ids,
            **context,
        }
        if name:
            action.update(name=name, display_name=name)
        return dict(action, domain=list(domain), context=context)
