from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...groups import ALL_DOCUMENTS


class ResPartner(models.Model):
    """Customer in the address book who may become a lead, and may be there already.

    SPECIFICATIONS
    * The form warns while it is filled when somebody else has the same phone number,
      e-mail address or tax id (see ``crm.known.person``); the customer's own family
      does not count.
    * *Create Lead* makes a lead of each chosen customer who has none open (001.08): for
      the customer's salesperson, else for nobody yet, so that somebody collects what is
      missing first. Who has one open keeps it; both are shown.
    """

    _name = "res.partner"
    _inherit = ["res.partner", "crm.known.person"]

    _funnel_phone_raw_idx = models.Index("(phone) WHERE phone IS NOT NULL")
    _funnel_email_idx = models.Index(
        "(email_normalized) WHERE email_normalized IS NOT NULL"
    )

    @api.model
    def _get_known_fields(self):
        return [*super()._get_known_fields(), "email", "parent_id", "company_id"]

    def _get_known_email(self):
        return self._normalize_known_email(self.email)

    def _get_known_customers(self):
        family = self.parent_id.commercial_partner_id | self.commercial_partner_id
        return super()._get_known_customers() - family._origin

    def _get_known_rows(self):
        rows, _is_warning = super()._get_known_rows()
        return rows, bool(rows)

    def action_create_lead(self):
        """Make a lead of each of these customers who has none open.

        COST: three searches and one batched INSERT for any number of customers.

        :return: the action that shows the leads, new and old
        """
        if not self:
            raise UserError(self.env._("Choose the customers first."))
        self.check_access("read")
        leads = self.env["crm.lead"].with_context(lead_way_in="address_book")
        leads.check_access("create")
        there = leads.search(
            Domain("partner_id", "in", self.ids) & Domain("won_status", "=", "pending")
        )
        wanted = self - there.partner_id
        wanted._check_lead_owner()
        leads |= leads.create([partner._prepare_lead_values() for partner in wanted])
        return self._get_leads_action(leads | there)

    def _check_lead_owner(self):
        """Core lets who sees the own leads only give none to somebody else."""
        user = self.env.user
        if user.has_group(ALL_DOCUMENTS):
            return
        others = self.filtered(lambda p: p.user_id and p.user_id != user)
        if others:
            raise UserError(
                self.env._(
                    "These are customers of your colleagues: %(names)s. Ask them, or "
                    "leave these customers out.",
                    names=", ".join(
                        f"{partner.name} ({partner.user_id.name})" for partner in others
                    ),
                )
            )

    def _prepare_lead_values(self):
        self.ensure_one()
        return {
            "type": "lead",
            "name": self.display_name,
            "partner_id": self.id,
            "user_id": self.user_id.id,
            "company_id": self.company_id.id,
        }

    @api.model
    def _get_leads_action(self, leads):
        if len(leads) == 1:
            return leads.redirect_lead_opportunity_view()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_funnel_loyalty.action_lead_board"
        )
        action["domain"] = [("id", "in", leads.ids)]
        action["views"] = sorted(action["views"], key=lambda view: view[1] != "list")
        return action
