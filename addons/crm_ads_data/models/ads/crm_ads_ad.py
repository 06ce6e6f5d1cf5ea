from odoo import api, fields, models
from odoo.fields import Domain


class CrmAdsAd(models.Model):
    """One ad: the place that data always belongs to, and what it earned.

    SPECIFICATION (002.11–002.16, 002.27–002.31)
    - ``is_running`` ("Act") together with the campaign's and the account's switch
      decides ``is_open``: only an open ad takes data in.
    - What it cost and earned: ``crm.ads.figures``.
    """

    _name = "crm.ads.ad"
    _description = "Ad"
    _inherit = ["crm.ads.figures"]
    _level_field = "ad_id"
    _order = "is_running desc, id desc"
    _rec_names_search = ["name", "external_ref"]
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    campaign_id = fields.Many2one(
        "crm.ads.campaign",
        string="Ad Campaign",
        required=True,
        index=True,
        ondelete="restrict",
    )
    account_id = fields.Many2one(
        related="campaign_id.account_id", store=True, index=True
    )
    company_id = fields.Many2one(
        related="campaign_id.company_id", store=True, index=True
    )
    channel = fields.Selection(related="account_id.channel", store=True)
    user_id = fields.Many2one(related="account_id.user_id", string="Marketer")
    external_ref = fields.Char(string="Ad ID", copy=False)
    adset_name = fields.Char(string="Ad Set")
    is_running = fields.Boolean(string="Act", default=False)
    is_open = fields.Boolean(
        string="Takes Data",
        compute="_compute_is_open",
        search="_search_is_open",
        help="The ad, its campaign and its account are all switched on.",
    )
    is_organic = fields.Boolean(
        help="Collects the account's data that no ad can be named for."
    )
    product_id = fields.Many2one(
        "product.product",
        check_company=True,
        domain=[("sale_ok", "=", True)],
        index="btree_not_null",
    )
    medium_id = fields.Many2one(
        "utm.medium", default=lambda self: self._default_medium_id()
    )
    skill_ids = fields.Many2many(
        "crm.ads.skill",
        string="Needs Skills",
        help="Only people with all of these skills receive this ad's data.",
    )
    data_ids = fields.One2many("crm.ads.data", "ad_id", string="Customer Data")
    insight_ids = fields.One2many("crm.ads.insight", "ad_id")

    new_count = fields.Integer(string="To Transfer", compute="_compute_new_count")

    _external_ref_uniq = models.UniqueIndex(
        "(account_id, external_ref) WHERE external_ref IS NOT NULL",
        "This ad ID already stands in another ad of the account.",
    )
    _organic_uniq = models.UniqueIndex(
        "(account_id) WHERE is_organic", "An account has one organic ad."
    )

    def _default_medium_id(self):
        return self.env.ref("utm.utm_medium_facebook", raise_if_not_found=False)

    @api.depends(
        "is_running",
        "active",
        "campaign_id.is_running",
        "campaign_id.active",
        "account_id.is_running",
        "account_id.active",
    )
    def _compute_is_open(self):
        for ad in self:
            ad.is_open = all(
                level.active and level.is_running
                for level in (ad, ad.campaign_id, ad.account_id)
            )

    def _search_is_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        is_open = Domain.AND(
            Domain(f"{path}{fname}", "=", True)
            for path in ("", "campaign_id.", "account_id.")
            for fname in ("is_running", "active")
        )
        return is_open if True in value else ~is_open

    def _compute_new_count(self):
        groups = self.env["crm.ads.data"]._read_group(
            [("ad_id", "in", self.ids), ("state", "=", "new")], ["ad_id"], ["__count"]
        )
        counts = dict(groups)
        for ad in self:
            ad.new_count = counts.get(ad, 0)

    @api.model
    def _get_or_create(self, account, wanted):
        """Return the ads of ``account`` that ``wanted`` names, with their campaigns.

        Known by id first, else by campaign + ad set + name: an ad that has no id yet
        takes the row's; what a row does not say (no ad set, no campaign) does not tell
        ads apart as long as only one has that name. What is missing is made, switched
        on, in the account (the tree that a lead file or a provider names).

        :param account: one ``crm.ads.account``
        :param wanted: iterable of dicts with ``ad_ref``, ``ad_name``, ``adset_name``,
            ``campaign_ref``, ``campaign_name`` (each text or None)
        :return: list of ``crm.ads.ad``, one per wanted dict, in order; a dict
            without ad and name gives the account's organic ad
        """
        wanted = list(wanted)
        keys = [self._get_found_key(row) for row in wanted]
        named = {key: row for key, row in zip(keys, wanted, strict=True) if key}
        by_ref, by_name = self._get_known(account, named.values())
        found = {}
        for key, row in named.items():
            ad = by_ref.get(row["ad_ref"]) or by_name.get(self._get_name_key(row))
            if ad and row["ad_ref"] and ad.external_ref != row["ad_ref"]:
                # an ad with another id is another ad
                if ad.external_ref:
                    ad = None
                else:
                    ad.external_ref = row["ad_ref"]
            found[key] = ad
        missing = [key for key, ad in found.items() if not ad]
        created = self._create_found(account, [named[key] for key in missing])
        found |= dict(zip(missing, created, strict=True))
        if None in keys:
            found[None] = self._get_organic(account)
        return [found[key] for key in keys]

    @api.model
    def _get_found_key(self, row):
        """What tells ads apart: id, else campaign, ad set and name; None: organic."""
        if not (row["ad_ref"] or row["ad_name"]):
            return None
        if row["ad_ref"]:
            return (row["ad_ref"],)
        return (None, *self._get_name_key(row))

    @api.model
    def _get_name_key(self, row):
        return (row["campaign_name"], row["adset_name"], row["ad_name"])

    @api.model
    def _get_known(self, account, rows):
        """The account's ads that the rows can mean, by id and by name.

        :return: dict of id to ad; dict of campaign, ad set and name to ad (None: the
            row does not say)
        """
        refs = [row["ad_ref"] for row in rows if row["ad_ref"]]
        names = [row["ad_name"] for row in rows if row["ad_name"]]
        domain = Domain("external_ref", "in", refs) | Domain("name", "in", names)
        known = self.with_context(active_test=False).search(
            domain
            & Domain([("account_id", "=", account.id), ("is_organic", "=", False)])
        )
        by_ref = {ad.external_ref: ad for ad in known if ad.external_ref}
        exact, vague = {}, {}
        for ad in known:
            title, adset = ad.campaign_id.title, ad.adset_name or None
            exact[title, adset, ad.name] = ad
            for key in {(t, a, ad.name) for t in (title, None) for a in (adset, None)}:
                vague.setdefault(key, []).append(ad)
        unique = {key: ads[0] for key, ads in vague.items() if len(ads) == 1}
        return by_ref, unique | exact

    @api.model
    def _create_found(self, account, rows):
        default_name = self.env._("Campaign of %(account)s", account=account.name)
        pairs = [
            (row["campaign_ref"], row["campaign_name"] or default_name) for row in rows
        ]
        campaigns = self.env["crm.ads.campaign"]._get_or_create(account, pairs)
        return self.create(
            [
                self._prepare_found_values(campaigns[pair], row)
                for row, pair in zip(rows, pairs, strict=True)
            ]
        )

    @api.model
    def _prepare_found_values(self, campaign, row):
        """Values of an ad that a row names and nobody has made yet."""
        return {
            "campaign_id": campaign.id,
            "name": row["ad_name"] or row["ad_ref"],
            "external_ref": row["ad_ref"],
            "adset_name": row["adset_name"],
            "is_running": True,
        }

    @api.model
    def _get_organic(self, account):
        """The account's ad for data that came without an ad; made when first needed."""
        organic = self.with_context(active_test=False).search(
            [("account_id", "=", account.id), ("is_organic", "=", True)], limit=1
        )
        if organic:
            return organic
        name = self.env._("Organic")
        pair = (None, name)
        campaign = self.env["crm.ads.campaign"]._get_or_create(account, [pair])[pair]
        return self.create(
            {
                "name": name,
                "campaign_id": campaign.id,
                "is_organic": True,
                "is_running": True,
            }
        )

    def action_transfer_new(self):
        """Deal out all new data of these ads."""
        domain = [("ad_id", "in", self.ids), ("state", "=", "new")]
        return self.env["crm.ads.data"].search(domain).action_transfer()

    def action_open_insights(self):
        """Open the daily figures of this ad."""
        self.ensure_one()
        return self._get_action_below("crm_ads_data.action_crm_ads_insight")

    def _get_closed_message(self):
        """Why this ad takes no data now, and what to switch on."""
        self.ensure_one()
        return self.env._(
            "Ad %(ad)s takes no data: not switched on: %(closed)s. Tick Running or Act"
            " there first.",
            ad=self.display_name,
            closed=", ".join(level.display_name for level in self._get_closed_levels()),
        )

    def _get_closed_levels(self):
        """What keeps data out of this ad, from the top of the tree down."""
        self.ensure_one()
        levels = (self.account_id, self.campaign_id, self)
        return [level for level in levels if level._is_closed()]

    def _raise_closed(self):
        """Say why this ad takes no data, with a button to the first closed level."""
        top = self._get_closed_levels()[0]
        raise top._get_closed_warning(self._get_closed_message())
