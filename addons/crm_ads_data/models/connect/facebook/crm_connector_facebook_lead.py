from dataclasses import replace

from odoo import fields, models

from ....services.connect import errors
from ....services.connect.meta_leads import fetch_lead
from ....services.connect.provider import Event

TEST_LEAD = "test_lead"
CLOSED = "ad_closed"


class CrmConnectorFacebook(models.AbstractModel):
    """Leads of instant forms as customer data.

    SPECIFICATION
    - A lead comes by its id: by a webhook, by looking through the forms and by a file
      it is one data; the webhook's ad id helps out where the lead does not say its ad.
    - It goes into its ad; account, campaign and ad are made when they are missing. One
      without an ad goes to the form's ad, else to the account's organic one.
    - Facebook's test leads make no data. A lead without a usable number is kept as
      invalid. A lead of an ad that a person has switched off waits in the inbox, as
      given up, to be tried again once the ad is on.

    COST: a page of 100 leads takes as many queries as one of 10.
    """

    _inherit = "crm.connector.facebook"

    def _process_lead(self, page, event):
        known = self._get_known_data(page.company_id, [event.external_id])
        if known:
            return known[event.external_id]
        self._check_busy(page.connector_id)
        api = page._get_api()
        lead = fetch_lead(api, event.external_id)
        self._keep_wait(page.connector_id, api)
        # sudo: what a webhook said is the administrator's to read, and ours to use
        payload = event.sudo().payload or {}
        if not lead.ad_ref and payload.get("ad_id"):
            lead = replace(lead, ad_ref=payload["ad_id"])
        if not lead.form_ref and payload.get("form_id"):
            lead = replace(lead, form_ref=payload["form_id"])
        lead = replace(lead, external_ref=event.external_id)
        [(_status, data, reason)] = self._store_leads(page, [lead], "webhook")
        if reason == TEST_LEAD:
            return self._ignore(event, data._get_reasons()[TEST_LEAD])
        if reason == CLOSED:
            raise errors.Permanent(
                self.env._(
                    "The ad %(ad)s, its campaign or its account is switched off. Switch"
                    " it on, then press Try Again.",
                    ad=lead.ad_name or lead.ad_ref or self.env._("Organic"),
                )
            )
        return data

    def _get_known_data(self, company, refs):
        """Data that hold these lead ids: dict of lead id to ``crm.ads.data``."""
        owners = self.env["crm.ads.data.key"]._get_owners(company.id, "ref", refs)
        data = self.env["crm.ads.data"].browse(filter(None, owners.values())).exists()
        by_id = {one.id: one for one in data}
        return {
            ref: by_id[data_id] for ref, data_id in owners.items() if data_id in by_id
        }

    def _store_leads(self, page, leads, source):
        """Make data of leads of one page.

        :param leads: list of ``Lead`` of ``services.connect.meta_leads``
        :param source: ``webhook`` or ``api``
        :return: list of ``(status, data, reason)``, one per lead in order, as
            ``crm.ads.data._ingest`` gives it; for a lead that was there, its data
        """
        forms = self._get_forms(page, leads)
        rows = [
            lead.get_row(forms[lead.form_ref]._get_mapping() if lead.form_ref else {})
            for lead in leads
        ]
        wanted = [index for index, row in enumerate(rows) if row.reason != TEST_LEAD]
        ads = self._find_ads(page, [leads[index] for index in wanted], forms)
        closed = {
            index
            for index, ad in zip(wanted, ads, strict=True)
            if not (ad.is_open or ad._takes_late_data())
        }
        values = {
            index: self._prepare_data_values(
                leads[index], rows[index], ad, forms.get(leads[index].form_ref)
            )
            for index, ad in zip(wanted, ads, strict=True)
            if index not in closed
        }
        model = self.env["crm.ads.data"]
        outcomes = model.with_context(crm_ads_data_any_ad=True)._ingest(
            list(values.values()), source
        )
        found = dict(zip(values, outcomes, strict=True))
        known = self._get_known_data(
            page.company_id,
            [
                leads[index].external_ref
                for index, (status, _data, _reason) in found.items()
                if status == "repeated"
            ],
        )
        result = []
        for index, lead in enumerate(leads):
            refused = CLOSED if index in closed else TEST_LEAD
            status, data, reason = found.get(index, ("invalid", model, refused))
            data = model.browse(data.ids) or known.get(lead.external_ref, model)
            result.append((status, data, reason))
        self._attach_forms(result, leads, forms)
        return result

    def _get_forms(self, page, leads):
        """The forms of these leads by their ids, missing ones made."""
        wanted = {}
        for lead in leads:
            if lead.form_ref:
                _name, _status, keys = wanted.get(lead.form_ref, (None, None, ()))
                added = tuple(question for question, _answer in lead.answers)
                wanted[lead.form_ref] = (lead.form_ref, None, keys + added)
        return self.env["crm.connector.form"]._get_or_create(page, wanted)

    def _attach_forms(self, outcomes, leads, forms):
        """Say which form data are of that another way has brought before."""
        known = {}
        for (status, data, _reason), lead in zip(outcomes, leads, strict=True):
            if status == "repeated" and lead.form_ref and data and not data.form_id:
                form = forms[lead.form_ref]
                known[form] = known.get(form, data.browse()) | data
        for form, data in known.items():
            data.write({"form_id": form.id})

    def _prepare_data_values(self, lead, row, ad, form):
        """The lead as ``crm.ads.data._ingest`` takes it."""
        phones = [*row.phones, False, False]
        more = ", ".join(row.phones[2:])
        values = {
            "date": lead.created or fields.Datetime.now(),
            "ad_id": ad.id,
            "name": (row.name or "")[:255],
            "phone": phones[0] or (row.phone_text or "")[:64],
            "phone2": phones[1],
            "email": row.email,
            "province": (row.province or "")[:255],
            "note": "\n".join(filter(None, (row.note, more))),
            "external_ref": lead.external_ref,
            "form_id": form.id if form else False,
        }
        if form and form.product_id and not ad.product_id:
            values["product_id"] = form.product_id.id
        return values

    def _queue_closed(self, connector, page, leads):
        """Keep leads of ads that are switched off in the inbox, for a later try."""
        connector._receive(
            [
                Event(
                    "leadgen",
                    lead.external_ref,
                    lead.external_ref,
                    page.external_ref,
                    {"leadgen_id": lead.external_ref, "form_id": lead.form_ref}
                    | ({"ad_id": lead.ad_ref} if lead.ad_ref else {}),
                )
                for lead in leads
            ]
        )
