import json
import re
import secrets
from datetime import timedelta
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...services.connect.hosts import HostError, check_host

# What proves who we are at the provider, or who the provider is to us.
CREDENTIAL_FIELDS = (
    "app_key",
    "app_secret",
    "api_key",
    "api_secret",
    "access_token",
    "refresh_token",
    "shop_ref",
    "webhook_secret",
    "verify_token",
    "webhook_url",
)
SECRET_FIELDS = (
    "app_secret",
    "api_key",
    "api_secret",
    "access_token",
    "refresh_token",
    "webhook_secret",
    "verify_token",
)
ALLOW_PRIVATE_HOSTS = "crm_ads_data.connector_allow_private_hosts"
# How far back a new connector begins to read.
FIRST_DAYS = 7
_PRINTABLE = re.compile(r"[!-~]+")


class CrmConnector(models.Model):
    """Link to one shop, page or account at a provider, from which data comes by itself.

    SPECIFICATION
    - ``provider`` chooses the AbstractModel ``crm.connector.<provider>`` that serves
      the connector (see ``crm.connector.provider``); nothing here knows one by name.
    - ``state``: a draft is being set up; a running one fetches by itself; a paused one
      fetches nothing and works nothing off, but still keeps what webhooks bring.
    - ``auth_state`` says whether the provider takes our credentials: ``reauth`` stops
      every call until they are renewed, and asks the administrator once, by one open
      activity (see ``crm_connector_status``).
    - Polling is the truth, webhooks are hints: ``cursor_date`` is the moment before
      which everything is in (see ``crm_connector_poll``).
    - Credentials are for administrators alone, are not copied, stand in no log, no
      error and no stored payload, and are blanked in a neutralised copy.
    - ``host_overrides`` sends calls elsewhere, for tests; never into the own network
      unless the system parameter ``crm_ads_data.connector_allow_private_hosts`` is 1.

    Administrators set connectors up; sale admins see how they do.
    """

    _name = "crm.connector"
    _description = "Connector"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    provider = fields.Selection(
        [
            ("facebook", "Facebook"),
            ("nhanh", "Nhanh.vn"),
            ("pancake", "Pancake POS"),
            ("haravan", "Haravan"),
            ("sapo", "Sapo"),
            ("shopee", "Shopee"),
            ("tiktok", "TikTok Shop"),
        ],
        required=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Administrator",
        required=True,
        default=lambda self: self.env.user,
        tracking=True,
        domain=lambda self: [
            ("all_group_ids", "in", self.env.ref("base.group_system").ids)
        ],
        help="Is asked to act when the provider wants a new authorisation.",
    )
    state = fields.Selection(
        [("draft", "Set Up"), ("running", "Up and Running"), ("paused", "Paused")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    auth_state = fields.Selection(
        [
            ("unset", "Not Tried"),
            ("ok", "Accepted"),
            ("expiring", "Expires Soon"),
            ("reauth", "To Be Renewed"),
        ],
        string="Access",
        required=True,
        default="unset",
        readonly=True,
        copy=False,
    )

    # -- credentials ----------------------------------------------------------------
    app_key = fields.Char(string="App ID", groups="base.group_system", copy=False)
    app_secret = fields.Char(groups="base.group_system", copy=False)
    api_key = fields.Char(string="API Key", groups="base.group_system", copy=False)
    api_secret = fields.Char(
        string="API Secret", groups="base.group_system", copy=False
    )
    access_token = fields.Char(groups="base.group_system", copy=False)
    refresh_token = fields.Char(groups="base.group_system", copy=False)
    shop_ref = fields.Char(
        string="Shop ID",
        groups="base.group_system",
        copy=False,
        help="The shop's, business's or page's id at the provider.",
    )
    webhook_secret = fields.Char(groups="base.group_system", copy=False)
    verify_token = fields.Char(groups="base.group_system", copy=False)
    webhook_url = fields.Char(
        string="Registered Address",
        groups="base.group_system",
        copy=False,
        help="The webhook address letter for letter as it was registered at the"
        " provider, where it differs from the one above.",
    )
    token_expiry = fields.Datetime(string="Access Ends", copy=False)
    refresh_expiry = fields.Datetime(string="Authorisation Ends", copy=False)
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
    webhook_address = fields.Char(
        groups="base.group_system", compute="_compute_webhook_address"
    )
    setup_help = fields.Html(compute="_compute_setup_help", sanitize=False)
    used_credentials = fields.Json(compute="_compute_setup_help")

    # -- where things go ------------------------------------------------------------
    account_id = fields.Many2one(
        "crm.ads.account",
        string="Ad Account",
        check_company=True,
        index="btree_not_null",
        help="What comes without a known ad goes to this account's organic ad.",
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Sales Team",
        check_company=True,
        help="Gets the orders that come without a salesperson.",
    )

    # -- how far it is --------------------------------------------------------------
    cursor_date = fields.Datetime(
        string="Read Up To",
        copy=False,
        default=lambda self: fields.Datetime.now() - timedelta(days=FIRST_DAYS),
        help="Everything that changed at the provider before this moment is in.",
    )
    page_cursor = fields.Json(copy=False, readonly=True)
    poll_minutes = fields.Integer(
        string="Fetch Every", default=10, help="Minutes between two fetches."
    )
    next_poll = fields.Datetime(readonly=True, copy=False)
    wait_until = fields.Datetime(
        readonly=True, copy=False, help="The provider wants no call before."
    )
    failure_count = fields.Integer(readonly=True, copy=False)
    run_count = fields.Integer(
        string="Records of This Fetch", readonly=True, copy=False
    )
    last_sync = fields.Datetime(string="Last Complete Fetch", readonly=True, copy=False)
    last_error = fields.Text(readonly=True, copy=False)
    last_error_date = fields.Datetime(readonly=True, copy=False)
    last_error_kind = fields.Selection(
        selection="_selection_error_kind", readonly=True, copy=False
    )
    event_ids = fields.One2many("crm.connector.event", "connector_id")

    _webhook_uuid_uniq = models.UniqueIndex("(webhook_uuid)")
    _poll_minutes_positive = models.Constraint(
        "CHECK (poll_minutes > 0)", "Fetch at most once a minute."
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("webhook_uuid", "webhook_secret", "provider")
    def _compute_webhook_address(self):
        for connector in self:
            handler = connector._get_handler()
            connector.webhook_address = (
                handler._get_webhook_address(connector) if handler is not None else ""
            )

    @api.depends("provider")
    def _compute_setup_help(self):
        for connector in self:
            handler = connector._get_handler()
            known = handler is not None
            connector.setup_help = handler._get_setup_help() if known else ""
            connector.used_credentials = (
                handler._get_used_credentials() if known else []
            )

    @api.depends("host_overrides")
    def _compute_host_overrides_text(self):
        for connector in self:
            hosts = connector.host_overrides
            connector.host_overrides_text = json.dumps(hosts) if hosts else False

    def _inverse_host_overrides_text(self):
        for connector in self:
            try:
                hosts = json.loads(connector.host_overrides_text or "null")
            except ValueError as error:
                raise ValidationError(
                    self.env._('Write other hosts like {"api": "https://a.example"}.')
                ) from error
            connector.host_overrides = hosts or False

    # ------------------------------------------------------------
    # CONSTRAINS
    # ------------------------------------------------------------

    @api.constrains("host_overrides")
    def _check_host_overrides(self):
        for connector in self:
            connector._get_hosts()

    @api.constrains("provider", *CREDENTIAL_FIELDS)
    def _check_credentials(self):
        for connector in self:
            connector._check_credential_texts()
            handler = connector._get_handler()
            if handler is not None:
                handler._check_credentials(connector)

    def _check_credential_texts(self):
        for fname in CREDENTIAL_FIELDS:
            value = self[fname]
            if value and not _PRINTABLE.fullmatch(value):
                raise ValidationError(
                    self.env._(
                        "%(field)s holds a blank or a letter with an accent, which no"
                        " key has. Copy it again.",
                        field=self._fields[fname]._description_string(self.env),
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Create connectors, with the secrets that we choose ourselves."""
        connectors = super().create([self._trim(vals) for vals in vals_list])
        for connector in connectors:
            connector._generate_secrets()
        return connectors

    def write(self, vals):
        """Write; renewed credentials may be tried at once."""
        vals = self._trim(vals)
        if any(fname in vals for fname in CREDENTIAL_FIELDS):
            vals = self._prepare_renewed_values() | vals
        return super().write(vals)

    @api.model
    def _trim(self, vals):
        """Pasted credentials without the blanks around them."""
        return {
            fname: value.strip()
            if fname in CREDENTIAL_FIELDS and isinstance(value, str)
            else value
            for fname, value in vals.items()
        }

    def _generate_secrets(self):
        """Make up what we choose and the provider only repeats."""
        handler = self._get_handler()
        names = handler._get_generated_credentials() if handler is not None else ()
        values = {name: secrets.token_urlsafe(24) for name in names if not self[name]}
        if values:
            self.write(values)

    # ------------------------------------------------------------
    # THE PROVIDER
    # ------------------------------------------------------------

    def _get_handler(self):
        """The AbstractModel that serves this connector; None where none is known."""
        self.ensure_one()
        return self.env.get(f"crm.connector.{self.provider}")

    def _require_handler(self):
        """The handler.

        :raise UserError: when this provider cannot be served
        """
        handler = self._get_handler()
        if handler is None:
            raise UserError(
                self.env._(
                    "%(name)s cannot be connected: nothing here speaks with it.",
                    name=self.display_name,
                )
            )
        return handler

    def _get_api(self):
        """The provider's API with this connector's credentials and hosts.

        :return: ``ProviderApi`` of ``services.connect``
        """
        return self._require_handler()._api_class(
            self._get_credentials(), self._get_hosts()
        )

    def _get_webhook_api(self):
        """The provider's API as a webhook needs it: it calls nobody."""
        return self._require_handler()._api_class(self._get_credentials())

    def _get_credentials(self):
        # sudo: the system's right to use what no person but the administrator reads
        connector = self.sudo()
        credentials = {fname: connector[fname] or None for fname in CREDENTIAL_FIELDS}
        if not credentials["webhook_url"]:
            credentials["webhook_url"] = connector.webhook_address
        return credentials

    def _get_secrets(self):
        """The values that nothing may show."""
        # sudo: the system's right to know what it has to hide
        connector = self.sudo()
        return [connector[fname] for fname in SECRET_FIELDS if connector[fname]]

    def _get_hosts(self):
        """The addresses that stand in for the provider's own.

        :raise ValidationError: when one may not be called
        """
        # sudo: the system's right to use what the administrator set
        overrides = self.sudo().host_overrides
        if not overrides:
            return {}
        # sudo: parameters are the administrator's, the system reads its own
        parameters = self.env["ir.config_parameter"].sudo()
        is_private_allowed = parameters.get_param(ALLOW_PRIVATE_HOSTS) == "1"
        try:
            if not isinstance(overrides, dict):
                raise HostError("no pairs of name and address")
            for address in overrides.values():
                check_host(address, is_private_allowed)
        except HostError as error:
            raise ValidationError(
                self.env._(
                    "Other hosts: %(why)s. Only public addresses that begin with"
                    " https:// can be called.",
                    why=error,
                )
            ) from error
        return overrides
