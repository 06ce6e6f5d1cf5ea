from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import html2plaintext

from ..services.phone import parse_phones

# A dossier is read by a person: the newest entries of each kind are enough.
NEWEST = 100
SHOWN_TEXT = 200


class CrmAdsDossier(models.TransientModel):
    """ "Hồ sơ khách hàng": everything about one person, by phone number (002.32).

    SPECIFICATION
    - Found by the number in any spelling: data, leads and opportunities, orders,
      messages and notes, tickets (where ``helpdesk_mgmt`` is installed), in one list by
      date, each line with the way to its document.
    - Everybody sees what his or her own rights show: a marketer the data of the own
      accounts, with status and amounts of their orders; a salesperson what was
      transferred to him or her; a sale admin or manager all.

    COST: a fixed number of searches, whatever the person has done.
    """

    _name = "crm.ads.dossier"
    _description = "Customer Dossier"
    _rec_name = "phone"

    phone = fields.Char(required=True)
    name = fields.Char(readonly=True)
    known_text = fields.Char(string="Known Already", readonly=True)
    data_count = fields.Integer(string="Data", readonly=True)
    lead_count = fields.Integer(string="Leads", readonly=True)
    order_count = fields.Integer(string="Orders", readonly=True)
    order_amount = fields.Monetary(readonly=True, currency_field="currency_id")
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id
    )
    is_searched = fields.Boolean(readonly=True)
    line_ids = fields.One2many("crm.ads.dossier.line", "dossier_id", readonly=True)

    @api.model
    def action_open_for(self, phone):
        """Open the dossier of the person with this number.

        :param phone: a phone number in any spelling
        :return: window action
        """
        dossier = self.create({"phone": phone})
        dossier.action_search()
        return dossier._get_action()

    def action_search(self):
        """Gather what there is about the number.

        :raise UserError: when it is no phone number
        """
        self.ensure_one()
        numbers = parse_phones(self.phone or "").numbers
        if not numbers:
            raise UserError(
                self.env._("%(phone)s is no phone number.", phone=self.phone or "")
            )
        data = self._find_data(numbers)
        leads = self._find_leads(numbers, data)
        orders = self._find_orders(leads, data, numbers)
        lines = [
            *map(self._prepare_data_line, data),
            *map(self._prepare_lead_line, leads),
            *map(self._prepare_order_line, orders),
            *self._prepare_message_lines(leads),
            *self._prepare_ticket_lines(leads),
        ]
        lines.sort(key=lambda values: values["date"], reverse=True)
        self.line_ids.unlink()
        self.write(
            {
                "is_searched": True,
                "phone": numbers[0],
                "name": data[:1].name or leads[:1].contact_name,
                "known_text": data[:1].known_text,
                "data_count": len(data),
                "lead_count": len(leads),
                "order_count": len(orders),
                "order_amount": sum(map(self._get_company_amount, orders)),
                "line_ids": [Command.create(values) for values in lines],
            }
        )
        return self._get_action()

    def _get_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self._description,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    # ------------------------------------------------------------
    # WHAT THERE IS, UNDER THE READER'S OWN RIGHTS
    # ------------------------------------------------------------

    def _find_data(self, numbers):
        domain = Domain("phone_key", "in", numbers) | Domain("phone2", "in", numbers)
        return self.env["crm.ads.data"].search(domain, limit=NEWEST)

    def _find_leads(self, numbers, data):
        leads = self.env["crm.lead"]
        if not leads.has_access("read"):
            return leads
        # sudo: which leads the data became; what may be read of them is searched below
        ids = data.sudo().lead_id.ids
        matched = self._find_matches("crm_lead", "id", numbers)
        domain = Domain("id", "in", [*matched, *ids])
        leads = leads.with_context(active_test=False)
        return leads.search(domain, order="id desc", limit=NEWEST)

    def _find_orders(self, leads, data, numbers):
        orders = self.env["sale.order"]
        if orders.has_access("read"):
            persons = self._find_matches(
                "res_partner", "commercial_partner_id", numbers
            )
            domain = Domain(
                "partner_id.commercial_partner_id", "in", list(persons)
            ) | Domain("opportunity_id", "in", leads.ids)
            return orders.search(domain, order="id desc", limit=NEWEST)
        # sudo: a marketer learns status and amounts of the own data's orders, no more
        return data.sudo().lead_id.order_ids.filtered(lambda one: one.state == "sale")

    def _find_matches(self, table, column, numbers):
        """The values of a column in the rows of leads or partners with the numbers."""
        self.env.flush_all()
        query = self.env["crm.ads.data"]._get_matches(table, [column], numbers, ())
        return {value for _key, value in self.env.execute_query(query)}

    def _get_company_amount(self, order):
        if order.state != "sale":
            return 0.0
        return order.amount_untaxed / (order.currency_rate or 1.0)

    # ------------------------------------------------------------
    # LINES
    # ------------------------------------------------------------

    def _prepare_data_line(self, data):
        state = dict(data._fields["state"]._description_selection(self.env))
        status = dict(data._fields["sales_status"]._description_selection(self.env))
        parts = (
            data.ad_id.sudo().name,  # sudo: a salesperson may know where data came from
            data.product_id.display_name,
            state.get(data.state),
            status.get(data.sales_status),
            data.note,
        )
        return {
            "date": data.date.replace(microsecond=0),
            "kind": "data",
            "text": " · ".join(filter(None, parts)),
            "user_id": data.user_id.id,
            "amount": data.order_amount,
            "res_model": data._name,
            "res_id": data.id,
        }

    def _prepare_lead_line(self, lead):
        return {
            "date": lead.create_date.replace(microsecond=0),
            "kind": "lead" if lead.type == "lead" else "opportunity",
            "text": " · ".join(filter(None, (lead.name, lead.stage_id.name))),
            "user_id": lead.user_id.id,
            "amount": lead.expected_revenue,
            "res_model": lead._name,
            "res_id": lead.id,
        }

    def _prepare_order_line(self, order):
        state = dict(order._fields["state"]._description_selection(self.env))
        is_readable = self.env["sale.order"].has_access("read")
        return {
            "date": order.date_order.replace(microsecond=0),
            "kind": "order",
            "text": f"{order.name} · {state.get(order.state)}",
            "user_id": order.user_id.id,
            "amount": order.amount_untaxed / (order.currency_rate or 1.0),
            "res_model": order._name if is_readable else False,
            "res_id": order.id if is_readable else False,
        }

    def _prepare_message_lines(self, leads):
        """Messages and notes of people on the leads; the system's own are left out."""
        if not leads:
            return []
        messages = self.env["mail.message"].search(
            [
                ("model", "=", leads._name),
                ("res_id", "in", leads.ids),
                ("message_type", "in", ("comment", "email", "sms")),
            ],
            order="id desc",
            limit=NEWEST,
        )
        return [
            {
                "date": message.date.replace(microsecond=0),
                "kind": "message",
                "text": html2plaintext(message.body or "")[:SHOWN_TEXT],
                "user_id": message.author_id.main_user_id.id,
                "res_model": leads._name,
                "res_id": message.res_id,
            }
            for message in messages
        ]

    def _prepare_ticket_lines(self, leads):
        """Tickets of the person, where the addon for them is installed."""
        tickets = self.env.get("helpdesk.ticket")
        if tickets is None or not tickets.has_access("read"):
            return []
        partners = leads.partner_id.commercial_partner_id
        found = tickets.search(
            [("partner_id", "child_of", partners.ids)], order="id desc", limit=NEWEST
        )
        return [
            {
                "date": ticket.create_date.replace(microsecond=0),
                "kind": "ticket",
                "text": ticket.display_name,
                "user_id": ticket.user_id.id,
                "res_model": ticket._name,
                "res_id": ticket.id,
            }
            for ticket in found
        ]
