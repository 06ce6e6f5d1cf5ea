from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL


class CrmCampaignPick(models.TransientModel):
    """Pick customers: add the partners that match criteria to a campaign
    (000.09-000.14).

    WHO IS FOUND: what the user himself may see, in the campaign's company, archived
    partners only with ``show_archived``.

    SPEED: one ``INSERT … SELECT … ON CONFLICT DO NOTHING``, so that 100,000 partners
    take seconds and two people picking at once never add anybody twice.

    TAGS: ``tag_ids`` are put on every partner found that the user may change, also on
    those who were in the campaign already.
    """

    _name = "crm.campaign.pick"
    _description = "Pick Customers"

    campaign_id = fields.Many2one("crm.campaign", required=True, ondelete="cascade")
    audience = fields.Selection(related="campaign_id.audience")
    criteria = fields.Char(
        compute="_compute_criteria", store=True, readonly=False, precompute=True
    )
    show_archived = fields.Boolean(string="Show archived customers")
    tag_ids = fields.Many2many("res.partner.category", string="Set Tags")
    partner_count = fields.Integer(string="Found", compute="_compute_counts")
    existing_count = fields.Integer(
        string="Already in this campaign", compute="_compute_counts"
    )
    busy_count = fields.Integer(
        string="In another running campaign", compute="_compute_counts"
    )
    unreachable_count = fields.Integer(
        string="Without phone and e-mail", compute="_compute_counts"
    )

    @api.depends("campaign_id")
    def _compute_criteria(self):
        for pick in self:
            pick.criteria = repr(list(pick._get_default_domain()))

    @api.model
    def _get_count_triggers(self):
        """:return: names of the fields that decide who is found"""
        return ["campaign_id", "criteria", "show_archived"]

    @api.depends(lambda self: self._get_count_triggers())
    def _compute_counts(self):
        for pick in self:
            partners = pick._search_partners()
            pick.partner_count = len(partners)
            pick.unreachable_count = pick._count_unreachable()
            # sudo: borrows the campaign manager's right, to count partners that
            # somebody else contacts; nothing but the numbers is shown.
            members = self.env["crm.campaign.member"].sudo()
            found = Domain("partner_id", "in", partners)
            here = Domain("campaign_id", "=", pick.campaign_id.id)
            running = Domain("campaign_id.state", "=", "running")
            pick.existing_count = members.search_count(found & here)
            [[pick.busy_count]] = members._read_group(
                found & ~here & running, [], ["partner_id:count_distinct"]
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_add(self):
        """Add the partners found, tag them, and say how many were added.

        :raises UserError: when the campaign is over or nothing is found
        """
        self.ensure_one()
        found = self.partner_count
        self._check_can_add(found)
        added = self._insert_members()
        self._tag_partners()
        message = self.env._(
            "%(added)s customers added, %(existing)s were already in the campaign.",
            added=added,
            existing=found - added,
        )
        self.campaign_id.message_post(body=message)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_tag(self):
        """Set the tags on those found; the wizard stays open to add them, or others.

        :raises UserError: without tags, or when nobody is found
        """
        self.ensure_one()
        if not self.tag_ids:
            raise UserError(self.env._("Choose the tags to set first."))
        self._check_can_add(self.partner_count)
        self._tag_partners()
        self.tag_ids = False
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pick Customers"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def _get_default_domain(self):
        """:return: criteria to start from, by the campaign's audience: those who bought
        before, or companies other than our own"""
        self.ensure_one()
        if self.audience == "customer":
            return Domain("customer_rank", ">", 0)
        return Domain("is_company", "=", True) & Domain("ref_company_ids", "=", False)

    def _get_partner_domain(self):
        """:return: the criteria, within the campaign's company

        :raises UserError: when the criteria cannot be read
        """
        self.ensure_one()
        try:
            criteria = Domain(literal_eval(self.criteria or "[]"))
        except (ValueError, TypeError, SyntaxError) as error:
            raise UserError(self.env._("These criteria cannot be read.")) from error
        company_ids = [False, self.campaign_id.company_id.id]
        return criteria & Domain("company_id", "in", company_ids)

    def _count_unreachable(self):
        nothing = Domain("phone", "=", False) & Domain("email", "=", False)
        found = Domain("id", "in", self._search_partners())
        partners = self.env["res.partner"].with_context(active_test=False)
        return partners.search_count(found & nothing)

    def _search_partners(self, extra=Domain.TRUE):
        """:return: the query for the partners found, under the user's own rules"""
        return (
            self.env["res.partner"]
            .with_context(active_test=not self.show_archived)
            ._search(self._get_partner_domain() & extra)
        )

    def _check_can_add(self, found):
        self.env["crm.campaign.member"].check_access("create")
        self.campaign_id.check_access("write")
        if self.campaign_id.state in ("done", "cancelled"):
            raise UserError(self.env._("This campaign is over: nobody can be added."))
        if not found:
            raise UserError(self.env._("No customer matches these criteria."))

    def _prepare_insert_columns(self, partner_id):
        """:return: {column: SQL} of a new member

        :param SQL partner_id: the partner's id in the query
        """
        campaign = self.campaign_id
        return {
            "campaign_id": SQL("%s", campaign.id),
            "partner_id": partner_id,
            "user_id": SQL("%s", campaign.user_id.id),
            "company_id": SQL("%s", campaign.company_id.id),
            "state": SQL("%s", "todo"),
            "create_uid": SQL("%s", self.env.uid),
            "write_uid": SQL("%s", self.env.uid),
            "create_date": SQL("NOW() AT TIME ZONE 'UTC'"),
            "write_date": SQL("NOW() AT TIME ZONE 'UTC'"),
        }

    def _insert_members(self):
        """:return: how many members were added"""
        members = self.env["crm.campaign.member"]
        members.flush_model(["campaign_id", "partner_id"])
        query = self._search_partners()
        columns = self._prepare_insert_columns(SQL.identifier(query.table, "id"))
        rows = self.env.execute_query(
            SQL(
                """
                WITH added AS (
                    INSERT INTO crm_campaign_member (%(names)s)
                    %(values)s
                    ON CONFLICT (campaign_id, partner_id) DO NOTHING
                    RETURNING id
                )
                SELECT COUNT(*) FROM added
                """,
                names=SQL(", ").join(map(SQL.identifier, columns)),
                values=query.select(*columns.values()),
            )
        )
        members.invalidate_model()
        self.campaign_id.invalidate_model()
        return rows[0][0]

    def _tag_partners(self):
        """Put the tags on all partners found that the user may change."""
        if not self.tag_ids:
            return
        partners = self.env["res.partner"]
        partners.check_access("write")
        field = partners._fields["category_id"]
        writable = self.env["ir.rule"]._compute_domain(partners._name, "write")
        found = self._search_partners()
        query = partners.with_context(active_test=False)._search(
            Domain("id", "in", found) & Domain(writable)
        )
        self.env["res.partner.category"].flush_model()
        partners.flush_model(["category_id"])
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s, %s) %s ON CONFLICT DO NOTHING",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                SQL.identifier(field.column2),
                query.select(
                    SQL.identifier(query.table, "id"),
                    SQL("unnest(%s)", self.tag_ids.ids),
                ),
            )
        )
        partners.invalidate_model(["category_id"])
