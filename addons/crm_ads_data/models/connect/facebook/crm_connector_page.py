from odoo import api, fields, models
from odoo.exceptions import UserError

from ....services.connect import errors


class CrmConnectorPage(models.Model):
    """One Facebook page of a connector.

    SPECIFICATION
    - One app has one address for all its pages: what comes in is told apart by the
      page's id. What is of a page that stands here nowhere, or is archived, is passed
      over with that reason.
    - Every page has its own token, which is the administrator's secret.
    - ``take_all_messages``: who leaves a number in a conversation that no ad began
      becomes data too, in the account's organic ad.
    """

    _name = "crm.connector.page"
    _description = "Facebook Page"
    _order = "name, id"

    connector_id = fields.Many2one(
        "crm.connector", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="connector_id.company_id", store=True, index=True
    )
    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    external_ref = fields.Char(string="Page ID", required=True, copy=False)
    access_token = fields.Char(groups="base.group_system", copy=False)
    is_subscribed = fields.Boolean(
        string="Subscribed",
        readonly=True,
        copy=False,
        help="Facebook sends this page's leads and messages as they come in.",
    )
    account_id = fields.Many2one(
        "crm.ads.account",
        string="Ad Account",
        check_company=True,
        domain=[("channel", "=", "facebook")],
        index="btree_not_null",
        help="Where leads go that came without an ad; else the connector's.",
    )
    take_all_messages = fields.Boolean(
        string="Messages without Ad",
        help="Also take people who leave a number in a conversation that no ad began.",
    )
    form_ids = fields.One2many("crm.connector.form", "page_id")
    form_count = fields.Integer(compute="_compute_form_count")
    last_error = fields.Text(readonly=True, copy=False)

    _page_uniq = models.UniqueIndex(
        "(connector_id, external_ref)", "This page already stands in the connector."
    )

    @api.depends("form_ids")
    def _compute_form_count(self):
        groups = self.env["crm.connector.form"]._read_group(
            [("page_id", "in", self.ids)], ["page_id"], ["__count"]
        )
        counts = dict(groups)
        for page in self:
            page.form_count = counts.get(page._origin, 0)

    @api.model
    def _upsert(self, connector, pages):
        """Keep the pages that a token leads to, with their tokens.

        :param pages: list of dicts ``id``, ``name``, ``access_token``
        :return: the ``crm.connector.page``; what a person has renamed stays so
        """
        by_ref = {str(page["id"]): page for page in pages if page.get("id")}
        known = self.with_context(active_test=False).search(
            [("connector_id", "=", connector.id), ("external_ref", "in", list(by_ref))]
        )
        for record in known:
            token = by_ref[record.external_ref].get("access_token")
            if token and token != record.access_token:
                record.access_token = token
        missing = by_ref.keys() - set(known.mapped("external_ref"))
        return known | self.create(
            [
                {
                    "connector_id": connector.id,
                    "external_ref": ref,
                    "name": by_ref[ref].get("name") or ref,
                    "access_token": by_ref[ref].get("access_token"),
                }
                for ref in by_ref
                if ref in missing
            ]
        )

    def _get_api(self):
        """Meta's API on behalf of this page.

        :raise Permanent: when the page has no token
        """
        self.ensure_one()
        # sudo: the system's right to use the page's token
        token = self.sudo().access_token
        if not token:
            raise errors.Permanent(
                self.env._(
                    "The page %(page)s has no token: press Load Pages in its"
                    " connector.",
                    page=self.name,
                )
            )
        return self.connector_id._get_api().with_token(token)

    def action_subscribe(self):
        """Have Facebook send these pages' leads and messages here."""
        self.check_access("write")
        for page in self:
            handler = page.connector_id._require_handler()
            try:
                with handler._explain():
                    page._get_api().subscribe(page.external_ref)
            except errors.ApiError as error:
                raise UserError(page.connector_id._describe_error(error)) from error
            page.write({"is_subscribed": True, "last_error": False})
        return self.connector_id._notify(
            "success", self.env._("Leads and messages are sent here from now on.")
        )

    def action_open_forms(self):
        """Open the lead forms of this page."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_ads_data.action_crm_connector_form"
        )
        action["domain"] = [("page_id", "=", self.id)]
        action["context"] = {"default_page_id": self.id}
        return action
