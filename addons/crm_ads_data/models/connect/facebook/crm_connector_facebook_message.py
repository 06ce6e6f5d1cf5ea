from odoo import fields, models
from odoo.fields import Domain

from ....services.connect import errors
from ....services.connect.meta_leads import Lead
from ....services.connect.meta_messages import (
    fetch_conversation,
    has_contact,
    inbox_address,
    message_moment,
)
from ....services.phone import parse_phones
from ....services.text import email_key

# As many messages are read again as somebody writes before the ad is known.
MAX_EARLIER = 20


class CrmConnectorFacebook(models.AbstractModel):
    """Conversations that an ad began, as customer data.

    SPECIFICATION
    - One person of one page is one data, whatever he or she writes and however often:
      its lead id is made of both.
    - It begins with what came from an ad (or with any number, where the page takes
      those too), without a number as ``invalid``; a number or an e-mail address that is
      written later completes it. Messages come in any order: a number that came before
      its ad is found again.
    - It carries the address of the conversation.
    - A number that is written once the data is with a salesperson becomes the second
      one, never replaces the first.
    """

    _inherit = "crm.connector.facebook"

    def _process_message(self, page, event):
        # sudo: what a webhook said is the administrator's to read, and ours to use
        payload = event.sudo().payload or {}
        person = event.external_id
        ref = self._get_conversation_ref(page, person)
        known = self._get_known_data(page.company_id, [ref]).get(ref)
        if known:
            return self._complete(known, payload)
        if not payload.get("ad_id") and not page.take_all_messages:
            return self._ignore(event, self.env._("no ad has begun this conversation"))
        self._check_busy(page.connector_id)
        return self._begin_conversation(page, event, ref, payload)

    def _get_conversation_ref(self, page, person):
        return f"m:{page.external_ref}:{person}"

    def _begin_conversation(self, page, event, ref, payload):
        """Make the data of a conversation."""
        person = event.external_id
        link, name = self._get_conversation(page, person)
        lead = Lead(
            external_ref=ref,
            ad_ref=payload.get("ad_id"),
            ad_name=payload.get("ad_title"),
        )
        [ad] = self._find_ads(page, [lead], {})
        if not (ad.is_open or ad._takes_late_data()):
            raise errors.Permanent(ad._get_closed_message())
        said = [*self._get_earlier(page, event), payload.get("text") or ""]
        contact = self._read_contact("\n".join(said))
        model = self.env["crm.ads.data"]
        [(_status, data, _reason)] = model.with_context(
            crm_ads_data_any_ad=True
        )._ingest(
            [
                {
                    "date": message_moment(payload) or fields.Datetime.now(),
                    "ad_id": ad.id,
                    "name": name or payload.get("ad_title") or "",
                    "note": self._get_note(said, link),
                    "external_ref": ref,
                    "conversation_url": link,
                    **contact,
                }
            ],
            "webhook",
        )
        return model.browse(data.ids) or self._get_known_data(
            page.company_id, [ref]
        ).get(ref, model)

    def _get_conversation(self, page, person):
        """``(link, name)``; where Facebook does not say, a link that finds it."""
        fallback = inbox_address(page.external_ref, person)
        try:
            api = page._get_api()
            link, name = fetch_conversation(api, page.external_ref, person)
        except errors.Permanent:
            # the right to read conversations is not needed for their data
            return fallback, None
        self._keep_wait(page.connector_id, api)
        return link or fallback, name

    def _get_earlier(self, page, event):
        """What the person wrote before it was known that an ad had begun it."""
        domain = Domain(
            [
                ("connector_id", "=", event.connector_id.id),
                ("external_id", "=", event.external_id),
                ("account_ref", "=", page.external_ref),
                ("topic", "=", event.topic),
                ("state", "=", "ignored"),
                ("id", "!=", event.id),
            ]
        )
        # sudo: what a webhook said is the administrator's to read, and ours to use
        earlier = event.sudo().search(domain, order="id", limit=MAX_EARLIER)
        said = ((one.payload or {}).get("text") for one in earlier)
        return list(filter(None, said))

    def _read_contact(self, said):
        numbers = [*parse_phones(said).numbers, False, False]
        return {
            "phone": numbers[0],
            "phone2": numbers[1],
            "email": email_key(said) or False,
        }

    def _get_note(self, said, link):
        return "\n".join(filter(None, [*said, link]))

    def _complete(self, data, payload):
        """Add what a later message tells to the data of the conversation."""
        said = payload.get("text") or ""
        if not has_contact(said):
            return data
        contact = self._read_contact(said)
        numbers = [data.phone if data.phone_key else False, data.phone2]
        new = [contact["phone"], contact["phone2"]]
        both = list(dict.fromkeys(number for number in [*numbers, *new] if number))
        phone, phone2 = [*both, False, False][:2]
        values = {
            "phone": phone,
            "phone2": phone2,
            "email": data.email or contact["email"],
        }
        values = {name: value for name, value in values.items() if data[name] != value}
        if said not in (data.note or ""):
            values["note"] = "\n".join(filter(None, (data.note, said)))
        if values:
            data.write(values)
        return data
