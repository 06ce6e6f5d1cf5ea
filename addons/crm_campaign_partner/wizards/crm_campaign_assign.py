from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..services.assign import spread


class CrmCampaignAssign(models.TransientModel):
    """Share out who contacts whom (000.16): evenly, by weight, by tag, by region, to
    one person, or what somebody leaves behind.

    WHO IS DEALT OUT: the open members of the campaign and its sub-campaigns, all of
    them, only those still with the owner, only those of one person, or those chosen in
    the list. Who is done stays with whoever contacted him.

    FAIR: each goes to whoever is furthest behind the own share, so that even shares
    differ by one at most. What nobody takes (another region, everybody has enough)
    stays as it is, and is counted. Nothing is written before the figures were seen.

    RIGHTS: organisers of the campaign and managers; only campaign users of its company
    get anything.

    COST: one query to read and two statements to write, for any number of members; one
    message to each person.
    """

    _name = "crm.campaign.assign"
    _description = "Assign Customers"

    campaign_id = fields.Many2one("crm.campaign", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="campaign_id.company_id")
    scope = fields.Selection(
        [
            ("owner", "Those still with the owner or with nobody"),
            ("open", "All who are not done"),
            ("leaver", "Those of one person"),
            ("selected", "Those chosen in the list"),
        ],
        string="Who Is Shared Out",
        required=True,
        default="owner",
    )
    leaver_id = fields.Many2one("res.users", string="Taken From")
    member_ids = fields.Many2many("crm.campaign.member", string="Chosen")
    method = fields.Selection(
        [
            ("even", "Evenly"),
            ("weight", "By weight"),
            ("tag", "By tag"),
            ("region", "By region"),
            ("one", "To one person"),
        ],
        required=True,
        default="even",
    )
    line_ids = fields.One2many("crm.campaign.assign.line", "assign_id", string="People")
    found_count = fields.Integer(string="To Share Out", compute="_compute_shares")
    left_count = fields.Integer(string="Stay As They Are", compute="_compute_shares")

    @api.depends(
        "campaign_id",
        "scope",
        "leaver_id",
        "member_ids",
        "method",
        "line_ids.user_id",
        "line_ids.weight",
        "line_ids.cap",
        "line_ids.tag_ids",
        "line_ids.state_ids",
    )
    def _compute_shares(self):
        for assign in self:
            dealt = assign._deal()
            assign.found_count = len(dealt)
            assign.left_count = sum(1 for __, share in dealt if not share)
            got = {}
            for __, share in dealt:
                if share:
                    got[share.user] = got.get(share.user, 0) + 1
            held = assign._count_open()
            for line in assign.line_ids:
                line.share_count = got.get(line.user_id.id, 0)
                line.held_count = held.get(line.user_id.id, 0)

    @api.model
    def _get_defaults(self, campaign):
        """What the wizard starts from: whom the owner still has, else all open ones;
        and the people who are in it already.

        :return: dict of default values for the context
        """
        members = self.env["crm.campaign.member"]
        tree = Domain("campaign_id", "child_of", campaign.ids)
        # sudo: borrows the campaign manager's right, to name who contacts and owns
        parts = campaign.sudo()._get_tree()
        owners = parts.user_id
        groups = members.sudo()._read_group(tree, ["user_id"], ["__count"])
        people = self.env["res.users"].union(
            *(user for user, __ in groups), *parts.shared_user_ids
        )
        is_left = members.search_count(
            tree
            & Domain("state", "!=", "done")
            & Domain("user_id", "in", [*owners.ids, False]),
            limit=1,
        )
        return {
            "default_scope": "owner" if is_left else "open",
            "default_line_ids": [
                (0, 0, {"user_id": user.id})
                for user in (people - owners).filtered("active")
            ],
        }

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_assign(self):
        """Share the members out, tell the people, and say what was done.

        :raises UserError: when nobody is there to give to, or nothing to give
        """
        self.ensure_one()
        self._check_can_assign()
        dealt = [(member, share) for member, share in self._deal() if share]
        if not dealt:
            raise UserError(
                self.env._("Nobody is shared out this way: choose others, or people.")
            )
        self._write_users(dealt)
        counts = {}
        for __, share in dealt:
            counts[share.user] = counts.get(share.user, 0) + 1
        self._tell(counts)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(members)s customers shared out among %(people)s people.",
                    members=len(dealt),
                    people=len(counts),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def _check_can_assign(self):
        self.campaign_id.check_access("write")
        if self.method == "one" and len(self.line_ids) != 1:
            raise UserError(self.env._("Choose the one person who gets them."))
        group = "crm_campaign_partner.group_campaign_user"
        for user in self.line_ids.user_id:
            # sudo: borrows the right to read the groups and companies of colleagues
            colleague = user.sudo()
            is_here = self.company_id in colleague.company_ids
            if not (colleague.active and is_here and colleague.has_group(group)):
                raise UserError(
                    self.env._(
                        "%s cannot work on this campaign: make this person a campaign "
                        "user of the company first.",
                        user.name,
                    )
                )

    def _get_member_domain(self):
        """:return: the members that are dealt out"""
        domain = Domain("campaign_id", "child_of", self.campaign_id.ids) & Domain(
            "state", "!=", "done"
        )
        if self.scope == "selected":
            return domain & Domain("id", "in", self.member_ids._origin.ids)
        if self.scope == "leaver":
            return domain & Domain("user_id", "=", self.leaver_id.id or 0)
        if self.scope == "owner":
            # sudo: who owns the parts of an own campaign is no secret to its organiser
            owners = self.campaign_id.sudo()._get_tree().user_id
            return domain & Domain("user_id", "in", [*owners.ids, False])
        return domain

    def _prepare_shares(self):
        """:return: list of ``Share``, one for each person"""
        people = [line for line in self.line_ids if line.user_id]
        return [line._prepare_share(self.method) for line in people]

    def _deal(self):
        """:return: list of ``(member id, Share or None)``; writes nothing"""
        self.ensure_one()
        shares = self._prepare_shares()
        rows = self._read_members()
        keys = {member: frozenset(found or ()) for member, found in rows}
        members = list(keys)
        return list(zip(members, spread(members, shares, keys.get), strict=True))

    def _read_members(self):
        """:return: rows of member id and its keys, in the order of dealing"""
        members = self.env["crm.campaign.member"]
        if not self.campaign_id or not members.has_access("read"):
            return []
        query = members._search(self._get_member_domain(), order="id")
        partner = query.join(
            members._table, "partner_id", "res_partner", "id", "partner"
        )
        return self.env.execute_query(
            query.select(
                SQL.identifier(members._table, "id"), self._get_keys_sql(partner)
            )
        )

    def _get_keys_sql(self, partner):
        """:return: what a member is matched by, as an array"""
        if self.method == "region":
            return SQL("ARRAY[%s]", SQL.identifier(partner, "state_id"))
        if self.method == "tag":
            field = self.env["res.partner"]._fields["category_id"]
            return SQL(
                "ARRAY(SELECT %s FROM %s WHERE %s = %s)",
                SQL.identifier(field.column2),
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                SQL.identifier(partner, "id"),
            )
        return SQL("NULL")

    def _count_open(self):
        """:return: dict of user id to the members that he has and is not done with"""
        groups = self.env["crm.campaign.member"]._read_group(
            [
                ("campaign_id", "child_of", self.campaign_id.ids),
                ("state", "!=", "done"),
                ("user_id", "in", self.line_ids.user_id.ids),
            ],
            ["user_id"],
            ["__count"],
        )
        return {user.id: count for user, count in groups}

    def _write_users(self, dealt):
        """Write who contacts whom, and give the planned calls to the same people."""
        members = self.env["crm.campaign.member"]
        members.flush_model(["user_id"])
        self.env["mail.activity"].flush_model(["user_id"])
        ids = [member for member, __ in dealt]
        users = [share.user for __, share in dealt]
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_campaign_member member
                   SET user_id = dealt.user_id,
                       write_uid = %s,
                       write_date = NOW() AT TIME ZONE 'UTC'
                  FROM unnest(%s::int[], %s::int[]) AS dealt (id, user_id)
                 WHERE member.id = dealt.id
                   AND member.user_id IS DISTINCT FROM dealt.user_id
                """,
                self.env.uid,
                ids,
                users,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE mail_activity activity
                   SET user_id = member.user_id
                  FROM crm_campaign_member member
                 WHERE activity.res_model = 'crm.campaign.member'
                   AND activity.res_id = member.id
                   AND activity.activity_type_id = %s
                   AND activity.active
                   AND member.id = ANY(%s)
                """,
                self.env.ref("mail.mail_activity_data_call").id,
                ids,
            )
        )
        members.invalidate_model()
        self.env["mail.activity"].invalidate_model(["user_id"])
        self.env["crm.campaign"].invalidate_model()
        self.env["crm.campaign"]._forget_roles()

    def _tell(self, counts):
        """Note it on the campaign, and tell each person what is new."""
        users = self.env["res.users"].browse(counts)
        self.campaign_id.message_post(
            body=self.env._(
                "Shared out: %s.",
                ", ".join(f"{user.name} {counts[user.id]}" for user in users),
            )
        )
        for user in users - self.env.user:
            # sudo: borrows the right to read the address of a colleague
            partner = user.sudo().partner_id
            self.campaign_id.message_notify(
                partner_ids=partner.ids,
                subject=self.campaign_id.title,
                body=self.env._(
                    "You have %(count)s customers to contact in “%(campaign)s”.",
                    count=counts[user.id],
                    campaign=self.campaign_id.title,
                ),
            )
