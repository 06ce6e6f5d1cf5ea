from odoo import models
from odoo.fields import Domain

from ....services.connect import errors
from ....services.connect.meta_tree import (
    AdAccount,
    fetch_account,
    fetch_account_ref,
)

AD_FIELDS = (
    "ad_ref",
    "ad_name",
    "adset_ref",
    "adset_name",
    "campaign_ref",
    "campaign_name",
)


class CrmConnectorFacebook(models.AbstractModel):
    """Which ad a lead is of; account, campaign and ad are made when missing.

    SPECIFICATION
    - An ad is looked for by its id in all Facebook accounts of the company, then its
      campaign is; of an ad that is known nowhere Facebook is asked for the account. If
      it does not say, the ad is kept in the page's or connector's account until the
      account's own ads are read.
    - What was made by hand with the same id is used, with the names it has.

    COST: three searches and what is missing in batches, however many leads; one call
    for each ad that is new here.
    """

    _inherit = "crm.connector.facebook"

    def _find_ads(self, page, leads, forms):
        """The ads of these leads.

        :param forms: dict of form id to ``crm.connector.form``
        :return: list of ``crm.ads.ad``, one per lead in order
        """
        named = [lead for lead in leads if lead.ad_ref]
        accounts, guessed = self._find_accounts(page, named)
        found = {}
        for account in dict.fromkeys(accounts.values()):
            group = [lead for lead in named if accounts[lead.ad_ref] == account]
            for is_guess in (False, True):
                part = [lead for lead in group if (lead.ad_ref in guessed) == is_guess]
                found |= self._get_ads(account, part, is_guess)
        organic = {
            ref: self._get_organic_ad(page, forms.get(ref))
            for ref in {lead.form_ref for lead in leads if not lead.ad_ref}
        }
        return [found.get(lead.ad_ref) or organic[lead.form_ref] for lead in leads]

    def _get_ads(self, account, leads, is_guess):
        model = self.env["crm.ads.ad"].with_context(crm_ads_account_guessed=is_guess)
        rows = [self._prepare_ad_key(lead) for lead in leads]
        ads = model._get_or_create(account, rows)
        for ad, row in zip(ads, rows, strict=True):
            ad._fill_in(row)
        return {
            row["ad_ref"]: self.env["crm.ads.ad"].browse(ad.id)
            for ad, row in zip(ads, rows, strict=True)
        }

    def _prepare_ad_key(self, thing):
        """What a lead says of its ad, as ``crm.ads.ad._get_or_create`` takes it."""
        return {fname: getattr(thing, fname) for fname in AD_FIELDS}

    def _get_organic_ad(self, page, form):
        if form and form.ad_id:
            return form.ad_id
        account = page.connector_id._get_lead_account(page)
        return self.env["crm.ads.ad"]._get_organic(account)

    def _find_accounts(self, page, leads):
        """The accounts that the leads' ads are in.

        :return: dict of ad id to ``crm.ads.account``; set of the ad ids whose account
            nobody knows
        """
        refs = {lead.ad_ref for lead in leads}
        campaigns = {lead.ad_ref: lead.campaign_ref for lead in leads}
        found = self._search_accounts("crm.ads.ad", page, refs)
        by_campaign = self._search_accounts(
            "crm.ads.campaign",
            page,
            {campaigns[ref] for ref in refs - found.keys() if campaigns[ref]},
        )
        found |= {
            ref: by_campaign[campaigns[ref]]
            for ref in refs - found.keys()
            if campaigns[ref] in by_campaign
        }
        guessed, asked = set(), {}
        for lead in leads:
            if lead.ad_ref in found:
                continue
            # one campaign is in one account: Facebook is asked once
            key = lead.campaign_ref or lead.ad_ref
            if key not in asked:
                asked[key] = self._ask_account(page.connector_id, lead.ad_ref)
            found[lead.ad_ref] = asked[key] or page.connector_id._get_lead_account(page)
            if not asked[key]:
                guessed.add(lead.ad_ref)
        return found, guessed

    def _search_accounts(self, model, page, refs):
        """Accounts of the things with these ids: dict of id to ``crm.ads.account``."""
        if not refs:
            return {}
        domain = Domain(
            [
                ("external_ref", "in", list(refs)),
                ("company_id", "=", page.company_id.id),
                ("account_id.channel", "=", "facebook"),
            ]
        )
        known = self.env[model].with_context(active_test=False).search(domain)
        return {thing.external_ref: thing.account_id for thing in known}

    def _ask_account(self, connector, ad_ref):
        """The account that Facebook says an ad is in; None where it does not."""
        api = connector._get_api()
        try:
            ref = fetch_account_ref(api, ad_ref)
            if not ref:
                return None
            known = self._get_accounts(connector, [ref]).get(ref)
            if known:
                return known
            account = fetch_account(api, ref)
        except errors.Permanent:
            # a token that may read leads need not be allowed to read ads
            return None
        finally:
            self._keep_wait(connector, api)
        return self._get_or_create_accounts(connector, [account])[ref]

    def _get_accounts(self, connector, refs):
        """The company's Facebook accounts by their ids, with or without ``act_``."""
        known = (
            self.env["crm.ads.account"]
            .with_context(active_test=False)
            .search(
                [
                    ("company_id", "=", connector.company_id.id),
                    ("channel", "=", "facebook"),
                    ("external_ref", "in", [*refs, *(f"act_{ref}" for ref in refs)]),
                ]
            )
        )
        return {account.external_ref.removeprefix("act_"): account for account in known}

    def _get_or_create_accounts(self, connector, accounts: list[AdAccount]):
        """The ``crm.ads.account`` by their ids, missing ones made."""
        found = self._get_accounts(connector, [one.external_ref for one in accounts])
        missing = [one for one in accounts if one.external_ref not in found]
        created = self.env["crm.ads.account"].create(
            [self._prepare_account_values(connector, one) for one in missing]
        )
        return found | {
            one.external_ref: account
            for one, account in zip(missing, created, strict=True)
        }

    def _prepare_account_values(self, connector, account):
        currency = self.env["res.currency"].with_context(active_test=False)
        currency = currency.search([("name", "=", account.currency)], limit=1)
        if currency and not currency.active:
            # sudo: the system books money in the currency that the account is billed in
            currency.sudo().active = True
        return {
            "name": account.name,
            "external_ref": account.external_ref,
            "channel": "facebook",
            "user_id": connector.user_id.id,
            "company_id": connector.company_id.id,
            "currency_id": (currency or connector.company_id.currency_id).id,
            "tz": account.tz,
            "connector_id": connector.id,
            "is_running": True,
        }
