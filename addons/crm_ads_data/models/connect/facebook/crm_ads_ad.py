from odoo import api, fields, models


class CrmAdsAd(models.Model):
    """Ads as their channel says they are.

    SPECIFICATION
    - ``is_unplaced``: made of a lead that did not say where the ad belongs; the next
      look at the ad account puts it under its campaign. No other ad is ever moved.
    - A name that is just the ad's id was never given by anybody: it is filled in.
    """

    _inherit = ["crm.ads.ad", "crm.ads.channel.state"]
    _name = "crm.ads.ad"

    adset_ref = fields.Char(string="Ad Set ID", copy=False)
    is_unplaced = fields.Boolean(readonly=True, copy=False)

    @api.model
    def _prepare_found_values(self, campaign, row):
        values = super()._prepare_found_values(campaign, row)
        is_placed = row["campaign_ref"] or row["campaign_name"]
        is_guessed = self.env.context.get("crm_ads_account_guessed")
        return values | {
            "adset_ref": row.get("adset_ref"),
            "is_unplaced": bool(row["ad_ref"]) and bool(is_guessed or not is_placed),
        }

    def _takes_late_data(self):
        """Whether nobody but the channel has switched this ad off."""
        self.ensure_one()
        return not (
            self.account_id._is_closed()
            or self.campaign_id._is_closed_by_person()
            or self._is_closed_by_person()
        )

    @api.model
    def _place(self, account, rows):
        """Put ads that were made of a lead under the campaign that they are of.

        :param rows: list of dicts as ``_get_or_create`` takes them
        """
        by_ref = {row["ad_ref"]: row for row in rows if row["campaign_ref"]}
        unplaced = self.with_context(active_test=False).search(
            [
                ("is_unplaced", "=", True),
                ("external_ref", "in", list(by_ref)),
                ("company_id", "=", account.company_id.id),
                ("channel", "=", account.channel),
            ]
        )
        if not unplaced:
            return
        known = self._get_known(account, [by_ref[ad.external_ref] for ad in unplaced])
        elsewhere = unplaced.filtered(
            lambda ad: known[0].get(ad.external_ref, ad) == ad
        )
        pairs = {
            ad: self._get_campaign_pair(by_ref[ad.external_ref]) for ad in elsewhere
        }
        campaigns = self.env["crm.ads.campaign"]._get_or_create(account, pairs.values())
        for ad, pair in pairs.items():
            ad.write({"campaign_id": campaigns[pair].id, "is_unplaced": False})

    @api.model
    def _get_campaign_pair(self, row):
        return row["campaign_ref"], row["campaign_name"] or row["campaign_ref"]

    def _fill_in(self, row):
        """Take what is not known yet from a row of the channel.

        :param row: dict as ``_get_or_create`` takes it
        """
        self.ensure_one()
        values = {
            fname: row[fname]
            for fname in ("adset_ref", "adset_name")
            if row.get(fname) and not self[fname]
        }
        if self.name == self.external_ref and row["ad_name"]:
            values["name"] = row["ad_name"]
        if values:
            self.write(values)
