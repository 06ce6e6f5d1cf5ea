from odoo import api, models

from ...services.connect.orders import is_masked
from ...services.provinces import province_key
from ...services.text import email_key


class CrmConnectorOrder(models.Model):
    """Whose a platform's order is, and which ad brought it.

    SPECIFICATION
    - The customer is found by phone (E.164), else by e-mail, where data, leads and
      customers are found (``crm.ads.data._find_known``); else made, in Viet Nam, with
      address and province. What a known customer's record says is not changed.
    - What the platform masks matches nobody: the buyer is a customer of its own, one
      for each buyer id of the platform ("Shopee buyer …"), without phone. When the
      platform names the buyer later, the order goes to the customer; never the other
      way round.
    - The order joins the lead of the same person: the one of the person's data, else
      the open one, else the last. Its salesperson has it; nobody's is the connector's.
    - ``ad_id`` is the company's ad of the id that the platform names; an ad that comes
      later claims the orders that wait for it.

    COST: a fixed number of queries, whatever the number of orders.
    """

    _inherit = "crm.connector.order"

    def _match_people(self):
        """Set the customer of orders that have none, or one that stands for nobody.

        :return: dict of order id to a dict of ``lead`` and ``user``
        """
        company = self.company_id
        named = self.filtered(lambda order: order._get_contact_keys())
        phones = named.mapped("phone")
        emails = [key for order in named if (key := email_key(order.email or ""))]
        known = self.env["crm.ads.data"]._find_known(
            company, {*filter(None, phones)}, set(emails)
        )
        entries = {
            order.id: self._pick_known(known, order._get_contact_keys())
            for order in named
        }
        self._set_customers(company, entries)
        return self._pick_people(company, entries)

    def _get_contact_keys(self):
        """The keys by which the buyer may be found, the best first; masked: none."""
        if self.phone_masked or is_masked(self.customer, self.phone, self.email):
            return []
        return [key for key in (self.phone, email_key(self.email or "")) if key]

    @api.model
    def _pick_known(self, known, keys):
        """One person out of what is known of the phone and of the e-mail."""
        person = {}
        for key in keys:
            for name, value in known.get(key, {}).items():
                person[name] = person.get(name) or value
        return person

    def _set_customers(self, company, entries):
        lacking = self.filtered(lambda order: not order.partner_id)
        lacking |= self.filtered(
            lambda order: order.is_anonymous and order._get_contact_keys()
        )
        found, wanted = {}, {}
        states = self.env["crm.ads.data"]._get_states_by_key() if lacking else {}
        for order in lacking:
            partner_id = entries.get(order.id, {}).get("partner_id")
            if partner_id:
                found[order.id] = partner_id
            else:
                key = order._get_buyer_key()
                wanted.setdefault(key, order._prepare_customer(states))
        partners = self.env["crm.connector.buyer"]._get_partners(company, wanted)
        for order in lacking:
            partner_id = found.get(order.id)
            order.write(
                {
                    "partner_id": partner_id or partners[order._get_buyer_key()].id,
                    "is_anonymous": not order._get_contact_keys(),
                }
            )

    def _get_buyer_key(self):
        """What makes the buyer one person: see ``crm.connector.buyer``."""
        keys = self._get_contact_keys()
        if keys:
            return keys[0]
        if self.buyer_ref and not is_masked(self.buyer_ref):
            return f"{self.provider}:{self.buyer_ref}"
        return f"{self.connector_id.id}:order:{self.external_id}"

    def _prepare_customer(self, states):
        """Values of a new customer.

        :param states: dict of province key to ``res.country.state``
        """
        values = {"company_id": self.company_id.id, "name": self._get_buyer_label()}
        if not self._get_contact_keys():
            return values
        state = states.get(province_key(self.province or self.address))
        return values | {
            "phone": self.phone,
            "email": self.email,
            "street": False if is_masked(self.address) else self.address,
            "state_id": state.id if state else False,
            "country_id": self.env.ref("base.vn").id,
        }

    def _get_buyer_label(self):
        if self._get_contact_keys():
            return self.customer or self.phone or self.email
        label = dict(self._fields["provider"]._description_selection(self.env))
        return self.env._(
            "%(platform)s buyer %(buyer)s",
            platform=label.get(self.provider, self.provider),
            buyer=self.buyer_name or self.buyer_ref or self.external_id,
        )

    def _pick_people(self, company, entries):
        """The lead and the salesperson of each order."""
        data = self.env["crm.ads.data"].browse(
            {entry["data_id"] for entry in entries.values() if entry.get("data_id")}
        )
        lead_of = {one.id: one.lead_id.id for one in data}
        people = {}
        for order in self:
            entry = entries.get(order.id, {})
            lead_id = lead_of.get(entry.get("data_id")) or entry.get("lead_id")
            user = self.env["res.users"].browse(entry.get("user_id") or ())
            if not user.active or user.share or company not in user.company_ids:
                user = order.connector_id.user_id
            people[order.id] = {
                "lead": self.env["crm.lead"].browse(lead_id or ()),
                "user": user,
            }
        return people

    # ------------------------------------------------------------
    # The ad
    # ------------------------------------------------------------

    def _match_ads(self):
        """Set the ad of the orders that name one, and the UTM of their sale orders."""
        naming = self.filtered("ad_ref")
        if not naming:
            return
        ads = (
            self.env["crm.ads.ad"]
            .with_context(active_test=False)
            .search(
                [
                    ("external_ref", "in", naming.mapped("ad_ref")),
                    ("company_id", "in", naming.company_id.ids),
                ],
                order="is_running, id desc",
            )
        )
        by_ref = {(ad.company_id.id, ad.external_ref): ad for ad in ads}
        for order in naming:
            ad = by_ref.get((order.company_id.id, order.ad_ref))
            if ad and order.ad_id != ad:
                order.ad_id = ad
                if order.order_id and not order.order_id.campaign_id:
                    order.order_id.write(order._prepare_utm())

    def _prepare_utm(self, lead=None):
        """Where the order came from: its ad, else its lead, else what was told."""
        if self.ad_id:
            channel = f"utm.utm_source_{self.ad_id.channel}"
            source = self.env.ref(channel, raise_if_not_found=False)
            return {
                "campaign_id": self.ad_id.campaign_id.utm_campaign_id.id,
                "medium_id": self.ad_id.medium_id.id,
                "source_id": source.id if source else False,
            }
        if lead:
            return {
                "campaign_id": lead.campaign_id.id,
                "medium_id": lead.medium_id.id,
                "source_id": lead.source_id.id,
            }
        if self.campaign:
            utm = self.env["utm.mixin"]
            campaign = utm._find_or_create_record("utm.campaign", self.campaign)
            return {"campaign_id": campaign.id}
        return {}
