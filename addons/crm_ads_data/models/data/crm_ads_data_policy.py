from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from .crm_ads_data import MACHINE_SOURCES

# Their names say more of other people's work than a marketer may learn.
KNOWN_GROUPS = "crm_ads_data.group_distributor"


class CrmAdsData(models.Model):
    """What becomes of a data whose person is known already (003.36, 004.31).

    SPECIFICATION
    - A person with an open lead, or with earlier data, makes the new data a
      ``duplicate``. A person who is known by closed leads only, or who bought before,
      is worth selling to again: the data stays ``new`` and says so.
    - ``res.company.ads_duplicate_policy``: ``keep`` does that and no more; ``reject``
      refuses what people type or load (what machines send is kept as a duplicate);
      ``reopen`` gives the duplicate to the salesperson who has, or had, the person: the
      lead is opened again, with a note and a call to make.
    - Everybody who may see the data learns when the person bought last, for how much
      and with whom (``known_text``), and nothing else of the lead or the customer.

    COST: five queries a batch (``_find_known``), one write for each known person.
    """

    _inherit = "crm.ads.data"

    partner_id = fields.Many2one(
        "res.partner",
        string="Known Customer",
        groups=KNOWN_GROUPS,
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    known_lead_id = fields.Many2one(
        "crm.lead",
        string="Earlier Lead",
        groups=KNOWN_GROUPS,
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    last_order_id = fields.Many2one(
        "sale.order",
        string="Last Order Before",
        groups=KNOWN_GROUPS,
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    bought_before = fields.Boolean(compute="_compute_bought_before", store=True)
    known_text = fields.Char(string="Known Already", compute="_compute_known_text")

    @api.depends("last_order_id")
    def _compute_bought_before(self):
        for data in self:
            data.bought_before = bool(data.last_order_id)

    @api.depends("phone", "phone2", "email", "ad_id")
    @api.depends_context("lang")
    def _compute_known_text(self):
        for company, records in self.grouped("company_id").items():
            company = company or self.env.company
            known = records._find_known_of(company)
            for data in records:
                entry = data._pick_known(known)
                own = data._origin.id
                data.known_text = entry and self._get_known_text(entry, company, own)

    def _find_known_of(self, company):
        """``_find_known`` for the contacts of these data, also while they are typed."""
        keys = [key for data in self for key in data._get_typed_keys()]
        phones = [key for kind, key in keys if kind == "phone"]
        emails = [key for kind, key in keys if kind == "email"]
        # sudo: of what is found only order date, amount and salesperson are told
        return self.sudo()._find_known(company, phones, emails)

    def _get_typed_keys(self):
        """The keys of the contact as it stands in the form, normalised or not yet."""
        self.ensure_one()
        if self._origin and self._origin.phone == self.phone:
            return self._get_keys()
        contact = {"phone": self.phone, "phone2": self.phone2, "email": self.email}
        try:
            contact = self._prepare_contact_values(contact, "manual")
        except UserError:
            return []
        phones = [("phone", contact[name]) for name in ("phone", "phone2")]
        found = [pair for pair in phones if pair[1]]
        return found or [("email", contact["email"])] * bool(contact["email"])

    def _pick_known(self, known):
        """What is known of this data's person; None when nothing is."""
        self.ensure_one()
        keys = [key for _kind, key in self._get_typed_keys()]
        return next((known[key] for key in keys if key in known), None)

    @api.model
    def _get_known_text(self, entry, company, own_id=None):
        """What anybody may be told of a person who is known."""
        parts = []
        # sudo: the name of a colleague
        user = self.env["res.users"].sudo().browse(entry["user_id"] or [])
        if entry["order_id"]:
            parts.append(
                self.env._(
                    "bought before: %(order)s on %(date)s, %(amount)s",
                    order=entry["order_name"],
                    date=format_date(self.env, entry["order_date"]),
                    amount=format_amount(
                        self.env, entry["order_amount"], company.currency_id
                    ),
                )
            )
        elif entry["partner_id"]:
            parts.append(self.env._("a contact of ours, without an order"))
        if entry["data_id"] and entry["data_id"] != own_id:
            parts.append(self.env._("already in the data"))
        if entry["lead_is_open"]:
            parts.append(self.env._("has an open lead"))
        elif entry["lead_id"]:
            parts.append(self.env._("had a lead that is closed"))
        if parts and user:
            parts.append(self.env._("salesperson: %(name)s", name=user.name))
        return ", ".join(parts) or False

    # ------------------------------------------------------------
    # WHAT IS DECIDED
    # ------------------------------------------------------------

    def _judge_known(self):
        """Note who is known, mark duplicates of open leads, and apply the policy."""
        # sudo: leads and customers of others decide; see the specification
        usable = self.sudo().filtered(lambda data: data.state in ("new", "duplicate"))
        for company, records in usable.grouped("company_id").items():
            known = records._find_known_of(company)
            for data in records if known else ():
                entry = data._pick_known(known)
                values = entry and data._prepare_known_values(entry)
                if values:
                    data.write(values)
            if company.ads_duplicate_policy == "reopen":
                records._reopen()

    def _forget_known(self):
        """Give the numbers back, and know nothing of these persons (yet)."""
        # sudo: the claims and marks are the system's own bookkeeping
        self.env["crm.ads.data.key"].sudo()._release(self.ids)
        self.sudo().write(
            {
                "duplicate_of_id": False,
                "partner_id": False,
                "known_lead_id": False,
                "last_order_id": False,
            }
        )

    def _prepare_known_values(self, entry):
        values = {
            "partner_id": entry["partner_id"],
            "known_lead_id": entry["lead_id"],
            "last_order_id": entry["order_id"],
        }
        if entry["lead_is_open"] and self.state == "new":
            values["state"] = "duplicate"
        return {name: value for name, value in values.items() if value}

    @api.model
    def _get_duplicate_rows(self, rows, company):
        """The indexes of the rows whose person is already there, or in an earlier row.

        :param rows: list of ``(phones, email)`` in normal form
        """
        phones = {phone for numbers, _email in rows for phone in numbers}
        emails = {email for numbers, email in rows if email and not numbers}
        # sudo: whether a person is there already is told, not where
        known = self.sudo()._find_known(company, phones, emails)
        seen = set()
        found = set()
        for index, (numbers, email) in enumerate(rows):
            keys = set(numbers) or {email}
            entries = [known[key] for key in keys if key in known]
            taken = any(one["data_id"] or one["lead_is_open"] for one in entries)
            if taken or keys & seen:
                found.add(index)
            seen |= keys
        return found

    def _check_rejected(self, source):
        """Refuse typed data of a person who is there already, where that is the policy.

        :raise UserError: with what is known of the person
        """
        if source in MACHINE_SOURCES:
            return
        for data in self.filtered(
            lambda one: (
                one.company_id.ads_duplicate_policy == "reject"
                and one.state == "duplicate"
            )
        ):
            raise UserError(
                self.env._(
                    "%(name)s is already there: %(known)s.",
                    name=data.display_name,
                    known=data.known_text,
                )
            )

    def _reopen(self):
        """Give duplicates back to whoever has, or had, the person (policy reopen)."""
        waiting = self.filtered(lambda data: data.state == "duplicate")
        back = defaultdict(self.browse)
        for data in waiting:
            lead = data.duplicate_of_id.lead_id or data.known_lead_id
            if lead.user_id.active and lead.won_status != "won":
                data.lead_id = lead
                back[lead.user_id] |= data
        for user, records in back.items():
            records.lead_id.filtered(lambda lead: not lead.active).action_unarchive()
            for data in records:
                data.lead_id.message_post(
                    body=self.env._(
                        "Came back through the ad %(ad)s.", ad=data.ad_id.name
                    )
                )
            records._assign_to(user, "reopen")
