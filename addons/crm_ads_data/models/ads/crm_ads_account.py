from odoo import api, fields, models


class CrmAdsAccount(models.Model):
    """Advertising account: the top of the tree account > campaign > ad > data.

    SPECIFICATION (002.01–002.06)
    - An account is the personal or business account that pays for ads on one
      channel; ``external_ref`` is its id there (for Facebook the "ID Tài khoản").
    - The same id stands once per company and channel.
    - ``is_running`` ("Running") switches the account on: data is taken in only for
      a running ad of a running campaign of a running account.
    - ``user_id`` is the marketer; marketers see and work their own accounts only.
    """

    _name = "crm.ads.account"
    _description = "Ad Account"
    _inherit = ["mail.thread", "crm.ads.figures"]
    _level_field = "account_id"
    _order = "is_running desc, name, id"
    _rec_names_search = ["name", "external_ref"]
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    channel = fields.Selection(
        [
            ("facebook", "Facebook"),
            ("tiktok", "TikTok"),
            ("google", "Google"),
            ("zalo", "Zalo"),
            ("other", "Other"),
        ],
        required=True,
        default="facebook",
    )
    external_ref = fields.Char(
        string="Account ID",
        copy=False,
        tracking=True,
        help="The account's id at the channel, as shown in its ads manager.",
    )
    is_running = fields.Boolean(string="Running", default=False, tracking=True)
    user_id = fields.Many2one(
        "res.users",
        string="Marketer",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="The currency that the channel bills this account in.",
    )
    campaign_ids = fields.One2many("crm.ads.campaign", "account_id")
    campaign_count = fields.Integer(compute="_compute_counts")
    ad_count = fields.Integer(compute="_compute_counts")

    _external_ref_uniq = models.UniqueIndex(
        "(company_id, channel, external_ref) WHERE external_ref IS NOT NULL",
        "This account ID already stands in another ad account of this channel.",
    )

    def _compute_counts(self):
        for fname, model in (
            ("campaign_count", "crm.ads.campaign"),
            ("ad_count", "crm.ads.ad"),
        ):
            groups = self.env[model]._read_group(
                [("account_id", "in", self.ids)], ["account_id"], ["__count"]
            )
            counts = dict(groups)
            for account in self:
                account[fname] = counts.get(account, 0)

    @api.depends("name", "external_ref")
    def _compute_display_name(self):
        for account in self:
            ref = f" ({account.external_ref})" if account.external_ref else ""
            account.display_name = f"{account.name or ''}{ref}"

    def action_open_campaigns(self):
        """Open the campaigns of this account."""
        self.ensure_one()
        return self._get_action_below("crm_ads_data.action_crm_ads_campaign")

    def action_open_ads(self):
        """Open the ads of this account."""
        self.ensure_one()
        action = self._get_action_below("crm_ads_data.action_crm_ads_ad")
        action["context"] = {}
        return action
