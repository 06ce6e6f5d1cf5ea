from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain


class CrmAdsRedistribute(models.TransientModel):
    """Deal out what people still hold: somebody leaves, is ill, has too much.

    SPECIFICATION
    - ``scope``: only data that nobody has handled, or all whose lead is open.
    - To the rules again (to anybody but those people), to one person, or to the pool.
    - Leads and their history move along; each decision is logged.
    """

    _name = "crm.ads.redistribute"
    _description = "Deal Out What Is Held"

    user_ids = fields.Many2many(
        "res.users",
        string="Held By",
        context={"active_test": False},
        domain="[('share', '=', False)]",
    )
    scope = fields.Selection(
        [("untouched", "Not handled yet"), ("open", "All open leads")],
        required=True,
        default="untouched",
    )
    to = fields.Selection(
        [
            ("rule", "The others, by the rules"),
            ("user", "One person"),
            ("pool", "The pool"),
        ],
        required=True,
        default="rule",
    )
    user_id = fields.Many2one(
        "res.users",
        string="New Salesperson",
        domain="[('share', '=', False), ('id', 'not in', user_ids)]",
    )
    data_count = fields.Integer(compute="_compute_data_count")

    @api.depends("user_ids", "scope")
    def _compute_data_count(self):
        for wizard in self:
            domain = wizard._get_data_domain()
            wizard.data_count = self.env["crm.ads.data"].search_count(domain)

    def _get_data_domain(self):
        domain = Domain("state", "=", "transferred") & Domain(
            "user_id", "in", self.user_ids.ids
        )
        if self.scope == "untouched":
            return domain & Domain("contact_date", "=", False)
        return domain & Domain("sales_status", "not in", ("won", "lost"))

    def action_redistribute(self):
        """Move the data on.

        :return: client action that says who got how many
        :raise AccessError: when the person does not deal data out
        :raise UserError: when there is nothing to move, or nobody to move it to
        """
        self.ensure_one()
        if not self.env.user.has_group("crm_ads_data.group_distributor"):
            raise AccessError(self.env._("Only sale admins deal out what others hold."))
        data = self.env["crm.ads.data"].search(self._get_data_domain())
        data.check_access("write")
        # sudo: leads and activities are not the sale admin's; checked just above
        held = data.sudo()._lock_waiting(("transferred",))
        if not held:
            raise UserError(self.env._("They hold no such data."))
        moved, pooled = getattr(self, f"_move_to_{self.to}")(held)
        if not moved and not pooled:
            raise UserError(
                self.env._(
                    "Nobody else can receive these data now; choose another way."
                )
            )
        return data._get_recall_notification(moved, pooled)

    def _move_to_rule(self, held):
        moved = held._transfer(exclude_users=self.user_ids, reason="redistribute")
        return moved, held.browse()

    def _move_to_user(self, held):
        if not self.user_id:
            raise UserError(self.env._("Choose the new salesperson."))
        assign = self.env["crm.ads.data.assign"].new({"user_id": self.user_id.id})
        assign._check_person(held)
        return held._assign_to(self.user_id, "redistribute"), held.browse()

    def _move_to_pool(self, held):
        held._give_to_pool()
        return held.browse(), held
