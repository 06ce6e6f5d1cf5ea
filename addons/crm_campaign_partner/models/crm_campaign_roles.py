from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmCampaignRoles(models.Model):
    """What the current user is in a campaign; the record rules are built on it.

    ORGANISER: the owner, the people it is shared with, and those of the campaigns
    above it.

    INVOLVED: the organisers, and whoever has a partner to contact in it or in one of
    its sub-campaigns.

    SPEED: one query for any number of campaigns, in a search and in a check.
    """

    _inherit = "crm.campaign"

    user_is_organiser = fields.Boolean(
        compute="_compute_user_is_organiser",
        search="_search_user_is_organiser",
        help="You own this campaign or it is shared with you.",
    )
    user_is_involved = fields.Boolean(
        compute="_compute_user_is_involved",
        search="_search_user_is_involved",
        help="You organise this campaign or contact partners in it.",
    )

    user_can_edit = fields.Boolean(compute="_compute_user_can_edit")

    # ------------------------------------------------------------------
    # Compute and search
    # ------------------------------------------------------------------

    @api.depends_context("uid")
    @api.depends("user_id", "shared_user_ids", "parent_id")
    def _compute_user_is_organiser(self):
        self._compute_by_search("user_is_organiser")

    def _search_user_is_organiser(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_id_in_domain(self._get_organised_sql(self.env.uid))

    @api.depends_context("uid")
    @api.depends("user_id", "shared_user_ids", "parent_id", "member_ids.user_id")
    def _compute_user_is_involved(self):
        self._compute_by_search("user_is_involved")

    def _search_user_is_involved(self, operator, value):
        if operator != "in":
            return NotImplemented
        uid = self.env.uid
        return self._get_id_in_domain(self._get_organised_sql(uid)) | (
            self._get_id_in_domain(self._get_assigned_sql(uid))
        )

    @api.depends_context("uid")
    @api.depends("user_is_organiser")
    def _compute_user_can_edit(self):
        editable = self._origin._filtered_access("write")
        for campaign in self:
            campaign.user_can_edit = (
                not campaign._origin or campaign._origin in editable
            )

    def _compute_by_search(self, field_name):
        """Compute a searchable flag of stored campaigns by its own search; a
        campaign that is not stored yet belongs to the one who is writing it."""
        # sudo: borrows nobody's right; the record rules themselves ask for it.
        found = (
            self.sudo()
            .with_context(active_test=False)
            .search([("id", "in", self.ids), (field_name, "=", True)])
        )
        found_ids = set(found.ids)
        for campaign in self:
            campaign[field_name] = (
                campaign._origin.id in found_ids or not campaign._origin
            )

    @api.model
    def _forget_roles(self):
        """Who has which part in a campaign also depends on the campaigns above and
        below it, which the fields' dependencies cannot say without being computed one
        by one: forget it for all of them."""
        fields_ = ["user_is_organiser", "user_is_involved"]
        self.invalidate_model(fields_, flush=False)

    @api.model
    def _get_id_in_domain(self, ids_sql):
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s IN (%s)", SQL.identifier(alias, "id"), ids_sql
            )
        )

    @api.model
    def _get_organised_sql(self, uid):
        """:return: query for the ids of the campaigns that the user owns or shares,
        with all their sub-campaigns"""
        self.flush_model(["user_id", "shared_user_ids", "parent_path"])
        return SQL(
            """
            SELECT sub.id
              FROM crm_campaign top
              JOIN crm_campaign sub ON sub.parent_path LIKE top.parent_path || '%%'
             WHERE top.user_id = %(uid)s
                OR EXISTS (
                    SELECT 1
                      FROM crm_campaign_shared_user_rel shared
                     WHERE shared.campaign_id = top.id AND shared.user_id = %(uid)s
                   )
            """,
            uid=uid,
        )

    @api.model
    def _get_assigned_sql(self, uid):
        """:return: query for the ids of the campaigns in which the user has somebody
        to contact, with all campaigns above them"""
        self.flush_model(["parent_path"])
        self.env["crm.campaign.member"].flush_model(["campaign_id", "user_id"])
        return SQL(
            """
            SELECT unnest(string_to_array(rtrim(sub.parent_path, '/'), '/')::int[])
              FROM crm_campaign sub
             WHERE sub.id IN (
                    SELECT campaign_id FROM crm_campaign_member WHERE user_id = %s
                   )
            """,
            uid,
        )
