from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize, format_date

from ...groups import SALES
from ...tools import local_date

PHONE_KEYS_COUNTRY = "base.vn"
SHOWN_NAMES = 3


class CrmKnownPerson(models.AbstractModel):
    """Somebody who may be known already by phone, e-mail or tax id (004.31).

    SPECIFICATIONS
    * ``known_text`` says at once, while the form is being filled, which customers have
      the same phone number (E.164), e-mail address or tax id, whether they have bought
      before, and their last order; nothing where nobody is known.
    * Customers of the record's company and shared ones count, archived ones too.
    * What is said of an order is its number, its day and its salesperson, whoever may
      open it: who talks to a customer has to know.

    COST: at most four queries for a record; meant for forms.
    """

    _name = "crm.known.person"
    _description = "Person Who May Be Known"

    known_text = fields.Html(
        string="Known Already",
        compute="_compute_known",
        groups=SALES,
    )
    known_level = fields.Selection(
        [("info", "Known"), ("warning", "Look first")],
        compute="_compute_known",
        groups=SALES,
    )

    @api.depends(lambda self: self._get_known_fields())
    @api.depends_context("uid", "company", "lang")
    def _compute_known(self):
        for record in self:
            rows, is_warning = record._get_known_rows()
            record.known_text = Markup("<br/>").join(rows)
            level = "warning" if is_warning else "info"
            record.known_level = level if rows else False

    # ------------------------------------------------------------
    # HOOKS
    # ------------------------------------------------------------

    @api.model
    def _get_known_fields(self):
        """:return: fields that the answer follows while the form is filled"""
        return ["phone", "vat"]

    def _get_known_email(self):
        """:return: the e-mail address by which the person is looked for"""
        return False

    def _get_known_customers(self):
        """:return: the commercial partners that this person is or could be"""
        return self._find_partners_by_keys().commercial_partner_id

    def _get_known_rows(self):
        """:return: the rows to show, and whether one of them is a warning"""
        self.ensure_one()
        customers = self._get_known_customers()
        if not customers:
            return [], False
        return [self._describe_customers(customers)], len(customers) > 1

    # ------------------------------------------------------------
    # FINDING
    # ------------------------------------------------------------

    def _find_partners_by_keys(self):
        """:return: every customer with this phone number, e-mail address or tax id"""
        domain = self._get_same_partner_domain()
        if domain.is_false():
            return self.env["res.partner"]
        return (
            self.env["res.partner"]
            .with_context(active_test=False)
            .search(domain & self._get_partner_company_domain(), order="id")
        )

    def _get_same_partner_domain(self):
        domain = Domain.FALSE
        if keys := self._get_phone_keys():
            domain |= Domain("phone_sanitized", "in", keys) | Domain(
                "phone", "in", keys
            )
        if email := self._get_known_email():
            domain |= Domain("email_normalized", "=", email)
        if keys := self._get_vat_keys():
            domain |= Domain("vat", "in", keys)
        return domain

    def _get_partner_company_domain(self):
        return Domain("company_id", "in", [self._get_known_company().id, False])

    def _get_known_company(self):
        """The record's company; on a form that is being filled only one of the
        user's, because nothing has checked yet what was put there."""
        user = self.env.user
        if self.company_id in user.company_ids or user._is_superuser():
            return self.company_id or self.env.company
        return self.env.company

    def _get_phone_keys(self):
        """Spellings under which this number may be stored: E.164, and, where the
        company's country does not know Vietnamese numbers, as people type them."""
        self.ensure_one()
        if not self.phone:
            return []
        national = self._format_vietnamese("NATIONAL")
        keys = {
            self.phone_sanitized,
            self._format_vietnamese("E164"),
            self.phone.strip(),
            national,
            national and national.replace(" ", ""),
        }
        return [key for key in keys if key]

    def _format_vietnamese(self, form):
        country = self.env.ref(PHONE_KEYS_COUNTRY)
        return self._phone_format(fname="phone", country=country, force_format=form)

    def _get_vat_keys(self):
        """Spellings of the tax id; a slash says that there is none."""
        typed = (self.vat or "").strip()
        keys = {typed, typed.replace(" ", ""), typed.upper()}
        return [key for key in keys if len(key) > 1]

    @api.model
    def _normalize_known_email(self, email):
        return email_normalize(email or "") or False

    # ------------------------------------------------------------
    # SAYING
    # ------------------------------------------------------------

    def _describe_customers(self, customers):
        names = self._describe_links(customers)
        order = self._find_last_order(customers)
        if not order:
            return self.env._("Known, has not bought yet: %(names)s.", names=names)
        return self.env._(
            "Bought before: %(names)s. Last order %(order)s of %(date)s, salesperson "
            "%(user)s.",
            names=names,
            order=order.name,
            date=format_date(self.env, local_date(order.date_order, order.company_id)),
            user=order.user_id.name or self.env._("nobody"),
        )

    def _find_last_order(self, customers):
        # sudo: that somebody bought before, and from whom, is for everybody who talks
        # to the customer; only number, day and salesperson are told
        return (
            self.env["sale.order"]
            .sudo()
            .search(
                Domain("partner_id", "child_of", customers.ids)
                & Domain("state", "=", "sale")
                & Domain("company_id", "=", self._get_known_company().id),
                order="date_order desc, id desc",
                limit=1,
            )
        )

    def _describe_links(self, records):
        """:return: names as links, the first few and how many more there are"""
        links = [
            Markup('<a href="/odoo/%s/%s" target="_blank">%s</a>')
            % (record._name, record.id, record.display_name)
            for record in records[:SHOWN_NAMES]
        ]
        if len(records) > SHOWN_NAMES:
            links.append(self.env._("%(count)s more", count=len(records) - SHOWN_NAMES))
        return Markup(", ").join(links)
