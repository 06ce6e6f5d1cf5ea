from odoo import api, fields, models


class CrmAdsCampaign(models.Model):
    """Ad campaign inside an ad account; every one is a UTM campaign as well.

    SPECIFICATION (002.07–002.10)
    - Delegates to ``utm.campaign``: its UTM record travels lead > quotation > invoice
      by core's own means, so revenue comes back to the campaign.
    - ``is_running`` ("Act") switches it on; ``_get_or_create`` finds campaigns that a
      file or a provider names and makes the missing ones.
    """

    _name = "crm.ads.campaign"
    _description = "Ad Campaign"
    _inherit = ["crm.ads.figures"]
    _level_field = "campaign_id"
    _inherits = {"utm.campaign": "utm_campaign_id"}
    _order = "is_running desc, id desc"
    _rec_name = "title"
    _rec_names_search = ["title", "external_ref"]

    utm_campaign_id = fields.Many2one(
        "utm.campaign",
        string="UTM Campaign",
        required=True,
        index=True,
        ondelete="restrict",
    )
    account_id = fields.Many2one(
        "crm.ads.account",
        string="Ad Account",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    channel = fields.Selection(related="account_id.channel")
    external_ref = fields.Char(string="Campaign ID", copy=False)
    is_running = fields.Boolean(string="Act", default=False)
    ad_ids = fields.One2many("crm.ads.ad", "campaign_id")
    ad_count = fields.Integer(compute="_compute_ad_count")

    _external_ref_uniq = models.UniqueIndex(
        "(account_id, external_ref) WHERE external_ref IS NOT NULL",
        "This campaign ID already stands in another campaign of the account.",
    )

    def _compute_ad_count(self):
        groups = self.env["crm.ads.ad"]._read_group(
            [("campaign_id", "in", self.ids)], ["campaign_id"], ["__count"]
        )
        counts = dict(groups)
        for campaign in self:
            campaign.ad_count = counts.get(campaign._origin, 0)

    def action_open_ads(self):
        """Open the ads of this campaign."""
        self.ensure_one()
        return self._get_action_below("crm_ads_data.action_crm_ads_ad")

    @api.model
    def _get_or_create(self, account, wanted):
        """Return the campaigns of ``account`` that ``wanted`` names, missing ones made.

        Known by id, else by name: a campaign that has no id yet takes the wanted one's.

        :param account: one ``crm.ads.account``
        :param wanted: iterable of ``(external_ref or None, name)``
        :return: dict of each wanted pair to its ``crm.ads.campaign``
        """
        wanted = list(dict.fromkeys(wanted))
        known = self.with_context(active_test=False).search(
            [("account_id", "=", account.id)]
        )
        by_ref = {c.external_ref: c for c in known if c.external_ref}
        by_name = {c.title: c for c in reversed(known) if not c.external_ref}
        for ref, name in wanted:
            if ref and ref not in by_ref and name in by_name:
                by_ref[ref] = by_name.pop(name)
                by_ref[ref].external_ref = ref
        missing = {
            # a campaign that was renamed meanwhile is one campaign
            ref or (None, name): (ref, name)
            for ref, name in wanted
            if (ref not in by_ref if ref else name not in by_name)
        }
        created = self.create(
            [
                self._prepare_found_values(account, ref, name)
                for ref, name in missing.values()
            ]
        )
        for (ref, name), campaign in zip(missing.values(), created, strict=True):
            if ref:
                by_ref[ref] = campaign
            else:
                by_name[name] = campaign
        return {
            (ref, name): by_ref[ref] if ref else by_name[name] for ref, name in wanted
        }

    @api.model
    def _prepare_found_values(self, account, external_ref, name):
        return {
            "account_id": account.id,
            "external_ref": external_ref,
            "title": name or external_ref,
            "user_id": account.user_id.id,
            "is_running": True,
        }
