import json
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, ValidationError

from ...services.send.hosts import HostError, check_host
from ..const import CHANNELS

ALLOW_PRIVATE_HOSTS = "crm_campaign_partner.allow_private_hosts"


class CrmContactAccount(models.Model):
    """From where one person, or the whole company, sends and calls (000.25-000.28).

    WHOSE: an account with a ``user_id`` is that person's and used for nobody else; one
    without is the company's, and used by all who have none of their own on the channel.
    A person sets up the own accounts; those of the company are for campaign managers.

    READY: only an account whose credentials the provider has accepted sends. They are
    tried when they are saved. When the provider refuses the account itself (key, money,
    brand name) it needs attention (``error``): what waits, waits on; its owner has an
    activity.

    PROVIDER: ``provider`` names the AbstractModel that serves it, see
    ``crm.contact.provider``. Credentials: see ``crm_contact_account_secret``.

    HOSTS: calls may be sent elsewhere by an administrator, for tests; never into the
    own network unless the system parameter ``crm_campaign_partner.allow_private_hosts``
    is 1.
    """

    _name = "crm.contact.account"
    _description = "Contact Account"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "channel, sequence, id"
    _check_company_auto = True

    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, precompute=True
    )
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    provider = fields.Selection(
        [
            ("smtp", "E-mail server (SMTP)"),
            ("mail_server", "Mail server of Odoo (Gmail, Outlook)"),
            ("esms", "eSMS"),
            ("speedsms", "SpeedSMS"),
            ("zalo", "Zalo Official Account"),
            ("stringee", "Stringee"),
            ("omicall", "OMICall"),
            ("pbx", "Other telephone system"),
        ],
        required=True,
        default="smtp",
        index=True,
        tracking=True,
    )
    channel = fields.Selection(
        CHANNELS,
        compute="_compute_channel",
        store=True,
        precompute=True,
        index=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        index="btree_not_null",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        check_company=True,
        tracking=True,
        ondelete="cascade",
        help="Whose account it is. Empty: the company's, for all who have none.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        [
            ("draft", "To Be Tested"),
            ("ready", "Ready"),
            ("error", "Needs Attention"),
        ],
        string="Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    last_check = fields.Datetime(string="Tested On", readonly=True, copy=False)
    last_message = fields.Char(string="Test Result", readonly=True, copy=False)
    last_error = fields.Text(readonly=True, copy=False)
    hourly_limit = fields.Integer(
        string="Messages per Hour",
        help="What is more waits for the next hour. 0 is any number.",
    )
    is_sandbox = fields.Boolean(
        string="Trial Only", help="The provider takes messages but delivers none."
    )
    host_overrides = fields.Json(groups="base.group_system", copy=False)
    host_overrides_text = fields.Char(
        string="Other Hosts",
        groups="base.group_system",
        compute="_compute_host_overrides_text",
        inverse="_inverse_host_overrides_text",
        help='For tests: {"api": "https://sandbox.example"}.',
    )
    webhook_uuid = fields.Char(
        groups="base.group_system",
        copy=False,
        required=True,
        readonly=True,
        default=lambda self: uuid4().hex,
    )
    setup_help = fields.Html(compute="_compute_setup_help", sanitize=False)
    user_can_edit = fields.Boolean(compute="_compute_user_can_edit")

    _webhook_uuid_uniq = models.UniqueIndex("(webhook_uuid)")
    _hourly_limit_positive = models.Constraint(
        "CHECK (hourly_limit >= 0)", "The number of messages cannot be negative."
    )

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.depends("provider")
    def _compute_channel(self):
        for account in self:
            handler = account._get_handler()
            account.channel = handler._get_channel() if handler is not None else False

    @api.depends("provider", "user_id")
    def _compute_name(self):
        providers = dict(self._fields["provider"]._description_selection(self.env))
        for account in self:
            # sudo: borrows the right to read the name of a colleague and a company
            owner = account.user_id.sudo().name or account.company_id.sudo().name
            account.name = f"{providers.get(account.provider, '')} – {owner or ''}"

    @api.depends("provider")
    def _compute_setup_help(self):
        for account in self:
            handler = account._get_handler()
            account.setup_help = (
                handler._get_setup_help() if handler is not None else ""
            )

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_user_can_edit(self):
        editable = self._origin._filtered_access("write")
        for account in self:
            account.user_can_edit = not account._origin or account._origin in editable

    @api.depends("host_overrides")
    def _compute_host_overrides_text(self):
        for account in self:
            hosts = account.host_overrides
            account.host_overrides_text = json.dumps(hosts) if hosts else False

    def _inverse_host_overrides_text(self):
        for account in self:
            try:
                hosts = json.loads(account.host_overrides_text or "null")
            except ValueError as error:
                raise ValidationError(
                    self.env._('Write other hosts like {"api": "https://a.example"}.')
                ) from error
            account.host_overrides = hosts or False

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("host_overrides")
    def _check_host_overrides(self):
        # sudo: borrows the administrator's right, who alone may write the field
        for account in self.sudo():
            hosts = account.host_overrides or {}
            if not isinstance(hosts, dict):
                raise ValidationError(
                    self.env._('Write other hosts like {"api": "https://a.example"}.')
                )
            for address in hosts.values():
                account._check_host(address)

    def _check_host(self, address):
        """Refuse an address that may not be called.

        :raise ValidationError: with the reason
        """
        try:
            check_host(address, self._is_private_host_allowed())
        except HostError as error:
            raise ValidationError(
                self.env._("This address cannot be called: %s.", error)
            ) from error

    @api.model
    def _is_private_host_allowed(self):
        # sudo: borrows the administrator's right to read the one parameter
        return (
            self.env["ir.config_parameter"].sudo().get_param(ALLOW_PRIVATE_HOSTS) == "1"
        )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        """Nobody gives an account away, or takes one over, but a campaign manager."""
        if not vals.keys().isdisjoint({"user_id", "company_id"}):
            self._check_can_give()
        return super().write(vals)

    def _check_can_give(self):
        user = self.env.user
        if not self.env.su and not (
            user.has_group("crm_campaign_partner.group_campaign_manager")
            or user.has_group("base.group_system")
        ):
            raise AccessError(
                self.env._("Only a campaign manager changes whose account it is.")
            )

    # ------------------------------------------------------------------
    # Which account
    # ------------------------------------------------------------------

    def _get_handler(self):
        """The AbstractModel that serves this account; None where none is known."""
        self.ensure_one()
        return self.env.get(f"crm.contact.provider.{self.provider}")

    def _get_hosts(self):
        """:return: addresses that replace the provider's own"""
        self.ensure_one()
        # sudo: the system's right to use what the administrator has set
        return dict(self.sudo().host_overrides or {})

    @api.model
    def _get_candidates(self, user, company, channel):
        """:return: the accounts of a channel for a person: own ones first, then the
        company's, whatever their state; as superuser"""
        # sudo: borrows the manager's right to see the company's accounts; callers use
        # the account, they do not show it
        found = self.sudo().search(
            [
                ("channel", "=", channel),
                ("company_id", "=", company.id),
                ("user_id", "in", [user.id, False]),
            ]
        )
        return found.filtered("user_id") + found.filtered(lambda a: not a.user_id)

    @api.model
    def _get_for(self, user, company, channel):
        """:return: the account that sends for this person on a channel, as superuser;
        an empty one when none is ready"""
        candidates = self._get_candidates(user, company, channel)
        # whoever has an own account never sends in the company's name instead
        candidates = candidates.filtered("user_id") or candidates
        return candidates.filtered(lambda account: account.state == "ready")[:1]

    @api.model
    def _require_for(self, user, company, channel):
        """The account that sends for this person on a channel (000.26).

        :return: the account, as superuser
        :raises RedirectWarning: without a ready one, with a button to the set-up
        """
        account = self._get_for(user, company, channel)
        if account:
            return account
        broken = self._get_candidates(user, company, channel).filtered(
            lambda a: a.state == "error" or a.user_id
        )[:1]
        channels = dict(self._fields["channel"]._description_selection(self.env))
        if broken:
            message = self.env._(
                "Your account “%(account)s” cannot send yet: %(reason)s",
                account=broken.name,
                reason=broken.last_error or self.env._("it has not been tested."),
            )
        else:
            message = self.env._(
                "There is no account to contact people by %s yet. It takes a minute to "
                "set one up.",
                channels[channel],
            )
        raise RedirectWarning(
            message,
            self._get_setup_action(channel, broken),
            self.env._("Set Up Account"),
        )

    @api.model
    def _get_setup_action(self, channel, account=None):
        """:return: the action that opens an account's form, a new one without"""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign_partner.crm_contact_account_action_mine"
        )
        providers = [
            value
            for value, _label in self._fields["provider"].selection
            if (handler := self.env.get(f"crm.contact.provider.{value}")) is not None
            and handler._get_channel() == channel
        ]
        return dict(
            action,
            views=[(False, "form")],
            view_mode="form",
            res_id=account.id if account else False,
            target="current",
            context={"default_provider": providers[0] if providers else False},
        )
