from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CrmCampaignMember(models.Model):
    """One partner of a campaign: who contacts him, and what he answered (000.08).

    RESULT: writing a result closes the planned calls of this member with it, and moves
    the member to "contacted", or to "done" when the result is final. Writing a next
    date plans a call for the person who contacts the partner. It does not matter
    whether that happens in the list or in the wizard.

    OPPORTUNITY: ``action_create_opportunity`` is the only way from a member to a lead.

    RIGHTS: whoever contacts the partner records results. Who contacts whom is decided
    by the organisers of the campaign; ``lead_id`` is written by the action alone.
    """

    _name = "crm.campaign.member"
    _description = "Campaign Member"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "campaign_id, state desc, id"
    _rec_name = "partner_id"
    _check_company_auto = True
    _mailing_enabled = True

    campaign_id = fields.Many2one(
        "crm.campaign",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Contacted By",
        index=True,
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        domain=[("share", "=", False)],
        check_company=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        related="campaign_id.company_id", store=True, index=True, precompute=True
    )
    phone = fields.Char(related="partner_id.phone")
    email = fields.Char(related="partner_id.email")
    city = fields.Char(related="partner_id.city")
    state_id = fields.Many2one(related="partner_id.state_id", string="State")
    province = fields.Char(
        related="partner_id.state_id.name",
        string="Province",
        help="Province of the customer's address.",
    )
    partner_category_ids = fields.Many2many(
        related="partner_id.category_id", string="Partner Tags"
    )
    state = fields.Selection(
        [("todo", "To Do"), ("contacted", "Contacted"), ("done", "Done")],
        string="Status",
        required=True,
        index=True,
        compute="_compute_state",
        store=True,
        readonly=False,
        precompute=True,
        group_expand=True,
        tracking=True,
    )
    result_id = fields.Many2one(
        "crm.campaign.result",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    note = fields.Text()
    contact_date = fields.Date(
        string="Contacted On",
        compute="_compute_contact_date",
        store=True,
        readonly=False,
        precompute=True,
    )
    next_date = fields.Date(string="Next Contact", tracking=True)
    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
    )

    _campaign_partner_uniq = models.UniqueIndex(
        "(campaign_id, partner_id)", "This partner is already in the campaign."
    )

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.depends("campaign_id")
    def _compute_user_id(self):
        for member in self:
            member.user_id = member.user_id or member.campaign_id.user_id

    @api.depends("result_id")
    def _compute_state(self):
        for member in self:
            if member.result_id:
                member.state = "done" if member.result_id.is_final else "contacted"
            else:
                member.state = "todo"

    @api.depends("result_id")
    def _compute_contact_date(self):
        today = fields.Date.context_today(self)
        for member in self:
            member.contact_date = today if member.result_id else False

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Give members the owner as contact person and refuse protected values."""
        members = super().create(
            [self._complete_result_values(vals) for vals in vals_list]
        )
        self.env["crm.campaign"]._forget_roles()
        if not self.env.su and members.lead_id:
            self._raise_lead_protected()
        members._schedule_next_contact()
        return members

    def write(self, vals):
        """Refuse what only organisers, or only the actions, may change."""
        self._check_protected_fields(vals)
        vals = self._complete_result_values(vals)
        result = super().write(vals)
        if not vals.keys().isdisjoint({"campaign_id", "user_id"}):
            self.env["crm.campaign"]._forget_roles()
        if vals.get("result_id"):
            self._close_planned_contacts(vals.get("note"))
        if "next_date" in vals or "user_id" in vals:
            self._schedule_next_contact()
        return result

    @api.model
    def _complete_result_values(self, vals):
        """After a final result there is no next contact."""
        result = self.env["crm.campaign.result"].browse(vals.get("result_id"))
        return {**vals, "next_date": False} if result.is_final else vals

    @api.model
    def _get_organiser_fields(self):
        """Fields that only the organisers of the campaign write: who is in it, and
        who contacts whom."""
        return {"campaign_id", "partner_id", "user_id", "company_id"}

    def _check_protected_fields(self, vals):
        if self.env.su:
            return
        self.env["crm.campaign"].browse(vals.get("campaign_id")).check_access("write")
        if "lead_id" in vals:
            self._raise_lead_protected()
        if vals.keys().isdisjoint(self._get_organiser_fields()):
            return
        if self.env.user.has_group("crm_campaign_partner.group_campaign_manager"):
            return
        if not all(campaign.user_is_organiser for campaign in self.campaign_id):
            raise AccessError(
                self.env._(
                    "Who contacts whom is decided by the owner of the campaign or the "
                    "people it is shared with."
                )
            )

    def _raise_lead_protected(self):
        raise AccessError(
            self.env._("The opportunity of a member is made by “Create Opportunity”.")
        )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_assign(self):
        """:return: the action that opens “Assign” for the selected members

        :raises UserError: when they are of several campaigns
        """
        roots = {
            int(path.partition("/")[0])
            for path in self.campaign_id.mapped("parent_path")
        }
        campaign = self.campaign_id
        if len(campaign) > 1:
            campaign = campaign.browse(roots)
        if len(campaign) != 1:
            raise UserError(
                self.env._("Choose customers of one campaign, or of its parts.")
            )
        action = campaign.action_assign()
        context = {"default_scope": "selected", "default_member_ids": self.ids}
        return dict(action, context={**action["context"], **context})

    def action_create_opportunity(self):
        """Make the opportunity of this member and open it; of several members, of those
        who answered positively and have none yet (000.33).

        :raises UserError: when there is none to make
        """
        self.check_access("write")
        members = self
        if len(self) > 1:
            members = self.filtered(lambda m: m.result_id.is_positive and not m.lead_id)
            if not members:
                raise UserError(
                    self.env._(
                        "None of these answered positively and has no opportunity yet."
                    )
                )
        elif self.lead_id:
            raise UserError(
                self.env._("%s already has an opportunity here.", self.display_name)
            )
        return members._create_opportunities()._get_opportunities_action()

    def _create_opportunities(self):
        """:return: the members whose opportunities were made"""
        # sudo: borrows nobody's right, write access was checked before; lead_id is
        # closed to everyone so that it cannot be set to some other lead over RPC.
        members = self.sudo().try_lock_for_update()
        if len(members) < len(self):
            raise UserError(self.env._("Somebody is making this opportunity just now."))
        leads = self.env["crm.lead"].create(
            [member._prepare_opportunity_values() for member in self]
        )
        for member, lead in zip(members, leads, strict=True):
            member.lead_id = lead
        return self

    def _get_opportunities_action(self):
        if len(self) == 1:
            return self.action_view_opportunity()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm.crm_lead_opportunities"
        )
        return dict(
            action,
            domain=[("id", "in", self.lead_id.ids)],
            context={"default_type": "opportunity"},
            views=[(False, "list"), (False, "kanban"), (False, "form")],
        )

    def action_view_opportunity(self):
        """:return: the action that opens the opportunity of this member"""
        self.ensure_one()
        return self.lead_id.redirect_lead_opportunity_view()

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def _prepare_opportunity_values(self):
        self.ensure_one()
        return {
            "type": "opportunity",
            "name": self.env._(
                "%(partner)s – %(campaign)s",
                partner=self.partner_id.name,
                campaign=self.campaign_id.title,
            ),
            "partner_id": self.partner_id.id,
            "user_id": (self.user_id or self.env.user).id,
            "company_id": self.company_id.id,
            "campaign_id": self.campaign_id.utm_campaign_id.id,
            "description": self.note,
        }

    def _close_planned_contacts(self, note=None):
        """Mark the planned calls as done and the logged ones as held, with the result
        and the note as feedback."""
        for result, members in self.grouped("result_id").items():
            members.activity_feedback(
                ["mail.mail_activity_data_call"],
                feedback=" – ".join(filter(None, (result.name, note))),
            )
        # sudo: borrows the salesperson's right to write the call log
        calls = self.env["crm.phonecall"].sudo()
        logged = calls.search([("member_id", "in", self.ids), ("state", "=", "open")])
        for member, held in logged.grouped("member_id").items():
            held._close_with_result(member)

    def _schedule_next_contact(self):
        """Plan a call on the next date for whoever contacts the partner; calls that
        were planned before are replaced."""
        self.activity_unlink(["mail.mail_activity_data_call"])
        for member in self.filtered("next_date"):
            member.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=member.next_date,
                summary=member.campaign_id.title,
                note=member.note,
                user_id=(member.user_id or self.env.user).id,
            )
