from odoo import api, models
from odoo.fields import Domain


class CrmLead(models.Model):
    """Every way in leads to the board, with a team and a source (001.04 to 001.09).

    SPECIFICATIONS
    * Ways in: by hand on the board, an e-mail to a team's address, a file, the address
      book, the form of the website (when ``website_crm`` is installed).
    * A lead that comes without a source gets the way in as its source; one that
      nobody's team claims gets the first team that works leads. What is given is kept.
    * Leads that programs make (ads data, campaigns, other addons) say their source
      themselves and are left alone.

    COST: at most two queries for a batch, and the INSERT of a source used for the first
    time.
    """

    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        """Complete the leads that come in without a source or a team."""
        leads = super().create(vals_list)
        for way_in, some in leads._group_by_way_in().items():
            some._complete_way_in(way_in)
        return leads

    def message_new(self, msg_dict, custom_values=None):
        """An e-mail that becomes a lead came in by e-mail."""
        mailed = self.with_context(lead_way_in="email")
        return super(CrmLead, mailed).message_new(msg_dict, custom_values)

    @api.model
    def _get_ways_in(self):
        """:return: dict of a way in to the name of its source, in the language of the
        company: the same whoever brings the lead"""
        # sudo: everybody may know what language the company speaks
        lang = self.env.company.sudo().partner_id.lang
        env = self.with_context(lang=lang).env
        return {
            "hand": env._("By hand"),
            "email": env._("E-mail"),
            "file": env._("File"),
            "address_book": env._("Address book"),
            "website": env._("Website"),
        }

    def _group_by_way_in(self):
        """:return: dict of a way in to the leads of these that took it"""
        leads = self.filtered(lambda lead: lead.type == "lead")
        way_in = self.env.context.get("lead_way_in")
        if self.env.context.get("import_file"):
            way_in = "file"
        if way_in in self._get_ways_in():
            return {way_in: leads}
        website = self.env["ir.model.data"]._xmlid_to_res_id(
            "utm.utm_medium_website", raise_if_not_found=False
        )
        from_website = leads.filtered(lambda lead: lead.medium_id.id == website)
        return {"website": from_website} if website and from_website else {}

    def _complete_way_in(self, way_in):
        unknown = self.filtered(lambda lead: not lead.source_id)
        if unknown:
            # sudo: borrows the right to name a source that is used for the first time
            unknown.source_id = unknown.sudo()._find_or_create_record(
                "utm.source", self._get_ways_in()[way_in]
            )
        for company, leads in self.grouped("company_id").items():
            if homeless := leads.filtered(lambda lead: not lead.team_id):
                homeless.team_id = self._find_lead_team(company)

    @api.model
    def _find_lead_team(self, company):
        """:return: the first team of a company that works leads"""
        companies = [False, (company or self.env.company).id]
        # sudo: a lead lands somewhere, whoever's it will be
        return (
            self.env["crm.team"]
            .sudo()
            .search(
                Domain("use_leads", "=", True) & Domain("company_id", "in", companies),
                limit=1,
            )
        )
